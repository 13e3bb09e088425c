"""What can be written, and yet nobody would ask for together.

None of it is a contradiction, and none is a finding of lint: real prompts have some of it. Instructions are
composed without.
"""

import re
from collections.abc import Sequence

from hir_data.instructions.idle_bounds import idle
from hir_data.instructions.language_rules import LANGUAGE_TASTE
from hir_data.instructions.length_taste import USUALLY_TAKES, unusual_counts
from hir_data.instructions.measures import named, told
from hir_data.instructions.reader_rules import Rules, first_reason, unit_of
from hir_data.instructions.sentence_taste import SENTENCE_TASTE
from hir_data.instructions.shape_rules import BLOCKS, HEADS, LISTS, no_place
from hir_data.instructions.unclear_parts import unclear
from hir_data.instructions.word_rules import broken, words_of
from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Layout,
    Roughly,
    SentenceRule,
    UnitEdge,
    Variants,
    WholeFormat,
    WordAt,
    WordRule,
)


def _edge_and_few(edge: Boundary, count: Count) -> str | None:
    """A phrase to begin or to end with takes a sentence of the few that there may be."""
    few = unit_of(count) == "sentences" and count.most is not None and count.most < _FEW
    return f'{told(count)} with "{edge.text}" among them' if few else None


_FEW = 3


def _edge_and_case(edge: Boundary, case: Case) -> str | None:
    return _in_other_case(edge.text, case)


def _element_and_case(shown: HasElement, case: Case) -> str | None:
    code = shown.element in _CODE
    return f"{shown.element} in {case.case} case" if code else _in_other_case(shown.mark, case)


def _in_other_case(text: str, case: Case) -> str | None:
    """What a prompt quotes has the case in which it is quoted."""
    wanted = text.upper() if case.case == "upper" else text.lower()
    return None if text == wanted else f'"{text}" is not in {case.case} case'


def _two_ends(edge: Boundary, shown: HasElement) -> str | None:
    if shown.element == "Japanese words" and re.search(r"\w", edge.text):
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


def _two_word_rules(one: WordRule, other: WordRule) -> str | None:
    return f"{one.rule}, and {other.rule}"


def _rule_and_place(rule: WordRule, word: WordAt) -> str | None:
    used_up = rule.uses == 1 and word.sentence >= _FEW  # a full stop may stand once
    return f'{rule.rule}, and "{word.text}" in its place' if used_up or not rule.uses else None


def _rule_and_text(rule: WordRule, has: ContainsText) -> str | None:
    """Of words that depend on each other, one that is given is hard enough; few vowels are soon used up."""
    if reason := _vowels_used_up(rule, has.text):
        return reason
    often = has.times > 1 and not rule.fits and has.text[:1].isalpha()
    phrase = " " in has.text.strip()
    return f'{rule.rule}, and "{has.text}"' if (phrase or often) and not rule.uses else None


def _vowels_used_up(rule: WordRule, text: str, most: int = 1) -> str | None:
    vowels = {letter for letter in text.lower() if letter in "aeiou"}
    return f'{rule.rule}, and "{text}"' if "vowels" in rule.rule and len(vowels) > most else None


def _rule_and_variants(rule: WordRule, variants: Variants) -> str | None:
    free = rule.rule == "title case" or (rule.uses or 0) > 1
    return None if free else f'{rule.rule}, and "{variants.phrase}"'


def _rule_and_idle_ban(rule: WordRule, ban: ExcludesText) -> str | None:
    """A word that may not stand anyway."""
    word = ban.text.strip()
    idle = any(map(str.isalpha, word)) and _cannot_stand(rule, word)
    return f'no "{word}" where it cannot stand: {rule.rule}' if idle else None


def _two_bans(one: ExcludesText, other: ExcludesText) -> str | None:
    """One rule may leave out both words."""
    first, second = one.text.strip(), other.text.strip()
    words = any(map(str.isalpha, first)) and any(map(str.isalpha, second))
    return f'no "{first}", and no "{second}"' if words else None


_CLOSED = (
    "URLs", "pronouns", "different conjunctions", "names", "capital words", "lower-case words", "numbers",
    "numbers in a row of digits", "emojis",
)  # fmt: skip
"""What a rule for every word hardly lets through, or what may be a word or not."""


def _rule_and_count(rule: WordRule, count: Count) -> str | None:
    unit = unit_of(count)
    reason = f"{rule.rule}, and {told(count)}"
    if _stop_words_idle(rule, count) or _word_idle(rule, count):
        return reason
    if unit in _REPEATED and count.least > 1:
        return None if (rule.uses or 0) > 1 or rule.rule == "title case" else reason
    if not rule.uses:
        return reason if (unit in _CLOSED and rule.rule != "title case") or count.of in _CLOSED[:6] else None
    words = count.least * (1 if unit == "words" else USUALLY_TAKES.get((unit, "words"), 0))
    marks = rule.uses == 1 and unit == "sentences" and count.least > _FEW  # a full stop may stand once
    idle = unit.startswith("occurrences ") and count.most is not None and count.most >= rule.uses
    idle |= rule.uses == 1 and unit == "sentences" and (count.most or 0) > _FEW  # there are no more anyway
    idle |= rule.uses == 1 and unit in ("words", "lower-case words") and (count.most or 0) > _WORDS_A_USE
    return reason if marks or idle or words > _WORDS_A_USE * rule.uses else None


