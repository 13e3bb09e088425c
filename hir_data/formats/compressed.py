"""Compressed files, known by their first bytes: gzip, bzip2, xz, zstd."""

import bz2
import contextlib
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from hir_data.errors import RecordError
from hir_data.formats.atomic import os_message

_GZIP, _BZIP2, _XZ, _ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
MAGIC = (_GZIP, _BZIP2, _XZ, _ZSTD)
"""How compressed files begin."""
SUFFIXES = (".gz", ".bz2", ".xz", ".zst")


@contextlib.contextmanager
def uncompressed(file: io.BufferedReader, name: str) -> Iterator[io.BufferedReader]:
    """What is in a file, whether it is compressed or not.

    Raises:
        RecordError: it is damaged, or ends too early; also while it is read.
    """
    start = file.peek(len(_XZ))
    if not start.startswith(MAGIC):
        yield file
        return
    problems = (EOFError, OSError, zlib.error, lzma.LZMAError)
    try:
        with _opened(file, start) as inner:
            yield io.BufferedReader(inner)
    except problems as error:
        raise RecordError(f"cannot be read: {os_message(error)}", name) from error


def _opened(file: BinaryIO, start: bytes) -> Any:
    if start.startswith(_GZIP):
        return gzip.open(file)
    if start.startswith(_BZIP2):
        return bz2.open(file)
    if start.startswith(_XZ):
        return lzma.open(file)
    import pyarrow

    return _Raw(pyarrow.CompressedInputStream(pyarrow.PythonFile(file, mode="r"), "zstd"))


class _Raw(io.RawIOBase):
    """A stream of pyarrow's as Python reads one."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


def zstd_content(content: bytes, size: int) -> bytes:
    """What is in a zstd frame.

    Args:
        content: the frame.
        size: bytes that come out of it.
    """
    import pyarrow

    return bytes(pyarrow.Codec("zstd").decompress(content, size, asbytes=True))


def without_suffix(name: str) -> str:
    """A file's name without what says how it is compressed, in lower case."""
    name = name.lower()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return name
