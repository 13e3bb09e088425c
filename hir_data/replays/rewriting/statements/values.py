"""A constraint that becomes another of its kind, said in the words of the prompt.

"At least 600 words" becomes "at least 400 words", and the rest of the sentence stays as it is. This is done
where it is plain which words are the value: a number that stands once in the one sentence that states the
constraint, beside what it counts; a text in quotation marks; a list of texts of which some are left out.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hir_data.replays.rewriting.statements.evidence import StatementPattern, evidence, number_pattern
from hir_data.replays.rewriting.statements.units import PromptSentence, plain, tokens, units
from hir_data.schemas.constraint import Constraint
from hir_data.text.numerals import spelled
from hir_data.verifiers.compare import RELATIONS

_NEAR = 4  # tokens between a number and what it counts, at most
_SHORT = 6  # tokens of a line of a sample, at most
_LONGEST_TEXT = 200  # characters
_SPELLED = {spelled(number): number for number in range(1, 100)}
_OFTEN = {"once": 1, "twice": 2}
_LARGEST_SPELLED = 20
_NOUNS = {
    noun if noun.endswith("s") else f"{noun}s": noun
    for noun in (
        "word sentence paragraph section part bullet point placeholder letter character time line comma "
        "heading row column number pronoun name keyword phrase conjunction emoji version level"
    ).split()
}
_AGREEING = frozenset("is are was were has have that which".split())
_OF_A_DIVIDER = re.compile(
    r"\s*(?:a\w{0,2}terisks?|stars?|symbols?|new ?lines?|line breaks?|hyphens?|\*|-{2})"
)
_NUMERAL = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_RANGE = re.compile(r"(\d+)\s*(?:to|through|and|or|-|–|—)\s*(\d+)")
_QUOTES = "\"'“”‘’"
_LISTING = re.compile(r"\s*(?:,|,?\s*(?:and|or)|/)\s*")
_MANY = re.compile(r"(?i)\b((?:key)?word|phrase|term|name|item)s((?:\s+in your response)?:?\s*)\Z")
_OF_MANY = re.compile(r"\b(?:these|each|all|both|any|either|are|them|they|those|two|three|four|five|\d+)\b")


class _Edit(NamedTuple):
    """What is written in place of a part of the prompt."""

    start: int
    end: int
    put: str


def replaced(prompt: str, constraints: Sequence[Constraint], place: int, new: Constraint) -> str | None:
    """The prompt with the values of a new constraint where it states an old one; None where it is not sure.

    Args:
        prompt: the text.
        constraints: all that it states.
        place: which of them becomes another.
        new: what it becomes, of the same kind.
    """
    old = constraints[place]
    if type(new) is not type(old) or new == old:
        return None
    if old.quoted_parameter:
        return _repeated_otherwise(prompt, old, new)
    home = _home(prompt, old)
    if home is None:
        return None
    found = _edits(prompt, home, old, new)
    if not found or any(one.end > other.start for one, other in itertools.pairwise(sorted(found))):
        return None
    written = prompt
    for edit in sorted(found, reverse=True):
        written = written[: edit.start] + edit.put + written[edit.end :]
    return written if _holds(prompt, written, home, constraints, place, new) else None


def _repeated_otherwise(prompt: str, old: Constraint, new: Constraint) -> str | None:
    """The prompt with the text that is to be repeated in other marks or another case."""
    quoted, other = (str(getattr(one, old.quoted_parameter)).strip() for one in (old, new))
    unlike = {name for name, value in old if getattr(new, name) != value}
    if unlike != {old.quoted_parameter} or prompt.count(quoted) != 1 or "\n" in other:
        return None
    return prompt.replace(quoted, other) if re.findall(r"\w+", quoted) else None


def _home(prompt: str, constraint: Constraint) -> PromptSentence | None:
    """The only sentence that states a constraint."""
    known, text = evidence(constraint), plain(prompt)
    homes = [unit for unit in units(prompt) if known.states(text[unit.start : unit.end])]
    return homes[0] if len(homes) == 1 else None


def _edits(prompt: str, home: PromptSentence, old: Constraint, new: Constraint) -> list[_Edit] | None:
    """What has to be written anew in a sentence; None where it is not sure."""
    before, after = old.stated(), new.stated()
    unlike = {name for name, value in old if getattr(new, name) != value}
    if not unlike <= before.keys() & after.keys():
        return None
    found = []
    for name in sorted(unlike):
        edit = _edit(prompt, home, old, name, before[name], after[name])
        if edit is None:
            return None
        found += edit
    return found


def _edit(
    prompt: str, home: PromptSentence, old: Constraint, name: str, value: object, other: object
) -> list[_Edit] | None:
    if type(value) is int and type(other) is int:
        return _number_edit(prompt, home, old, name, value, other)
    if isinstance(value, str) and isinstance(other, str):
        return _text_edit(prompt, home, value, other)
    if isinstance(value, tuple) and isinstance(other, tuple):
        return _list_edit(prompt, home, value, other)
    return None


# ---------------------------------------------------------------------------------------------------------
# Numbers


def _number_edit(
    prompt: str, home: PromptSentence, old: Constraint, name: str, value: int, other: int
) -> list[_Edit] | None:
    text = plain(prompt)
    has_relation = any(each in RELATIONS for _, each in old)
    spans = [found.span() for found in number_pattern(name, value, has_relation).finditer(text, *home[:2])]
    spans = [span for span in spans if not _OF_A_DIVIDER.match(text, span[1])] or spans
    if len(spans) != 1:
        return None
    start, end = spans[0]
    stands = _numeral(text[start:end])
    if stands is None or not _counts(prompt, home, evidence(old), start, end):
        return None
    number = stands + other - value
    if number < 1 or _is_shown(prompt, home, evidence(old), stands, number):
        return None
    put = _written(prompt[start:end], number)
    if 1 in (stands, number) and text[start:end] not in _OFTEN:
        return _with_noun(prompt, home, start, end, put, number)
    return [_Edit(start, end, put), *_article(prompt, start, put)]


def _numeral(text: str) -> int | None:
    """The number that a text writes in digits or as a word, no ordinal."""
    if _NUMERAL.fullmatch(text):
        return int(text.replace(",", ""))
    return _SPELLED.get(text) or _OFTEN.get(text)


def _written(like: str, number: int) -> str:
    """A number as another one is written."""
    small = like.lower()
    if small in _OFTEN:
        often = {1: "once", 2: "twice"}.get(number, f"{number} times")
        return often.capitalize() if like[0].isupper() else often
    if _NUMERAL.fullmatch(like):
        return f"{number:,}" if "," in like else str(number)
    if number > _LARGEST_SPELLED:
        return str(number)
    return spelled(number).capitalize() if like[0].isupper() else spelled(number)


def _counts(prompt: str, home: PromptSentence, known: StatementPattern, start: int, end: int) -> bool:
    """Whether what a constraint counts stands next to a number, or the number is its limit."""
    text = plain(prompt)
    if text[start:end] in _OFTEN:
        return True
    behind = list(itertools.islice(tokens(prompt, end, home.end), _NEAR + 1))
    ahead = tokens(prompt, home.start, start)
    is_limit = _LIMIT.search(text[home.start : start]) and any(known.owns(token.text) for token in ahead)
    is_object = any(_MARKING.match(token.text) for token in ahead[-_NEAR:])
    return bool(is_limit or is_object) or any(
        known.owns(token.text) or token.text == "times" for token in behind
    )


_LIMIT = re.compile(r"\b(?:count|limit|length|number of \w+|total|minimum|maximum|range)\b")
_BELOW = re.compile(r"(?i)\b(?:less|fewer) than\s*\Z")
_MARKING = re.compile(r"(?:italici|highlight|emphasi|bold)\w*")


def _is_shown(prompt: str, home: PromptSentence, known: StatementPattern, number: int, new: int) -> bool:
    """Whether other sentences mention a number too, or a sample shows so many."""
    text, every = plain(prompt), units(prompt)
    pattern = number_pattern("", number, False)
    following = every[every.index(home) + 1 :]
    runs = (len([*run]) for is_item, run in itertools.groupby(following, lambda one: one.is_item) if is_item)
    items = 0 if home.is_item else max(runs, default=0)  # those behind an item are its siblings
    if items and (items == number or items > new):
        return True
    return any(
        pattern.search(text, unit.start, unit.end)
        and (known.hints_at(text[unit.start : unit.end]) or _is_sample(prompt, unit))
        for unit in every
        if unit != home
    )


def _is_sample(prompt: str, unit: PromptSentence) -> bool:
    return unit.is_item or len(tokens(prompt, *unit[:2])) <= _SHORT


def _article(prompt: str, start: int, put: str) -> Iterator[_Edit]:
    """The article before a number: "a 700-word story", "an 800-word story"."""
    found = re.search(r"\b([Aa])n?\s+\Z", prompt[max(0, start - 10) : start])
    if not found:
        return
    digits = put.replace(",", "")
    name = spelled(int(digits)) if digits.isdigit() and int(digits) < 1_000_000 else put.lower()
    right = found[1] + ("n" if name.startswith(("eight", "eleven")) else "")
    at = start - len(found[0])
    if prompt[at:start].split()[0] != right:
        yield _Edit(at, at + len(prompt[at:start].split()[0]), right)


def _with_noun(
    prompt: str, home: PromptSentence, start: int, end: int, put: str, number: int
) -> list[_Edit] | None:
    """A number that is or was one, with its noun in the right number; None where that is not plain."""
    words = list(itertools.islice(tokens(prompt, end, home.end), _NEAR))
    if words and words[0].text == "-":
        return [_Edit(start, end, put), *_article(prompt, start, put)]
    known = {*_NOUNS, *_NOUNS.values()}
    nouns = list(itertools.takewhile(lambda token: token.text in known, words))
    following = words[len(nouns) : len(nouns) + 1]
    if not nouns or any(each.text in _AGREEING or each.text.endswith("s") for each in following):
        return None
    if number == 1 and [noun.text for noun in nouns] == ["times"]:  # "at least 1 time" is no English
        return None if _BELOW.search(prompt[:start]) else [_Edit(start, nouns[-1].end, "once")]
    one = _NOUNS.get(nouns[-1].text, nouns[-1].text)
    many = next(plural for plural, singular in _NOUNS.items() if singular == one)
    return [_Edit(start, end, put), _Edit(nouns[-1].start, nouns[-1].end, one if number == 1 else many)]


# ---------------------------------------------------------------------------------------------------------
# Texts


def _text_edit(prompt: str, home: PromptSentence, value: str, other: str) -> list[_Edit] | None:
    """A text in quotation marks, which stands so once in the whole prompt."""
    quoted = [
        token
        for token in tokens(prompt, 0, len(prompt))
        if token.sort == "quote" and token.text[1:-1].strip() == plain(value).strip()
    ]
    if len(quoted) != 1 or not home.start <= quoted[0].start < home.end or len(other) > _LONGEST_TEXT:
        return None
    start, end = quoted[0].start + 1, quoted[0].end - 1
    if {prompt[start - 1], prompt[end]} & {*other} or "\n" in other or not other.strip():
        return None
    return [_Edit(start, end, other.strip())]


def _list_edit(
    prompt: str, home: PromptSentence, value: tuple[object, ...], other: tuple[object, ...]
) -> list[_Edit] | None:
    """A list of texts with some of them left out, or each with another one in its place."""
    if not all(isinstance(each, str) for each in (*value, *other)):
        return None
    if len(value) == len(other):
        return _item_edits(prompt, home, value, other)
    if not other or not {*other} < {*value}:
        return None
    spans: list[tuple[int, int, bool]] = []
    for each in value:
        found = _mentions(prompt, home, str(each))
        if len(found) != 1:
            return None
        spans.append((*found[0], each in other))
    spans.sort()
    gaps = [prompt[one[1] : two[0]] for one, two in itertools.pairwise(spans)]
    if not all(_LISTING.fullmatch(gap) for gap in gaps):
        return None
    start, end = spans[0][0], spans[-1][1]
    left = [prompt[first:last] for first, last, stays in spans if stays]
    last = gaps[-1] if len(left) > 2 else re.sub(r"\A\s*,\s*(?=and|or)", " ", gaps[-1])
    put = left[0] if len(left) == 1 else gaps[0].join(left[:-1]) + last + left[-1]
    edits = [_Edit(start, end, put)]
    if len(left) == 1:
        if _OF_MANY.search(plain(prompt[home.start : start] + prompt[end : home.end])):
            return None
        if many := _MANY.search(prompt[home.start : start]):
            at = home.start + many.start(1)
            bare = not re.search(r"(?i)\b(?:the|following|this|your)\s+\Z", prompt[home.start : at])
            edits.append(_Edit(at, home.start + many.end(1) + 1, f"the {many[1]}" if bare else many[1]))
    return edits


def _item_edits(
    prompt: str, home: PromptSentence, value: tuple[object, ...], other: tuple[object, ...]
) -> list[_Edit] | None:
    """Each text of a list that becomes another one, with its quotation marks as they are."""
    edits = []
    for old, new in zip(value, other, strict=True):
        if old == new:
            continue
        found = _mentions(prompt, home, str(old))
        if len(found) != 1:
            return None
        start, end = found[0]
        if prompt[start] in _QUOTES:
            start, end = start + 1, end - 1
        edits.append(_Edit(start, end, str(new)))
    return edits


def _mentions(prompt: str, home: PromptSentence, value: str) -> list[tuple[int, int]]:
    """Where a sentence says a text, with its quotation marks."""
    inside = re.escape(plain(value).strip())
    text = plain(prompt)
    found = re.compile(rf"[{_QUOTES}]{inside}[{_QUOTES}]|(?<!\w){inside}(?!\w)")
    return [one.span() for one in found.finditer(text, *home[:2])]


# ---------------------------------------------------------------------------------------------------------
# What has to hold


def _holds(
    prompt: str,
    written: str,
    home: PromptSentence,
    constraints: Sequence[Constraint],
    place: int,
    new: Constraint,
) -> bool:
    """Whether the new prompt states the new constraint there, and all others as before."""
    before, after = units(prompt), units(written)
    if len(before) != len(after):
        return False
    where = before.index(home)
    if _turned(written[after[where].start : after[where].end]):
        return False
    texts, others = plain(prompt), plain(written)
    if not evidence(new).states(others[after[where].start : after[where].end]):
        return False
    return all(
        known.states(texts[one.start : one.end]) == known.states(others[two.start : two.end])
        for number, known in enumerate(map(evidence, constraints))
        if number != place
        for one, two in zip(before, after, strict=True)
    )


def _turned(sentence: str) -> bool:
    """Whether a range is not one: "25 to 20"."""
    return any(
        int(one) >= int(two) for one, two in _RANGE.findall(re.sub(r"(?<=\d),(?=\d{3})", "", sentence))
    )
