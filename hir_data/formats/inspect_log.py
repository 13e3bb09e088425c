"""Logs of inspect_ai: ``.eval``, a zip archive of JSON files, and ``.json``, one object.

In the archive are ``header.json`` (once the run has ended), ``_journal/start.json``, and a file for each
sample under ``samples/``; newer versions compress them with zstd, older ones with deflate. The object has the
header's fields and ``samples``. Samples are read by :mod:`hir_data.formats.envelopes.inspect_sample`.
"""

import itertools
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.compressed import zstd_content
from hir_data.formats.fields import JsonObject, at
from hir_data.formats.rows import Row, too_large
from hir_data.schemas.english import number_of
from hir_data.schemas.json_line import certain_line

MAGIC = b"PK\x03\x04"
"""How a zip archive begins."""
_ZSTD = 93  # a method of compression that zipfile does not know before Python 3.14
_LOCAL_HEADER = 30  # bytes, with the lengths of two fields behind it in the last four
_UNREADABLE = (ValueError, OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What is raised by a file of an archive that is damaged, encrypted, or packed in a way that nobody knows."""
MAX_HEADER_BYTES = 64 << 20
"""Bytes that what an archive says of its run may have, which is read whole."""
_MOST_MISSING = 10_000
"""How many samples that a log has not are named one by one; a header can claim any number of epochs."""


def is_log(document: Any) -> bool:
    """Whether a document is a log."""
    return (
        isinstance(document, Mapping)
        and isinstance(document.get("eval"), Mapping)
        and (isinstance(document.get("samples"), list) or {"version", "status"} <= document.keys())
    )


def log_rows(log: JsonObject, name: str) -> Iterator[Row]:
    """The samples of a log in JSON, then what is missing of them."""
    there: set[tuple[str, int]] = set()
    number = 0
    for number, sample in enumerate(log.get("samples") or [], 1):
        if isinstance(sample, dict):
            there.add(_identity(sample))
            yield Row(name, number, sample, format="inspect")
        else:
            error = RecordError("a sample has to be an object", name, number)
            yield Row(name, number, None, error, sample)
    yield from _missing(log, there, name, number)


def archive_rows(path: Path, limit: int) -> Iterator[Row]:
    """The samples of an archive, then what is missing of them.

    Raises:
        RecordError: it is cut short or damaged as a whole, or no log.
    """
    name = str(path)
    try:
        archive = zipfile.ZipFile(path)
    except _UNREADABLE as error:
        if isinstance(error, OSError):
            raise
        problem = "is an archive that is cut short or damaged, as of a run that was killed"
        raise RecordError(f"{problem}: {error}", name) from error
    with archive, path.open("rb") as file:
        names = {each.filename: each for each in archive.infolist()}
        samples = [each for each in archive.infolist() if _is_sample(each.filename)]
        start = names.get("header.json") or names.get("_journal/start.json")
        if start is None:
            raise RecordError("is a zip archive, and no log of inspect_ai: it has no header.json", name)
        if start.file_size > MAX_HEADER_BYTES:
            raise RecordError(f"{start.filename} has more than {MAX_HEADER_BYTES} bytes", name)
        header = _parsed(archive, file, start, name)
        there: set[tuple[str, int]] = set()
        number = 0
        for number, member in enumerate(samples, 1):
            if member.file_size > limit:
                yield too_large(name, number, limit, member.filename.encode())
                continue
            try:
                sample = _parsed(archive, file, member, name)
            except RecordError as error:
                there.add(_identity_of(member.filename))
                yield Row(name, number, None, error.at(name, number), member.filename)
                continue
            there.add(_identity(sample))
            yield Row(name, number, sample, format="inspect")
        yield from _missing(header, there, name, number)


def _is_sample(name: str) -> bool:
    return name.startswith("samples/") and name.endswith(".json")


def _identity(sample: JsonObject) -> tuple[str, int]:
    """Which sample this is: its id, and its epoch, the first where it says nothing that is one."""
    epoch = sample.get("epoch")
    return _key_text(sample.get("id")), epoch if isinstance(epoch, int) and epoch else 1


def _identity_of(name: str) -> tuple[str, int]:
    """Which sample a file of an archive holds, by its name ``samples/ID_epoch_N.json``."""
    key, _, epoch = Path(name).stem.rpartition("_epoch_")
    return key, int(epoch) if epoch.isdecimal() and len(epoch) < _MOST_DIGITS else 1


_MOST_DIGITS = 19


def _key_text(key: Any) -> str:
    """A key as text, whatever JSON it is; Python writes no integers of thousands of digits."""
    if isinstance(key, str) or (isinstance(key, int) and abs(key) < 1 << 63):
        return str(key)
    return certain_line({"id": key}).decode()


def _missing(header: JsonObject, there: set[tuple[str, int]], name: str, last: int) -> Iterator[Row]:
    """A row with an error for each sample that the run was to have, and that is not in its log."""
    keys = at(header, "eval.dataset.sample_ids")
    epochs = at(header, "eval.config.epochs") or 1
    status = header.get("status", "started")
    if not isinstance(keys, list) or not isinstance(epochs, int):
        if not there:
            error = RecordError(f"is a log without samples (status {status})", name)
            yield Row(name, 1, None, error, "")
        return
    wanted = ((epoch, key) for epoch in range(1, epochs + 1) for key in keys)
    missing = ((epoch, key) for epoch, key in wanted if (_key_text(key), epoch) not in there)
    number = last
    for epoch, key in itertools.islice(missing, _MOST_MISSING):
        number += 1
        problem = f"there is no sample {_key_text(key)} of epoch {epoch} in the log (status {status})"
        yield Row(name, number, None, RecordError(problem, name, number), {"id": key, "epoch": epoch})
    if next(missing, None) is not None:
        number += 1
        problem = f"there are more samples missing in the log, of {len(keys)} in {number_of(epochs, 'epoch')}"
        yield Row(name, number, None, RecordError(problem, name, number), "")


def _parsed(archive: zipfile.ZipFile, file: BinaryIO, member: zipfile.ZipInfo, name: str) -> dict[str, Any]:
    try:
        content = (
            _zstd_member(file, member) if member.compress_type == _ZSTD else archive.read(member.filename)
        )
        value = from_json(content, cache_strings="keys")
    except _UNREADABLE as error:
        raise RecordError(f"{member.filename} cannot be read: {error}", name) from error
    if not isinstance(value, dict):
        raise RecordError(f"{member.filename} has to be an object", name)
    return value


def _zstd_member(file: BinaryIO, member: zipfile.ZipInfo) -> bytes:
    """The content of a file that is compressed with zstd."""
    file.seek(member.header_offset)
    header = file.read(_LOCAL_HEADER)
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(member.header_offset + _LOCAL_HEADER + lengths)
    content = zstd_content(file.read(member.compress_size), member.file_size)
    if zlib.crc32(content) != member.CRC:
        raise zipfile.BadZipFile(f"bad checksum of {member.filename}")
    return content
