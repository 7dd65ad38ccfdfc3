"""Whether the site's port is free."""

import errno
import socket

from .environment import Address
from .errors import CannotStart


def check_free(address: Address, again: str = "PORT={} make up") -> None:
    """Raises CannotStart where Daphne could not listen. `again` is how to start on another port."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise CannotStart(f"bad setting. HOST is {address.host!r}; it must be an address of this machine.") from error
    except OSError as error:
        raise CannotStart(refusal(address, error, again)) from error


def refusal(address: Address, error: OSError, again: str) -> str:
    """What is wrong with the port, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {address.port} is in use. Stop what uses it, or start on another: {again.format(address.port + 1)}"
        )
    if error.errno == errno.EACCES:
        return f"port {address.port} needs root. Start on one above 1023: {again.format(8000)}"
    return f"cannot listen on {address.host}:{address.port}: {error.strerror}. Set HOST to an address of this machine."
