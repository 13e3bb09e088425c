"""What constraints claim is true of every text that satisfies them."""

import re
import string
from collections import Counter

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from strategies import KINDS, TEXTS, records

import hir_data as hir
from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    ForReaders,
    Language,
    OneOf,
    Pattern,
    UnitEdge,
    WholeFormat,
)
from hir_data.text import occurrences, readability, segment, words
from hir_data.text.sentences import sentences
from hir_data.verifiers.general.text import composed
from hir_data.verifiers.ifbench.lists import PERSON_NAMES, PRONOUNS, STOP_WORDS
from hir_data.verifiers.ifeval.length import DIVIDER
from hir_data.verifiers.patterns import read_regex

# How to count what claims speak of. A prefix in the first table takes what follows it.
COUNTERS = {
    "words": lambda text: len(text.words),
    "sentences": lambda text: len(text.sentences),
    "sentences in any script": lambda text: len(sentences(text.raw)),
    "capital words": lambda text: sum(token.isupper() for token in text.tokens),
    "different words": lambda text: len({piece.strip(EDGES) for piece in text.lower.split()}),
    "different conjunctions": lambda text: sum(
        piece.strip(EDGES).lower() in {"and", "but", "for", "nor", "or", "so", "yet"}
        for piece in set(text.pieces)
    ),
    "names": lambda text: sum(re.search(rf"\b{name}\b", text.raw) is not None for name in PERSON_NAMES),
    "pronouns": lambda text: sum(
        token in PRONOUNS for token in hir.Text(text.raw.replace("/", " ").lower()).tokens
    ),
    "percent of stop words": lambda text: (
        100 * sum(word.lower() in STOP_WORDS for word in text.words) / len(text.words)
    ),
    "uses of one word": lambda text: max(Counter(text.bare_words).values(), default=0),
    "numbers": lambda text: len(re.findall(r"\d+", text.bare)),
    "letters": lambda text: len(re.findall("[A-Za-z]", text.raw)),
    "lower-case words": lambda text: len(re.findall(r"\b[a-z]+\b", text.raw)),
    "placeholders": lambda text: len(re.findall(r"\[.*?\]", text.raw)),
    "emojis": lambda text: len(occurrences.emojis(text.raw)),
    "URLs": lambda text: len(occurrences.urls(text.raw)),
    "Flesch-Kincaid grade level": lambda text: readability.level(text, "flesch_kincaid_grade"),
    "Flesch reading ease": lambda text: readability.level(text, "flesch_reading_ease"),
    "bullet points": lambda text: len(re.findall(r"^\s*\*[^\*].*$|^\s*-.*$", text.raw, re.MULTILINE)),
    "highlighted parts": lambda text: text.raw.count("*") // 2,
    "paragraphs": lambda text: sum(1 for part in text.raw.split("\n\n") if part.strip()),
    "paragraphs between ***": lambda text: sum(1 for part in DIVIDER.split(text.raw) if part.strip()),
    "words word": lambda text: len(words.words(text.raw)),
    "words word split": lambda text: len(words.words(text.raw, split_hyphens=True)),
    "words character split": lambda text: (
        len(words.unspaced_letters(text.raw))
        + len(words.words(words.without_unspaced(text.raw), split_hyphens=True))
    ),
    "words whitespace": lambda text: len(text.pieces),
    "words character": lambda text: (
        len(words.unspaced_letters(text.raw)) + len(words.words(words.without_unspaced(text.raw)))
    ),
    "paragraphs blank_line": lambda text: len(segment.paragraphs(text.raw)),
    "paragraphs line": lambda text: len(segment.lines(text.raw)),
    "characters grapheme True": lambda text: len(segment.graphemes(text.stripped)),
    "characters codepoint True": lambda text: len(text.stripped),
    "characters grapheme False": lambda text: sum(not g.isspace() for g in segment.graphemes(text.stripped)),
    "characters codepoint False": lambda text: sum(not one.isspace() for one in text.stripped),
}
EDGES = string.punctuation + " "


