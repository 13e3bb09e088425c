"""What can be written, and yet nobody would ask for together.

None of it is a contradiction, and none is a finding of lint: real prompts have some of it. Instructions are
composed without.
"""

import re
from collections.abc import Sequence

from hir_data.instructions.measures import named, told
from hir_data.instructions.reader_rules import TAKES, Rules, bounds_clash, first_reason, unit_of
from hir_data.instructions.shape_rules import HEADS, LISTS, no_place
from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Language,
    Layout,
    SentenceRule,
    UnitEdge,
    WholeFormat,
    WordAt,
    WordRule,
)

# The same as above, of texts as most people write them.
_USUALLY_TAKES: dict[tuple[str, str], float] = TAKES | {
    ("sentences", "words"): 7,
    ("paragraphs", "words"): 15,
    ("paragraphs", "sentences"): 1.5,
    ("sections", "paragraphs"): 1.5,
    ("words", "sentences"): 1 / 30,
    ("words", "characters"): 5.5,
    ("characters", "words"): 1 / 7,
    ("sentences", "characters"): 45,
    ("characters", "sentences"): 1 / 220,
    ("sections", "sentences"): 2,
    ("sections", "words"): 15,
    ("bullet points", "sentences"): 1,
    ("bullet points", "words"): 5,
    ("bullet points", "characters"): 25,
    ("sections", "characters"): 80,
    ("paragraphs", "characters"): 80,
    ("different words", "words"): 1.5,
    ("different words", "characters"): 8,
    ("pronouns", "words"): 5,
    ("words", "lower-case words"): 0.6,
}


_ROOM = 1.2  # times the lower bound, at least, for an upper one that another constraint sets


def _unusual_counts(one: Count, other: Count) -> str | None:
    """Hard to keep both, hardly any room between the two, or one of them idle beside the other."""
    if reason := bounds_clash(one, other, _USUALLY_TAKES) or _letters_and_length(one, other):
        return reason
    if {unit_of(one), unit_of(other)} == {"words", "characters"}:
        return f"{told(one)} and {told(other)} both say how long the answer is"
    for above, below in ((one, other), (other, one)):
        if below.most is None:
            continue
        if unit_of(above) == unit_of(below) and above.least * _ROOM > below.most:
            return f"{told(above)} and {told(below)} leave hardly any room"
        # Of the larger thing there are no more than of the smaller one, so that this bound says nothing.
        if above.most is not None and (unit_of(above), unit_of(below)) in _INSIDE and above.most > below.most:
            return f"{told(above)} beside {told(below)}"
    return None


_INSIDE = {
    ("paragraphs", "sentences"), ("sections", "sentences"), ("sentences", "words"),
    ("lower-case words", "words"), ("capital words", "words"),
}  # fmt: skip


def _edge_and_few(edge: Boundary, count: Count) -> str | None:
    """A phrase to begin or to end with takes a sentence of the few that there may be."""
    few = unit_of(count) == "sentences" and count.most is not None and count.most < _FEW
    return f'{told(count)} with "{edge.text}" among them' if few else None


_FEW = 3


def _edge_and_case(edge: Boundary, case: Case) -> str | None:
    return _in_other_case(edge.text, case)


def _mark_and_case(shown: HasElement, case: Case) -> str | None:
    return _in_other_case(shown.mark, case)


def _in_other_case(text: str, case: Case) -> str | None:
    """What a prompt quotes has the case in which it is quoted."""
    wanted = text.upper() if case.case == "upper" else text.lower()
    return None if text == wanted else f'"{text}" is not in {case.case} case'


def _two_ends(edge: Boundary, shown: HasElement) -> str | None:
    if shown.element == "Japanese words" and " " in edge.text.strip():
        return f'{shown.element} here and there, and "{edge.text}"'
    if reason := _head_and_start(edge, shown):
        return reason
    both = edge.at == "end" and shown.element == "a postscript"
    return f'{shown.element} at the end, and "{edge.text}"' if both else None


