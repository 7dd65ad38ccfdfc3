"""What is backed up."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site, as far as a backup is concerned."""

    url: str
    var: Path
    media: Path

    @property
    def name(self) -> str:
        """What its backups' names begin with: several sites may share a place."""
        return urlsplit(self.url).netloc.replace(":", "_")

    @property
    def secret_key(self) -> Path:
        """Where a site that was started by `up` keeps its key."""
        return self.var / "secret_key"
