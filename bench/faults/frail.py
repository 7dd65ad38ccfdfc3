"""A Valkey that forgets."""

from collab.embedded.valkey import Valkey


class FrailValkey(Valkey):
    """Keeps nothing: killed, it comes back empty."""

    def program(self) -> list[str]:
        """`valkey-server` without its file."""
        return [*super().program(), "--appendonly", "no"]
