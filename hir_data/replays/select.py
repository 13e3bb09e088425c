"""Which failed rollouts are replayed: the best by a score, so many a prompt on average.

With integrity the share of constraints that a response satisfies (CLA), and diversity the mean entropy of its
tokens, the score of a candidate is ``diversity + lambda * integrity``, with
``lambda = lambda0 * (1 + eta) ** step``.
"""

import heapq
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from hir_data.schemas.settings import Flag, NonNegativeFloat, NonNegativeInt, PositiveInt, Settings

Method = Literal["balanced", "informative", "paper", "random", "cla", "entropy"]
Measure = Literal["entropy", "mean_nll"]


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
        """Lambda."""
        grown = self.lambda0 * math.exp(min(self.step * math.log1p(self.eta), 600.0))
        return grown if self.select == "paper" else min(grown, self.lambda_max)

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
        scores: those of the chosen, by their place in the input.
        left: why the others were not, and how many.
    """

    scores: dict[int, float] = field(default_factory=dict)
    left: Counter[str] = field(default_factory=Counter)


def measure_of(candidates: Sequence[Candidate]) -> Measure | None:
    """The measure of diversity that most candidates have, rather entropy; None if none has any."""
    known = Counter(itertools.chain.from_iterable(candidate.diversity for candidate in candidates))
    if not known:
        return None
    return "entropy" if known["entropy"] >= known["mean_nll"] else "mean_nll"


def select(
    candidates: Sequence[Candidate], prompts: int, settings: SelectionConfig, measure: Measure | None
) -> Selection:
    """Choose among the candidates of a batch of prompts: ``k`` a prompt on average, or all that there are.

    Args:
        candidates: of the whole batch.
        prompts: how many prompts are in the batch, those without candidates too.
        settings: how to choose.
        measure: of diversity (:func:`measure_of`); without one, integrity decides alone.
    """
    chosen = Selection()
    able = [candidate for candidate in candidates if candidate.kept >= settings.min_kept]
    chosen.left["too few constraints"] = len(candidates) - len(able)
    quota = math.floor(settings.k * prompts + 1e-9)
    scores = _scores(able, settings, measure)
    responses: set[bytes] = set()
    replays: Counter[int] = Counter()
    for candidate, score in _best_first(able, scores, settings):
        if settings.select != "paper" and candidate.response in responses:
            chosen.left["duplicate"] += 1
        elif replays[candidate.group] >= settings.cap:
            chosen.left["enough of its prompt"] += 1
        elif len(chosen.scores) >= quota:
            chosen.left["not among the best"] += 1
        else:
            chosen.scores[candidate.unit] = score
            responses.add(candidate.response)
            replays[candidate.group] += 1
    return chosen


def _scores(
    candidates: Sequence[Candidate], settings: SelectionConfig, measure: Measure | None
) -> Sequence[float]:
    integrity = [candidate.integrity for candidate in candidates]
    diversity = _diversity(candidates, measure)
    match settings.select:
        case "random":
            rng = Random(f"{settings.seed}:random")
            return [rng.random() for _ in candidates]
        case "cla":
            return integrity
        case "entropy":
            return diversity if measure else integrity
        case "informative":
            return _bits(candidates)
        case "balanced":
            integrity = ranks(integrity)
            terms = zip(ranks(diversity), ranks(_bits(candidates)), strict=True)
            diversity = [one + other for one, other in terms]
    return [one + settings.weight * other for one, other in zip(diversity, integrity, strict=True)]


def _bits(candidates: Sequence[Candidate]) -> list[float]:
    """The bits of each candidate; 0 where they are not known."""
    return [candidate.bits or 0.0 for candidate in candidates]


def _diversity(candidates: Sequence[Candidate], measure: Measure | None) -> list[float]:
    """The figures of a measure; a candidate without one gets the mean of the others."""
    if measure is None:
        return [0.0] * len(candidates)
    known = [candidate.diversity[measure] for candidate in candidates if measure in candidate.diversity]
    mean = math.fsum(known) / len(known) if known else 0.0
    return [candidate.diversity.get(measure, mean) for candidate in candidates]


def ranks(figures: Sequence[float]) -> list[float]:
    """The place of each figure in their order, from 0 to 1; equal ones share the middle of their places."""
    order = sorted(range(len(figures)), key=figures.__getitem__)
    found = [0.5] * len(figures)
    for _, equal in itertools.groupby(enumerate(order), key=lambda place: figures[place[1]]):
        places = list(equal)
        middle = (places[0][0] + places[-1][0]) / 2
        for _, index in places:
            found[index] = middle / (len(figures) - 1) if len(figures) > 1 else 0.5
    return found


def _best_first(
    candidates: Sequence[Candidate], scores: Sequence[float], settings: SelectionConfig
) -> Iterator[tuple[Candidate, float]]:
    """The candidates by their scores; where they are stratified, the kinds take turns."""
    rng = Random(settings.seed)
    ties = [rng.random() for _ in candidates]
    order = sorted(range(len(candidates)), key=lambda i: (-scores[i], ties[i]))
    if not settings.stratify:
        yield from ((candidates[i], scores[i]) for i in order)
        return
    frequency = Counter(kind for candidate in candidates for kind in set(candidate.kinds))
    strata: dict[str, list[int]] = defaultdict(list)
    for i in reversed(order):
        strata[min(candidates[i].kinds, key=lambda kind: (frequency[kind], kind))].append(i)
    turns = [(0, -scores[members[-1]], kind) for kind, members in strata.items()]
    heapq.heapify(turns)
    while turns:
        taken, _, kind = heapq.heappop(turns)
        members = strata[kind]
        best = members.pop()
        yield candidates[best], scores[best]
        if members:
            heapq.heappush(turns, (taken + 1, -scores[members[-1]], kind))
