"""The prompts of a file of verifications, each with the rates at which its responses pass."""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pydantic_core import from_json

from hir_data.errors import OutputError
from hir_data.formats.atomic import replacing, writing
from hir_data.replays.information import group_key
from hir_data.replays.verifications import read_verifications
from hir_data.report.pass_rates import PassCounts, outcomes
from hir_data.report.verify_figures import pass_at_k
from hir_data.schemas.json_line import json_line
from hir_data.schemas.rejected import Rejected


def check_pass_rates_path(path: Path) -> None:
    """See that pass rates can be written to a file of this name.

    Raises:
        OutputError: they cannot.
    """
    if not path.name.endswith((".jsonl", ".jsonl.gz")):
        raise OutputError(f"{path}: has to end in .jsonl or .jsonl.gz")


def write_pass_rates(source: str, path: Path) -> dict[str, dict[str, float]]:
    """Write each prompt of a file of verifications once, with its pass rates, as a file of prompts.

    Responses to a prompt count wherever they stand in the file. In memory are a few numbers a prompt.

    Args:
        source: what ``hir-data verify`` has written.
        path: the file to write; it is whole or as it was.

    Returns:
        pass@k over the prompts (:func:`hir_data.report.verify_figures.pass_at_k`).

    Raises:
        RecordError: the source cannot be read.
        OutputError: the file cannot be written.
    """
    check_pass_rates_path(path)
    with writing(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent) as prompts:
            prompt_counts = _counted(source, prompts)
            with replacing(path) as temporary, temporary.open("wb") as raw:
                if path.name.endswith(".gz"):
                    with gzip.GzipFile("", "wb", 6, raw, mtime=0) as zipped:
                        zipped.writelines(_rated(prompts, prompt_counts))
                else:
                    raw.writelines(_rated(prompts, prompt_counts))
    return pass_at_k(outcomes(prompt_counts))


def _counted(source: str, prompts: IO[bytes]) -> list[PassCounts]:
    """What the responses to each prompt have come to; its record goes to the file of prompts, in order."""
    places: dict[bytes, int] = {}
    counts: list[PassCounts] = []
    for verification in read_verifications(source):
        if isinstance(verification, Rejected):
            raise verification.error
        instruction = verification.rollout.instruction
        place = places.setdefault(group_key(instruction), len(counts))
        if place == len(counts):
            counts.append(PassCounts())
            prompts.write(json_line(instruction))
        counts[place].add([result.strict.satisfied for result in verification.results])
    return counts


def _rated(prompts: IO[bytes], prompt_counts: list[PassCounts]) -> Iterator[bytes]:
    """The records of prompts with their rates."""
    prompts.seek(0)
    for line, counts in zip(prompts, prompt_counts, strict=True):
        record: dict[str, Any] = from_json(line)
        rates = {
            "rollouts": counts.rollouts,
            "passed": counts.passed,
            "pass_rate": counts.pass_rate,
            "constraint_pass_rates": counts.constraint_pass_rates,
        }
        yield json_line(record | rates)
