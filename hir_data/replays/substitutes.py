"""Constraints of another kind that a response satisfies, where a violated one has no informative alternative.

People ask for lengths, layout and keywords whatever else they ask for. So a response that was to be written
one word a line, and is not, can be an example of "use between 200 and 250 words", of "use exactly 5 bullet
points", or of a word that it uses and that hardly any other response does.

Which kind is offered first varies from response to response, so that replays are not all about one thing.
Keywords (:mod:`hir_data.replays.keywords`) are offered to few responses: they are nearly always there, and
say the least of how a response is written.
"""

import functools
import itertools
import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from hir_data.replays.fitness.attempt import said_in
from hir_data.replays.information import OtherResponses
from hir_data.replays.keywords import BEGINNING, CREATIVE, ORDINARY, SAYING_LITTLE, keywords
from hir_data.replays.natural import begins_as, is_phrase
from hir_data.replays.overlap import is_about_length, is_about_words, units
from hir_data.replays.strict_reading import holds, strictly_read, without_labels
from hir_data.schemas.claims import Count
from hir_data.schemas.constraint import Constraint
from hir_data.text.numerals import in_words
from hir_data.text.quality.talk import more_offered
from hir_data.text.text import Text
from hir_data.verifiers.general.count import ParagraphCount, Range, SentenceCount, WordCount
from hir_data.verifiers.general.sound import ParagraphFirstWord
from hir_data.verifiers.general.text import EndsWith
from hir_data.verifiers.ifeval.format import (
    NumberBulletLists,
    NumberHighlightedSections,
    NumberPlaceholders,
)
from hir_data.verifiers.iftrain.words import FirstWordAnswer
from hir_data.verifiers.muldimif.markdown import Headings
from hir_data.verifiers.muldimif.tables import HasTable
from hir_data.verifiers.phrases import closing


def substitutes(
    text: Text,
    question: str,
    constraints: Sequence[Constraint],
    kept: Sequence[Constraint],
    others: OtherResponses,
    *,
    asked: str | None = None,
    beside: str = "",
) -> Iterator[Constraint]:
    """Constraints that the text satisfies and that the prompt leaves room for, in a varying order.

    Args:
        text: the response.
        question: what is asked beside the violated constraints.
        constraints: all of the instruction.
        kept: those that are satisfied.
        others: responses to other instructions.
        asked: where a length may be stated; the question if it is None.
        beside: what else the prompt says, whose words are nothing to end with.
    """
    turn = zlib.crc32(text.raw.encode(errors="surrogatepass"))
    leaves_room = _suits_length(question if asked is None else asked, text)
    has_room = leaves_room and not any(map(is_about_length, kept))
    offers = [offer for offer in _in_turn(turn) if has_room or offer not in _LENGTHS]
    if has_room:
        offers.append(_word_range)  # which nearly every text has
    may_have_words = not any(map(is_about_words, constraints))
    words = keywords(text, turn, question, others) if may_have_words else ()
    known = {constraint.kind for constraint in kept}
    lengths = frozenset[str]().union(*map(units, constraints)) if has_room else frozenset[str]()
    # Whoever asked for a length gets one; and a layout is plainer than a word.
    first = [*(offer for unit in sorted(lengths) for offer in _CLOSER.get(unit, ()))]
    first += _LAYOUT if may_have_words else ()
    made = (_offered(offer, text, turn) for offer in offers)
    in_order = (words, made) if said_in(CREATIVE, question) else (made, words)
    for one in itertools.chain((_offered(offer, text, turn) for offer in first), *in_order):
        if one is None or one.kind in known or begins_as(one, question, beside):
            continue
        if isinstance(one, FirstWordAnswer | ParagraphFirstWord) and not _is_opening(one, others):
            continue
        if holds(one, text):
            yield one


Offer = Callable[[Text, int], Constraint | None]
"""What a text of a turn shows of one kind."""


@functools.lru_cache(maxsize=1 << 3)
def _in_turn(turn: int) -> Sequence[Offer]:
    """The offers in the order of a turn."""
    offers = [*_LAYOUT, *_WORDING, *_LENGTHS]
    return sorted(offers, key=lambda offer: zlib.crc32(f"{turn}{offer.__name__}".encode()))


@functools.lru_cache(maxsize=1 << 6)
def _offered(offer: Offer, text: Text, turn: int) -> Constraint | None:
    """An offer, computed once for a text."""
    return offer(text, turn)


def _is_opening(constraint: FirstWordAnswer | ParagraphFirstWord, others: OtherResponses) -> bool:
    """Whether others use a word too, so that it is one, and not all of them, so that it says something."""
    word = constraint.first_word if isinstance(constraint, FirstWordAnswer) else constraint.word
    return 0 < others.with_word(word.lower()) <= max(2, ORDINARY * others.count)


# ---------------------------------------------------------------------------------------------------------
# Length