def _edge_and_count(edge: Boundary, count: Count) -> str | None:
    if reason := _edge_and_few(edge, count):
        return reason
    both = edge.at == "start" and unit_of(count) == "sections" and count.least
    return f'{named(count.of)} from the start on, and "{edge.text}"' if both else None


def _same_word(one: ContainsText, other: ContainsText) -> str | None:
    return f'"{one.text}" twice' if one.text.lower() == other.text.lower() else None


_UNSPACED = ("zh", "ja", "th", "lo", "km", "my", "hi", "bn", "ne", "mr")
"""Languages without spaces between words, or with full stops of their own."""
_SPACED = ("words", "words whitespace", "sentences")


def _measure_abroad(language: Language, count: Count) -> str | None:
    foreign = language.code.partition("-")[0] in _UNSPACED and count.of in _SPACED
    return f"{named(count.of)} in {language.code}" if foreign else None


def _abroad(language: Language, text: Boundary | ContainsText | ExcludesText) -> str | None:
    """Words are drawn in English."""
    words = [word for word in re.findall(r"[^\W\d_]+", text.text) if len(word) > 1 and word.isascii()]
    return f'"{words[0]}" in {language.code}' if words and language.code != "en" else None


def _counted_abroad(language: Language, count: Count) -> str | None:
    if reason := _measure_abroad(language, count):
        return reason
    if language.code != "en" and count.of in (*_CLOSED, "percent of stop words"):
        return f"{named(count.of)} in {language.code}"
    word = count.of.removeprefix("occurrences ")
    return _abroad(language, ContainsText(word)) if word != count.of else None


def _english_abroad(language: Language, rule: WordRule | SentenceRule) -> str | None:
    """Rules of letters, syllables and marks are made for English."""
    return f"{rule.rule} in {language.code}" if language.code != "en" else None


def _two_sentence_rules(one: SentenceRule, other: SentenceRule) -> str | None:
    return f"{one.rule}, and {other.rule}"


def _two_word_rules(one: WordRule, other: WordRule) -> str | None:
    return f"{one.rule}, and {other.rule}"


def _rule_and_place(rule: WordRule, word: WordAt) -> str | None:
    return None if rule.uses else f'{rule.rule}, and "{word.text}" in its place'


def _rule_and_text(rule: WordRule, has: ContainsText) -> str | None:
    """Of words that depend on each other, one that is given is hard enough; few vowels are soon used up."""
    vowels = {letter for letter in has.text.lower() if letter in "aeiou"}
    if "vowels" in rule.rule and len(vowels) > 1:
        return f'{rule.rule}, and "{has.text}"'
    often = has.times > 1 and not rule.fits
    phrase = " " in has.text.strip()
    return f'{rule.rule}, and "{has.text}"' if (phrase or often) and not rule.uses else None


_CLOSED = ("pronouns", "different conjunctions", "names", "capital words", "lower-case words")


def _rule_and_count(rule: WordRule, count: Count) -> str | None:
    unit = unit_of(count)
    reason = f"{rule.rule}, and {told(count)}"
    if unit in _REPEATED and count.least > 1:
        return None if (rule.uses or 0) > 1 or rule.rule == "title case" else reason
    if not rule.uses:
        return reason if count.of in _CLOSED else None
    words = count.least * (1 if unit == "words" else _USUALLY_TAKES.get((unit, "words"), 0))
    marks = rule.uses == 1 and unit == "sentences" and count.least > _FEW  # a full stop may stand once
    idle = unit.startswith("occurrences ") and count.most is not None and count.most >= rule.uses
    return reason if marks or idle or words > _WORDS_A_USE * rule.uses else None


_REPEATED = ("sections", "placeholders", "bullet points", "highlighted parts")
_WORDS_A_USE = 40  # a text of so many words can do without using one twice


