"""Many lines in one piece: the same records, figures and errors as line by line, wherever pieces end."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from files import NO_COMMA, THREE_WORDS, verify_to
from hypothesis import given, settings
from hypothesis import strategies as st

from hir_data.formats import files
from hir_data.formats.files import read_lines
from hir_data.formats.jsonl import Line, Lines, units_of
from hir_data.formats.reader import read_input, read_units
from hir_data.runs.sinks import rejected_path
from hir_data.runs.source import Source, limited

UNHURRIED = settings(deadline=None)  # on a busy machine an example may take its time
LINE = st.one_of(
    st.sampled_from([b"", b" ", b"\t\x0b\x0c ", b"\r", b"1", b"\xff", b"{}", b"a\rb", "\u2028\x85".encode()]),
    st.integers(1, 40).map(lambda size: b"x" * size),
)


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    """A file whose lines end in odd ways, the last one perhaps not at all."""
    ends = st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \n"])
    lines = [draw(LINE) + draw(ends) for _ in range(draw(st.integers(0, 30)))]
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + b"0\n" + b"".join(lines) + draw(LINE)


def by_hand(content: bytes, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are records, None for those that are too large."""
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, line in enumerate(lines, 1):
        whole = line + (b"\n" if number < len(lines) else b"")
        if len(line) > limit:
            yield number, None
        elif whole and not whole.isspace():
            yield number, whole


@UNHURRIED
@given(contents(), st.integers(1, 60), st.integers(1, 50), st.booleans())
def test_lines_are_those_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, piece: int, limit: int, packed: bool
):
    path = tmp_path_factory.mktemp("lines") / "in.jsonl"
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_PIECE", piece)
        read = list(read_lines(str(path), max_record_bytes=limit))
    found = [(each.line, each.content if isinstance(each, Line) else None) for each in read]
    assert found == list(by_hand(content, limit))


@UNHURRIED
@given(contents(), st.integers(1, 60), st.lists(st.integers(1, 9), min_size=1), st.integers(0, 40))
def test_pieces_are_cut_anywhere(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, piece: int, sizes: list[int], limit: int
):
    """Into batches, behind what an earlier run has done, and at a limit; the digest is that of the lines."""
    path = tmp_path_factory.mktemp("cut") / "in.jsonl"
    path.write_bytes(content)
    lines = list(read_units(str(path)))
    size = sizes[0]

    def answered(units: Any, passed: int, digest: str | None = None) -> tuple[list[list[Any]], str]:
        source: Source[Any] = Source(units)
        source.skip(passed, digest)
        batches = []
        for batch in source.batches(size):
            source.confirm()
            batches.append(list(units_of(batch)))
        assert source.units == len(lines)
        return batches, source.digest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "_PIECE", piece)
        assert answered(read_input(str(path)), 0) == answered(lines, 0)
        passed = min(limit, len(lines))
        head: Source[Any] = Source(lines)
        head.skip(passed)
        assert answered(read_input(str(path)), passed, head.digest) == answered(lines, passed)
        assert list(units_of(limited(read_input(str(path)), limit))) == lines[:limit]


def rollouts() -> bytes:
    """Several responses a prompt, between what is no record."""
    lines = []
    for number in range(60):
        record = {"key": number // 7, "prompt": f"Tea {number // 7}?", "constraints": [NO_COMMA, THREE_WORDS]}
        response = "x, " * (number % 5) + "é" * (300 if number % 11 == 0 else number)
        lines.append(json.dumps({**record, "response": response}, ensure_ascii=number % 2 == 0).encode())
    lines[9:9] = [b"", b"  ", b"{broken", b"\xff\xfe", b"[1]", b'{"prompt": "no constraints"}']
    lines[30:30] = [b'{"prompt": "' + b"y" * 3000 + b'"}', b""]
    return b"".join(line + (b"\r\n" if n % 3 else b"\n") for n, line in enumerate(lines)).rstrip(b"\r\n")


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("size", [1, 700, 1 << 17])
def test_a_run_over_pieces_is_one_over_lines(tmp_path: Path, monkeypatch, size: int, workers: int):
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + rollouts())
    wanted, found = tmp_path / "lines.jsonl", tmp_path / "pieces.jsonl"
    monkeypatch.setattr("hir_data.runs.verify.BATCH", 5)
    before = verify_to(wanted, read_units(str(source), max_record_bytes=2000))
    monkeypatch.setattr(files, "_PIECE", size)
    pieces = list(read_input(str(source), max_record_bytes=2000))
    assert any(isinstance(piece, Lines) for piece in pieces)
    after = verify_to(found, pieces, workers=workers)
    assert after == before
    assert (before.rejected, before.tally.rollouts) == (5, 60)
    for of in (lambda path: path, rejected_path):
        assert of(found).read_bytes() == of(wanted).read_bytes()


def test_a_run_over_lines_goes_on_over_pieces(tmp_path: Path, monkeypatch):
    source = tmp_path / "in.jsonl"
    source.write_bytes(rollouts())
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    monkeypatch.setattr("hir_data.runs.verify.BATCH", 4)
    wanted = verify_to(whole, read_units(str(source)))

    def cut_off() -> Iterator[Any]:
        yield from limited(read_units(str(source)), 23)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_to(output, cut_off())
    assert verify_to(output, read_input(str(source)), resume=True) == wanted
    assert output.read_bytes() == whole.read_bytes()
    assert rejected_path(output).read_bytes() == rejected_path(whole).read_bytes()
