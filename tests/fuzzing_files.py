"""Files of all shapes that are read, damaged: what ends the reading, or a record, with more than a rejection.

Run ``PYTHONPATH=. python tests/fuzzing_files.py --seconds 600 --seed 0``; another seed draws others.
"""

import argparse
import contextlib
import copy
import io
import itertools
import json
import random
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import foreign

from hir_data.errors import RecordError
from hir_data.formats.reader import items_of, parse_prompt, read_units
from hir_data.replays.verifications import read_verification
from hir_data.schemas.rejected import Rejected

MOST_ROWS = 20_000  # that a damaged file of six records may come to
SLOW = 10.0  # seconds

HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, 10**4000, -(10**18), 1e308, float("inf"), float("nan"), "", " ", "x"),
    *("\0", "\ud800", "²", "[", "{", "[[", '{"a":', "[]", "{}", "null", "[1]", '["a"]', "(", "a{9999999999}"),
    *('[{"role": "user"}]', "True", "<|im_start|>user\n", "x" * 3000, "[" * 3000, "\u2028", [], {}, [[]]),
    *([None], ["a"], [{}], {"a": None}, {"": ""}, [[[[[]]]]], {"role": "x"}, {"type": 1}, [{"type": "text"}]),
    *([{"role": "user", "content": None}], [{"role": {}}], {"kind": "not"}, ["a"] * 50),
)
FIELDS = (
    "messages prompt response responses turns constraints id key kwargs metadata tools sampling sample "
    "stated_in original thinking samples eval weights system criteria question presentation epoch \x1b"
).split(" ")


def damaged_value(value: Any, rng: random.Random) -> Any:
    """A copy of what JSON holds with something in it taken out, doubled, or replaced."""
    value = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = [place for place in _places(value) if place]
        if not places:
            return rng.choice(HOSTILE)
        *way, last = rng.choice(places)
        at = value
        for name in way:
            at = at[name]
        match rng.randrange(7):
            case 0:
                del at[last]
            case 1 if isinstance(at, dict):
                at[rng.choice(FIELDS)] = copy.deepcopy(rng.choice([*at.values(), rng.choice(HOSTILE)]))
            case 2:
                at[last] = [copy.deepcopy(at[last])] * rng.choice((1, 2, 3))
            case 3:
                at[last] = str(at[last])[:100]
            case _:
                at[last] = copy.deepcopy(rng.choice(HOSTILE))
    return value


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from _places(each, (*way, name))


def damaged_bytes(content: bytes, rng: random.Random) -> bytes:
    """Bytes with some of them flipped, taken out, put in, or cut off."""
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(damaged) or 1)
        match rng.randrange(6):
            case 0:
                damaged[at : at + rng.choice((1, 4, 64))] = b""
            case 1:
                damaged[at:at] = rng.choice(
                    (b"\0", b"\xff", b"[", b"{", b'"', b"\n", b"\r", b",", b"1" * 5000)
                )
            case 2:
                del damaged[at + 1 :]
            case _:
                damaged[at : at + 1] = bytes([rng.randrange(256)])
    return bytes(damaged)


def _damaged_json(content: bytes, rng: random.Random) -> bytes:
    """One of the JSON documents in some lines, or the document that all of them are, damaged."""
    lines = content.splitlines()
    try:
        documents = [json.loads(line) for line in lines]
    except ValueError:
        return json.dumps(damaged_value(json.loads(content), rng)).encode()
    which = rng.randrange(len(documents))
    documents[which] = damaged_value(documents[which], rng)
    return "\n".join(map(json.dumps, documents)).encode()


def _damaged_archive(content: bytes, rng: random.Random) -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    packing = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(target, "w", packing) as archive:
        which = rng.choice(source.namelist())
        for name in source.namelist():
            inner = source.read(name)
            if name == which:
                inner = json.dumps(damaged_value(json.loads(inner), rng)).encode()
                name = rng.choice((name, name, name, "samples/a_epoch_².json", "samples/_epoch_.json"))
            archive.writestr(name, inner)
    return target.getvalue()


def damaged(content: bytes, rng: random.Random) -> bytes:
    """A file that is damaged as a whole, or in what it holds."""
    if rng.random() < 0.7:
        with contextlib.suppress(ValueError):
            return (_damaged_archive if content.startswith(b"PK") else _damaged_json)(content, rng)
    return damaged_bytes(content, rng)


def read_wholly(path: str, prompts: str | None = None) -> None:
    """Read a file as every command does, each of its records by itself."""
    units = read_units(path) if prompts is None else read_units(prompts, path)
    with contextlib.suppress(RecordError):  # the file as a whole, which is said in one line
        for number, unit in enumerate(units):
            assert number < MOST_ROWS, "there is no end of records"
            found = [*items_of(unit, "auto")]
            if prompts is None:
                found += [parse_prompt(unit), read_verification(unit)]
            for each in found:
                if isinstance(each, Rejected):
                    assert each.as_line()


def fuzz(seconds: float, seed: str) -> tuple[int, Counter[str]]:
    """How many damaged files there were, and which faults were found how often."""
    rng, end, found = random.Random(seed), time.monotonic() + seconds, Counter[str]()
    shapes: list[tuple[str, Callable[[Any], bytes], bool]] = [
        *((name, write, False) for name, write in foreign.ALONE.values()),
        *((name, write, True) for name, write in foreign.JOINED.values()),
    ]
    rows = foreign.pairs()
    whole = [(name, write(rows), joined) for name, write, joined in shapes]
    for number in itertools.count():
        if time.monotonic() >= end:
            return number, found
        name, content, joined = rng.choice(whole)
        with tempfile.TemporaryDirectory() as folder:
            prompts = Path(folder) / "asked.jsonl"
            prompts.write_text("".join(json.dumps(prompt) + "\n" for prompt, _ in rows))
            file = foreign.written(Path(folder), name, damaged(content, rng))
            began = time.process_time()
            try:
                read_wholly(file, str(prompts) if joined else None)
            except Exception:  # nothing may raise
                found[f"{name} ({number}): {' '.join(traceback.format_exc().split())[-300:]}"] += 1
            if time.process_time() - began > SLOW:
                found[f"{name} ({number}): takes longer than {SLOW:g} s"] += 1


def main() -> None:
    """Fuzz and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="0")
    given = parser.parse_args()
    files, found = fuzz(given.seconds, given.seed)
    print(*found, sep="\n")
    print(f"{files} files: {len(found)} faults")


if __name__ == "__main__":
    main()