_REPEATED = ("sections", "placeholders", "bullet points", "highlighted parts")
_WORDS_A_USE = 40  # a text of so many words can do without using one twice


_HARDLY: dict[str, frozenset[str]] = {
    "two responses": HEADS
    | BLOCKS
    | LISTS
    | {"a postscript", "a start", "an end", "a rule for sentences", "a word in its place", "paragraphs"},
    "a quotation": LISTS | HEADS | BLOCKS | {"nested quotations", "a start", "an end"},
    "paragraphs of equal sentences": HEADS
    | {"a postscript", "a phrase", "an end", "a word in its place", "nested brackets", "nested quotations"},
    "a list": BLOCKS
    | HEADS
    | {
        "a postscript",
        "a word in its place",
        "sentences that grow",
        "sentences that alliterate more and more",
        "sentences that begin as the one before ends",
    },
    "a template": BLOCKS | {"an end", "a last word", "placeholders"},
    "a word a line": BLOCKS | {"a reading level"},
    "no white space": frozenset({"a start", "an end", "URLs"}),
    "each word in brackets": frozenset({"a reading level", "an end"}),
    "pairs of words in brackets": frozenset({"a reading level", "an end"}),
    "hyphens between sentences": frozenset({"a postscript", "a title in brackets"}),
    "lines like stairs": frozenset({"a reading level"}),
    "sentences and then bullet points": HEADS,
}


_CODE = ("a block of code", "a fenced document")
_PLAIN = ("nested brackets", "nested quotations", "explained quotations", "Japanese words")


def _rule_and_element(rule: WordRule, shown: HasElement) -> str | None:
    """A rule for every word, and for marks where each stands once, leaves no room for layout."""
    titled = rule.rule == "title case" and shown.element not in _CODE
    free = titled or (rule.uses or 0) > 1 or (not rule.uses and shown.element in _PLAIN)
    return None if free else f"{rule.rule}, and {shown.element}"


def _rule_and_layout(rule: WordRule, layout: Layout) -> str | None:
    return f"{rule.rule}, and {layout.form}" if rule.uses == 1 else None


def _hardly_in_place(layout: Layout, claim: Claim) -> str | None:
    return no_place(layout, claim, _HARDLY)


def _layout_and_count(layout: Layout, count: Count) -> str | None:
    long = unit_of(count) in ("words", "characters", "letters") and count.least > _MANY
    idle = unit_of(count) in _IDLE.get(layout.form, ()) and count.most is not None
    reason = f"{layout.form} with {told(count)}" if idle or (long and layout.form in _SPARSE) else None
    return reason or _hardly_in_place(layout, count)


_IDLE = {
    "a list": ("paragraphs",),
    "a word a line": ("paragraphs", "sentences"),
    "no white space": ("paragraphs", "sentences", "different words", "capital words", "lower-case words"),
    "lines like stairs": ("paragraphs",),
    "hyphens between sentences": ("paragraphs",),
}
"""Of what a layout has none, or one, an upper bound says nothing."""
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
    """What a prompt quotes has the case in which it is quoted; a phrase uses up the vowels."""
    if reason := _vowels_used_up(rule, edge.text, 2):
        return reason
    words = [word for word in re.findall(r"[^\W\d_]+", edge.text) if not word.istitle()]
    return f'{rule.rule}, and "{words[0]}"' if words and rule.rule == "title case" else None


def _edge_and_sections(edge: UnitEdge, count: Count) -> str | None:
    if unit_of(count) != "sections" or edge.unit == "sentence":
        return None
    if edge.text is None:
        return f"{told(count)}, and {edge.unit}s that end as they start"
    headed = edge.at == "start" and edge.unit != "answer"
    return f'{told(count)}, and a paragraph that starts with "{edge.text}"' if headed else None


def _second_word_and_sections(word: WordAt, count: Count) -> str | None:
    """The first section begins with its own name and number."""
    first = word.sentence == 1 and word.word is not None and abs(word.word) < _FEW
    headed = first and unit_of(count) == "sections" and count.least
    return f'{told(count)}, and "{word.text}" as word {word.word} of the answer' if headed else None


def _counted_in_two_ways(one: WordAt, other: WordAt) -> str | None:
    """Two places, of which only one counts punctuation marks."""
    both = one.word and other.word and one.marks != other.marks
    return f'"{one.text}" and "{other.text}" by their places, counted in two ways' if both else None


def _quoted_form(layout: Layout, form: WholeFormat) -> str | None:
    return f"{form.form} and {layout.form}"


def _counted_case(count: Count, case: Case) -> str | None:
    return f"{told(count)} in {case.case} case" if count.of in ("lower-case words", "capital words") else None


def _edge_and_element(edge: UnitEdge, shown: HasElement) -> str | None:
    both = edge.at == "end" and edge.unit == "answer" and shown.element == "a postscript"
    return f'{shown.element} at the end, and the word "{edge.text}"' if both else None


