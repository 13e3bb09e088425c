"""Small input for the tests of readers, runs and the command line: records, rollouts and files of them."""

import contextlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hir_data as hir
from hir_data.formats.reader import Item
from hir_data.runs.sinks import VerifyState, open_sink
from hir_data.runs.verify import verify_into
from hir_data.schemas import registry

HOSTILE = str(Path(__file__).parent / "plugins" / "hostile.py")
"""The plugin of kinds that misbehave."""

NO_COMMA = {"kind": "punctuation:no_comma"}
THREE_WORDS = {"kind": "word_count", "min": 3}
RESPONSES = (
    "Tea for two.",
    "Tea, please.",
    "Sure, here it is:\nTea for two.",
    "*Tea*",
    "",
    "Ünïcödé ☕, 茶\u2028🫖\n\n",
)


@contextlib.contextmanager
def own_kinds() -> Iterator[None]:
    """Kinds and plugins that are loaded in here are gone afterwards."""
    registry.kinds()  # our own are registered once, when their modules are first imported
    with pytest.MonkeyPatch.context() as patch:
        for name, value in list(vars(registry).items()):
            if name.startswith("_") and not name.startswith("__") and isinstance(value, dict | list | set):
                patch.setattr(registry, name, value.copy())
        registry._built.cache_clear()
        yield
    registry._built.cache_clear()


def native(number: Any, response: Any = ..., **more: Any) -> dict[str, Any]:
    """A record of our own shape, with a response of its own unless it is to have none."""
    record = {"id": number, "prompt": f"Prompt {number}.", "constraints": [NO_COMMA, THREE_WORDS], **more}
    if response is ...:
        response = RESPONSES[number % len(RESPONSES)]
    return record if response is None else record | {"response": response}


def ifeval(number: Any, **more: Any) -> dict[str, Any]:
    """A record of IFEval's shape, without a response."""
    return {
        "key": number,
        "prompt": f"Prompt {number}.",
        "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
        "kwargs": [{}, {"relation": "at least", "num_words": 3}],
        **more,
    }


def rollout(number: int = 0, *constraints: Any, response: str | None = None) -> hir.Rollout:
    """A rollout, with two harmless constraints unless others are given."""
    return hir.Rollout(
        instruction=hir.Instruction(
            id=number, prompt=f"Prompt {number}.", constraints=constraints or (NO_COMMA, THREE_WORDS)
        ),
        response=RESPONSES[number % len(RESPONSES)] if response is None else response,
    )


def jsonl(records: Iterable[Any]) -> bytes:
    """The records as lines; bytes are taken as they are."""
    lines = [
        record if isinstance(record, bytes) else json.dumps(record, ensure_ascii=False).encode()
        for record in records
    ]
    return b"".join(line + b"\n" for line in lines)


def write(path: Path, content: bytes | Iterable[Any]) -> str:
    """Write bytes, or records as JSONL; the path as a string."""
    path.write_bytes(content if isinstance(content, bytes) else jsonl(content))
    return str(path)


def read(path: Path | str) -> list[dict[str, Any]]:
    """The records of a JSONL file."""
    return [json.loads(line) for line in Path(path).read_bytes().splitlines()]


def write_parquet(path: Path, records: list[dict[str, Any]], **options: Any) -> str:
    """Write records as Parquet, where what one lacks and others have is null."""
    import pyarrow
    import pyarrow.parquet

    names = list(dict.fromkeys(name for record in records for name in record))
    columns = {name: [record.get(name) for record in records] for name in names}
    pyarrow.parquet.write_table(pyarrow.table(columns), path, **options)
    return str(path)


def verify_to(output: Path | str | None, items: Iterable[Item], **options: Any) -> VerifyState:
    """Verify items into a file, in this process unless workers are given; what ``-`` gets is dropped."""
    placing = {name: options.pop(name) for name in ("identity", "resume", "stdout") if name in options}
    placing.setdefault("stdout", io.BytesIO())
    return verify_into(
        open_sink(None if output is None else str(output), **placing), items, **({"workers": 0} | options)
    )


def session_members(session: int) -> list[int]:
    """The processes of a session (Linux), all that a program has started and that has not left it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(folder.name))
    return found
