"""What is asked of glibc."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

HEAPS = """
import ctypes, re, sys, tempfile, threading
from autocut_tray.core.memory.heap import keep_heap_small
if sys.argv[1] == "shared":
    keep_heap_small()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
all_at_once = threading.Barrier(6)
def work():
    all_at_once.wait()
    kept = [bytearray(3000) for _ in range(20)]
    all_at_once.wait()
threads = [threading.Thread(target=work) for _ in range(6)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file); libc.fclose(file)
    print(len(re.findall(rb"<heap nr=", told.read())))
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="needs glibc"
)
def test_threads_share_the_heaps_there_are() -> None:
    def heaps(how: str) -> int:
        done = subprocess.run([sys.executable, "-c", HEAPS, how], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert heaps("shared") == 1
    assert heaps("apart") > 1, "the setting would not be needed"
