"""What the HTML report shows: figures of all records, and the texts of some."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hir_data.replays.dataset import Manifest
from hir_data.replays.fitness.form import reached_limit
from hir_data.report.answers import ShownAnswers, for_script
from hir_data.report.compared import LONGEST, compared_messages, shortened
from hir_data.report.described import described
from hir_data.report.marks import places
from hir_data.report.prompt_shares import Z95
from hir_data.report.replay_examples import marked_constraint, replay_pairs
from hir_data.report.sampled import Sampled
from hir_data.report.significance import holm, paired_p_value
from hir_data.report.verify_figures import BatchTally, Tally, pass_at_k, prompt_key
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.result import Verification


def verified(
    name: str,
    records: Iterable[Verification | Rejected],
    most: int,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
) -> dict[str, Any]:
    """A file of verifications; its ``answers`` and ``prompts`` are for what compares it with others.

    Args:
        name: how the report calls it.
        records: what is in it.
        most: how many records are shown; the figures are of all.
        on_rejected: is called with each record that is no verification.
    """
    tally, shown, rejected = Tally(), ShownAnswers(Sampled(most)), 0
    prompts: dict[str, list[float]] = {}
    loose = False
    for record in records:
        if isinstance(record, Rejected):
            rejected += 1
            on_rejected(record)
            continue
        tally.merge(BatchTally.of([record]))
        loose = loose or record.ila_loose is not None
        sums = prompts.setdefault(prompt_key(record.rollout.instruction), [0, 0, 0])
        for place, value in enumerate((1, record.ila, record.cla)):
            sums[place] += value
        shown.add(record)
    figures = tally.summary(read=shown.sampled.seen + rejected, rejected=rejected, loose=loose)
    outcomes = Counter(f"{number:.0f}:{passed:.0f}" for number, passed, _ in prompts.values())
    if passed_at := pass_at_k(outcomes):  # over prompts wherever their responses stand
        figures["pass_at_k"] = passed_at
    return {
        "name": name,
        "figures": figures,
        "answers": shown,
        "prompts": prompts,
    }


def paired(files: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How much better each file is than the first, on the prompts that both have.

    The mean over prompts of the difference of their ILA (and CLA) with its 95% interval, by the normal
    approximation for paired differences, and ``p``: the probability of a difference so large in either
    direction by chance, by sign flips, corrected for how many there are (Holm).
    """
    first, *others = files or [{}]
    found: list[dict[str, Any]] = []
    by_chance: dict[str, float] = {}
    for number, other in enumerate(others):
        shared = [key for key in first["prompts"] if key in other["prompts"]]
        figures = {}
        for place, measure in ((1, "ila"), (2, "cla")):
            differences = [
                _mean(other["prompts"][key], place) - _mean(first["prompts"][key], place) for key in shared
            ]
            figures[measure] = _interval(differences)
            if figures[measure]:
                worse, better = (paired_p_value([sign * each for each in differences]) for sign in (1, -1))
                by_chance[f"{number} {measure}"] = min(1.0, 2 * min(worse, better))
        found.append({"name": other["name"], "beside": first["name"], "prompts": len(shared), **figures})
    for name, p in holm(by_chance).items():
        which, measure = name.split()
        found[int(which)].setdefault("p", {})[measure] = round(p, 6)
    return found


def _mean(sums: Sequence[float], place: int) -> float:
    return sums[place] / sums[0]


def _interval(values: Sequence[float]) -> list[float] | None:
    """The mean with the ends of its 95% interval."""
    if len(values) < 2:
        return None
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    half = Z95 * math.sqrt(variance / len(values))
    return [round(value, 6) for value in (mean, mean - half, mean + half)]


def replayed(name: str, manifest: Manifest, samples: Iterable[ReplaySample], most: int) -> dict[str, Any]:
    """A data set of replays, each beside the rollout that it was made of."""
    shown = Sampled(most)
    for source, replay in replay_pairs(samples):
        if shown.wants(replay.id):
            shown.add(replay.id, _pair(source, replay))
        shown.seen += 1
    return {
        "name": name,
        "figures": manifest.counts,
        "configuration": manifest.configuration,
        "number": shown.seen,
        "pairs": shown.records(),
    }


def _pair(source: ReplaySample, replay: ReplaySample) -> dict[str, Any]:
    changes, text = [], replay.response[:LONGEST]
    for change, bits in replay.changes_with_bits():
        became = change.became
        changes.append(
            {
                "fate": change.fate,
                "kind": change.constraint.kind,
                "said": described(change.constraint)[:500],
                "says": None if became is None else described(became)[:500],
                "bits": bits,
                "places": for_script(replay.response, places(marked_constraint(change, text), text)),
            }
        )
    return {
        "id": replay.id,
        "bits": replay.instruction_bits,
        "source_bits": replay.source_bits,
        "messages": [
            {"role": role, "parts": parts}
            for role, parts in compared_messages(source.instruction, replay.instruction)
        ],
        "response": shortened(replay.response),
        **({"cut_off": True} if reached_limit(replay) else {}),
        "changes": changes,
    }