_SHORTEST_TEXT = 15  # words of which a length is asked
_SHORTEST_PARAGRAPH = 40
_NUMBER = (
    rf"(?:\d+(?:\+|[- ]?(?:to|or|–|-) ?\d+)?|{'|'.join(in_words(number)[0] for number in range(1, 21))}"
    r"|(?:a )?few|(?:a )?couple(?: of)?|several|single)"
)
_PARTS = r"(?:sentences?|paragraphs?|pages?|lines?|stanzas?|verses?|minutes?)"
_LENGTH_SAID = re.compile(
    rf"\b(?:{_NUMBER}[- ](?:\w+[- ])?(?:words?|characters?|{_PARTS})|an? (?:\w+ )?{_PARTS}"
    rf"|(?:word|character|page|line)s?[- ](?:count|limit|long)"
    r"|length|longer|shorter|limerick|haiku|sonnet|tweet)\b",
    re.IGNORECASE,
)
_VAGUE_LENGTHS: tuple[tuple[re.Pattern[str], int, float], ...] = (
    (re.compile(r"\b(?:brief|concise)(?:ly)?\b", re.IGNORECASE), 0, 200),
    (re.compile(r"\bshort\b|\bsummar(?:y|i[sz]e)\b|\bmain points?\b", re.IGNORECASE), 0, 300),
    (re.compile(r"\b(?:long|detailed|in[- ]depth)\b", re.IGNORECASE), 200, math.inf),
)
"""Words for a length, and how many words a response has that is not at odds with them."""


def _suits_length(question: str, text: Text) -> bool:
    """Whether a question leaves room for a length: it states none, or vaguely one that the text has."""
    number = len(text.pieces)
    return all(least <= number <= most for least, most in _lengths_of(question))


@functools.lru_cache(maxsize=1 << 9)
def _lengths_of(question: str) -> Sequence[tuple[float, float]]:
    """The numbers of words that a question, which many responses answer, leaves room for."""
    if _LENGTH_SAID.search(question):
        return [(math.inf, 0)]
    return [(least, most) for vague, least, most in _VAGUE_LENGTHS if vague.search(question)]


def beside_length(text: Text, question: str, kept: Sequence[Constraint]) -> Constraint | None:
    """How many words a text has, about, where the question and what is kept leave room for a length."""
    if len(text.pieces) < _SHORTEST_PARAGRAPH or any(map(is_about_length, kept)):
        return None
    found = _word_range(text, 0) if _suits_length(question, text) else None
    return found if found is not None and holds(found, text) else None


def closer_lengths(bound: Constraint, text: Text, question: str) -> Iterator[Constraint]:
    """What says more closely how long a text is than a bound that it satisfies, the best first.

    That is an exact number or a narrow range in the same unit, which implies the bound; then a range of
    words, in place of a bound in another unit too.

    Args:
        bound: what is asked, such as at most 320 words, at least 5 sentences, or 4 to 7 of them.
        text: the response, such as one of 61 words.
        question: what is asked beside the constraints.

    Yields:
        Such as between 50 and 70 words; nothing for a constraint that is no bound on the length, and where
        the question states another length.
    """
    counts = bound.claims()
    if len(counts) != 1 or not isinstance(counts[0], Count) or not is_about_length(bound):
        return
    count, unit = counts[0], counts[0].of.split()[0]
    if unit not in _CLOSER or not _suits_length(question, text):
        return
    for offer in (*_CLOSER[unit], *(() if unit == "words" else _CLOSER["words"])):
        found = _offered(offer, text, 0)
        if not isinstance(found, Range) or found.max is None:
            continue
        if offer in _CLOSER[unit] and not _implies(found, count):
            continue
        if holds(found, text):
            yield found


def _implies(found: Range, bound: Count) -> bool:
    """Whether what lies between the bounds of a range satisfies another bound, which is wider."""
    most = math.inf if bound.most is None else bound.most
    inside = bound.least <= (found.min or 0) and (found.max or 0) <= most
    return inside and (found.min, found.max) != (bound.least, bound.most)


_MARKUP = re.compile(r"^\s*(?:[#>|+-]|\*(?!\*?\w)|\d+[.)]|```)|\|", re.MULTILINE)


