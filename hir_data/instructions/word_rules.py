"""Rules for every word (each of prime length, each once, ...) beside words and marks that have to be there.

What is required has to keep the rule: each word of a phrase, each two words in a row of it, and the marks
that a layout takes.
"""

import re
from collections.abc import Callable
from itertools import pairwise

from hir_data.instructions.measures import told
from hir_data.schemas.claims import (
    Boundary,
    Case,
    ContainsText,
    Count,
    HasElement,
    Layout,
    UnitEdge,
    Variants,
    WordRule,
)
from hir_data.verifiers import neighbours


def _rule_and_text(rule: WordRule, has: ContainsText) -> str | None:
    """A required word that breaks a rule for every word, or that stands too often for it."""
    counted = rule.uses == 1 or has.text[:1].isalpha()  # marks count where each may stand once
    if rule.uses is not None and has.times > rule.uses and counted:
        return f'{rule.rule}, and "{has.text.strip()}" {has.times} times'
    return broken(rule, has.text, cased=has.cased)


def _rule_and_edge(rule: WordRule, edge: Boundary) -> str | None:
    """The same of what the answer starts or ends with."""
    return broken(rule, edge.text, cased=edge.cased)


def _rule_and_unit_edge(rule: WordRule, edge: UnitEdge) -> str | None:
    """A word that stands in every sentence, of which there are several."""
    if edge.text is None:
        return None
    if rule.uses is not None and rule.uses < 2 and edge.unit == "sentence":
        return f'{rule.rule}, and "{edge.text}" in each sentence'
    return broken(rule, edge.text)


def _rule_and_variants(rule: WordRule, variants: Variants) -> str | None:
    """A phrase that breaks a rule whichever of its middle words is changed, or that stands too often."""
    if rule.uses is not None and variants.times > rule.uses:
        return f'{rule.rule}, and "{variants.phrase}" {variants.times} times'
    words = variants.phrase.split()
    reasons = [
        broken(rule, " ".join(words[:place]), cased=True)
        or broken(rule, " ".join(words[place + 1 :]), cased=True)
        for place in range(1, len(words) - 1)
    ]
    return reasons[0] if reasons and all(reasons) else None


def broken(rule: WordRule, text: str, *, cased: bool = False) -> str | None:
    """Why a text does not keep a rule for every word, wherever it stands; None where it does.

    Args:
        rule: what holds of every word.
        text: words of which none is missing in between.
        cased: whether they have to stand in the case in which they are written.
    """
    words = words_of(text)
    if "vowels" in rule.rule:  # of all words together
        words = ["".join(words)] if words else []
    for word in words if rule.fits else ():
        if not re.fullmatch(rule.fits, _as_seen(rule, word, cased)):
            return f'{rule.rule}, and "{text.strip() if "vowels" in rule.rule else word}"'
    if rule.follows is not None:
        lower = text.lower().split()
        if not all(word[:1].isalpha() for word in lower):
            return None
        for one, other in pairwise(lower):
            if not rule.follows(one.rstrip(_MARKS), other.rstrip(_MARKS)):
                return f'{rule.rule}, and "{text.strip()}"'
    return None


_MARKS = ".,;:!?"


def words_of(text: str) -> list[str]:
    """The words of a required text: letters in a row."""
    return re.findall(r"[^\W\d_]+", text)


def _as_seen(rule: WordRule, word: str, cased: bool) -> str:
    """A rule of letters goes by small ones; one of their case lets a prompt write a word in another one."""
    if rule.rule != "title case":
        return word.lower()
    return word if cased else word.capitalize()


def _rule_and_case(rule: WordRule, case: Case) -> str | None:
    """Words in title case are in neither case."""
    return f"{rule.rule} and {case.case} case" if rule.rule == "title case" else None


def _rule_and_count(rule: WordRule, count: Count) -> str | None:
    """What title case, and marks that may stand once, leave no room for."""
    if rule.rule == "title case" and count.of == "capital words" and count.least:
        return f"{rule.rule} and {told(count)}"
    if rule.uses is None:
        return None
    if count.of.startswith("occurrences ") and count.least > rule.uses:
        return f"{rule.rule}, and {told(count)}" if count.of[-1].isalpha() else None
    twice = rule.uses == 1 and count.least >= _AT_MOST_ONCE.get(_unit(count), count.least + 1)
    return f"{rule.rule}, and {told(count)}" if twice else None


# From so many on a mark, or the word that marks it, stands more than once.
_AT_MOST_ONCE = {
    "URLs": 1,
    "placeholders": 2,
    "bullet points": 2,
    "highlighted parts": 1,
    "sections": 2,
}
_REPEAT_MARKS = frozenset(
    {
        "a table", "a title in brackets", "a thesis in italics", "nested quotations", "sub-points",
        "highlighted parts", "a block of code", "a fenced document",
    }
)  # fmt: skip
"""Elements that have one mark twice: "<<", fences, the bars of a table."""


def _unit(count: Count) -> str:
    return "sections" if count.of.startswith("sections ") else count.of


def _rule_and_layout(rule: WordRule, layout: Layout) -> str | None:
    """Marks around each word, or at both ends."""
    marked = rule.uses == 1 and layout.form in _MARKED_TWICE
    return f"{rule.rule}, and {layout.form}" if marked else None


_MARKED_TWICE = ("each word in brackets", "pairs of words in brackets", "a quotation", "two responses")


def _two_rules(one: WordRule, other: WordRule) -> str | None:
    """First letters in the order of the alphabet, and no two of them in a row."""
    rules = {one.follows, other.follows}
    apart = rules == {neighbours.in_order, neighbours.is_not_next}
    return f"{one.rule}, and {other.rule}" if apart else None


def _rule_and_element(rule: WordRule, shown: HasElement) -> str | None:
    """Marks that stand more than once."""
    if rule.uses == 1 and shown.element in _REPEAT_MARKS:
        return f"{rule.rule}, and {shown.element}"
    return None


WORD_RULES: dict[tuple[type, type], Callable[..., str | None]] = {
    (WordRule, ContainsText): _rule_and_text,
    (WordRule, Boundary): _rule_and_edge,
    (WordRule, UnitEdge): _rule_and_unit_edge,
    (WordRule, Variants): _rule_and_variants,
    (WordRule, Case): _rule_and_case,
    (WordRule, Count): _rule_and_count,
    (WordRule, HasElement): _rule_and_element,
    (WordRule, Layout): _rule_and_layout,
    (WordRule, WordRule): _two_rules,
}
"""The rules, by what they compare."""
