"""Backups in a bucket of S3, or of what speaks like it. Reached as AWS's own programs are: by AWS_… variables."""

import contextlib
from collections.abc import Iterator

from collab.optional import OBSTORE

from . import manifest
from .errors import BackupError
from .places import Place, Sink, Source, made_at

try:
    import obstore
    from obstore.exceptions import BaseError
    from obstore.store import S3Store
except ImportError as error:
    raise BackupError(f"backups in S3 need one more package: .venv/bin/pip install {OBSTORE}") from error


#: Bytes of one request.
AT_A_TIME = 8 << 20


class _Reader:
    def __init__(self, file: "obstore.ReadableFile") -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        return bytes(self._file.read(None if size < 0 else size))


class Bucket(Place):
    """A prefix in a bucket. There is no renaming here: a backup is whole once its manifest is there, written last."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        with self._asking():
            self._store = S3Store.from_url(self._address)

    def address(self, backup: str) -> str:
        """As `s3://bucket/prefix/name`."""
        return f"{self._address}/{backup}"

    def whole(self) -> list[str]:
        """Those that have a manifest."""
        names = {backup for backup, _, part in self._parts() if part == manifest.NAME}
        return sorted(names, key=made_at)

    def has(self, backup: str) -> bool:
        """Whether its manifest is there."""
        try:
            with self._asking():
                obstore.head(self._store, f"{backup}/{manifest.NAME}")
        except FileNotFoundError:
            return False
        return True

    def prepare(self, site: str) -> None:
        """Clear away what has no manifest."""
        names = {backup for backup, _, _ in self._parts()}
        for name in names.difference(self.whole()):
            if name.startswith(f"{site}-"):
                self.remove(name)

    @contextlib.contextmanager
    def writing(self, backup: str, part: str) -> Iterator[Sink]:
        """In several requests, the last of which makes the object."""
        with self._asking():
            sink = obstore.open_writer(self._store, f"{backup}/{part}")
            # Left open where something fails: closing is what would make an object of half of it.
            yield sink
            sink.close()

    def finish(self, backup: str, text: bytes) -> None:
        """Write the manifest."""
        with self._asking():
            obstore.put(self._store, f"{backup}/{manifest.NAME}", text)

    @contextlib.contextmanager
    def reading(self, backup: str, part: str) -> Iterator[Source]:
        """The object, as it comes."""
        with self._asking():
            yield _Reader(obstore.open_reader(self._store, f"{backup}/{part}", buffer_size=AT_A_TIME))

    def remove(self, backup: str) -> None:
        """The manifest first, so that half of it never passes for a whole one."""
        parts = [part for name, _, part in self._parts() if name == backup]
        with self._asking():
            for part in sorted(parts, key=lambda part: part != manifest.NAME):
                obstore.delete(self._store, f"{backup}/{part}")

    def _parts(self) -> list[tuple[str, str, str]]:
        """(backup, "/", part) of all that lie here; what lies deeper is somebody else's."""
        with self._asking():
            paths = [entry["path"] for page in obstore.list(self._store) for entry in page]
        return [path.partition("/") for path in paths if path.count("/") == 1]

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except (BaseError, ValueError) as error:
            why = " ".join(str(error).split())[:300]
            raise BackupError(
                f"{self._address} does not take what was asked: {why} Check the address and "
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT."
            ) from error
