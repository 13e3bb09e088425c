"""Sets of digests that are too many for a set of Python."""

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy

SIZE = 16
"""Bytes of a digest."""


def digest_of(text: str) -> bytes:
    """What tells a text from any other."""
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=SIZE).digest()


class Digests:
    """Digests of what earlier shards have, 16 bytes each, and of what the shard that is read has.

    Those of one shard may be equal to each other: only earlier shards count.
    """

    def __init__(self) -> None:
        self._earlier: list[numpy.ndarray[Any, Any]] = []  # each sorted, and less than half of the one before
        self._here = bytearray()

    def __contains__(self, digest: bytes) -> bool:
        return any(_is_in(digest, part) for part in self._earlier)

    def add(self, digest: bytes) -> None:
        """Note what the shard that is read has."""
        self._here += digest

    def end_shard(self) -> None:
        """What has been noted counts as an earlier shard's from now on."""
        import numpy

        part = numpy.unique(numpy.frombuffer(bytes(self._here), dtype=f"S{SIZE}"))
        self._here.clear()
        while self._earlier and len(self._earlier[-1]) <= 2 * len(part):
            part = numpy.union1d(self._earlier.pop(), part)
        self._earlier.append(part)


def _is_in(digest: bytes, part: "numpy.ndarray[Any, Any]") -> bool:
    place = int(part.searchsorted(digest))
    return place < len(part) and bool(part[place] == digest.rstrip(b"\0"))
