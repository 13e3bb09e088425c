"""What several constraints leave no room for, as a reader sees it, although each two of them go together.

Fixed words at both ends use up what a rule for every word allows; an emoji a sentence and few emojis allow
few sentences; long sentences are not easy to read.
"""

from collections.abc import Callable, Iterator, Sequence

from hir_data.instructions.measures import WORDS, told
from hir_data.instructions.shape_rules import ends_with_sentence
from hir_data.instructions.word_rules import words_of
from hir_data.schemas.claims import (
    Boundary,
    Claim,
    ContainsText,
    Count,
    Roughly,
    SentenceRule,
    UnitEdge,
    Variants,
    WordAt,
    WordRule,
)

Claims = Sequence[Claim]


def reasons(claims: Claims) -> Iterator[str]:
    """Why a reader sees that not all of the claims can be true."""
    for claim in claims:
        if reason := (rule := _RULES.get(type(claim))) and rule(claim, claims):
            yield reason


# ---------------------------------------------------------------------------------------------------------
# Words


def _word_rule(rule: WordRule, claims: Claims) -> str | None:
    if "vowels" in rule.rule:
        return _vowels(rule, claims)
    return _uses(rule, claims) if rule.uses is not None else None


def _vowels(rule: WordRule, claims: Claims) -> str | None:
    """All required texts together, and the letters that have to occur."""
    needed: dict[str, str] = {}
    for claim in claims:
        match claim:
            case Count(of, least) if least and of.startswith("letter "):
                text = of.removeprefix("letter ")
            case Count(of, least) if least and of.startswith("occurrences "):
                text = of.removeprefix("occurrences ")
            case ContainsText(text=str(text)) | Boundary(text=str(text)) | UnitEdge(text=str(text)):
                pass
            case WordAt(text=text) | Variants(phrase=text):
                pass
            case _:
                continue
        for vowel in sorted(_VOWELS & set(text.lower())):
            needed.setdefault(vowel, text.strip())
    if len(needed) <= _MOST_VOWELS:
        return None
    texts = " and ".join(f'"{text}"' for text in dict.fromkeys(needed.values()))
    return f"{rule.rule}, and {texts} have {len(needed)}"


_VOWELS = frozenset("aeiou")
_MOST_VOWELS = 3


def _uses(rule: WordRule, claims: Claims) -> str | None:
    """Words that stand both at the start and at the end, and so once more than is allowed for a keyword."""
    edges = {claim.at: words_of(claim.text.lower()) for claim in claims if isinstance(claim, Boundary)}
    both = [word for word in edges.get("start", ()) if word in edges.get("end", ())]
    for word in both:
        times = edges["start"].count(word) + edges["end"].count(word)
        if rule.uses is not None and times > rule.uses:
            return f'{rule.rule}, and "{word}" both at the start and at the end'
    return None


# ---------------------------------------------------------------------------------------------------------
# Sentences


def _sentence_rule(rule: SentenceRule, claims: Claims) -> str | None:
    if "end with an emoji" in rule.rule:
        return _emojis(rule, claims)
    return _growing(rule, claims) if "grow" in rule.rule else None


def _emojis(rule: SentenceRule, claims: Claims) -> str | None:
    for few in _counts(claims):
        if few.of == "emojis" and few.most is not None:
            for sentences in _counts(claims):
                if sentences.of.startswith("sentences") and sentences.least > few.most:
                    return f"{rule.rule}, {told(few)} and {told(sentences)}"
    return None


def _growing(rule: SentenceRule, claims: Claims) -> str | None:
    """One sentence is a word longer than the one before, so that the last one says how many there may be."""
    last = next(
        (claim for claim in claims if isinstance(claim, Boundary) and ends_with_sentence(claim)), None
    )
    if last is None:
        return None
    length = len(last.text.split())
    most = {"words": length * (length + 1) // 2, "sentences": length}
    for count in _counts(claims):
        unit = "words" if count.of in WORDS else count.of.split(" ", 1)[0]
        if count.least > most.get(unit, count.least):
            return f'{rule.rule}, up to "{last.text}", and {told(count)}'
    starts = [claim.text for claim in claims if isinstance(claim, Boundary) and claim.at == "start"]
    long = next((text for text in starts if len(text.split()) >= length), None)
    return f'{rule.rule}, from "{long}" to "{last.text}"' if long else None


def _same_edge(edge: UnitEdge, claims: Claims) -> str | None:
    """A word in each sentence that may stand a few times only; two words for two ends that are one."""
    if edge.unit == "answer" and edge.text is None and edge.at == "end":
        return _two_ends(claims)
    if edge.unit != "sentence" or edge.text is None:
        return None
    for few in _counts(claims):
        if few.of == f"occurrences {edge.text}" and few.most is not None:
            for sentences in _counts(claims):
                if sentences.of.startswith("sentences") and sentences.least > few.most:
                    return f'"{edge.text}" in each sentence, {told(few)} and {told(sentences)}'
    return None


def _two_ends(claims: Claims) -> str | None:
    """An answer that ends with the word that it starts with, and other words at its ends."""
    ends: dict[str, tuple[str, str]] = {}
    for claim in claims:
        match claim:
            case Boundary(at, str(text)) | UnitEdge(at, "answer", str(text)) if words_of(text):
                words = words_of(text.lower())
                ends[at] = (words[0 if at == "start" else -1], text)
    if len(ends) < 2 or ends["start"][0] == ends["end"][0]:
        return None
    start, end = ends["start"][1], ends["end"][1]
    return f'an answer that ends as it starts, "{start}" at the start and "{end}" at the end'


# ---------------------------------------------------------------------------------------------------------
# Measures


def _measure(count: Count, claims: Claims) -> str | None:
    if count.of.startswith("Flesch"):
        return _reading_level(count, claims)
    return _stop_words(count, claims) if count.of == "percent of stop words" else None


def _reading_level(level: Count, claims: Claims) -> str | None:
    """Sentences so long that no text of them is as easy as it should be, however short its words are."""
    many = [count for count in _counts(claims) if count.of in WORDS and count.least]
    few = [count for count in _counts(claims) if count.of.startswith("sentences") and count.most]
    if not many or not few:
        return None
    words = max(many, key=lambda count: count.least)
    sentences = min(few, key=lambda count: count.most or 0)
    length = words.least / (sentences.most or 1)
    grade = 0.39 * length + 11.8 * _SYLLABLES - 15.59
    ease = 206.835 - 1.015 * length - 84.6 * _SYLLABLES
    hard = grade > level.most if level.most is not None else ease < level.least and "ease" in level.of
    return f"{told(words)}, {told(sentences)} and {told(level)}" if hard else None


_SYLLABLES = 1.2
"""A word has so many on average in the easiest texts that people write."""


def _stop_words(share: Count, claims: Claims) -> str | None:
    """Pronouns are stop words."""
    if share.most is None:
        return None
    counts = _counts(claims)
    limits = [count for count in counts if count.of in WORDS and count.most]
    for pronouns in counts:
        for words in limits if pronouns.of == "pronouns" else ():
            if pronouns.least * 100 > share.most * (words.most or 0):
                return f"{told(pronouns)}, {told(words)} and {told(share)}"
    return None


def _counts(claims: Claims) -> list[Count]:
    return [
        Count(claim.of, claim.least, claim.most) if isinstance(claim, Roughly) else claim
        for claim in claims
        if isinstance(claim, Count | Roughly)
    ]


_RULES: dict[type, Callable[..., str | None]] = {
    WordRule: _word_rule,
    SentenceRule: _sentence_rule,
    UnitEdge: _same_edge,
    Count: _measure,
}
