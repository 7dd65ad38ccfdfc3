"""This machine: disk, memory, files that may be open, connections that may wait."""

import os
import resource
from collections.abc import Mapping
from pathlib import Path

from collab.doctor import answers
from collab.doctor.finding import Finding, Mend, Unknown, Where, fine, shell, to_do, wrong
from collab.doctor.registry import Subject
from collab.doctor.site import Site

subject = Subject("Machine")

GB = 1024**3
MB = 1024**2
#: Files that a node should be able to have open: each socket is one.
FILES = 8192
MOST_FILES = 65536
#: Connections that may wait for a node or NGINX to take them.
BACKLOG = 4096
SOMAXCONN = Path("/proc/sys/net/core/somaxconn")
MEMINFO = Path("/proc/meminfo")


@subject.check("disk")
def disk(site: Site) -> Finding:
    """There is room for the data."""
    told = os.statvfs(_existing(site.settings.VAR_DIR))
    return judge_disk(told.f_bavail * told.f_frsize, told.f_blocks * told.f_frsize, site.settings.VAR_DIR)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return folder if folder.exists() else _existing(folder.parent)


def judge_disk(free: int, total: int, folder: Path) -> Finding:
    """By bytes. A database that finds no room stops."""
    mend = shell(f"du -xh --max-depth=2 {folder} | sort -h | tail", "journalctl --vacuum-size=200M", "apt clean")
    says = f"{free / GB:.1f} of {total / GB:.0f} GB are free where {folder} is"
    if free < 0.5 * GB or free < 0.02 * total:
        return wrong(f"{says}: soon nothing can be stored. Find what fills it:", mend)
    if free < 2 * GB or free < 0.1 * total:
        return to_do(f"{says}. Find what fills it:", mend)
    return fine(says)


@subject.check("inodes")
def inodes(site: Site) -> Finding:
    """There is room for more files."""
    folder = _existing(site.settings.VAR_DIR)
    told = os.statvfs(folder)
    return judge_inodes(told.f_favail, told.f_files, folder)


def judge_inodes(free: int, total: int, folder: Path) -> Finding:
    """By files; some file systems have no bound, and tell 0."""
    if not total or free > 0.1 * total:
        return fine(f"{free} of {total}" if total else "no bound")
    return wrong(
        f"Only {free} of {total} files can still be made where {folder} is. Find the folder that has so many:",
        shell(f"du --inodes -x --max-depth=2 {folder} | sort -n | tail"),
    )


@subject.check("open-files")
def open_files(site: Site) -> Finding:
    """A node may have a socket open for each person."""
    try:
        nodes = (
            {each.node: int(each.told["files"]) for each in site.once(answers.all_nodes)}
            if not site.starts_later
            else {}
        )
    except Unknown:
        nodes = {}
    return judge_files(nodes, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


def judge_files(nodes: Mapping[str, int], here: int) -> Finding:
    """By the limits of the nodes that run; else by the hard limit of this process, which a node would have."""
    least = min(nodes.values(), default=here)
    if least >= FILES or least == resource.RLIM_INFINITY:
        return fine(f"{least}" if least != resource.RLIM_INFINITY else "as many as it likes")
    who = ", ".join(node for node, limit in nodes.items() if limit == least) or "A node started from here"
    process = next((node.rpartition(":")[2] for node, limit in nodes.items() if limit == least), "")
    most = min(MOST_FILES, here) if here >= FILES else MOST_FILES
    now = [shell(f"prlimit --pid {process} --nofile={most}:{most}")] if process else []
    return wrong(
        f"{who} may have {least} files open: about as many people, and then nobody more gets in.",
        Mend(Where.SYSTEMD, (f"LimitNOFILE={MOST_FILES}",)),
        *now,
    )


@subject.check("backlog")
def backlog(site: Site) -> Finding:
    """A crowd that comes at once may wait at the door."""
    try:
        most = int(SOMAXCONN.read_text())
    except (OSError, ValueError) as error:
        raise Unknown("this system does not tell") from error
    return judge_backlog(most)


def judge_backlog(most: int) -> Finding:
    """By net.core.somaxconn."""
    if most >= BACKLOG:
        return fine(f"{most}")
    line = f"net.core.somaxconn={BACKLOG}"
    return to_do(
        f"Only {most} connections may wait to be taken: where all come back at once, some are refused.",
        shell(f"sysctl -w {line}", f"echo {line} > /etc/sysctl.d/60-collab.conf"),
    )


@subject.check("memory")
def memory(site: Site) -> Finding:
    """There is memory left."""
    try:
        told = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        return judge_memory(*(int(told[name].split()[0]) * 1024 for name in ("MemAvailable", "MemTotal")))
    except (OSError, KeyError, ValueError) as error:
        raise Unknown("this system does not tell") from error


def judge_memory(free: int, total: int) -> Finding:
    """By bytes; a kernel that runs out of them ends the largest process, which is the database or a node."""
    says = f"{free / MB:.0f} of {total / MB:.0f} MB are free"
    mend = shell("ps axo rss,pid,args --sort=-rss | head")
    if free < 64 * MB:
        return wrong(f"{says}: the kernel is about to end something. See what takes so much:", mend)
    if free < 256 * MB or free < 0.05 * total:
        return to_do(f"{says}. See what takes so much:", mend)
    return fine(says)
