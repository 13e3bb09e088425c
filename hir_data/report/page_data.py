"""What the HTML report shows: figures of all records, and the texts of some."""

import bisect
import hashlib
import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hir_data.replays.dataset import Manifest
from hir_data.report.compared import LONGEST, compared_messages, messages_of, shortened
from hir_data.report.described import described
from hir_data.report.marks import Span, places
from hir_data.report.prompt_shares import Z95
from hir_data.report.replay_examples import replay_pairs
from hir_data.report.replay_figures import FATES
from hir_data.report.significance import holm, paired_p_value
from hir_data.report.verify_figures import BatchTally, Tally, pass_at_k, prompt_key
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.text.text import Text


@dataclass(slots=True)
class Sampled:
    """Records to show: all of them, or a sample that depends on their places alone."""

    most: int
    seen: int = 0
    _kept: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)

    def wants(self, place: str) -> bool:
        """Whether the next record belongs to the sample, as far as the ones before decide."""
        return len(self._kept) < self.most or -_drawn(place) > self._kept[0][0]

    def add(self, place: str, record: dict[str, Any]) -> None:
        """Keep a record, in place of the last one by lot if there are too many."""
        entry = (-_drawn(place), self.seen, record)
        (heapq.heappushpop if len(self._kept) >= self.most else heapq.heappush)(self._kept, entry)

    def records(self) -> list[dict[str, Any]]:
        """Those that were kept, in their order."""
        return [record for _, _, record in sorted(self._kept, key=lambda entry: entry[1])]


def _drawn(place: str) -> int:
    return int.from_bytes(hashlib.blake2b(place.encode(), digest_size=8).digest(), "big")


def verified(
    name: str,
    records: Iterable[Verification | Rejected],
    most: int,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
) -> dict[str, Any]:
    """A file of verifications.

    Args:
        name: how the report calls it.
        records: what is in it.
        most: how many records are shown; the figures are of all.
        on_rejected: is called with each record that is no verification.
    """
    tally, shown, rejected = Tally(), Sampled(most), 0
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
        lot = f"{name}:{shown.seen}"
        if shown.wants(lot):
            shown.add(lot, _record(record))
        shown.seen += 1
    figures = tally.summary(read=shown.seen + rejected, rejected=rejected, loose=loose)
    outcomes = Counter(f"{number:.0f}:{passed:.0f}" for number, passed, _ in prompts.values())
    if passed_at := pass_at_k(outcomes):  # over prompts wherever their responses stand
        figures["pass_at_k"] = passed_at
    return {
        "name": name,
        "figures": figures,
        "records": shown.records(),
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


def _record(verification: Verification) -> dict[str, Any]:
    """One record, by short names since there are many."""
    rollout = verification.rollout
    text = Text(rollout.response)
    return {
        "key": "" if rollout.instruction.id is None else str(rollout.instruction.id),
        "messages": messages_of(rollout.instruction),
        "response": shortened(rollout.response),
        **({} if rollout.original is None else {"thinking": shortened(rollout.original)}),
        "words": len(text.pieces),
        "ila": verification.ila,
        "cla": round(verification.cla, 4),
        "results": [result_data(result, rollout.response) for result in verification.results],
    }


def result_data(result: ConstraintResult, response: str) -> dict[str, Any]:
    """A verdict with its reason and the places in a response that decide it."""
    return {
        "kind": result.constraint.kind,
        "says": described(result.constraint)[:500],
        "strict": result.strict.satisfied,
        "loose": (result.loose or result.strict).satisfied,
        "reason": result.reason[:500],
        **({} if result.strict.degree is None else {"degree": round(result.strict.degree, 3)}),
        "places": _for_script(response, places(result.constraint, response[:LONGEST])),
    }


def _for_script(text: str, spans: Sequence[Span]) -> list[Span]:
    """The places as scripts count: a character beyond U+FFFF is two."""
    if text.isascii() or not any(character > "\uffff" for character in text):
        return list(spans)
    wide = [place for place, character in enumerate(text) if character > "\uffff"]
    return [(_wide(start, wide), _wide(end, wide)) for start, end in spans]


def _wide(place: int, wide: Sequence[int]) -> int:
    return place + bisect.bisect_left(wide, place)


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
        "fates": FATES,
        "number": shown.seen,
        "pairs": shown.records(),
    }


def _pair(source: ReplaySample, replay: ReplaySample) -> dict[str, Any]:
    changes = []
    for change, bits in replay.changes_with_bits():
        became = change.became
        changes.append(
            {
                "fate": change.fate,
                "kind": change.constraint.kind,
                "said": described(change.constraint)[:500],
                "says": None if became is None else described(became)[:500],
                "bits": bits,
                "places": []
                if became is None
                else _for_script(replay.response, places(became, replay.response[:LONGEST])),
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
        "changes": changes,
    }
