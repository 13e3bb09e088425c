"""A response beside what was asked, as the guards see it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from hir_data.replays.information import OtherResponses
from hir_data.schemas.claims import Count, OneOf
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Rollout
from hir_data.text.cached import cached_property
from hir_data.text.quality.prose import plain, prose_of, words_between_marks, words_of
from hir_data.text.text import Text
from hir_data.verifiers.compose import Composite

FINISH_FIELDS = ("finish_reason", "stop_reason", "finishReason", "done_reason")
SHORT = 20  # words
REPEATING = ("repeat", "copy", "copies", "again and again", "chant", "mantra", "refrain")
"""What a prompt says that wants the same words again."""
FICTION = re.compile(
    r"\b(?:poem|song|lyrics|rap|haiku|limerick|lullaby|sonnet|ballad|verse|joke|riddle|dialogue|conversation|"
    r"story|tale|scene|letter|e-?mail|message|invitation|speech|proclamation|toast|slogan|names?|list)\b"
)
"""What a prompt asks for that needs no plain sentences on its subject."""
SHORT_WANTED = re.compile(
    r"\b(?:yes or no|true or false|one[- ]word|single word|a word|one of the following|answer with|"
    r"reply with only|"
    r"only (?:a|the) (?:number|word|name|answer)|name (?:an?|one|the|exactly|\d+)\b|which (?:one|of)|"
    r"title|tagline|slogan|"
    r"headline|pun|joke|riddle|tweet|palindrome|haiku|name for|names? of|multiple[- ]choice|choose|in "
    r"one sentence)"
)


def finish_reasons(drawn: Rollout | ReplaySample) -> tuple[str, ...]:
    """Why the generation of a response ended, in the words of whoever says so in its record."""
    reasons = [drawn.sampling.finish_reason if drawn.sampling else None]
    reasons += [drawn.metadata.get(name) for name in FINISH_FIELDS]
    return tuple(reason for reason in reasons if isinstance(reason, str))


@dataclass(frozen=True)
class GuardedResponse:
    """A response beside what was asked.

    Attributes:
        text: the response.
        instruction: what was asked.
        finish_reasons: why generation ended, in the words of whoever says so.
        others: responses to other prompts, where they are known.
    """

    text: Text
    instruction: Instruction
    finish_reasons: tuple[str, ...] = ()
    others: OtherResponses | None = None

    @classmethod
    def of(cls, rollout: Rollout, others: OtherResponses | None = None) -> "GuardedResponse":
        """The attempt of a rollout."""
        known = finish_reasons(rollout)
        if rollout.metadata.get("truncated") is True or rollout.thinking == "truncated":
            known = (*known, "truncated")
        return cls(Text(rollout.response), rollout.instruction, known, others)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the response, in lower case, apostrophes straight."""
        return words_of(self.text.raw)

    @property
    def prose(self) -> tuple[str, ...]:
        """The words of the response outside code, markup and placeholders, in lower case."""
        return prose_of(self.text.raw)

    @cached_property
    def asked(self) -> str:
        """What system and user say, in lower case, apostrophes straight."""
        said = [
            message.content for message in self.instruction.messages if message.role in ("system", "user")
        ]
        return plain("\n".join(said))

    @cached_property
    def task(self) -> str:
        """The question without what constrains its answer, where it is known, else all; plain."""
        question = self.instruction.question
        return self.asked if question is None else plain(question)

    def usual(self, root: str) -> float:
        """The share of responses to other prompts that have a word of a root; 0 where too few are known."""
        return self.others.root_share(root) if self.others and self.others.suffices else 0.0

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of the constraints, those inside others too."""
        return {each.kind for each in leaves(self.instruction.constraints)}

    @cached_property
    def is_short_wanted(self) -> bool:
        """Whether the instruction asks for one of a few short texts, or for a few words at most."""
        claims = [claim for each in self.instruction.constraints for claim in each.claims()]
        return any(
            isinstance(claim, OneOf)
            or (isinstance(claim, Count) and claim.of.startswith("words") and (claim.most or 99) < SHORT)
            for claim in claims
        ) or bool(said_in(SHORT_WANTED, self.task))


@lru_cache(maxsize=1 << 12)
def said_in(pattern: re.Pattern[str], prompt: str) -> re.Match[str] | None:
    """What a pattern finds in a prompt, which many responses answer."""
    return pattern.search(prompt)


@lru_cache(maxsize=1 << 8)
def words_asked(asked: str) -> tuple[str, ...]:
    """The words of a prompt, plain, which many responses answer."""
    return tuple(words_between_marks(asked))


def leaves(constraints: Iterable[Constraint]) -> Iterable[Constraint]:
    """The constraints and those inside them."""
    for each in constraints:
        yield each
        if isinstance(each, Composite):
            yield from leaves(each.inner())
