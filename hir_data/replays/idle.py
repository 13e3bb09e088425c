"""Bounds on the length that say nothing beside a closer one that hindsight has put there.

Whoever asks for 35 to 45 words does not also ask for less than 12 sentences: the first leaves hardly a text
that the second would leave out. Such a bound was asked for, and the response satisfies it; but a reader of
the new prompt stumbles over it. Of prompts alone :mod:`hir_data.instructions.idle_bounds` tells the same by
ratios on the safe side; here other responses show it.
"""

import math
from collections.abc import Callable, Sequence

from hir_data.replays.config import ReplayConfig
from hir_data.replays.explanation import Explanation, measured
from hir_data.replays.information import OtherResponses
from hir_data.replays.overlap import is_about_length, units
from hir_data.replays.remarks import spoken
from hir_data.replays.rewriting.statement import statements
from hir_data.schemas.claims import Count
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change
from hir_data.text.text import Text

_LEAST_BITS = 0.3
"""What a bound has to add to a closer one to stay beside it: it leaves out one of five texts."""

_TOGETHER = 8  # responses that have to satisfy the closer one to show what the other one adds


def without_idle(
    found: Explanation,
    instruction: Instruction,
    text: Text,
    settings: ReplayConfig,
    others: OtherResponses,
    may_go: Callable[[Sequence[int]], bool],
) -> Explanation:
    """An explanation without the kept bounds that say nothing beside a new length; itself if there are none.

    The least and the most of one thing are a range, and stay together.

    Args:
        found: the explanation.
        instruction: of the source.
        text: the response.
        settings: how replays are made.
        others: responses to other instructions, which show what a bound adds.
        may_go: whether a prompt without the constraints at some places can be written.
    """
    if settings.relabel != "hindsight" or settings.least_instruction_bits <= 0 or not others.suffices:
        return found
    changes = found.changes
    new = [change.became for change in changes if change.fate != "kept" and change.became is not None]
    for place, change in enumerate(changes):
        if change.fate != "kept" or not _is_idle(change.constraint, new, others):
            continue
        fewer = (
            *changes[:place],
            Change(fate="dropped", constraint=change.constraint),
            *changes[place + 1 :],
        )
        gone = [i for i, each in enumerate(fewer) if each.fate != "kept"]
        rest = instruction.question or statements(instruction, gone).rest
        if may_go(gone) and not spoken(text, fewer, rest):
            changes = fewer
    left = found if changes is found.changes else measured(changes, settings, others)
    return left if isinstance(left, Explanation) else found


def _is_idle(bound: Constraint, new: Sequence[Constraint], others: OtherResponses) -> bool:
    """Whether a bound on the length says nothing beside one of some others, in another unit."""
    if not is_about_length(bound) or len(bound.claims()) != 1:
        return False
    return any(
        _implies_words(one, bound)
        or (is_about_length(one) and not units(one) & units(bound) and _adds_little(bound, one, others))
        for one in new
    )


def _implies_words(one: Constraint, bound: Constraint) -> bool:
    """Whether as many words in capitals are asked for as a bound asks for words of any kind."""
    least = max((claim.least for claim in _counts(one) if claim.of == "capital words"), default=0)
    return all(
        claim.of == "words" and 0 < claim.least <= least and claim.most is None for claim in _counts(bound)
    )


def _counts(constraint: Constraint) -> list[Count]:
    return [claim for claim in constraint.claims() if isinstance(claim, Count)]


def _adds_little(bound: Constraint, closer: Constraint, others: OtherResponses) -> bool:
    """Whether hardly any response that is as long as is asked violates another bound."""
    close = others.satisfied(closer)
    if close.bit_count() < _TOGETHER:
        return False
    both = (close & others.satisfied(bound)).bit_count()
    return -math.log2(max(both, 0.5) / close.bit_count()) < _LEAST_BITS
