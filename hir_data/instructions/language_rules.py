"""The language of an answer beside texts, letters and words of another one.

Whoever reads "answer in German only" and "end with I hope this helps." sees a contradiction. One English
keyword is none: it may be a name.
"""

import re
from collections.abc import Callable

from hir_data.instructions.measures import named, told
from hir_data.schemas.claims import (
    Boundary,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Language,
    Layout,
    SentenceRule,
    UnitEdge,
    Variants,
    WordRule,
)
from hir_data.schemas.drawing import CLOSINGS, OPENINGS, WORDS
from hir_data.verifiers.ifeval.keywords import LANGUAGE_NAMES

Rules = dict[tuple[type, type], Callable[..., str | None]]

_FUNCTION_WORDS = frozenset(
    """
    about all also and anything are as be been because but by can could do does else ever every
    everything for from had has have he help here hope how i if in is it its just let like may me
    more my not nothing of on or other our out please she should so some such than thank that the
    their them then there these they this those to up us very was we were what when where which who
    why will with would you your
    """.split()
)
# Words that English has in common with one of its neighbours, or that are hardly told apart from theirs.
_SHARED = frozenset(
    """
    a all an as balance bicycle circle distance doctor dragon engine festival fortune future help
    imagine in is island me museum of on or patient puzzle question rocket secret signal simple so
    ticket tiger us village violin was we will winter
    """.split()
)
_EDGE_WORDS = frozenset(
    "again everywhere forever home it people some sometimes the today together tomorrow we".split()
)
_KNOWN = (
    _FUNCTION_WORDS
    | _EDGE_WORDS
    | frozenset(WORDS)
    | frozenset(re.findall("[a-z]+", " ".join((*OPENINGS, *CLOSINGS)).lower()))
)


