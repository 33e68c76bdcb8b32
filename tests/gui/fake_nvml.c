/* A stand-in for NVIDIA's management library: devices and figures come from a text file, named by
 * FAKE_NVML_STATE and read again on each call, so that a test changes them while a program runs.
 *
 * Lines are "key value": error, init_error, driver, delay_ms, count, then per device N.name, N.uuid, N.total_mib,
 * N.used_mib, N.reserved_mib, N.gpu, N.memory, N.temperature, N.power_mw, N.limit_mw, N.bus, N.error, N.util_error,
 * and N.procs, a list "pid:kind:mib" with blanks between, kind C (compute) or G (graphics), mib -1 for unknown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OK 0
#define ERROR_UNINITIALIZED 1
#define ERROR_INVALID_ARGUMENT 2
#define ERROR_NOT_SUPPORTED 3
#define ERROR_NOT_FOUND 6
#define ERROR_INSUFFICIENT_SIZE 7
#define ERROR_UNKNOWN 999
#define MEMORY_V2 0x02000028u
#define UNKNOWN_BYTES 0xFFFFFFFFFFFFFFFFull
#define MIB(n) ((unsigned long long)(n) << 20)

typedef unsigned long long u64;
typedef void *device_t;
typedef struct { u64 total, free, used; } memory_t;
typedef struct { unsigned version; u64 total, reserved, free, used; } memory_v2_t;
typedef struct { unsigned gpu, memory; } utilization_t;
typedef struct { unsigned pid; u64 used; unsigned gpu_instance, compute_instance; } process_t;
typedef struct {
    char bus_id_legacy[16];
    unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
    char bus_id[32];
} pci_t;

static int initialized;

/* The value of a key as text; 0 when the file has no such key. */
static int text(const char *key, char *out, size_t size) {
    const char *path = getenv("FAKE_NVML_STATE");
    FILE *file = path ? fopen(path, "r") : NULL;
    char line[4096];
    size_t length = strlen(key);
    int found = 0;
    if (!file) return 0;
    while (!found && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, length) || line[length] != ' ') continue;
        line[strcspn(line, "\r\n")] = 0;
        snprintf(out, size, "%s", line + length + 1);
        found = 1;
    }
    fclose(file);
    return found;
}

static long long number(const char *key, long long otherwise) {
    char value[64];
    return text(key, value, sizeof value) ? strtoll(value, NULL, 10) : otherwise;
}

static const char *key_of(device_t device, const char *name) {
    static _Thread_local char key[64];
    snprintf(key, sizeof key, "%u.%s", (unsigned)(size_t)device - 1, name);
    return key;
}

static long long figure(device_t device, const char *name, long long otherwise) {
    return number(key_of(device, name), otherwise);
}

/* Wait as told, then the error that holds for the library or for this device. */
static int status(device_t device) {
    long long delay = number("delay_ms", 0);
    int error = (int)number("error", 0);
    if (delay > 0) usleep((useconds_t)(delay * 1000));
    if (!initialized) return ERROR_UNINITIALIZED;
    if (error || !device) return error;
    if ((long long)(size_t)device > number("count", 1)) return ERROR_INVALID_ARGUMENT;
    return (int)figure(device, "error", 0);
}

/* A figure of a device; one that the file leaves out is not supported by that device. */
static int optional(device_t device, const char *name, unsigned *out) {
    int error = status(device);
    long long value = figure(device, name, -1);
    if (error) return error;
    if (value < 0) return ERROR_NOT_SUPPORTED;
    *out = (unsigned)value;
    return OK;
}

static int copy(const char *value, char *out, unsigned size) {
    if (strlen(value) >= size) return ERROR_INSUFFICIENT_SIZE;
    strcpy(out, value);
    return OK;
}

int nvmlInitWithFlags(unsigned flags) {
    int error = (int)number("init_error", 0);
    (void)flags;
    initialized = !error;
    return error;
}

