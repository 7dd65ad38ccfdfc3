"""Who runs the embedded servers: the person who starts the site, or, for root, a system user of less power."""

import contextlib
import functools
import os
import pwd
import stat
import subprocess
from pathlib import Path

from .errors import CannotStart

NAME = "collab-data"


@functools.cache
def servers_user() -> pwd.struct_passwd | None:
    """The system user the servers run as; None: the same as the site. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(NAME)
    try:
        useradd = ["/usr/sbin/useradd", "--system", "--shell=/usr/sbin/nologin", NAME]
        subprocess.run(useradd, check=True, capture_output=True)
        return pwd.getpwnam(NAME)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"root may not run PostgreSQL and the user {NAME} could not be made. Make it (useradd {NAME}), "
            "start as an ordinary user, or set DATABASE_URL."
        ) from error


def own_folder(folder: Path) -> None:
    """Make the folder, for the servers' user alone, with every folder above it passable to that user."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    user = servers_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        let_through(folder.parent, user)
    folder.chmod(0o700)


def let_through(folder: Path, user: pwd.struct_passwd) -> None:
    """Let the user pass through the folder and those above it, without letting anyone look into them.

    A closed folder of root's, such as /root, is opened to the user's own group only, not to the world.
    """
    for place in (folder, *folder.parents):
        status = place.stat()
        if status.st_mode & stat.S_IXOTH or (status.st_gid == user.pw_gid and status.st_mode & stat.S_IXGRP):
            continue
        if status.st_mode & stat.S_IRWXG:
            raise CannotStart(f"PostgreSQL's user {NAME} may not pass through {place}. Allow it: chmod o+x {place}")
        os.chown(place, -1, user.pw_gid)
        place.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXGRP)


def let_read(folder: Path, user: pwd.struct_passwd) -> None:
    """Let everyone read and run what a package brought, where a strict umask kept it closed."""
    if folder.stat().st_mode & stat.S_IROTH:
        return
    for place in (folder, *folder.rglob("*")):
        if not place.is_symlink():
            mode = stat.S_IMODE(place.stat().st_mode)
            place.chmod(mode | stat.S_IRGRP | stat.S_IROTH | (stat.S_IXGRP | stat.S_IXOTH if mode & 0o100 else 0))
    let_through(folder.parent, user)
