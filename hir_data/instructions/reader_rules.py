"""Claims as a reader takes them: a word is a word, whatever the definition that counts it.

Proofs (:mod:`hir_data.instructions.clash_rules`) go by the checks, to which "at least 9 words" and "at most 2
words" may be about two things. Whoever reads both sees a contradiction, and in "at most 350 words" beside
"less than 340 words" the same thing said twice.
"""

import contextlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from hir_data.instructions.banned_words import BANNED_WORDS, with_bans
from hir_data.instructions.language_rules import LANGUAGE_READING
from hir_data.instructions.measures import told
from hir_data.instructions.shape_rules import BLOCKS, LISTS, SHAPES
from hir_data.instructions.word_rules import WORD_RULES, words_of
from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Language,
    Roughly,
    SentenceRule,
    UnitEdge,
    Variants,
    WholeFormat,
    WordAt,
)
from hir_data.verifiers.patterns import PATTERN_SECONDS, read_regex

Rules = dict[tuple[type, type], Callable[..., str | None]]

_UNITS = ("words", "sentences", "paragraphs", "characters")
_NAMED = (*_UNITS, "sections")  # "sections Part", "sections Day"

# So many of the first take at least so many of the second, in texts that people write: the number for each.
TAKES: dict[tuple[str, str], float] = {
    ("sentences", "words"): 3,
    ("paragraphs", "sentences"): 1,
    ("paragraphs", "words"): 3,
    ("words", "sentences"): 1 / 80,
    ("sections", "sentences"): 1,
    ("sections", "paragraphs"): 1,
    ("bullet points", "sentences"): 1,
    ("bullet points", "words"): 1,
    ("sections", "words"): 4,
    ("words", "letters"): 2.5,
    ("words", "characters"): 3,
    ("letters", "characters"): 1,
    ("letters", "words"): 1 / 9,
    ("characters", "words"): 1 / 12,
    ("characters", "letters"): 0.5,
    ("sentences", "letters"): 8,
    ("sentences", "characters"): 10,
    ("different words", "words"): 1,
    ("different words", "letters"): 3,
    ("pronouns", "words"): 3,
    ("words", "lower-case words"): 0.4,
    ("sections", "numbers"): 1,
    ("numbers in a row of digits", "numbers"): 1,
    ("table cells", "words"): 1,
    ("table cells", "characters"): 3,
    ("placeholders", "words"): 1,
    ("highlighted parts", "words"): 1,
    ("names", "words"): 1,
}


def unit_of(claim: Count) -> str:
    """What a reader takes a measure to count."""
    name, _, pattern = claim.of.partition(" ")
    if name == "matches":
        return _OF_PATTERNS.get(pattern.removeprefix("of "), claim.of)
    return name if name in _NAMED and claim.of != "paragraphs line" else claim.of


# What some regular expressions match.
_OF_PATTERNS = {
    r"\d+": "numbers",
    r"\d{4}": "numbers in a row of digits",
    r"\b[A-Z]\w+": "capitalised words",
}


def _counts(one: Count, other: Count) -> str | None:
    return bounds_clash(one, other, TAKES)


def bounds_clash(one: Count, other: Count, takes: Mapping[tuple[str, str], float]) -> str | None:
    """Where a text has at least as many of one thing as a claim says: whether it has too many of another."""
    for above, below in ((one, other), (other, one)):
        own, unit = unit_of(above), unit_of(below)
        each = 1 if own == unit else takes.get((own, unit), 0)
        if below.most is not None and above.least * each > below.most:
            return f"{told(above)} and {told(below)}"
    return None


def _unit_edges(one: UnitEdge, other: UnitEdge) -> str | None:
    """A paragraph starts as its first sentence does, and the answer as both."""
    if one.at != other.at or one.text == other.text:
        return None
    units = {one.unit, other.unit}
    known = one.text is not None and other.text is not None
    if "sentence" in units or (known and (units == {"answer"} or units == {"answer", "first paragraph"})):
        return f"the {one.unit} and the {other.unit} {one.at} with different words"
    return None


