"""Whether a response is fit to be anybody's example, whatever it satisfies.

A guard is a pure function of an :class:`~hir_data.replays.fitness.attempt.GuardedResponse`: the reason why
the response is unfit, or None. Guards look for what no reader would call a finished answer, and stay silent
where the instruction asks for it.
"""

import functools
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from hir_data.replays.fitness.answer import deflection, other_language, refusal, too_short
from hir_data.replays.fitness.attempt import GuardedResponse
from hir_data.replays.fitness.commentary import commentary
from hir_data.replays.fitness.echo import echo
from hir_data.replays.fitness.form import cut_off, empty_shell, garbled, leftover, repetitive, unclosed
from hir_data.replays.fitness.genre import wrong_form
from hir_data.replays.fitness.mixed_language import mixed_language
from hir_data.replays.fitness.request import incomplete
from hir_data.replays.fitness.topic import off_topic
from hir_data.replays.information import OtherResponses
from hir_data.schemas.rollout import Rollout

GuardName = Literal[
    "cut_off",
    "unclosed",
    "leftover",
    "garbled",
    "repetitive",
    "empty_shell",
    "refusal",
    "deflection",
    "commentary",
    "echo",
    "other_language",
    "mixed_language",
    "off_topic",
    "incomplete",
    "wrong_form",
    "too_short",
]

Guard = Callable[[GuardedResponse], str | None]

GUARDS: dict[GuardName, Guard] = {
    "cut_off": cut_off,
    "unclosed": unclosed,
    "refusal": refusal,
    "deflection": deflection,
    "empty_shell": empty_shell,
    "repetitive": repetitive,
    "garbled": garbled,
    "echo": echo,
    "other_language": other_language,
    "mixed_language": mixed_language,
    "off_topic": off_topic,
    "too_short": too_short,
    "incomplete": incomplete,
    "wrong_form": wrong_form,
    "commentary": commentary,
    "leftover": leftover,
}
"""The guards by name, in the order in which they are asked."""


def unfit(
    rollout: Rollout,
    guards: Collection[GuardName],
    min_score: "ScoreBound | None" = None,
    others: OtherResponses | None = None,
) -> tuple[str, str] | None:
    """The first guard that objects to a rollout, and its reason; None where it is fit.

    Args:
        rollout: the response, and what was asked.
        guards: which are on.
        min_score: the least figure of a judge or a reward model.
        others: responses to other prompts, which tell words that any response has from those of a topic.
    """
    if not guards and min_score is None:
        return None
    attempt = GuardedResponse.of(rollout, others)
    for name, guard in GUARDS.items():
        if name in guards and (reason := guard(attempt)):
            return name, reason
    if min_score is not None and (reason := min_score.objection(rollout)):
        return "score", reason
    return None


def faults_of(rollout: Rollout) -> tuple[GuardName, ...]:
    """The names of all guards that object to a rollout, in their order."""
    attempt = GuardedResponse.of(rollout)
    return tuple(name for name, guard in GUARDS.items() if guard(attempt))


@functools.lru_cache(maxsize=64)
def guards_named(names: str) -> tuple[GuardName, ...]:
    """Guards by their names between commas, ``all`` of them or ``none``.

    Raises:
        ValueError: there is no guard of that name.
    """
    if names in ("all", "none"):
        return tuple(GUARDS) if names == "all" else ()
    given = [name.strip() for name in names.split(",")]
    for name in given:
        if name not in GUARDS:
            raise ValueError(f"there is no guard {name!r}; there are {', '.join(GUARDS)}")
    return tuple(name for name in GUARDS if name in given)


# ---------------------------------------------------------------------------------------------------------
# A figure from elsewhere


@dataclass(frozen=True)
class ScoreBound:
    """The least figure that a judge or a reward model has to have given: ``FIELD>=x``.

    Attributes:
        field: of the record's other fields, dots between the names of nested ones.
        least: the figure.
    """

    field: str
    least: float

    @classmethod
    def parse(cls, text: str) -> "ScoreBound":
        """Of ``FIELD>=x``.

        Raises:
            ValueError: it is written in another way.
        """
        field, sign, least = (part.strip() for part in text.partition(">="))
        try:
            bound = float(least)
        except ValueError:
            bound = float("nan")
        if not field or not sign or bound != bound:
            raise ValueError(f"is to be FIELD>=NUMBER, such as reward>=0.5, not {text!r}")
        return cls(field, bound)

    def objection(self, rollout: Rollout) -> str | None:
        """Why a rollout is not good enough; one without the figure is not."""
        found: object = rollout.metadata
        for name in self.field.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, bool) or not isinstance(found, int | float):
            return f"{self.field} is no number"
        return None if found >= self.least else f"{self.field} is {found:g}, wanted {self.least:g}"
