"""Runs a command with what the units of deploy/systemd leave it, where no systemd runs to do so.

    python -I -S tests/deploy/sandbox.py SYSTEM_CALLS command…

SYSTEM_CALLS: a file with the names of those that are allowed. Besides: only sockets of unix, IPv4 and IPv6, no memory
that is both written and run, and no new privileges. What systemd does by mounts and by users is not done.
"""

import ctypes
import errno
import os
import sys
from pathlib import Path

ALLOW, REFUSE, EQUAL = 0x7FFF0000, 0x00050000 | errno.EPERM, 4
FAMILIES = (1, 2, 10)
PR_SET_MDWE, PR_SET_NO_NEW_PRIVS = 65, 38


class Comparison(ctypes.Structure):
    """libseccomp's `struct scmp_arg_cmp`."""

    _fields_ = [
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("value_2", ctypes.c_uint64),
    ]


def confine(allowed: list[str]) -> None:
    """Refuse this process every other system call, for good."""
    library, system = ctypes.CDLL("libseccomp.so.2"), ctypes.CDLL(None)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(REFUSE))
    for name in allowed:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if name == "socket":
            for family in FAMILIES:
                is_it = (Comparison * 1)(Comparison(0, EQUAL, family, 0))
                library.seccomp_rule_add_array(context, ALLOW, number, 1, is_it)
        elif number >= 0:
            library.seccomp_rule_add_array(context, ALLOW, number, 0, None)
    assert system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert system.prctl(PR_SET_MDWE, 1, 0, 0, 0) == 0
    assert library.seccomp_load(context) == 0


if __name__ == "__main__":
    names, *command = sys.argv[1:]
    confine(Path(names).read_text().split())
    os.execv(command[0], command)
