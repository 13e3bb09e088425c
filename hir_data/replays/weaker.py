"""Weaker constraints: what of a violated constraint a response satisfies, where no value of its kind says it.

"Use "migratory" as word 5 of sentence 28" is violated by a response that has the word elsewhere; whoever
wanted that response could have asked for the word. So could whoever got JSON in a fence between two sentences
have asked for a block of JSON, and whoever got a text in capitals with a slip for 250 words in capitals.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hir_data.replays.information import OtherResponses
from hir_data.replays.natural import forms_of, same_stem
from hir_data.replays.traces import words_of
from hir_data.schemas.claims import Case, ContainsText
from hir_data.schemas.constraint import Constraint
from hir_data.text.text import Text
from hir_data.verifiers.general.count import SentenceCount
from hir_data.verifiers.general.json import Json
from hir_data.verifiers.general.letter_case import LetterCase
from hir_data.verifiers.general.occurrences import EmojiCount
from hir_data.verifiers.general.sound import EqualSentences
from hir_data.verifiers.general.structure import CodeBlock
from hir_data.verifiers.ifbench.count import KeywordsMultiple
from hir_data.verifiers.ifbench.format import Emoji, Thesis, TitleCase
from hir_data.verifiers.ifbench.ratio import SentenceWords
from hir_data.verifiers.ifbench.sentence import Keyword
from hir_data.verifiers.ifbench.word_positions import KeywordsSpecificPosition, WordsPosition
from hir_data.verifiers.ifeval.format import JsonFormat, NumberHighlightedSections
from hir_data.verifiers.ifeval.keywords import Existence, ForbiddenWords, Frequency
from hir_data.verifiers.ifeval.style import CapitalWordFrequency, EndChecker, RepeatPrompt
from hir_data.verifiers.iftrain.keywords import KeywordSpecificPosition
from hir_data.verifiers.within import Within


def weaker(constraint: Constraint, text: Text, others: OtherResponses | None = None) -> Iterator[Constraint]:
    """What a text may satisfy of a constraint that it violates, the nearest first; whether it does is open.

    Args:
        constraint: what is violated.
        text: the response.
        others: responses to other prompts, where they are known: a word that none of them has is asked for
            where it stands, and nowhere else.
    """
    for claim in constraint.claims():
        if isinstance(claim, Case):
            yield from _cased(claim.case, text)
    if isinstance(constraint, _WITH_WORD):
        yield from _keyword(constraint, text, others)
    for kind, offer in _OFFERS.items():
        if isinstance(constraint, kind):
            yield from offer(constraint, text)


_Offer = Callable[[Any, Text], Iterator[Constraint]]

_MANY_EMOJIS = 7
_OFTEN = 2  # uses of a word, from which on a reader sees a number behind them
_WORDS_FOR_EACH = 20  # words of a response, for each use of one that it was to have
_CAPITALS_SHARE = 0.9
_FEWEST_CAPITALS = 20


def _cased(case: Any, text: Text) -> Iterator[Constraint]:
    """Lower case with abbreviations; of a text in capitals but for a slip, how many words are in capitals."""
    if case == "lower":
        nearest = LetterCase(case=case).nearest(text)
        if nearest is not None:
            yield nearest
        return
    words = [piece for piece in text.pieces if piece.lower() != piece.upper()]
    capital = sum(piece.isupper() and len(piece) > 1 for piece in words)
    if capital >= max(_FEWEST_CAPITALS, _CAPITALS_SHARE * len(words)):
        yield CapitalWordFrequency(capital_frequency=capital, capital_relation="at least")


def _title_case(constraint: TitleCase, text: Text) -> Iterator[Constraint]:
    """Capitals, which begin each word too."""
    yield from _cased("upper", text)


def _json_block(constraint: JsonFormat | Json, text: Text) -> Iterator[Constraint]:
    """JSON in a fence, with something said beside it."""
    yield CodeBlock(min=1, language="json", parses=True)


_WITH_WORD = (Keyword, WordsPosition, KeywordsSpecificPosition, KeywordSpecificPosition)


def _keyword(constraint: Constraint, text: Text, others: OtherResponses | None) -> Iterator[Constraint]:
    """The word wherever it stands, if others use it too; else in the one part of the text that has it."""
    word = constraint.word if isinstance(constraint, Keyword) else getattr(constraint, "keyword", "")
    if not _IS_PLAIN.fullmatch(word) or not _is_scattered(word, text):
        return
    if others is None or not others.suffices or others.with_word(word.lower()):
        yield Existence(keywords=(word,))
        return
    for unit in ("sentence", "paragraph"):
        sections = text.sections(unit)
        having = [i for i, one in enumerate(sections) if word.lower() in one.lower]
        if len(having) == 1 and len(sections) >= _FEWEST_SECTIONS:
            index = -1 if having[0] == len(sections) - 1 else having[0] + 1
            if index <= _COUNTED_OUT[unit]:
                yield Within(unit=unit, index=index, constraint=Existence(keywords=(word,)))


_FEWEST_SECTIONS = 2
_COUNTED_OUT = {"sentence": 1, "paragraph": 4}
"""The last one whose number people say, beside the very last."""


def _is_scattered(word: str, text: Text) -> bool:
    """Whether a text is so long, and has a word so seldom, that it is not made of it."""
    uses = text.lower.count(word.lower())
    return uses > 0 and uses * _WORDS_FOR_EACH <= len(text.pieces)


def _keywords(constraint: KeywordsMultiple, text: Text) -> Iterator[Constraint]:
    """The words, where none occurs so often that a reader sees a number behind it."""
    words = [claim.text for claim in constraint.claims() if isinstance(claim, ContainsText)]
    if all(text.lower.count(word.lower()) <= _OFTEN and _is_scattered(word, text) for word in words):
        yield from _existence(*(value for _, value in constraint))


def _without_forms(constraint: ForbiddenWords, text: Text) -> Iterator[Constraint]:
    """Those of the words of which the text has no form either: neither "run" nor "running"."""
    left = tuple(word for word in constraint.forbidden_words if not forms_of(word, text.lower))
    if left and left != constraint.forbidden_words:
        yield constraint.replace(forbidden_words=left)


def _unmarked_end(constraint: EndChecker, text: Text) -> Iterator[Constraint]:
    """The same last words without the mark behind them."""
    end = constraint.end_phrase.strip().rstrip(".!?")
    if end and end != constraint.end_phrase.strip():
        yield constraint.replace(end_phrase=end)


def _existence(*words: str) -> Iterator[Constraint]:
    if words and all(_IS_PLAIN.fullmatch(word) for word in words):
        yield Existence(keywords=words)


_IS_PLAIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _other_forms(constraint: Existence, text: Text) -> Iterator[Constraint]:
    """The keywords in the forms that the text has: "correlate" for "correlated"."""
    forms = [form for word in constraint.keywords if (form := _form(word, text)) is not None]
    if len(forms) == len(constraint.keywords) and forms != [*constraint.keywords]:
        yield Existence(keywords=tuple(forms))


def _other_form(constraint: Frequency, text: Text) -> Iterator[Constraint]:
    """The keyword in the form that the text has: "bomb" for "bombs"."""
    if constraint.relation != "at least":
        return
    for form in _forms(constraint.keyword, text):
        if form != constraint.keyword.lower():
            other = constraint.replace(keyword=form)
            yield other
            if (nearest := other.nearest(text)) is not None:
                yield nearest


def _form(word: str, text: Text) -> str | None:
    """The word, or the commonest word of the text that is a form of it; None where there is none."""
    if not _IS_PLAIN.fullmatch(word):
        return word
    forms = _forms(word, text)
    return word if word.lower() in forms else next(iter(forms), None)


def _forms(word: str, text: Text) -> list[str]:
    """The forms of a word that a text has, in lower case, the commonest first."""
    word, used = word.lower(), Counter(re.findall(r"[^\W\d_]+", text.lower))
    forms = [other for other in used if same_stem(word, other) and _is_inflected(word, other)]
    return sorted(forms, key=lambda other: (-used[other], other))


def _is_inflected(word: str, other: str) -> bool:
    """Whether two words of one stem differ by an ending alone, as nouns and verbs have it."""
    stem = next(
        (i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other))
    )
    return all(_ENDING.fullmatch(each[stem:]) for each in (word, other))


_ENDING = re.compile(r"(?:e?[sd]?|ing|y|ies|ied|'s)")


def _sentences(constraint: SentenceWords | EqualSentences, text: Text) -> Iterator[Constraint]:
    """As many sentences, however long."""
    number = constraint.number if isinstance(constraint, EqualSentences) else 3
    yield SentenceCount(min=number, max=number)


def _emojis(constraint: Emoji, text: Text) -> Iterator[Constraint]:
    """As many emojis as there are, wherever they stand."""
    number = EmojiCount(min=1).found(text)
    if number > 1:
        yield EmojiCount(min=number if number <= _MANY_EMOJIS else number // 5 * 5)


def _repeated(constraint: RepeatPrompt, text: Text) -> Iterator[Constraint]:
    """The request in the marks and the case that the text repeats it in, where an answer follows."""
    wanted, found = words_of(constraint.prompt_to_repeat), [*_WORD_AND_MARKS.finditer(text.stripped)]
    last = next(
        (i for i in range(len(found)) if len(words_of(text.stripped[: found[i].end()])) == len(wanted)), None
    )
    if last is None or len(found) - last <= _FEWEST_WORDS:
        return
    said = text.stripped[: found[last].end()]
    if words_of(said) == wanted:
        yield constraint.replace(prompt_to_repeat=said)


_WORD_AND_MARKS = re.compile(r"\S+")
_FEWEST_WORDS = 3  # of an answer


def _highlighted_opening(constraint: Thesis, text: Text) -> Iterator[Constraint]:
    """The opening in the italics of markdown in place of HTML's."""
    yield Within(unit="paragraph", index=1, constraint=NumberHighlightedSections(num_highlights=1))


_OFFERS: Mapping[type[Constraint] | tuple[type[Constraint], ...], _Offer] = {
    TitleCase: _title_case,
    (JsonFormat, Json): _json_block,
    ForbiddenWords: _without_forms,
    EndChecker: _unmarked_end,
    KeywordsMultiple: _keywords,
    Existence: _other_forms,
    Frequency: _other_form,
    (SentenceWords, EqualSentences): _sentences,
    Emoji: _emojis,
    Thesis: _highlighted_opening,
    RepeatPrompt: _repeated,
}
"""What is offered for some kinds."""