int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }

int nvmlShutdown(void) {
    int was = initialized;
    initialized = 0;
    return was ? OK : ERROR_UNINITIALIZED;
}

const char *nvmlErrorString(int error) {
    switch (error) {
        case OK: return "Success";
        case ERROR_UNINITIALIZED: return "Uninitialized";
        case ERROR_INVALID_ARGUMENT: return "Invalid Argument";
        case ERROR_NOT_SUPPORTED: return "Not Supported";
        case 4: return "Insufficient Permissions";
        case ERROR_NOT_FOUND: return "Not Found";
        case 9: return "Driver Not Loaded";
        case 10: return "Timeout";
        case 15: return "GPU is lost";
        case 18: return "Driver/library version mismatch";
        default: return "Unknown Error";
    }
}

int nvmlSystemGetDriverVersion(char *out, unsigned size) {
    char value[80] = "570.86.10";
    int error = status(NULL);
    text("driver", value, sizeof value);
    return error ? error : copy(value, out, size);
}

int nvmlSystemGetNVMLVersion(char *out, unsigned size) {
    char driver[80] = "570.86.10", value[96];
    int error = status(NULL);
    text("driver", driver, sizeof driver);
    snprintf(value, sizeof value, "12.%s", driver);
    return error ? error : copy(value, out, size);
}

int nvmlSystemGetCudaDriverVersion_v2(int *version) {
    int error = status(NULL);
    *version = 12080;
    return error;
}

int nvmlSystemGetCudaDriverVersion(int *version) { return nvmlSystemGetCudaDriverVersion_v2(version); }

int nvmlDeviceGetCount_v2(unsigned *count) {
    int error = status(NULL);
    if (!error) *count = (unsigned)number("count", 1);
    return error;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, device_t *device) {
    int error = status(NULL);
    if (error) return error;
    if (index >= (unsigned)number("count", 1)) return ERROR_INVALID_ARGUMENT;
    *device = (device_t)(size_t)(index + 1);
    return OK;
}

int nvmlDeviceGetIndex(device_t device, unsigned *index) {
    int error = status(device);
    *index = (unsigned)(size_t)device - 1;
    return error;
}

int nvmlDeviceGetName(device_t device, char *out, unsigned size) {
    char value[96] = "NVIDIA Fake GPU";
    int error = status(device);
    text(key_of(device, "name"), value, sizeof value);
    return error ? error : copy(value, out, size);
}

int nvmlDeviceGetUUID(device_t device, char *out, unsigned size) {
    char value[96];
    int error = status(device);
    snprintf(value, sizeof value, "GPU-00000000-0000-0000-0000-%012u", (unsigned)(size_t)device - 1);
    text(key_of(device, "uuid"), value, sizeof value);
    return error ? error : copy(value, out, size);
}

int nvmlDeviceGetHandleByUUID(const char *uuid, device_t *device) {
    unsigned count = (unsigned)number("count", 1);
    int error = status(NULL);
    for (unsigned index = 0; !error && index < count; index++) {
        char own[96];
        *device = (device_t)(size_t)(index + 1);
        if (!nvmlDeviceGetUUID(*device, own, sizeof own) && !strcmp(own, uuid)) return OK;
    }
    return error ? error : ERROR_NOT_FOUND;
}

int nvmlDeviceGetMemoryInfo(device_t device, memory_t *out) {
    int error = status(device);
    if (error) return error;
    out->total = MIB(figure(device, "total_mib", 8192));
    out->used = MIB(figure(device, "used_mib", 0) + figure(device, "reserved_mib", 0));
    out->free = out->total - out->used;
    return OK;
}

int nvmlDeviceGetMemoryInfo_v2(device_t device, memory_v2_t *out) {
    int error = status(device);
    if (error) return error;
    if (out->version != MEMORY_V2) return 25;
    out->total = MIB(figure(device, "total_mib", 8192));
    out->reserved = MIB(figure(device, "reserved_mib", 0));
    out->used = MIB(figure(device, "used_mib", 0));
    out->free = out->total - out->used - out->reserved;
    return OK;
}

