"""Folders where containers would have them: volumes laid out as they are mounted, without an engine."""

import contextlib
import filecmp
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

#: What a compose file takes where the environment says nothing.
DEFAULT = re.compile(r"\$\{\w+:-(.*?)\}")


class Mount(NamedTuple):
    #: The volume's name, or a folder of the host.
    source: str
    path: str
    is_read_only: bool


def of_service(service: dict[str, Any]) -> list[Mount]:
    """Those of a service in the compose file."""
    volumes = [DEFAULT.sub(r"\1", each).split(":") for each in service.get("volumes", [])]
    return [Mount(source, path, options == ["ro"]) for source, path, *options in volumes]


def of_container(pod: dict[str, Any]) -> list[Mount]:
    """Those volumes of a pod's only container that outlive it."""
    claims = {each["name"]: each["persistentVolumeClaim"] for each in pod["volumes"] if "persistentVolumeClaim" in each}
    [container] = pod["containers"]
    return [
        Mount(claims[each["name"]]["claimName"], each["mountPath"], each.get("readOnly", False))
        for each in container["volumeMounts"]
        if each["name"] in claims
    ]


@contextlib.contextmanager
def mounted(mounts: Sequence[Mount], volumes: Path, root: Path) -> Iterator[None]:
    """In `root` a container's volumes, each a folder in `volumes`; what is read-only must be as it was at the end."""
    with contextlib.ExitStack() as stack:
        for mount in sorted(mounts, key=lambda mount: mount.path):
            target = root / mount.path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            volume = volumes / mount.source
            volume.mkdir(parents=True, exist_ok=True)
            if mount.is_read_only:
                stack.enter_context(_read_only(volume, target))
            else:
                target.symlink_to(volume)
                stack.callback(target.unlink)
        yield


@contextlib.contextmanager
def _read_only(volume: Path, target: Path) -> Iterator[None]:
    """A copy: root, who may be running this, writes wherever a file system lets anybody."""
    shutil.copytree(volume, target, symlinks=True)
    yield
    differing = _differing(filecmp.dircmp(volume, target))
    shutil.rmtree(target)
    assert not differing, f"{target} is read-only, and was written to: {differing}"


def _differing(compared: "filecmp.dircmp[str]") -> list[str]:
    here = compared.left_only + compared.right_only + compared.diff_files
    return here + [name for each in compared.subdirs.values() for name in _differing(each)]
