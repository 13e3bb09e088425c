"""The kinds that constraints of instructions are drawn from, and how they are drawn together."""

import functools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from random import Random

from hir_data.errors import KindError, RecordError
from hir_data.instructions import joint_rules
from hir_data.instructions.conflicts import awkward, between, contradiction
from hir_data.instructions.languages.wordings import Wordings
from hir_data.instructions.mixes import COMPANIONS, DEMANDING
from hir_data.instructions.questions import Seed
from hir_data.instructions.suitability import misfit
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.english import number_of

ConstraintType = type[Constraint]

ATTEMPTS = 20
"""At constraints for a question, before it is given up."""
_FEW = 2  # attempts, before fewer constraints than wanted will do
_DRAWS = 3  # of a kind's parameters, before it is passed over
_TRIED = 10  # questions, before a kind is taken for one that cannot be drawn
_ASKED = 64  # questions of which the share that a kind suits is taken
_NAMES_SHOWN = 12


class Pool:
    """The kinds that constraints are drawn from, and how often each has been used.

    Attributes:
        weights: the kinds that can be drawn at all, and how often they are wanted.
        wordings: the language that constraints are put into; None for English.
        suited: whether only what suits a question is drawn for it. Then a kind is wanted the less often, the
            fewer questions it suits, so that those few do not all have it.
        used: how often they were used.
        excluded: for each, those with which the tables say that it does not go.
        followers: those that are drawn only behind one that gives them something to say.
    """

    def __init__(
        self,
        kinds: Sequence[ConstraintType],
        weights: Mapping[str, float],
        seeds: Sequence[Seed],
        *,
        suited: bool = False,
        wordings: Wordings | None = None,
    ) -> None:
        self.wordings = wordings
        self.weights = {
            cls: weight
            for cls in kinds
            if (weight := _weight(cls, weights))
            and any(self._drawn(cls, Random(0), question) for question, _ in seeds[:_TRIED])
        }
        if not self.weights:
            raise RecordError(f"no kind can be drawn: {_shown(kinds)}")
        self.suited = suited
        if suited:
            questions = [question for question, _ in seeds[:: -(-len(seeds) // _ASKED)]]
            self.weights = {
                cls: weight * _share_suited(cls, questions) for cls, weight in self.weights.items()
            }
        self.used: Counter[ConstraintType] = Counter()
        self.excluded = {
            cls: {each for each in self.weights if each is not cls and registry.conflict(cls.kind, each.kind)}
            for cls in self.weights
        }
        self.followers = frozenset(filter(self._may_wait, self.weights))

    def __str__(self) -> str:
        return f"{number_of(len(self.weights), 'kind')} ({_shown(self.weights)})"

    def draw(self, rng: Random, question: str, least: int, wanted: int) -> list[Constraint]:
        """Constraints that go together: as many as are wanted, or else as many as were found.

        Where only what suits the question is drawn, the smallest number will do after a few attempts.
        """
        best: list[Constraint] = []
        failed: Counter[ConstraintType] = Counter()
        for attempt in range(1, ATTEMPTS + 1):
            chosen = self._attempt(rng, question, wanted, failed)
            best = max(best, chosen, key=len)
            if len(best) >= (least if self.suited and attempt >= _FEW else wanted):
                rng.shuffle(best)
                self.used.update(map(type, best))
                break
            failed.update(map(type, chosen))
        return best

    def _attempt(
        self, rng: Random, question: str, wanted: int, failed: Counter[ConstraintType]
    ) -> list[Constraint]:
        """Take what fits, the kinds that were used least first, and those that led nowhere before last."""
        chances = {
            cls: (failed[cls], self.used[cls] / weight, rng.random())
            for cls, weight in self.weights.items()
            if len(self.weights) - len(self.excluded[cls]) >= wanted
        }
        chosen: list[Constraint] = []
        # One that governs the whole answer is enough, where there are others to choose from.
        choosy = sum(cls.kind not in DEMANDING for cls in self.weights) >= wanted
        waiting: list[ConstraintType] = []  # for what they say something of
        for cls in sorted(chances, key=chances.__getitem__):
            if cls in self.followers:
                waiting.append(cls)
                continue
            chosen += self._next(cls, rng, question, chosen, choosy=choosy)
            for follower in waiting:
                if len(chosen) < wanted and any(each.kind in COMPANIONS[follower.kind] for each in chosen):
                    chosen += self._next(follower, rng, question, chosen, choosy=choosy)
            if len(chosen) == wanted:
                break
        return chosen

    def _may_wait(self, cls: ConstraintType) -> bool:
        """Whether a kind says nothing by itself, and can be drawn with one that gives it something to say."""
        wanted = COMPANIONS.get(cls.kind, frozenset())
        return any(other.kind in wanted and other not in self.excluded[cls] for other in self.weights)

    def _next(
        self,
        cls: ConstraintType,
        rng: Random,
        question: str,
        chosen: Sequence[Constraint],
        *,
        choosy: bool,
    ) -> Sequence[Constraint]:
        """A constraint of a kind; none where it does not go with those that were chosen, or stands there."""
        if any(type(each) is cls for each in chosen):
            return []
        if choosy and cls.kind in DEMANDING and any(each.kind in DEMANDING for each in chosen):
            return []
        fits = self.excluded[cls].isdisjoint(map(type, chosen))
        return self._one_that_fits(cls, rng, question, chosen) if fits else []

    def _one_that_fits(
        self, cls: ConstraintType, rng: Random, question: str, chosen: Sequence[Constraint]
    ) -> Sequence[Constraint]:
        for _ in range(_DRAWS):
            drawn = self._drawn(cls, rng, question)
            if drawn and self.suited and misfit(drawn, question):
                continue
            if (
                drawn
                and not contradiction(drawn, drawn)
                and all(_fit(each, drawn) for each in chosen)
                and joint_rules.clash([*chosen, drawn]) is None
            ):
                return [drawn]
        return []

    def _drawn(self, cls: ConstraintType, rng: Random, question: str) -> Constraint | None:
        drawn = _drawn(cls, rng, question)
        return self.wordings.localized(drawn, rng) if drawn and self.wordings else drawn


@functools.lru_cache(maxsize=1 << 17)
def _fit(one: Constraint, other: Constraint) -> bool:
    """Whether people would ask for both; the cheaper question comes first."""
    return awkward(one, other) is None and between(one, other) is None


def _drawn(cls: ConstraintType, rng: Random, question: str) -> Constraint | None:
    try:
        return cls.sample(rng, question)
    except Exception as error:  # whatever a kind of a plugin may do
        raise KindError(f"{cls.kind} cannot be drawn: {type(error).__name__}: {error}") from error


def _share_suited(cls: ConstraintType, questions: Sequence[str]) -> float:
    """The share of some questions that a kind suits, as it is drawn; never 0, as it may suit others."""
    drawn = [(_drawn(cls, Random(f"{cls.kind}:{question}"), question), question) for question in questions]
    suited = sum(1 for each, question in drawn if each and not misfit(each, question))
    return max(suited, 0.5) / len(questions)


def _weight(cls: ConstraintType, weights: Mapping[str, float]) -> float:
    fitting = [weight for pattern, weight in weights.items() if fnmatchcase(cls.kind, pattern)]
    return fitting[-1] if fitting else 1


def _shown(kinds: Iterable[ConstraintType]) -> str:
    names = [cls.kind for cls in kinds]
    return ", ".join(names if len(names) <= _NAMES_SHOWN else [*names[:_NAMES_SHOWN], "..."])
