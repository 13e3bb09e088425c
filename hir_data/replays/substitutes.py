"""Constraints of another kind that a response satisfies, where a violated one has no informative alternative.

People ask for lengths and keywords whatever else they ask for. So a response that was to be written one
word a line, and is not, can be an example of "use between 200 and 250 words", or of two words that it uses
and hardly any other response does.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator

from hir_data.replays.information import OtherResponses
from hir_data.schemas.constraint import Constraint, check
from hir_data.schemas.conversation import Instruction
from hir_data.text.text import Text
from hir_data.verifiers.general.count import ParagraphCount, WordCount
from hir_data.verifiers.ifeval.keywords import Existence

_MOST = 2  # substitutes that are offered
_KEYWORDS = 2
_SHORTEST_KEYWORD = 6  # letters
_RARE = 0.05  # share of other responses
_SHORTEST_TEXT = 40  # words
_LENGTH_SAID = re.compile(
    r"\b(?:words?|length|long|short|brief|briefly|concise|detailed|sentences?|paragraphs?|pages?|characters?|"
    r"lines?|stanzas?|verses?|limerick|haiku|sonnet|tweet)\b",
    re.IGNORECASE,
)
_SAYING_LITTLE = frozenset(
    "although another because before beside besides beyond cannot certain complete either enough "
    "example final "
    "further however indeed instead itself largely likely matter maybe meant merely neither "
    "nevertheless nothing "
    "number others perhaps person points rather reaches reason results second section sentence several "
    "should "
    "similar simple something sometimes somewhat suppose things though through together toward towards under "
    "unless until usual various version whether whose within without".split()
)
_WORD = re.compile(r"(?<![\w'-])[a-z]+(?![\w'-])")


def substitutes(text: Text, instruction: Instruction, others: OtherResponses) -> Iterator[Constraint]:
    """A few constraints that the text satisfies and that the prompt leaves room for, in a varying order."""
    offered: list[Constraint | None] = [_keywords(text, instruction.prompt, others)]
    if not _LENGTH_SAID.search(instruction.question or instruction.prompt):
        offered += [_length(text), _paragraphs(text)]
    turn = zlib.crc32(text.raw.encode(errors="surrogatepass")) % len(offered)
    given = [one for one in [*offered[turn:], *offered[:turn]] if one and check(one, text).satisfied]
    yield from given[:_MOST]


def _length(text: Text) -> Constraint | None:
    number = len(text.pieces)
    if number < _SHORTEST_TEXT:
        return None
    step = next(step for bound, step in ((100, 10), (500, 50), (10**9, 100)) if number < bound)
    least = (number - step // 5) // step * step
    most = -(-(number + step // 5) // step) * step
    return WordCount(min=least, max=most) if least else None


def _paragraphs(text: Text) -> Constraint | None:
    blocks = [block for block in re.split(r"\n\s*\n", text.stripped) if block.strip()]
    if not 3 <= len(blocks) <= 6 or any(len(block.split()) < 12 or "\n" in block for block in blocks):
        return None  # a list, or a poem
    return ParagraphCount(min=len(blocks), max=len(blocks))


def _keywords(text: Text, prompt: str, others: OtherResponses) -> Constraint | None:
    """Words that the response uses, and hardly any other one."""
    known = others.background.word_counts
    asked = {word[:_SHORTEST_KEYWORD] for word in _WORD.findall(prompt.lower())}
    least = _RARE * len(others.background.responses)
    used = Counter(_WORD.findall(text.raw))
    rare = [
        word
        for word in used
        if len(word) >= _SHORTEST_KEYWORD
        and known[word] <= max(1, least)
        and known[word] > 1  # a word of the language, not of this response alone
        and word[:_SHORTEST_KEYWORD] not in asked
        and word not in _SAYING_LITTLE
        and not word.endswith(("ing", "ed", "ly"))
    ]
    best = sorted(rare, key=lambda word: (-used[word], known[word], word))[:_KEYWORDS]
    return Existence(keywords=tuple(sorted(best))) if len(best) == _KEYWORDS else None