int nvmlDeviceGetUtilizationRates(device_t device, utilization_t *out) {
    int error = status(device);
    if (!error) error = (int)figure(device, "util_error", 0);
    if (error) return error;
    out->gpu = (unsigned)figure(device, "gpu", 0);
    out->memory = (unsigned)figure(device, "memory", 0);
    return OK;
}

int nvmlDeviceGetTemperature(device_t device, int sensor, unsigned *out) {
    (void)sensor;
    return optional(device, "temperature", out);
}

int nvmlDeviceGetPowerUsage(device_t device, unsigned *out) { return optional(device, "power_mw", out); }

int nvmlDeviceGetEnforcedPowerLimit(device_t device, unsigned *out) { return optional(device, "limit_mw", out); }

int nvmlDeviceGetPowerManagementLimit(device_t device, unsigned *out) { return optional(device, "limit_mw", out); }

int nvmlDeviceGetFanSpeed(device_t device, unsigned *out) { return optional(device, "fan", out); }

int nvmlDeviceGetCudaComputeCapability(device_t device, int *major, int *minor) {
    int error = status(device);
    *major = 8;
    *minor = 9;
    return error;
}

int nvmlDeviceGetMigMode(device_t device, unsigned *current, unsigned *pending) {
    int error = status(device);
    (void)current;
    (void)pending;
    return error ? error : ERROR_NOT_SUPPORTED;
}

int nvmlDeviceGetPciInfo_v3(device_t device, pci_t *out) {
    int error = status(device);
    unsigned bus = (unsigned)figure(device, "bus", (long long)(size_t)device);
    if (error) return error;
    memset(out, 0, sizeof *out);
    out->bus = bus;
    out->pci_device_id = 0x288210DE;
    out->pci_subsystem_id = 0x00001043;
    snprintf(out->bus_id_legacy, sizeof out->bus_id_legacy, "0000:%02X:00.0", bus & 0xFF);
    snprintf(out->bus_id, sizeof out->bus_id, "00000000:%02X:00.0", bus & 0xFF);
    return OK;
}

/* The processes of one kind; as the real library: count first, then the array. */
static int processes(device_t device, char kind, unsigned *count, process_t *out) {
    char value[4096] = "";
    unsigned room = *count, found = 0;
    int error = status(device);
    if (error) return error;
    text(key_of(device, "procs"), value, sizeof value);
    for (char *item = strtok(value, " "); item; item = strtok(NULL, " ")) {
        unsigned pid;
        char own;
        long long mib;
        if (sscanf(item, "%u:%c:%lld", &pid, &own, &mib) != 3 || own != kind) continue;
        if (out && found < room) {
            out[found].pid = pid;
            out[found].used = mib < 0 ? UNKNOWN_BYTES : MIB(mib);
            out[found].gpu_instance = out[found].compute_instance = 0xFFFFFFFFu;
        }
        found++;
    }
    *count = found;
    return found > (out ? room : 0) ? ERROR_INSUFFICIENT_SIZE : OK;
}

int nvmlDeviceGetComputeRunningProcesses_v3(device_t device, unsigned *count, process_t *out) {
    return processes(device, 'C', count, out);
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(device_t device, unsigned *count, process_t *out) {
    return processes(device, 'G', count, out);
}

int nvmlDeviceGetMPSComputeRunningProcesses_v3(device_t device, unsigned *count, process_t *out) {
    return processes(device, 'M', count, out);
}

int nvmlSystemGetProcessName(unsigned pid, char *out, unsigned size) {
    char value[32];
    int error = status(NULL);
    snprintf(value, sizeof value, "process-%u", pid);
    return error ? error : copy(value, out, size);
}
