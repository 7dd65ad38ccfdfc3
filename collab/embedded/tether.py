"""Runs a command that ends when its parent does, as another user where one is named.

    python -I -S tether.py PARENT_PID USER|- SIGNAL command…

A script of its own, run before the command: giving up root clears the wish to be told of the parent's
death, so the order is user, wish, command. Nothing of the site is imported; it starts in some 20 ms.
"""

import ctypes
import os
import pwd
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(name: str) -> None:
    """Give up root for good."""
    entry = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def follow(parent: int, signum: int) -> None:
    """Be sent `signum` when `parent` dies. Only Linux can; elsewhere the next start clears what was left."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum)
    if os.getppid() != parent:
        # It died before the wish was heard.
        sys.exit(1)


if __name__ == "__main__":
    parent, user, signum, *command = sys.argv[1:]
    if user != "-":
        become(user)
    follow(int(parent), signal.Signals[signum])
    os.execv(command[0], command)  # noqa: S606 - the command is the site's own
