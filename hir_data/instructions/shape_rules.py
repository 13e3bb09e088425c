"""Claims about the shape of a text, as a reader takes them: how it is laid out, what holds of each word.

A text has one layout, and each layout has no place for something; a required word has to keep the rule for
every word; sentences that are governed by one rule are hardly governed by another one too.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from hir_data.instructions.measures import told
from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Layout,
    SentenceRule,
    UnitEdge,
    WholeFormat,
    WordAt,
    WordRule,
)

_ELEMENTS = frozenset(
    {
        "bullet points", "sub-points", "sections", "placeholders", "highlighted parts", "a title in brackets",
        "a postscript", "a thesis in italics", "nested brackets", "nested quotations", "explained quotations",
    }
)  # fmt: skip
LISTS = frozenset({"bullet points", "sub-points", "sections"})
HEADS = frozenset({"a title in brackets", "a thesis in italics"})

_WORDS = frozenset(
    {"words", "capital words", "lower-case words", "different words", "different conjunctions", "pronouns"}
)

# What a layout has no place for: an element, units that can be counted, a phrase of several words, a rule for
# sentences, a word in a certain sentence, and what the answer starts or ends with.
NO_PLACE: dict[str, frozenset[str]] = {
    "a word a line": _ELEMENTS | {"sentences", "paragraphs", "a phrase", "a rule for sentences"},
    "no white space": _ELEMENTS | _WORDS | {"sentences", "paragraphs", "a phrase", "a rule for sentences"},
    "each word in brackets": _ELEMENTS | {"a phrase"},
    "pairs of words in brackets": _ELEMENTS | {"a phrase"},
    "hyphens between sentences": LISTS | {"paragraphs"},
    "lines like stairs": LISTS | {"paragraphs"},
    "a list": LISTS | {"paragraphs", "a start", "an end"},
    "sentences and then bullet points": frozenset({"sub-points", "sections", "a postscript", "an end"}),
    "paragraphs of equal sentences": LISTS,
    "a template": LISTS | HEADS | {"paragraphs", "a postscript", "a start"},
}


def layouts(one: Layout, other: Layout) -> str | None:
    """A text has one layout."""
    return None if one == other else f"{one.form} and {other.form}"


def layout_and_form(layout: Layout, form: WholeFormat) -> str | None:
    """Forms that programs read have a layout of their own."""
    apart = (
        form.form in ("json", "yaml", "toml", "xml", "csv") and layout.form != "a quotation"
    )  # a string is JSON
    return f"{form.form} and {layout.form}" if apart else None


def out_of_place(layout: Layout, claim: Claim) -> str | None:
    """What a claim asks for, and a layout has no place for."""
    return no_place(layout, claim, NO_PLACE)


def no_place(layout: Layout, claim: Claim, places: Mapping[str, frozenset[str]]) -> str | None:
    """The same by another table."""
    lacking = places.get(layout.form, frozenset())
    wanted = next((name for name in _needs(claim) if name in lacking), None)
    return f"no place for {wanted}: {layout.form}" if wanted else None


def _needs(claim: Claim) -> Iterator[str]:
    """What a claim takes a place for."""
    match claim:
        case HasElement(element):
            yield element
        case Count(of, least) if least > 1:
            unit = of.split(" ", 1)[0]
            yield unit if unit in ("sentences", "paragraphs", "sections", "words") else of
        case Boundary(at, text) if re.search(r"\w", text):  # the marks of a layout are its own
            yield "a start" if at == "start" else "an end"
            if " " in text.strip():
                yield "a phrase"
        case ContainsText(text) if " " in text.strip():
            yield "a phrase"
        case UnitEdge(at, "answer"):
            yield "a start" if at == "start" else "an end"
        case UnitEdge(_, unit):
            yield "sentences" if unit == "sentence" else "paragraphs"
        case SentenceRule():
            yield "a rule for sentences"
        case WordAt():
            yield from ("sentences", "a word in its place")


# ---------------------------------------------------------------------------------------------------------
# Forms such as JSON


def form_and_sentence_rule(form: WholeFormat, rule: SentenceRule) -> str | None:
    """JSON has no sentences."""
    return f"{form.form} has no sentences: {rule.rule}"


def form_and_word(form: WholeFormat, word: WordAt) -> str | None:
    """JSON has no sentences."""
    return f'{form.form} has no sentence {word.sentence} for "{word.text}"'


# ---------------------------------------------------------------------------------------------------------
# Words


def word_rule_and_text(rule: WordRule, has: ContainsText) -> str | None:
    """A required word that breaks a rule for every word, or that stands too often for it."""
    if rule.uses is not None and has.times > rule.uses and has.text[:1].isalpha():
        return f'{rule.rule}, and "{has.text}" {has.times} times'
    return _broken(rule, has.text)


def word_rule_and_edge(rule: WordRule, edge: Boundary) -> str | None:
    """The same of what the answer starts or ends with."""
    return _broken(rule, edge.text)


def word_rule_and_unit_edge(rule: WordRule, edge: UnitEdge) -> str | None:
    """A word that stands in every sentence, of which there are several."""
    if edge.text is None:
        return None
    if rule.uses is not None and rule.uses < 2 and edge.unit == "sentence":
        return f'{rule.rule}, and "{edge.text}" in each sentence'
    return _broken(rule, edge.text)


def _broken(rule: WordRule, text: str) -> str | None:
    words = re.findall(r"[^\W\d_]+", text)
    if "vowels" in rule.rule:  # of all words together
        words = ["".join(words)] if words else []
    broken = [word for word in words if rule.fits and not re.fullmatch(rule.fits, _as_seen(rule, word))]
    return f'{rule.rule}, and "{broken[0]}"' if broken else None


def _as_seen(rule: WordRule, word: str) -> str:
    """A rule of letters goes by small ones; one of their case lets a prompt write a word in another one."""
    return word.capitalize() if rule.rule == "title case" else word.lower()


def word_rule_and_case(rule: WordRule, case: Case) -> str | None:
    """Words in title case are in neither case."""
    return f"{rule.rule} and {case.case} case" if rule.rule == "title case" else None


def word_rule_and_count(rule: WordRule, count: Count) -> str | None:
    """What title case leaves no room for."""
    if rule.rule == "title case" and count.of == "capital words" and count.least:
        return f"{rule.rule} and {told(count)}"
    if rule.uses is not None and count.of.startswith("occurrences ") and count.least > rule.uses:
        return f"{rule.rule}, and {told(count)}" if count.of[-1].isalpha() else None
    return None


# ---------------------------------------------------------------------------------------------------------
# Sentences


def sentence_rule_and_ban(rule: SentenceRule, ban: ExcludesText) -> str | None:
    """A mark that sentences take and that must not occur."""
    mark = ban.text.strip()
    return f'{rule.rule} without "{mark}"' if mark and mark in rule.marks else None


def words_at(one: WordAt, other: WordAt) -> str | None:
    """Two words in one place."""
    same = one.word is not None and (one.sentence, one.word) == (other.sentence, other.word)
    if not same or one.text.lower() == other.text.lower():
        return None
    return f'"{one.text}" and "{other.text}" as word {one.word} of sentence {one.sentence}'


def word_at_and_count(word: WordAt, count: Count) -> str | None:
    """A sentence that there is not."""
    few = count.of.startswith("sentences") and count.most is not None and count.most < word.sentence
    return f'"{word.text}" in sentence {word.sentence} and {told(count)}' if few else None


def word_at_and_edge(word: WordAt, edge: UnitEdge) -> str | None:
    """The first word of a sentence, which is said to be another one."""
    first = edge.at == "start" and (edge.unit == "sentence" or word.sentence == 1) and word.word == 1
    if not first or edge.unit == "paragraph" or edge.text in (None, word.text.lower()):
        return None
    return f'"{word.text}" and "{edge.text}" as the first word of sentence {word.sentence}'


def word_at_and_boundary(word: WordAt, edge: Boundary) -> str | None:
    """A place among the words that the answer starts or ends with, taken by another word."""
    words = re.findall(r"[\w'’-]+", edge.text.lower())
    if (edge.at, word.sentence) not in (("start", 1), ("end", -1)) or word.word is None:
        return None
    if abs(word.word) > len(words):
        return None
    there = words[word.word - 1 if word.word > 0 else word.word]
    return None if there == word.text.lower() else f'"{edge.text}" and "{word.text}" as word {word.word}'


SHAPES: dict[tuple[type, type], Callable[..., str | None]] = {
    (Layout, Layout): layouts,
    (Layout, WholeFormat): layout_and_form,
    **{
        (Layout, type): out_of_place
        for type in (HasElement, Count, Boundary, ContainsText, UnitEdge, SentenceRule, WordAt)
    },
    (WholeFormat, SentenceRule): form_and_sentence_rule,
    (WholeFormat, WordAt): form_and_word,
    (WordRule, ContainsText): word_rule_and_text,
    (WordRule, Boundary): word_rule_and_edge,
    (WordRule, UnitEdge): word_rule_and_unit_edge,
    (WordRule, Case): word_rule_and_case,
    (WordRule, Count): word_rule_and_count,
    (SentenceRule, ExcludesText): sentence_rule_and_ban,
    (WordAt, WordAt): words_at,
    (WordAt, Count): word_at_and_count,
    (WordAt, UnitEdge): word_at_and_edge,
    (WordAt, Boundary): word_at_and_boundary,
}
"""The rules, by what they compare."""
