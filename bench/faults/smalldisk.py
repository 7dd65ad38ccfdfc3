"""A disk of its own for the database, small enough to be filled: a tmpfs, where mounting is permitted."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

SIZE = "320m"
CHUNK = bytes(1 << 20)


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """Mount it at a folder, for the while.

    Raises:
        subprocess.CalledProcessError: that is not permitted.
    """
    place.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount") or "/bin/mount"
    subprocess.run([mount, "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], check=True, capture_output=True)
    try:
        yield
    finally:
        unmount = shutil.which("umount") or "/bin/umount"
        subprocess.run([unmount, "--lazy", str(place)], check=True, capture_output=True)


def why_not() -> str:
    """Why it cannot be done here."""
    with tempfile.TemporaryDirectory() as name:
        try:
            with small_disk(Path(name) / "disk"):
                return ""
        except (OSError, subprocess.CalledProcessError):
            return "mounting a tmpfs is not permitted."


def fill(place: Path) -> Path:
    """Write until there is no room for another byte; the file, to be removed again."""
    file = place / "filler"
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as full:
        while full.write(CHUNK):
            pass
    return file
