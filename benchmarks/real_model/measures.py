"""What is seen of a model: its responses to some instructions, verified; and figures of them."""

import csv
import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import hir_data as hir
from hir_data.models.config import LocalRolloutConfig
from hir_data.models.local_samplers import LocalSamplers
from hir_data.replays.guards import faults_of
from hir_data.training.loop import prompts, stages
from hir_data.training.loop.config import LoopVerifyConfig
from hir_data.training.loop.stages import StageObserver, Verifier

FAULTS = ("refusal", "repetitive", "echo", "cut_off")
"""Guards whose objections are counted: what a model may fall back to that is rewarded all the same."""


class Seen(NamedTuple):
    """Means over the responses to a prompt.

    Attributes:
        prompt: its place among the instructions.
        ila: the share that satisfy the whole instruction.
        cla: the share of its constraints that they satisfy.
        ila_loose: as ``ila``, of the best of a response's readings.
        cla_loose: as ``cla``.
        length: in tokens, with the end.
        refusal: the share that refuse.
        repetitive: the share that repeat themselves.
        echo: the share that say the instruction again.
        cut_off: the share that are cut off.
    """

    prompt: int
    ila: float
    cla: float
    ila_loose: float
    cla_loose: float
    length: float
    refusal: float
    repetitive: float
    echo: float
    cut_off: float


MEASURES = Seen._fields[1:]


def look(
    model: str,
    asked: Path,
    output: Path,
    settings: LocalRolloutConfig,
    *,
    seed: int = 0,
    on_progress: Callable[[str, int], None] = lambda what, done: None,
) -> Path:
    """Have a model answer all instructions of a file, and verify what it says; it resumes itself.

    Args:
        model: a folder, or a name on the Hugging Face hub.
        asked: the file of the instructions.
        output: the file of the verified responses, ``.jsonl.gz``; beside it lie the responses as drawn.
        settings: how they are drawn.
        seed: equal seeds give equal responses.
        on_progress: told how far it is; may raise to stop it.

    Returns:
        ``output``.
    """
    if output.exists():
        return output
    responses = output.with_name(f"responses-{output.name}")
    output.parent.mkdir(parents=True, exist_ok=True)
    rows = prompts.read_prompts(str(asked))
    identity = hashlib.blake2b(
        f"{prompts.digest(rows)} {model} {seed} {settings.model_dump_json()}".encode(), digest_size=16
    ).hexdigest()
    watch = StageObserver(progress=on_progress)
    if not responses.exists():
        asked_for = [each.row for each in rows]
        with LocalSamplers() as samplers:
            stages.draw(
                asked_for, model, responses, settings, samplers, seed=seed, digest=identity, watch=watch
            )
    verifier = Verifier(LoopVerifyConfig(workers=0))
    stages.evaluate(responses, output, verifier=verifier, digest=identity, watch=watch)
    return output


def verified(file: Path) -> Iterator[hir.Verification]:
    """The verified responses of a file, with their loose verdicts too."""
    with gzip.open(file, "rb") as lines:
        yield from map(hir.Verification.model_validate_json, lines)


def seen(file: Path) -> list[Seen]:
    """The means over the responses to each prompt of a file, in the order of the prompts."""
    by_prompt: dict[str, list[hir.Verification]] = {}
    for each in verified(file):
        by_prompt.setdefault(each.rollout.instruction.id or each.rollout.instruction.prompt, []).append(each)
    return [_means(place, group) for place, group in enumerate(by_prompt.values())]


def _means(prompt: int, group: Sequence[hir.Verification]) -> Seen:
    faults = [faults_of(each.rollout) for each in group]
    values = {
        "ila": [each.ila for each in group],
        "cla": [each.cla for each in group],
        "ila_loose": [bool(each.ila_loose) for each in group],
        "cla_loose": [each.cla_loose or 0.0 for each in group],
        "length": [_tokens(each.rollout) for each in group],
        **{name: [name in found for found in faults] for name in FAULTS},
    }
    return Seen(prompt, **{name: round(sum(of) / len(of), 5) for name, of in values.items()})


def _tokens(rollout: hir.Rollout) -> int:
    return len(rollout.sampling.token_ids or ()) if rollout.sampling else 0


def read(file: Path) -> dict[str, list[Seen]]:
    """What was seen of each model, by its name in a table of :func:`write`."""
    if not file.exists():
        return {}
    found: dict[str, list[Seen]] = {}
    with file.open(newline="") as lines:
        for row in csv.DictReader(lines):
            values = {name: float(row[name]) for name in MEASURES}
            found.setdefault(row["model"], []).append(Seen(int(row["prompt"]), **values))
    return found


def write(file: Path, of_models: Iterable[tuple[str, Sequence[Seen]]]) -> None:
    """Write what was seen of each model, a row a prompt."""
    from hir_data.formats.atomic import replacing

    with replacing(file) as part, part.open("w", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("model", *Seen._fields))
        for model, rows in sorted(of_models):
            writer.writerows((model, *(f"{value:g}" for value in row)) for row in rows)
