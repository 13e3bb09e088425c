"""Rules for sentences beside sentences that are given, lists and marks, where nobody would ask for both."""

from collections.abc import Callable

from hir_data.instructions.measures import told
from hir_data.instructions.reader_rules import unit_of
from hir_data.instructions.shape_rules import BLOCKS, LISTS, ends_with_sentence
from hir_data.schemas.claims import (
    Boundary,
    ContainsText,
    Count,
    HasElement,
    SentenceRule,
    UnitEdge,
    Variants,
)


def _two_sentence_rules(one: SentenceRule, other: SentenceRule) -> str | None:
    return f"{one.rule}, and {other.rule}"


def _edge_and_variants(edge: UnitEdge, variants: Variants) -> str | None:
    """A sentence that is given, where each sentence starts or ends with a word that is none of its own."""
    words = variants.phrase.lower().split()
    own = words[0 if edge.at == "start" else -1] if words else None
    if edge.unit != "sentence" or edge.text == own or (edge.at == "end" and edge.text is None):
        return None  # an emoji may follow it
    return f'"{variants.phrase}", and each sentence {edge.at}s with another word'


def _stops_as_marks(has: ContainsText, rule: SentenceRule) -> str | None:
    """Items of a list that begin with what ends a sentence."""
    marked = has.times > 1 and has.text.strip(".?!") == ""
    return f'"{has.text}" in front of items, and {rule.rule}' if marked else None


def _rule_beside_blocks(rule: SentenceRule, shown: HasElement) -> str | None:
    """Where a sentence depends on the others, nobody knows which are those of a list, or of a table."""
    chained = any(word in rule.rule for word in _CHAINED)
    headed = "first word" in rule.rule
    out = BLOCKS | (LISTS if chained else frozenset())
    if chained or headed:
        out |= {"a postscript"}
    return f"{rule.rule}, and {shown.element}" if shown.element in out else None


_CHAINED = ("grow", "alliterate", "one before", "one length")


def _rule_and_last_sentence(rule: SentenceRule, edge: Boundary) -> str | None:
    """A last sentence that decides how long the others are, or how they end."""
    decided = any(word in rule.rule for word in _CHAINED) and ends_with_sentence(edge)
    return f'{rule.rule}, and "{edge.text}" as the last one' if decided else None


def _rule_and_repeated(rule: SentenceRule, count: Count) -> str | None:
    """Words that stand in several places beside sentences that share none, and a number of what each has."""
    often = unit_of(count) in ("sections", "pronouns") and count.least > 1
    often |= count.of.startswith("occurrences ") and (count.least > 1 or count.least == 0)
    if (
        count.of == "emojis" and "emoji" in rule.rule
    ):  # where each sentence has one, a lower bound says nothing
        return f"{rule.rule}, and {told(count)}"
    chained = unit_of(count) == "sections" and any(word in rule.rule for word in _CHAINED)
    return f"{rule.rule}, and {told(count)}" if chained or (often and "share no word" in rule.rule) else None


def _rule_and_variants(rule: SentenceRule, variants: Variants) -> str | None:
    """A sentence that is given where each depends on the one before."""
    chained = any(word in rule.rule for word in _CHAINED)
    return f'{rule.rule}, and "{variants.phrase}"' if chained else None


def _marks_and_count(has: ContainsText, count: Count) -> str | None:
    """The same beside a number of sentences; marks in capitals beside a number of words in capitals."""
    if unit_of(count) == "sentences" and has.times > 1 and has.text.strip(".?!") == "":
        return f'"{has.text}" in front of items, and {told(count)}'
    capitals = has.cased and has.times > 1 and has.text.isupper() and count.of == "capital words"
    return f'"{has.text}" {has.times} times, and {told(count)}' if capitals else None


SENTENCE_TASTE: dict[tuple[type, type], Callable[..., str | None]] = {
    (SentenceRule, SentenceRule): _two_sentence_rules,
    (SentenceRule, HasElement): _rule_beside_blocks,
    (SentenceRule, Boundary): _rule_and_last_sentence,
    (SentenceRule, Count): _rule_and_repeated,
    (ContainsText, SentenceRule): _stops_as_marks,
    (ContainsText, Count): _marks_and_count,
    (UnitEdge, Variants): _edge_and_variants,
    (SentenceRule, Variants): _rule_and_variants,
}
"""What can be written, and yet nobody would ask for, by the claims that are compared."""