def _unit_edge_and_boundary(edge: UnitEdge, boundary: Boundary) -> str | None:
    """The response starts as its first sentence and its first paragraph do, and ends as its last sentence."""
    if edge.unit == "sentence" and edge.at == "start" and boundary.at == "end":
        first = re.match(r"[A-Z][\w'’-]*", boundary.text)  # of a sentence, not of the rest of one
        other = first and len(boundary.text.split()) > 1 and first.group().lower() != edge.text
        return f'"{boundary.text}" is a sentence that starts with another word' if other else None
    if edge.at != boundary.at or edge.unit == "paragraph":
        return None
    if edge.text is None:
        own = edge.unit == "sentence" and edge.at == "end"
        return f'"{boundary.text}" is not how each sentence ends' if own else None
    words = re.findall(r"[\w'’-]+", boundary.text.lower())
    if not words:  # a mark, such as that of a quotation
        return None
    word = words[0] if edge.at == "start" else words[-1]
    return None if word == edge.text else f'"{boundary.text}" does not {edge.at} with the word "{edge.text}"'


def _unit_edge_and_form(edge: UnitEdge, form: WholeFormat) -> str | None:
    return f"{form.form} has no sentences"


def _count_and_form(count: Count, form: WholeFormat) -> str | None:
    prose = unit_of(count) in ("sentences", "paragraphs", "sections", "placeholders")
    return f"{form.form} has no {unit_of(count)}" if prose and (count.least > 1 or count.most) else None


# What can hardly be left out of a form.
_SIGNS = {"json": ',:"', "csv": ",", "toml": "=", "xml": "<>", "quotation": '"'}


def _ban_and_form(ban: ExcludesText, form: WholeFormat) -> str | None:
    needed = ban.text.strip() in _SIGNS.get(form.form, "") and ban.text.strip()
    return f'{form.form} without "{ban.text}"' if needed else None


def _ban_and_count(ban: ExcludesText, count: Count) -> str | None:
    """The marks of an address."""
    mark = ban.text.strip()
    of_address = bool(mark) and mark in "./:" and count.of == "URLs" and count.least
    return f'{told(count)} without "{mark}"' if of_address else None


def _text_and_count(has: ContainsText, count: Count) -> str | None:
    """Marks in capital letters, such as those of sections, that count as words in capitals."""
    if not has.cased or count.of != "capital words" or count.most is None:
        return None
    capitals = sum(word.isupper() and len(word) > 1 for word in words_of(has.text)) * has.times
    return f'"{has.text}" {has.times} times, and {told(count)}' if capitals > count.most else None


def _variants_and_count(variants: Variants, count: Count) -> str | None:
    """What a phrase has of something, one changed word a time left aside."""
    if count.most is None:
        return None
    of = count.of
    words = variants.phrase.split()
    if of.startswith("letter "):
        held = [word.lower().count(of.removeprefix("letter ")) for word in words]
    elif of == "lower-case words":
        held = [int(word.islower()) for word in words]
    elif of == "letters":
        held = [sum(letter.isalpha() for letter in word) for word in words]
    else:
        return None
    least = (sum(held) - max(held[1:-1], default=0)) * variants.times
    return f'"{variants.phrase}" {variants.times} times, and {told(count)}' if least > count.most else None


def _variants_and_form(variants: Variants, form: WholeFormat) -> str | None:
    return f'{form.form} has no sentences for "{variants.phrase}"' if form.form in _DATA else None


_DATA = ("json", "yaml", "toml", "xml", "csv")


_PLAIN = "plain words of an answer to an ordinary question"


def _pattern_and_case(count: Count, case: Case) -> str | None:
    """A regular expression for letters of the other case, or one that most words of this case match."""
    if not count.of.startswith("matches of ") or count.of.endswith(" in any case"):
        return None
    pattern = count.of.removeprefix("matches of ")
    if count.most is not None and _in_plain(pattern, case.case == "upper") > count.most:
        return f"{told(count)} in {case.case} case"
    if not count.least:
        return None
    literal = re.sub(r"\\.|\{[^}]*\}|\(\?\W*", "", pattern)
    letters = re.sub(r"\[[^\]]*\]", "", literal)
    classes = re.findall(r"\[([^\]^]*)\]", literal)
    upper = case.case == "upper"
    out_of = str.islower if upper else str.isupper
    other = "a-z" if upper else "A-Z"
    own = "A-Z" if upper else "a-z"
    wrong = any(map(out_of, letters)) or any(other in one and own not in one for one in classes)
    return f"{told(count)} in {case.case} case" if wrong else None