def _points_and_parts(shown: HasElement, count: Count) -> str | None:
    if reason := _foreign_words_in_parts(shown, count):
        return reason
    if shown.element == "sub-points" and count.of == "bullet points" and count.most is not None:
        return f"sub-points and {told(count)}"
    return None


def _foreign_words_in_parts(shown: HasElement, count: Count) -> str | None:
    mixed = shown.element == "Japanese words" and unit_of(count) in ("sections", "URLs")
    return f"{shown.element} here and there, and {told(count)}" if mixed and count.least else None


def _two_elements(one: HasElement, other: HasElement) -> str | None:
    if one.element == other.element == "bullet points":
        return "bullet points twice"
    mixed = one.element == "Japanese words" and other.element in BLOCKS | LISTS
    return f"{one.element} here and there, and {other.element}" if mixed else None


def _foreign_words_in_phrase(shown: HasElement, variants: Variants) -> str | None:
    mixed = shown.element == "Japanese words"
    return f'{shown.element} here and there, and "{variants.phrase}"' if mixed else None


def _once_and_marks(rule: WordRule, sentences: SentenceRule) -> str | None:
    return f"{rule.rule}, and {sentences.rule}" if rule.uses == 1 and sentences.marks else None


def _stop_words_idle(rule: WordRule, count: Count) -> bool:
    """Hardly any stop word has two consonants side by side."""
    return "consonants" in rule.rule and count.of == "percent of stop words"


def _word_idle(rule: WordRule, count: Count) -> bool:
    """A word, or a vowel, that may stand a few times at most, and cannot stand at all or hardly can."""
    if count.least:
        return False
    if "vowels" in rule.rule and re.fullmatch("letter [aeiou]", count.of):
        return True
    word = count.of.removeprefix("occurrences ")
    return word != count.of and _cannot_stand(rule, word)


def _cannot_stand(rule: WordRule, word: str) -> bool:
    if rule.rule == "title case":
        return False
    return bool(_vowels_used_up(rule, word) or (rule.fits and broken(rule, word)))


def _readability_of_data(count: Count, form: WholeFormat) -> str | None:
    """How easily data can be read nobody asks by a formula for sentences."""
    is_data = form.form != "quotation" and count.of.startswith("Flesch")
    return f"{told(count)} of {form.form}" if is_data else None


_AWKWARD: Rules = {
    (Count, WholeFormat): _readability_of_data,
    (Count, Count): unusual_counts,
    (Boundary, Case): _edge_and_case,
    (Boundary, HasElement): _two_ends,
    (Boundary, Count): _edge_and_count,
    (ContainsText, ContainsText): _same_word,
    (ExcludesText, ExcludesText): _two_bans,
    **LANGUAGE_TASTE,
    **SENTENCE_TASTE,
    (WordRule, WordAt): _rule_and_place,
    (WordRule, ContainsText): _rule_and_text,
    (WordRule, Count): _rule_and_count,
    (WordRule, WordRule): _two_word_rules,
    (Layout, Count): _layout_and_count,
    **{
        (Layout, type): _hardly_in_place
        for type in (HasElement, Boundary, UnitEdge, SentenceRule, WordAt, Variants)
    },
    (Layout, WholeFormat): _quoted_form,
    (WordRule, Boundary): _rule_and_edge,
    (UnitEdge, Count): _edge_and_sections,
    (Count, Case): _counted_case,
    (UnitEdge, HasElement): _edge_and_element,
    (WordRule, HasElement): _rule_and_element,
    (WordRule, Layout): _rule_and_layout,
    (UnitEdge, UnitEdge): _two_unit_edges,
    (UnitEdge, Boundary): _decided_edge,
    (HasElement, Count): _points_and_parts,
    (HasElement, HasElement): _two_elements,
    (WordAt, Count): _second_word_and_sections,
    (WordAt, WordAt): _counted_in_two_ways,
    (WordRule, Variants): _rule_and_variants,
    (WordRule, ExcludesText): _rule_and_idle_ban,
    (WordRule, SentenceRule): _once_and_marks,
    (HasElement, Variants): _foreign_words_in_phrase,
    (HasElement, Case): _element_and_case,
}


def awkward(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Why nobody would ask for both, although a text can be written; None where none is known."""
    reason = first_reason(_AWKWARD, one, other) or idle(one, other) or unclear(one, other)
    return reason or _crowded(one, other) or _crowded(other, one)


def _crowded(wanted: Sequence[Claim], limits: Sequence[Claim]) -> str | None:
    """Required words that are more than half of all that there may be."""
    most = [
        limit.most
        for limit in limits
        if isinstance(limit, Count | Roughly) and limit.most and limit.of.split(" ", 1)[0] == "words"
    ]
    least = 0
    for claim in wanted if most else ():
        match claim:
            case Variants(phrase, times):  # of which the first word and the last one are required, too
                least += times * (len(words_of(phrase)) - 2)
            case ContainsText(text, times):
                least += times * len(words_of(text))
    if least > 1 and least * 2 > min(most):
        return f"{least} words are given, of {min(most)} at most"
    return None