def number(of: str, text: hir.Text) -> int:
    sort, _, rest = of.partition(" ")
    if sort == "sections":
        return len(re.findall(rf"{rest}\s?\d", text.raw))
    if sort in ("letter", "occurrences"):
        return text.lower.count(rest)
    if sort == "matches":
        pattern = rest.removeprefix("of ")
        in_any_case = pattern.endswith(" in any case")
        pattern = pattern.removesuffix(" in any case")
        return len(read_regex(pattern, regex.I * in_any_case).findall(text.raw))
    return COUNTERS[of](text)


def holds(claim: Claim, text: hir.Text) -> bool:
    if isinstance(claim, ForReaders):
        return True
    match claim:
        case Count(of, least, most):
            return least <= number(of, text) and (most is None or number(of, text) <= most)
        case ContainsText(wanted, times, cased, whole_word):
            case = 0 if cased else regex.IGNORECASE
            forms = [(wanted, text.raw), (composed(wanted), composed(text.raw))]
            wanted_forms = [
                (words.word_pattern(word) if whole_word else regex.escape(word), raw) for word, raw in forms
            ]
            return any(
                len(read_regex(form, regex.V1 | case).findall(raw)) >= times for form, raw in wanted_forms
            )
        case ExcludesText(unwanted, whole_word, cased):
            pattern = rf"(?<!\w){re.escape(unwanted)}(?!\w)" if whole_word else re.escape(unwanted)
            return not re.search(pattern, text.raw, 0 if cased else re.IGNORECASE)
        case Pattern():
            return True
        case Boundary(at, edge, cased, quotes):
            value = text.stripped.lstrip("\ufeff").strip()
            value = value.strip('"').strip() if quotes else value
            value, edge = (value, edge) if cased else (value.lower(), edge.lower())
            if (
                composed(value).startswith(composed(edge))
                if at == "start"
                else composed(value).endswith(composed(edge))
            ):
                return True
            return value.startswith(edge) if at == "start" else value.endswith(edge)
        case UnitEdge(_, _, None):
            return True
        case UnitEdge("start", "sentence", word):
            return all(one.split()[:1] in ([word], []) for one in map(str.lower, text.rule_sentences))
        case UnitEdge("end", "sentence", word):
            ends = [
                re.sub(r"[^\w\s]", "", one.split()[-1])
                for one in map(str.lower, text.rule_sentences)
                if one.split()
            ]
            return set(ends) <= {word}
        case UnitEdge(_, _, word):
            return word in text.lower
        case Case(case):
            # Letters that have no other case, such as the ordinal "ª", are in both.
            change, is_in = (str.upper, str.isupper) if case == "upper" else (str.lower, str.islower)
            return is_in(text.raw) or (text.raw == change(text.raw) and any(map(is_in, text.raw)))
        case Language(code):
            return claim.mostly or text.language in (code, None)
        case OneOf(texts):
            return text.stripped.lower() in {each.strip().lower() for each in texts}
        case WholeFormat():
            return True


@pytest.mark.parametrize("kind", KINDS)
def test_claims_are_true_of_what_satisfies(kind: str):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(records(kind), TEXTS)
    def judge(record, raw: str) -> None:
        constraint, text = hir.parse(record), hir.Text(raw)
        if hir.check(constraint, text).satisfied:
            assert [claim for claim in constraint.claims() if not holds(claim, text)] == []

    judge()


@pytest.mark.parametrize("kind", KINDS)
def test_claims_are_true_of_the_example(kind: str):
    """Which hardly any random text would be."""
    example = hir.lookup(kind).example
    constraint, text = hir.parse({"kind": kind, **example.parameters}), hir.Text(example.satisfied_by)
    assert [claim for claim in constraint.claims() if not holds(claim, text)] == []