def _in_plain(pattern: str, upper: bool) -> int:
    """How often a pattern matches in an ordinary sentence without marks, in one case."""
    with contextlib.suppress(TimeoutError):
        matches = read_regex(pattern).finditer(_PLAIN.upper() if upper else _PLAIN, timeout=PATTERN_SECONDS)
        return sum(1 for _ in matches)
    return 0


def _code_and_case(shown: HasElement, case: Case) -> str | None:
    """Programs are written in small letters, but those of a few languages."""
    program = shown.element == "a block of code" and shown.mark not in ("", "sql")
    return f"{shown.element} ({shown.mark}) in capital letters" if program and case.case == "upper" else None


def _block_in_one_paragraph(shown: HasElement, count: Count) -> str | None:
    """A table, or a list, is more than a paragraph, and none without the text around it."""
    single = count.of.startswith("paragraphs") and count.least == count.most == 1
    apart = shown.element in BLOCKS | LISTS
    return f"a single paragraph, and {shown.element}" if single and apart else None


READING: Rules = {
    (Count, Count): _counts,
    (UnitEdge, UnitEdge): _unit_edges,
    (UnitEdge, Boundary): _unit_edge_and_boundary,
    (UnitEdge, WholeFormat): _unit_edge_and_form,
    (Count, WholeFormat): _count_and_form,
    (ExcludesText, WholeFormat): _ban_and_form,
    (ExcludesText, Count): _ban_and_count,
    (ContainsText, Count): _text_and_count,
    (Variants, Count): _variants_and_count,
    (Variants, WholeFormat): _variants_and_form,
    (Count, Case): _pattern_and_case,
    (HasElement, Case): _code_and_case,
    (HasElement, Count): _block_in_one_paragraph,
    **BANNED_WORDS,
    **SHAPES,
    **WORD_RULES,
    **LANGUAGE_READING,
}
"""What a reader takes for a contradiction, by the claims that are compared."""


def clash(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Why a reader sees a contradiction between the claims of two constraints; None where none is known."""
    return first_reason(READING, with_bans(one), with_bans(other))


def first_reason(rules: Rules, one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """What the first rule that finds something says of a claim of one constraint and one of the other."""
    pairs = itertools.product(map(_counted, one), map(_counted, other))
    return next(filter(None, reasons(rules, pairs)), None)


def _counted(claim: Claim) -> Claim:
    return Count(claim.of, claim.least, claim.most) if isinstance(claim, Roughly) else claim


def reasons(rules: Rules, pairs: Iterable[tuple[Claim, Claim]]) -> Iterator[str | None]:
    """What rules say of pairs of claims, either way round."""
    for one, other in pairs:
        for first, second in ((one, other), (other, one)):
            if rule := rules.get((type(first), type(second))):
                yield rule(first, second)


def said_twice(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """What two constraints both say to a reader: the same form, or two bounds of a thing on the same side."""
    # "The word sea in sentence 3" takes three sentences, and does not ask for them.
    follows_only = any(isinstance(claim, WordAt | SentenceRule) for claim in (*one, *other))
    for first, second in itertools.product(one, other):
        match first, second:
            case WholeFormat(form), WholeFormat(same) if form == same:
                return f"both ask for {form}"
            case Language(code), Language(same) if (
                code == same and not _measured(one) and not _measured(other)
            ):
                return f"both ask for an answer in {code}"
            case UnitEdge(at, unit, str(text)), UnitEdge(same_at, other_unit, same) if (at, text) == (
                same_at,
                same,
            ) and {unit, other_unit} == _ANY_SENTENCE:
                return f'"{text}" at the {at} of each sentence and of the answer'
            case Roughly(of), Roughly(same) if of == same == "palindromes":
                return "both ask for palindromes"
            case Count(), Count() if (
                unit_of(first) == unit_of(second) and unit_of(first) in _UNITS and not follows_only
            ):
                bounded = [(claim.least > 1, claim.most is not None) for claim in (first, second)]
                if any(map(all, zip(*bounded, strict=True))):
                    return f"{told(first)} and {told(second)}"
    return None


_ANY_SENTENCE = {"sentence", "answer"}


def _measured(claims: Sequence[Claim]) -> bool:
    """Whether a language follows from what is measured, such as a reading level, and is not asked for."""
    return any(isinstance(claim, Count) and claim.of.startswith("Flesch") for claim in claims)
