"""The desktop without a screen: tray, mouse, screenshots, drags; and GPUs that are not there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from tests.gui import xvfb
from tests.gui.drag import drag_files
from tests.gui.fake_nvml import FakeGpu, FakeNvml, GpuProcess
from tests.gui.xvfb import Desktop

APP = """
import sys
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QSystemTrayIcon

app = QApplication(sys.argv)
pixmap = QPixmap(24, 24)
pixmap.fill(QColor(255, 0, 255))
tray = QSystemTrayIcon(QIcon(pixmap))
tray.activated.connect(lambda reason: print("activated", reason.name, flush=True))
tray.show()

class Target(QLabel):
    def dragEnterEvent(self, event):
        event.acceptProposedAction()
    def dropEvent(self, event):
        event.acceptProposedAction()
        print("dropped", [url.toLocalFile() for url in event.mimeData().urls()], flush=True)
    def keyPressEvent(self, event):
        print("key", event.text(), flush=True)

target = Target()
target.setWindowTitle("Target")
target.setAcceptDrops(True)
target.setStyleSheet("background: #0000ff")
target.setGeometry(600, 300, 300, 200)
target.show()
app.exec()
print("bye", flush=True)
"""

screen = pytest.mark.skipif(not xvfb.available(), reason=f"not installed: {', '.join(xvfb.missing())}")


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path) as running:
        yield running


@screen
@pytest.mark.xcb
def test_tray_mouse_keys_drags_and_screenshots(desktop: Desktop, tmp_path: Path) -> None:
    app = desktop.spawn([sys.executable, "-c", APP], stdout=subprocess.PIPE)
    assert app.stdout is not None
    window = desktop.wait_for_window("^Target$")
    assert desktop.geometry(window).width == 300
    icon = desktop.wait_for_tray_icon()
    desktop.wait_until(
        lambda: tuple(desktop.pixels()[icon.centre[::-1]]) == (255, 0, 255), "the tray icon's colour"
    )
    desktop.click(*icon.centre)
    assert app.stdout.readline() == b"activated Trigger\n"

    centre = desktop.geometry(window).centre
    files = [tmp_path / "a é.mov", tmp_path / "镜头.mp4"]
    assert drag_files(desktop, files, *centre)
    assert app.stdout.readline().decode().strip() == f"dropped {[str(file) for file in files]}"
    assert not drag_files(desktop, files, 200, 600, settle=0.2)  # there is nobody

    desktop.focus(window)
    desktop.key("x")
    assert app.stdout.readline() == b"key x\n"
    shot = desktop.screenshot(tmp_path / "shot.png")
    with av.open(str(shot)) as container:
        (frame,) = container.decode(video=0)
    assert (frame.width, frame.height) == desktop.size
    picture = frame.to_ndarray(format="rgb24")
    assert tuple(picture[centre[1] - 50, centre[0]]) == (0, 0, 255)
    desktop.close_window(window)
    desktop.wait_until(lambda: not desktop.windows("^Target$"), "the window's end")


@screen
@pytest.mark.xcb
def test_tray_that_comes_and_goes(tmp_path: Path) -> None:
    with Desktop(tmp_path, panel=False) as desktop:
        assert not desktop.has_tray()
        panel = desktop.start_panel()
        assert desktop.has_tray()
        panel.terminate()
        desktop.wait_until(lambda: not desktop.has_tray(), "the tray's end")
        assert "DBUS_SESSION_BUS_ADDRESS" not in desktop.environment()
    assert desktop.display == ""


QUERY = """
import sys
import pynvml as n

n.nvmlInit()
print(n.nvmlSystemGetDriverVersion(), n.nvmlDeviceGetCount(), flush=True)
for line in sys.stdin:
    try:
        h = n.nvmlDeviceGetHandleByIndex(int(line))
        v2 = n.nvmlDeviceGetMemoryInfo(h, version=n.nvmlMemory_v2)
        procs = [(p.pid, p.usedGpuMemory) for p in n.nvmlDeviceGetComputeRunningProcesses(h)]
        procs += [(p.pid, p.usedGpuMemory) for p in n.nvmlDeviceGetGraphicsRunningProcesses(h)]
        print(n.nvmlDeviceGetName(h), n.nvmlDeviceGetMemoryInfo(h).used >> 20, v2.used >> 20, v2.total >> 20,
              n.nvmlDeviceGetUtilizationRates(h).gpu, n.nvmlDeviceGetPciInfo(h).busId, procs,
              n.nvmlDeviceGetTemperature(h, 0), sep="|", flush=True)
    except n.NVMLError as error:
        print(type(error).__name__, error, sep="|", flush=True)
"""


def test_fake_nvml(tmp_path: Path) -> None:
    nvml = FakeNvml(tmp_path)
    busy = FakeGpu(
        used_mib=7200,
        reserved_mib=300,
        gpu=88,
        processes=(GpuProcess(41, 512), GpuProcess(42, None, kind="G")),
    )
    bare = FakeGpu(name="NVIDIA T400", total_mib=2048, used_mib=100, temperature=None)
    nvml.set(busy, bare, driver="560.35.03")
    with subprocess.Popen(
        [sys.executable, "-c", QUERY],
        env={**os.environ, **nvml.env()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None and program.stdout is not None

        def ask(device: int) -> list[str]:
            assert program.stdin is not None and program.stdout is not None
            program.stdin.write(f"{device}\n")
            program.stdin.flush()
            return program.stdout.readline().strip().split("|")

        assert program.stdout.readline() == "560.35.03 2\n"
        processes = str([(41, 512 << 20), (42, None)])
        name = "NVIDIA GeForce RTX 4060"
        assert ask(0) == [name, "7500", "7200", "8192", "88", "00000000:01:00.0", processes, "45"]
        assert ask(1) == ["NVMLError_NotSupported", "Not Supported"]
        assert ask(2) == ["NVMLError_InvalidArgument", "Invalid Argument"]
        nvml.set(FakeGpu(used_mib=10))  # while it runs
        assert ask(0)[2] == "10"
        nvml.set(FakeGpu(error=15))
        assert ask(0) == ["NVMLError_GpuIsLost", "GPU is lost"]
        nvml.set(FakeGpu(), error=9)
        assert ask(0)[0] == "NVMLError_DriverNotLoaded"
        program.stdin.close()