_HARDLY: dict[str, frozenset[str]] = {
    "two responses": HEADS
    | {"a postscript", "a start", "an end", "a rule for sentences", "a word in its place", "paragraphs"},
    "a quotation": LISTS | HEADS | {"nested quotations", "explained quotations", "a start", "an end"},
    "paragraphs of equal sentences": HEADS | {"a postscript", "a phrase", "an end", "a word in its place"},
}


def _language_and_layout(layout: Layout, language: Language) -> str | None:
    return f"{layout.form} in {language.code}" if layout.form == "no white space" else None


def _element_abroad(shown: HasElement, language: Language) -> str | None:
    mixed = shown.element in ("Japanese words", "a phrase") and language.code != "en"
    return f"{shown.element} in {language.code}" if mixed else None


_PLAIN = ("nested brackets", "nested quotations", "explained quotations", "Japanese words")


def _rule_and_element(rule: WordRule, shown: HasElement) -> str | None:
    """A rule for every word, and for marks where each stands once, leaves no room for layout."""
    free = rule.rule == "title case" or (rule.uses or 0) > 1 or (not rule.uses and shown.element in _PLAIN)
    return None if free else f"{rule.rule}, and {shown.element}"


def _rule_and_layout(rule: WordRule, layout: Layout) -> str | None:
    return f"{rule.rule}, and {layout.form}" if rule.uses == 1 else None


def _hardly_in_place(layout: Layout, claim: Claim) -> str | None:
    return no_place(layout, claim, _HARDLY)


def _layout_and_count(layout: Layout, count: Count) -> str | None:
    long = unit_of(count) in ("words", "characters", "letters") and count.least > _MANY
    listed = layout.form == "a list" and unit_of(count) == "paragraphs" and count.most is not None
    reason = f"{layout.form} with {told(count)}" if listed or (long and layout.form in _SPARSE) else None
    return reason or _hardly_in_place(layout, count)


_MANY = 60
_SPARSE = ("a word a line", "no white space", "lines like stairs", "each word in brackets")


def _head_and_start(edge: Boundary, shown: HasElement) -> str | None:
    head = edge.at == "start" and shown.element in ("a title in brackets", "a thesis in italics")
    return f'{shown.element} and "{edge.text}" to begin with' if head else None


def _decided_edge(edge: UnitEdge, other: UnitEdge | Boundary) -> str | None:
    undecided = edge.text is None and edge.unit in ("answer", "paragraph")
    return f"{edge.unit}s that end as they start, and a fixed word at the {other.at}" if undecided else None


def _two_unit_edges(one: UnitEdge, other: UnitEdge) -> str | None:
    return _decided_edge(one, other) or _decided_edge(other, one)


def _rule_and_edge(rule: WordRule, edge: Boundary) -> str | None:
    """What a prompt quotes has the case in which it is quoted."""
    words = [word for word in re.findall(r"[^\W\d_]+", edge.text) if not word.istitle()]
    return f'{rule.rule}, and "{words[0]}"' if words and rule.rule == "title case" else None


def _rule_and_two_places(rule: SentenceRule, word: WordAt) -> str | None:
    both = "share no word" in rule.rule and word.sentence == -1
    return f'{rule.rule}, and "{word.text}" in the first and in the last one' if both else None


def _decided_edge_and_sections(edge: UnitEdge, count: Count) -> str | None:
    headed = edge.unit == "paragraph" and edge.text is None and unit_of(count) == "sections"
    return f"{told(count)}, and paragraphs that end as they start" if headed else None


def _quoted_form(layout: Layout, form: WholeFormat) -> str | None:
    return f"{form.form} and {layout.form}"


def _counted_case(count: Count, case: Case) -> str | None:
    return f"{told(count)} in {case.case} case" if count.of in ("lower-case words", "capital words") else None


def _edge_and_element(edge: UnitEdge, shown: HasElement) -> str | None:
    if edge.unit == "paragraph" and edge.text is None and shown.element == "bullet points":
        return f"{shown.element}, and paragraphs that end as they start"
    both = edge.at == "end" and edge.unit == "answer" and shown.element == "a postscript"
    return f'{shown.element} at the end, and the word "{edge.text}"' if both else None