def _word_range(text: Text, turn: int) -> Constraint | None:
    number = len(text.pieces)
    fewest = len(strictly_read(WordCount(min=1), text).pieces)  # "Here is your essay:" does not count
    if fewest < _SHORTEST_TEXT:
        return None
    step = next(
        step for bound, step in ((50, 5), (100, 10), (200, 25), (500, 50), (10**9, 100)) if number < bound
    )
    slack = max(1, max(3, step // 5) - (number - fewest))  # two counts are some slack already
    least = (fewest - slack) // step * step
    most = -(-(number + slack) // step) * step
    return WordCount(min=least, max=most) if least else None


def _tight_range(text: Text, turn: int) -> Constraint | None:
    """The fives between which the number of words of a short text lies, or the tens."""
    number = len(text.pieces)
    step = 5 if number < 60 else 10
    least = number // step * step
    return WordCount(min=least, max=least + step) if _SHORTEST_TEXT <= number < 100 else None


def _word_count(text: Text, turn: int) -> Constraint | None:
    """A range, or a bound: the most of a short text, the least of a long one."""
    found = _word_range(text, turn)
    if not isinstance(found, WordCount) or turn & 1:
        return found
    return WordCount(max=found.max) if len(text.pieces) < 200 else WordCount(min=found.min)


def _sentences(text: Text, turn: int) -> Constraint | None:
    number = len(text.sections("sentence")) if _is_prose(text) else 0
    if not 2 <= number <= 12 or number != len(text.sentences):
        return None
    return SentenceCount(min=number, max=number) if number < 9 else SentenceCount(max=number)


def _paragraphs(text: Text, turn: int) -> Constraint | None:
    number = _prose_paragraphs(text)
    is_one = number == 1 and len(text.pieces) >= _SHORTEST_PARAGRAPH
    return ParagraphCount(min=number, max=number) if is_one or 2 <= number <= 8 else None


def _paragraph_start(text: Text, turn: int) -> Constraint | None:
    number = _prose_paragraphs(text)
    if not 2 <= number <= 6:
        return None
    nth = 2 + (turn >> 4) % (number - 1)
    word = re.match(r"[A-Z][a-z]{3,}\b", text.sections("paragraph")[nth - 1].stripped)
    if not word or word.group().lower() in SAYING_LITTLE - BEGINNING:
        return None
    return ParagraphFirstWord(paragraphs=number, number=nth, word=word.group().lower())


def _prose_paragraphs(text: Text) -> int:
    """How many paragraphs there are, each a block of sentences; 0 where there is anything else."""
    blocks = [block for block in re.split(r"\n\s*\n", text.stripped) if block.strip()]
    if any(len(block.split()) < 12 or "\n" in block.strip() for block in blocks) or not _is_prose(text):
        return 0  # a list, a letter, or a poem
    return len(blocks)


def _is_prose(text: Text) -> bool:
    return not _MARKUP.search(text.raw)


# ---------------------------------------------------------------------------------------------------------
# Layout

_MOST_ITEMS = 12
_TEN = 10


def _bullets(text: Text, turn: int) -> Constraint | None:
    number = NumberBulletLists(num_bullets=1).found(text)
    return NumberBulletLists(num_bullets=number) if 2 <= number <= _MOST_ITEMS else None


def _highlights(text: Text, turn: int) -> Constraint | None:
    number = NumberHighlightedSections(num_highlights=1).found(Text(without_labels(text.raw)))
    return NumberHighlightedSections(num_highlights=min(number, 6)) if number > 1 else None


def _headings(text: Text, turn: int) -> Constraint | None:
    number = Headings(min=1).found(text)
    if number < 2:
        return None
    if number > _MOST_ITEMS:
        return Headings(min=number // _TEN * _TEN)
    return Headings(min=number, max=number) if turn & 1 else Headings(min=min(number, 5))


def _placeholders(text: Text, turn: int) -> Constraint | None:
    marks = re.findall(r"\[[^\]\n]*\]", text.raw)
    if not 2 <= len(marks) <= _MOST_ITEMS or not all(map(_PLACEHOLDER.fullmatch, marks)):
        return None
    return NumberPlaceholders(num_placeholders=len(marks))


_PLACEHOLDER = re.compile(r"\[(?:[A-Za-z][\w'’/-]*(?: |(?=\])))+\]")


def _table(text: Text, turn: int) -> Constraint | None:
    return HasTable()


_FEWEST_SENTENCES = 3


def _closing(text: Text, turn: int) -> Constraint | None:
    if more_offered(text.stripped.rsplit("\n", 1)[-1]):
        return None  # what a chat answer adds to the text
    last = closing(text.stripped)
    if last is None or not 3 <= len(last.split()) <= 8 or not is_phrase("end", last):
        return None
    if len(text.sections("sentence")) < _FEWEST_SENTENCES:
        return None  # it would be most of the response
    return EndsWith(text=last)


# ---------------------------------------------------------------------------------------------------------
# Wording


def _last_mark(text: Text, turn: int) -> Constraint | None:
    mark = text.stripped[-1:]
    if more_offered(text.stripped.rsplit("\n", 1)[-1]):
        return None
    return EndsWith(text=mark) if mark in ("?", "!") else None


def _first_word(text: Text, turn: int) -> Constraint | None:
    word = re.match(r"[A-Z][a-z]{2,}\b(?![:'’-])", text.stripped)
    if not word or word.group().lower() in SAYING_LITTLE | _USUAL_FIRST:
        return None
    return FirstWordAnswer(first_word=word.group())


_USUAL_FIRST = frozenset(
    "absolutely and answer but certainly dear for hello here hey its step subject sure that the they title "
    "yes you".split()
)
_CLOSER: Mapping[str, tuple[Offer, ...]] = {
    "words": (_word_range, _tight_range),
    "sentences": (_sentences,),
    "paragraphs": (_paragraphs,),
}
_LENGTHS = (_word_count, _sentences, _paragraphs, _paragraph_start)
_LAYOUT = (_bullets, _highlights, _headings, _placeholders, _table)
_WORDING = (_closing, _last_mark, _first_word)
