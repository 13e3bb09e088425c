"""What a sentence says of why it asks for something: "to maintain clarity", "ensuring a concise answer".

A reason goes with what it is the reason of. It is told by its first word, at the end of a sentence, and by a
word for what people want of any text; whatever has a number, a name or something quoted in it is none.
"""

import itertools
from collections.abc import Sequence

from hir_data.replays.rewriting.statements.units import PromptToken

_PURPOSES = frozenset(
    "maintain provide ensure keep enhance improve convey facilitate preserve guarantee achieve allow aid "
    "meet comply support help".split()
)
_RESULTS = frozenset(
    "maintaining providing ensuring keeping enhancing improving facilitating preserving allowing making "
    "offering helping".split()
)
_ADVERBS = frozenset("fully clearly effectively thoroughly better further help".split())
_QUALITIES = frozenset(
    """
    accuracy accurate brevity clarity clear coherence coherent complete comprehensive
    comprehensively concise conciseness consistency consistent criteria depth detailed emphasis
    focus organization organized overview polished precision presentation professional proper
    readability relevance relevant requirement requirements structure structured thorough
    thoroughly understanding uniformity
    """.split()
)
_LONGEST = 18  # tokens


def rationale_start(found: Sequence[PromptToken]) -> int | None:
    """Where the reason begins that ends a sentence, as the index of a token; None where there is none.

    Args:
        found: the tokens of the sentence.
    """
    marks = sum(1 for _ in itertools.takewhile(lambda token: token.text in ".!?", reversed(found)))
    end = len(found) - marks
    for index in range(max(1, end - _LONGEST), end):
        if _begins(found, index) and _is_reason(found[index:end]):
            return index - 1 if found[index - 1].text == "," else index
    return None


def _begins(found: Sequence[PromptToken], index: int) -> bool:
    word, before = found[index].text, found[index - 1].text
    if word == "to":
        following = (token.text for token in found[index + 1 :])
        return next((each for each in following if each not in _ADVERBS), "") in _PURPOSES
    return before == "," and word in _RESULTS


def _is_reason(part: Sequence[PromptToken]) -> bool:
    words = [token for token in part if token.sort == "word"]
    plain = all(token.sort == "word" or token.text in ",-" for token in part)
    return plain and any(token.text in _QUALITIES for token in words)
