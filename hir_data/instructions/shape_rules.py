"""Claims about the shape of a text, as a reader takes them: how it is laid out, what holds of each sentence.

A text has one layout, and each layout has no place for something; sentences that are governed by one rule are
hardly governed by another one too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from hir_data.instructions.measures import told
from hir_data.schemas.claims import (
    Boundary,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Layout,
    SentenceRule,
    UnitEdge,
    Variants,
    WholeFormat,
    WordAt,
)

_ELEMENTS = frozenset(
    {
        "bullet points", "sub-points", "sections", "placeholders", "highlighted parts", "a title in brackets",
        "a postscript", "a thesis in italics", "nested brackets", "nested quotations", "explained quotations",
    }
)  # fmt: skip
LISTS = frozenset({"bullet points", "sub-points", "sections"})
HEADS = frozenset({"a title in brackets", "a thesis in italics"})
BLOCKS = frozenset({"a table", "a block of code", "a fenced document"})
"""Elements of several lines, that are no sentences."""

_WORDS = frozenset(
    {"words", "capital words", "lower-case words", "different words", "different conjunctions", "pronouns"}
)

# What a layout has no place for: an element, units that can be counted, a phrase of several words, a rule for
# sentences, a word in a certain sentence, and what the answer starts or ends with.
NO_PLACE: dict[str, frozenset[str]] = {
    "a word a line": _ELEMENTS | {"a table", "sentences", "paragraphs", "a phrase", "a rule for sentences"},
    "no white space": _ELEMENTS
    | BLOCKS
    | _WORDS
    | {"sentences", "paragraphs", "a phrase", "a rule for sentences", "a reading level", "a last word"},
    "each word in brackets": _ELEMENTS | BLOCKS | {"a phrase", "dividers"},
    "pairs of words in brackets": _ELEMENTS | BLOCKS | {"a phrase", "dividers"},
    "hyphens between sentences": LISTS | BLOCKS | {"paragraphs"},
    "lines like stairs": LISTS | BLOCKS | {"paragraphs"},
    "a list": LISTS | {"paragraphs", "a start", "an end"},
    "sentences and then bullet points": BLOCKS | {"sub-points", "sections", "a postscript", "an end"},
    "paragraphs of equal sentences": LISTS | BLOCKS | {"sentences that grow"},
    "a quotation": frozenset({"explained quotations"}),
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
        case Count(of) if of.startswith("Flesch"):
            yield "a reading level"
        case Count("paragraphs between ***", least) if least > 1:
            yield from ("dividers", "paragraphs")
        case Count(of, least) if least > 1:
            unit = of.split(" ", 1)[0]
            yield unit if unit in ("sentences", "paragraphs", "sections", "words") else of
        case Boundary(at, text) if re.search(r"\w", text):  # the marks of a layout are its own
            yield "a start" if at == "start" else "an end"
            if " " in text.strip():
                yield "a phrase"
        case ContainsText(text) if " " in text.strip():
            yield "a phrase"
        case Variants():
            yield "a phrase"
        case UnitEdge("start", "answer"):
            yield "a start"
        case UnitEdge("end", "answer"):
            yield from ("a last word", "an end")
        case UnitEdge(_, unit):
            yield "sentences" if unit == "sentence" else "paragraphs"
        case SentenceRule(rule):
            yield from ("a rule for sentences", rule)
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
# Sentences


def sentence_rule_and_ban(rule: SentenceRule, ban: ExcludesText) -> str | None:
    """A mark that sentences take and that must not occur."""
    mark = ban.text.strip()
    return f'{rule.rule} without "{mark}"' if mark and mark in rule.marks else None


def sentence_rule_and_end(rule: SentenceRule, edge: Boundary) -> str | None:
    """A last sentence in which no words begin alike, where there should be more of them in each sentence."""
    if "alliterate" not in rule.rule or not ends_with_sentence(edge):
        return None
    initials = [word[0].lower() for word in re.findall(r"[^\W\d_]+", edge.text)]
    alike = any(one == other for one, other in pairwise(initials))
    return None if alike else f'{rule.rule}, and "{edge.text}" as the last one'


def ends_with_sentence(edge: Boundary) -> bool:
    """Whether what the answer ends with is a whole sentence."""
    return edge.at == "end" and re.fullmatch(r"[A-Z]\S*\s.*[.!?]", edge.text, re.DOTALL) is not None


def sentence_rule_and_edges(rule: SentenceRule, edge: UnitEdge) -> str | None:
    """The first word and the last word of the answer, which stand in two sentences."""
    same = edge.unit == "answer" and edge.text is None and "share no word" in rule.rule
    return f"{rule.rule}, and an answer that ends with the word that it starts with" if same else None


def sentence_rule_and_variants(rule: SentenceRule, variants: Variants) -> str | None:
    """A phrase that would have to stand in one sentence each time."""
    several = "share no word" in rule.rule and variants.times > 1
    return f'{rule.rule}, and "{variants.phrase}" {variants.times} times' if several else None


def two_sentence_rules(one: SentenceRule, other: SentenceRule) -> str | None:
    """Sentences that share no word, and a word that stands in two of them."""
    for apart, shared in ((one, other), (other, one)):
        if "share no word" in apart.rule and shared.rule in _SHARED_WORDS:
            return f"{apart.rule}, and {shared.rule}"
    return None


_SHARED_WORDS = ("one first word", "one last word", "sentences that begin as the one before ends")


def sentence_rule_and_word(rule: SentenceRule, word: WordAt) -> str | None:
    """A word in the first sentence that is said to stand in the last one, too."""
    both = "share no word" in rule.rule and word.sentence == -1
    return f'{rule.rule}, and "{word.text}" in the first and in the last one' if both else None


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
        for type in (HasElement, Count, Boundary, ContainsText, UnitEdge, SentenceRule, WordAt, Variants)
    },
    (WholeFormat, SentenceRule): form_and_sentence_rule,
    (WholeFormat, WordAt): form_and_word,
    (SentenceRule, ExcludesText): sentence_rule_and_ban,
    (SentenceRule, SentenceRule): two_sentence_rules,
    (SentenceRule, WordAt): sentence_rule_and_word,
    (SentenceRule, Boundary): sentence_rule_and_end,
    (SentenceRule, UnitEdge): sentence_rule_and_edges,
    (SentenceRule, Variants): sentence_rule_and_variants,
    (WordAt, WordAt): words_at,
    (WordAt, Count): word_at_and_count,
    (WordAt, UnitEdge): word_at_and_edge,
    (WordAt, Boundary): word_at_and_boundary,
}
"""The rules, by what they compare."""