def is_english(text: str) -> bool:
    """Whether a required text is English: a common word of it alone, or several that make a phrase."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words or not text.isascii() or all(word in _SHARED for word in words):
        return False
    if all(word in _KNOWN for word in words):
        return True
    return len(words) > 2 and sum(word in _FUNCTION_WORDS - _SHARED for word in words) * 2 >= len(words)


LATIN_LESS = frozenset(
    "ar be bg bn el fa gu he hi ja ka kn ko km lo mk ml mr my ne pa ru sa sr ta te th uk ur yi zh".split()
)
"""Languages that are written in other letters than a to z."""
_UNSPACED = ("zh", "ja", "th", "lo", "km", "my", "hi", "bn", "ne", "mr")
"""Languages without spaces between words, or with full stops of their own."""
_SPACED = ("words", "words whitespace", "words word", "different words", "sentences")
_BY_WORD = ("a word a line", "each word in brackets", "pairs of words in brackets")
_ENGLISH_LISTS = ("pronouns", "different conjunctions")
_CLOSED = (*_ENGLISH_LISTS, "names", "capital words", "lower-case words", "percent of stop words")


def _base(language: Language) -> str:
    return language.code.partition("-")[0]


def _name(language: Language) -> str:
    return LANGUAGE_NAMES.get(language.code) or LANGUAGE_NAMES.get(_base(language), language.code)


# ---------------------------------------------------------------------------------------------------------
# What a reader takes for a contradiction


def _foreign_edge(language: Language, edge: Boundary | UnitEdge) -> str | None:
    text = edge.text or ""
    foreign = _base(language) != "en" and is_english(text)
    return f'in {_name(language)}, and "{text}" at the {edge.at}' if foreign else None


def _foreign_phrase(language: Language, has: ContainsText) -> str | None:
    phrase = " " in has.text.strip() and _base(language) != "en" and is_english(has.text)
    return f'in {_name(language)}, and "{has.text.strip()}"' if phrase else None


def _foreign_variants(language: Language, variants: Variants) -> str | None:
    foreign = _base(language) != "en" and variants.phrase.isascii()
    return f'in {_name(language)}, and "{variants.phrase}"' if foreign else None


def _foreign_count(language: Language, count: Count) -> str | None:
    """English pronouns and conjunctions, and letters that a language is not written in."""
    if _base(language) == "en" or not count.least:
        return None
    latin = _base(language) in LATIN_LESS and (
        (re.fullmatch("letters|letter [a-z]", count.of) and count.least > _STRAY_LETTERS)
        or re.search("[A-Za-z]{2}|A-Z", _pattern(count))
    )
    return f"{told(count)} in {_name(language)}" if latin or count.of in _ENGLISH_LISTS else None


_STRAY_LETTERS = 5  # a name or a unit may have so many


def _two_scripts(language: Language, shown: HasElement) -> str | None:
    mixed = shown.element == "Japanese words"
    return f"in {_name(language)}, and {shown.element} at every so many words" if mixed else None


def _phrase_of_one_script(shown: HasElement, has: Boundary | ContainsText) -> str | None:
    """A phrase in which one of the words would have to be Japanese."""
    return _too_long(shown, has.text, 1)


def _changed_phrase(shown: HasElement, variants: Variants) -> str | None:
    """The same where one word of it may be changed, and so be Japanese."""
    return _too_long(shown, variants.phrase, 2)


def _too_long(shown: HasElement, phrase: str, times: int) -> str | None:
    mixed = shown.element == "Japanese words" and shown.mark.isdecimal()
    if not mixed or re.search("[\u3040-\u30ff\u3400-\u9fff]", phrase):
        return None
    long = len(phrase.split()) >= int(shown.mark) * times
    return f'one word in {shown.mark} Japanese, and "{phrase}"' if long else None


def _latin_rule(language: Language, rule: WordRule) -> str | None:
    """Rules of letters from a to z."""
    latin = rule.rule in _OF_LATIN_LETTERS and _base(language) in LATIN_LESS
    return f"{rule.rule} in {_name(language)}" if latin else None


_OF_LATIN_LETTERS = ("words in the order of the alphabet", "words with two consonants side by side")

LANGUAGE_READING: Rules = {
    (Language, WordRule): _latin_rule,
    (Language, Boundary): _foreign_edge,
    (Language, UnitEdge): _foreign_edge,
    (Language, ContainsText): _foreign_phrase,
    (Language, Variants): _foreign_variants,
    (Language, Count): _foreign_count,
    (Language, HasElement): _two_scripts,
    (HasElement, Boundary): _phrase_of_one_script,
    (HasElement, ContainsText): _phrase_of_one_script,
    (HasElement, Variants): _changed_phrase,
}
"""What a reader takes for a contradiction, by the claims that are compared."""


# ---------------------------------------------------------------------------------------------------------
# What nobody would ask for


def _abroad(language: Language, text: Boundary | ContainsText | ExcludesText | UnitEdge) -> str | None:
    """Words are drawn in English."""
    words = [word for word in re.findall(r"[^\W\d_]+", text.text or "") if len(word) > 1 and word.isascii()]
    if words and language.code != "en":
        return f'"{words[0]}" in {language.code}'
    mark = isinstance(text, ContainsText) and text.text in _WESTERN_MARKS and _base(language) in _UNSPACED
    return f'"{text.text}" in {language.code}' if mark else None


_WESTERN_MARKS = (".", ",", "!", "?", ";", ":")


def _counted_abroad(language: Language, count: Count) -> str | None:
    base = _base(language)
    if base in _UNSPACED and count.of in _SPACED:
        return f"{named(count.of)} in {language.code}"
    if base != "en" and (count.of.startswith("letter ") or (base in LATIN_LESS and count.of in _LATIN)):
        return f"{told(count)} in {language.code}"
    if base != "en" and (count.of in _CLOSED or re.search("[A-Za-z]{2}|A-Z", _pattern(count))):
        return f"{named(count.of)} in {language.code}"
    word = count.of.removeprefix("occurrences ")
    return _abroad(language, ContainsText(word)) if word != count.of else None


_LATIN = ("letters", "palindromes")


def _pattern(count: Count) -> str:
    """The regular expression that is counted, without what stands for any letter."""
    pattern = count.of.removeprefix("matches of ")
    return re.sub(r"\\.", "", pattern) if pattern != count.of else ""


def _english_rule(language: Language, rule: WordRule | SentenceRule) -> str | None:
    """Rules of letters, syllables and marks are made for English."""
    return f"{rule.rule} in {language.code}" if language.code != "en" else None


def _code_abroad(language: Language, shown: HasElement) -> str | None:
    """Code has English words, and an answer in one language only has none."""
    strict = not language.mostly and language.code != "en" and shown.element == "a block of code"
    return f"{shown.element} in {_name(language)} only" if strict else None


def _layout_abroad(layout: Layout, language: Language) -> str | None:
    """Which language it is nobody sees without white space, nor what a word is where there is none anyway."""
    unclear = layout.form == "no white space" or (layout.form in _BY_WORD and _base(language) in _UNSPACED)
    return f"{layout.form} in {language.code}" if unclear else None


LANGUAGE_TASTE: Rules = {
    (Layout, Language): _layout_abroad,
    (Language, HasElement): _code_abroad,
    (Language, Boundary): _abroad,
    (Language, UnitEdge): _abroad,
    (Language, ContainsText): _abroad,
    (Language, ExcludesText): _abroad,
    (Language, Count): _counted_abroad,
    (Language, WordRule): _english_rule,
    (Language, SentenceRule): _english_rule,
}
"""What can be written, and yet nobody would ask for, by the claims that are compared."""