def _points(shown: HasElement, count: Count) -> str | None:
    both = shown.element == "sub-points" and count.of == "bullet points" and count.most is not None
    return f"sub-points and {told(count)}" if both else None


def _lists(one: HasElement, other: HasElement) -> str | None:
    twice = one.element == other.element == "bullet points"
    return "bullet points twice" if twice else None


# Of a hundred letters in English, so many are this one.
_SHARES = {
    "e": 12.7, "t": 9.1, "a": 8.2, "o": 7.5, "i": 7.0, "n": 6.7, "s": 6.3, "h": 6.1, "r": 6.0, "d": 4.3,
    "l": 4.0, "c": 2.8, "u": 2.8, "m": 2.4, "w": 2.4, "f": 2.2, "g": 2.0, "y": 2.0, "p": 1.9, "b": 1.5,
    "v": 1.0, "k": 0.8, "j": 0.15, "x": 0.15, "q": 0.1, "z": 0.07,
}  # fmt: skip
_LETTERS = {"words": 4.5, "letters": 1.0, "characters": 0.78, "sentences": 35.0, "paragraphs": 70.0}


def _letters_and_length(one: Count, other: Count) -> str | None:
    """A letter that is far rarer, or far more common, than in other texts of that length."""
    for letter, length in ((one, other), (other, one)):
        share = _SHARES.get(letter.of.removeprefix("letter "), 0) / 100
        of_one = _LETTERS.get(unit_of(length), 0) * share
        rare = letter.most is not None and letter.most < length.least * of_one * 0.6
        common = length.most is not None and of_one and letter.least > max(length.most * of_one * 1.5, 3)
        if letter.of != length.of and (rare or common):
            return f"{told(letter)} and {told(length)}"
    return None


def _readability_of_data(count: Count, form: WholeFormat) -> str | None:
    """How easily data can be read nobody asks by a formula for sentences."""
    is_data = form.form != "quotation" and count.of.startswith("Flesch")
    return f"{told(count)} of {form.form}" if is_data else None


_AWKWARD: Rules = {
    (Count, WholeFormat): _readability_of_data,
    (Count, Count): _unusual_counts,
    (Boundary, Case): _edge_and_case,
    (HasElement, Case): _mark_and_case,
    (Boundary, HasElement): _two_ends,
    (Boundary, Count): _edge_and_count,
    (ContainsText, ContainsText): _same_word,
    (Language, Boundary): _abroad,
    (Language, ContainsText): _abroad,
    (Language, ExcludesText): _abroad,
    (Language, Count): _counted_abroad,
    (Language, WordRule): _english_abroad,
    (Language, SentenceRule): _english_abroad,
    (SentenceRule, SentenceRule): _two_sentence_rules,
    (WordRule, WordAt): _rule_and_place,
    (WordRule, ContainsText): _rule_and_text,
    (WordRule, Count): _rule_and_count,
    (WordRule, WordRule): _two_word_rules,
    (Layout, Count): _layout_and_count,
    **{(Layout, type): _hardly_in_place for type in (HasElement, Boundary, UnitEdge, SentenceRule, WordAt)},
    (Layout, WholeFormat): _quoted_form,
    (WordRule, Boundary): _rule_and_edge,
    (SentenceRule, WordAt): _rule_and_two_places,
    (UnitEdge, Count): _decided_edge_and_sections,
    (Count, Case): _counted_case,
    (UnitEdge, HasElement): _edge_and_element,
    (Layout, Language): _language_and_layout,
    (HasElement, Language): _element_abroad,
    (WordRule, HasElement): _rule_and_element,
    (WordRule, Layout): _rule_and_layout,
    (UnitEdge, UnitEdge): _two_unit_edges,
    (UnitEdge, Boundary): _decided_edge,
    (HasElement, Count): _points,
    (HasElement, HasElement): _lists,
}


def awkward(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Why nobody would ask for both, although a text can be written; None where none is known."""
    return first_reason(_AWKWARD, one, other)
