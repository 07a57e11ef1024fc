"""ClamAV's daemon from Debian with one signature of its own, in a temporary folder, gone afterwards."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30
# The string that every scanner takes for a virus, in two halves, so that none takes this file for one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CONFIG = """
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
Foreground yes
LogFile {folder}/log
StreamMaxLength 110M
MaxScanSize 110M
MaxFileSize 110M
AlertExceedsMax yes
"""


def missing() -> str:
    """Why it cannot run here, in words; empty when it can."""
    return "" if shutil.which("clamd") else "There is no clamd here: install clamav-daemon."


@contextmanager
def running() -> Iterator[str]:
    """The path of its socket."""
    # The path of a socket may have 107 letters.
    with tempfile.TemporaryDirectory(prefix="clam-") as name:
        folder = Path(name)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "own.ndb").write_text(f"Eicar-Own:0:*:{EICAR.hex()}\n")
        config = folder / "clamd.conf"
        config.write_text(CONFIG.format(folder=folder))
        process = subprocess.Popen(
            ["clamd", "--config-file", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait(folder / "clamd.sock", process)
            yield str(folder / "clamd.sock")
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(path: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as line:
            if line.connect_ex(str(path)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"clamd did not start: {(path.parent / 'log').read_text(errors='replace')[-500:]}")
