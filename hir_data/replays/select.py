"""Which failed rollouts are replayed: the best by a score, so many a prompt on average.

With integrity the share of constraints that a response satisfies (CLA), and diversity the mean entropy of its
tokens, the score of a candidate is ``diversity + lambda * integrity``, with
``lambda = lambda0 * (1 + eta) ** step``.

Ranks, and which are the best, need an order of all candidates. They are sorted outside of memory, which holds
a number for each prompt and a byte for each response that comes more than once.
"""

import itertools
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from hir_data.formats.sorted_records import SortedRecords, runs
from hir_data.schemas.settings import Flag, NonNegativeFloat, NonNegativeInt, PositiveInt, Settings

Method = Literal["balanced", "informative", "paper", "random", "cla", "entropy"]
Measure = Literal["entropy", "mean_nll"]

_MOST_WEIGHT = 1e300


class SelectionConfig(Settings):
    """How the rollouts to replay are selected.

    ``paper`` takes the highest scores, computed from raw figures. ``balanced`` replaces figures by ranks
    between 0 and 1, so that no term of the score dominates, and adds the rank of the bits that the
    instruction in hindsight carries; ``cla``, ``entropy`` and ``informative`` use one of the terms,
    ``random`` none. All but ``paper`` select no response twice, and not too many of one prompt.
    """

    headings: ClassVar[Mapping[str, str]] = {"select": "Selection"}

    select: Method = Field("balanced", description="How the rollouts to replay are selected.")
    k: Annotated[NonNegativeFloat, Flag(("-k",))] = Field(
        6.0, description="Average number of replays per prompt."
    )
    step: NonNegativeInt = Field(0, description="Training step of the rollouts; lambda grows with it.")
    lambda0: NonNegativeFloat = Field(2.0, description="Weight lambda of CLA in the score at step 0.")
    eta: NonNegativeFloat = Field(
        0.05, description="Growth of lambda: it is multiplied by 1 + eta at each step."
    )
    lambda_max: NonNegativeFloat = Field(
        4.0, description="Upper limit of lambda; not used with --select paper."
    )
    per_prompt: PositiveInt | None = Field(
        None,
        description="Maximum number of replays of one prompt. Default: 2 k; with --select paper no limit.",
    )
    min_kept: PositiveInt = Field(
        1, description="Minimum number of constraints in the instruction of a replay."
    )
    stratify: bool = Field(
        False, description="Select in turn among the kinds of constraints that responses satisfy."
    )
    seed: int = Field(0, description="Random seed; equal seeds give equal data sets.")

    @property
    def weight(self) -> float:
        """Lambda, which is finite: beside the largest of them nothing but CLA decides."""
        grown = self.lambda0 * math.exp(min(self.step * math.log1p(self.eta), 600.0))
        return min(grown, _MOST_WEIGHT if self.select == "paper" else self.lambda_max)

    @property
    def cap(self) -> float:
        """Replays of one prompt, at most."""
        if self.per_prompt is not None:
            return self.per_prompt
        return math.inf if self.select == "paper" else max(1, math.ceil(2 * self.k))


class Candidate(NamedTuple):
    """A failed rollout that can be replayed.

    Attributes:
        unit: its place in the input.
        group: the place of its prompt among the prompts.
        integrity: the share of its constraints that the response satisfies.
        kept: how many constraints its instruction has in hindsight.
        diversity: the response's mean entropy, by each measure that is known of it.
        response: what tells the response from any other.
        kinds: of the constraints that it satisfies, or of all if there are none.
        bits: how many bits its constraints carry at once in hindsight; None where that is not known.
    """

    unit: int
    group: int
    integrity: float
    kept: int
    diversity: dict[Measure, float]
    response: bytes
    kinds: tuple[str, ...]
    bits: float | None = None


@dataclass(slots=True)
class Selection:
    """What was chosen.

    Attributes:
        scores: the chosen, each by its place in the input with its score, in the order of the input.
        left: why the others were not, and how many.
    """

    scores: SortedRecords[tuple[int, float]]
    left: Counter[str] = field(default_factory=Counter)


def measure_of(candidates: Iterable[Candidate]) -> Measure | None:
    """The measure of diversity that most candidates have, rather entropy; None if none has any."""
    known = Counter(itertools.chain.from_iterable(candidate.diversity for candidate in candidates))
    if not known:
        return None
    return "entropy" if known["entropy"] >= known["mean_nll"] else "mean_nll"


def select(
    candidates: Iterable[Candidate],
    prompts: int,
    settings: SelectionConfig,
    measure: Measure | None,
    folder: Path | None = None,
) -> Selection:
    """Choose among the candidates of a batch of prompts: ``k`` a prompt on average, or all that there are.

    Args:
        candidates: of the whole batch, in the order of the input.
        prompts: how many prompts are in the batch, those without candidates too.
        settings: how to choose.
        measure: of diversity (:func:`measure_of`); without one, integrity decides alone.
        folder: where to keep what is too much for memory.
    """
    chosen = Selection(SortedRecords(folder))
    batch = _Batch(settings, measure, folder)
    for candidate in candidates:
        if candidate.kept >= settings.min_kept:
            batch.add(candidate)
        else:
            chosen.left["too few constraints"] += 1
    quota = math.floor(settings.k * prompts + 1e-9)
    repeated, number = batch.repeated()
    is_taken, replays = bytearray(number), array("I")
    for score, unit, group, response in batch.best_first(repeated):
        replays.extend(itertools.repeat(0, group + 1 - len(replays)))
        if response is not None and is_taken[response]:
            chosen.left["duplicate"] += 1
        elif replays[group] >= settings.cap:
            chosen.left["enough of its prompt"] += 1
        elif len(chosen.scores) >= quota:
            chosen.left["not among the best"] += 1
        else:
            chosen.scores.add((unit, score))
            replays[group] += 1
            if response is not None:
                is_taken[response] = True
    return chosen


class _Batch:
    """The candidates of a batch of prompts; figures of them come in the order of the input."""

    def __init__(self, settings: SelectionConfig, measure: Measure | None, folder: Path | None) -> None:
        self._settings, self._measure, self._folder = settings, measure, folder
        self._candidates: SortedRecords[tuple[Any, ...]] = SortedRecords(folder)
        self._kinds: Counter[str] = Counter()
        self._first_group: int | None = None

    def __iter__(self) -> Iterator[Candidate]:
        return itertools.starmap(Candidate, self._candidates)

    def add(self, candidate: Candidate) -> None:
        """Take a candidate."""
        group = candidate.group
        self._first_group = group if self._first_group is None else min(self._first_group, group)
        self._kinds.update(set(candidate.kinds))
        self._candidates.add(tuple(candidate))

    def repeated(self) -> tuple[SortedRecords[tuple[int, int]], int]:
        """The candidates whose responses come more than once, each with the number of its response.

        None where that does not matter. Besides, how many such responses there are.
        """
        found: SortedRecords[tuple[int, int]] = SortedRecords(self._folder)
        if self._settings.select == "paper":
            return found, 0
        by_response: SortedRecords[tuple[bytes, int]] = SortedRecords(self._folder)
        for candidate in self:
            by_response.add((candidate.response, candidate.unit))
        number = 0
        for size, equal in runs(by_response):
            for _, unit in equal:
                if size > 1:
                    found.add((unit, number))
            number += size > 1
        return found, number

    def best_first(self, repeated: Iterable[tuple[int, int]]) -> Iterator[tuple[float, int, int, int | None]]:
        """The candidates by their scores; where they are stratified, the kinds take turns.

        Yields the score, the place in the input, the group from the first one of the batch, and the number of
        the response, if it has one (:meth:`repeated`).
        """
        rng = Random(self._settings.seed)
        numbered = iter(repeated)
        following = next(numbered, None)
        by_score: SortedRecords[tuple[Any, ...]] = SortedRecords(self._folder)
        for candidate, score in zip(self, self._scores(), strict=True):
            response = None
            if following is not None and following[0] == candidate.unit:
                response, following = following[1], next(numbered, None)
            group = candidate.group - (self._first_group or 0)
            by_score.add((self._stratum(candidate), -score, rng.random(), candidate.unit, group, response))
        for _, score, _, *one in self._in_turn(by_score) if self._settings.stratify else by_score:
            unit, group, response = one
            yield -score, unit, group, response

    def _stratum(self, candidate: Candidate) -> str:
        """The rarest of a candidate's kinds, which takes turns with those of others."""
        if not self._settings.stratify:
            return ""
        return min(candidate.kinds, key=lambda kind: (self._kinds[kind], kind))

    def _in_turn(self, by_stratum: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """The best of each stratum, then the second ones, and so on; of equally many the best first."""
        by_turn: SortedRecords[tuple[Any, ...]] = SortedRecords(self._folder)
        for stratum, members in itertools.groupby(by_stratum, key=itemgetter(0)):
            for turn, (_, score, *one) in enumerate(members):
                by_turn.add((turn, score, stratum, *one))
        for _, score, stratum, *one in by_turn:
            yield (stratum, score, *one)

    def _scores(self) -> Iterator[float]:
        settings = self._settings
        integrity: Iterator[float] = (candidate.integrity for candidate in self)
        match settings.select:
            case "random":
                rng = Random(f"{settings.seed}:random")
                return (rng.random() for _ in self)
            case "cla":
                return integrity
            case "entropy":
                return self._diversity() if self._measure else integrity
            case "informative":
                return self._bits()
        diversity = self._diversity()
        if settings.select == "balanced":
            integrity = ranks(integrity, self._folder)
            terms = zip(ranks(diversity, self._folder), ranks(self._bits(), self._folder), strict=True)
            diversity = (one + other for one, other in terms)
        return (one + settings.weight * other for one, other in zip(diversity, integrity, strict=True))

    def _bits(self) -> Iterator[float]:
        """The bits of each candidate; 0 where they are not known."""
        return (candidate.bits or 0.0 for candidate in self)

    def _diversity(self) -> Iterator[float]:
        """The figures of the measure; a candidate without one gets the mean of the others."""
        measure = self._measure
        if measure is None:
            return (0.0 for _ in self)
        known = sum(measure in candidate.diversity for candidate in self)
        total = math.fsum(each.diversity[measure] for each in self if measure in each.diversity)
        mean = total / known if known else 0.0
        return (candidate.diversity.get(measure, mean) for candidate in self)


def ranks(figures: Iterable[float], folder: Path | None = None) -> Iterator[float]:
    """The place of each figure in their order, from 0 to 1; equal ones share the middle of their places.

    Args:
        figures: in any order, in which their ranks come too.
        folder: where to keep what is too much for memory.
    """
    by_figure: SortedRecords[tuple[float, int]] = SortedRecords(folder)
    for number, figure in enumerate(figures):
        by_figure.add((figure, number))
    by_number: SortedRecords[tuple[int, float]] = SortedRecords(folder)
    first, last = 0, len(by_figure) - 1
    for size, equal in runs(by_figure):
        middle = (first + first + size - 1) / 2
        for _, number in equal:
            by_number.add((number, middle / last if last else 0.5))
        first += size
    return (rank for _, rank in by_number)
