"""M-IFEval's ids in other languages, as constraints of ours.

An id has its language in front: ``es:keywords:existence``. What a language has alone (``ja:letters:kanji``)
is a kind of that id; what is IFEval's in another language is IFEval's kind, or one of ours where words,
sentences or quotation marks are others there. What they mean is read from M-IFEval's prompts.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hir_data.errors import HirDataError, RecordError, UnknownKindError
from hir_data.schemas import registry
from hir_data.verifiers.mifeval.amounts import AMOUNTS, bounded, english

Record = dict[str, Any]
Parameters = Mapping[str, Any]
Rule = Callable[[str, Parameters], Record]
"""What makes the record of a constraint of a language and of the parameters of an id."""

LANGUAGES = {"ca": "Catalan", "en": "English", "es": "Spanish", "fr": "French", "ja": "Japanese"}
"""The languages of ids: M-IFEval's, and Catalan, which lm-eval has of its copies of IFEval."""

_OPTIONS = {
    "es": ("Sí.", "No.", "Quizás."),
    "fr": ("Oui.", "Non.", "Peut-être."),
    "ja": ("はい、そうです。", "いいえ、違います。", "どちらとも言えません。"),
}
"""What an answer to a closed question is to be."""


class _Bound(NamedTuple):
    """The parameters that bound a number: the relation, and the number."""

    relation: str
    number: str


_BOUNDED = {
    "change_case:capital_word_frequency": _Bound("capital_relation", "capital_frequency"),
    "keywords:frequency": _Bound("relation", "frequency"),
    "keywords:letter_frequency": _Bound("let_relation", "let_frequency"),
    "length_constraints:number_words": _Bound("relation", "num_words"),
}
"""IFEval's kinds with a bound that is in words."""
_AT_LEAST = {
    "detectable_content:number_placeholders",
    "detectable_format:multiple_sections",
    "detectable_format:number_highlighted_sections",
}
"""IFEval's kinds of so many at least, for which M-IFEval says so once more."""
_SAME = {
    "combination:repeat_prompt",
    "combination:two_responses",
    "detectable_content:postscript",
    "detectable_format:json_format",
    "detectable_format:number_bullet_lists",
    "detectable_format:title",
    "keywords:existence",
    "keywords:forbidden_words",
    "language:response_language",
    "length_constraints:number_paragraphs",
    "punctuation:no_comma",
    "startend:end_checker",
    "startend:quotation",
    *_AT_LEAST,
    *_BOUNDED,
}
"""IFEval's kinds that mean the same in every language, but for those of :data:`_OTHERWISE`."""


def has_language(kind: str) -> bool:
    """Whether an id has one of the languages in front."""
    language, colon, rest = kind.partition(":")
    return language in LANGUAGES and bool(colon and rest)


def record(kind: str, given: Parameters) -> Record:
    """The record of the constraint that an id with a language and its parameters mean.

    Raises:
        UnknownIdError: nothing is known of the id.
        RecordError: a parameter is missing or unknown; ``field`` names it.
    """
    language, _, name = kind.partition(":")
    if language == "en":
        return {"kind": name, **given}
    if kind in registry.kinds():
        return {"kind": kind, **given}
    if rule := _OTHERWISE.get((language, name)) or _OTHERWISE.get(("", name)):
        return rule(language, given)
    if name in _SAME:
        return _as_ifeval(name, given)
    raise UnknownIdError(kind, language)


class UnknownIdError(UnknownKindError):
    """Nothing is known of an id that has a language in front."""

    def __init__(self, kind: str, language: str) -> None:
        own = [other for other in registry.kinds() if other.startswith(f"{language}:")]
        known = f"IFEval's kinds with {language}: in front" + (f", and {', '.join(own)}" if own else "")
        HirDataError.__init__(
            self, f"nothing is known of M-IFEval's id {kind!r}; in {LANGUAGES[language]} there are {known}"
        )


_IN_ENGLISH = (None, "at least", "at most", "less than")
_KNOWN = f"known: {', '.join(filter(None, [*_IN_ENGLISH, *AMOUNTS]))}"


def _as_ifeval(name: str, given: Parameters) -> Record:
    """IFEval's kind, with a bound in English: "como máximo 3" is less than 4."""
    made: Record = {"kind": name, **given}
    if name in _AT_LEAST:
        if english(made.pop("relation", "at least")) != "at least":
            raise RecordError(f"has to be at least, not {given['relation']!r}", field="relation")
    elif name in _BOUNDED:
        relation, number = _BOUNDED[name]
        amount = english(given.get(relation))
        if amount not in _IN_ENGLISH:
            raise RecordError(f"is no bound that is known: {amount!r} ({_KNOWN})", field=relation)
        if amount == "at most":
            amount, made[number] = "less than", _number(given, number) + 1
        if amount is not None:
            made[relation] = amount
    return made


def _number(given: Parameters, name: str) -> int:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise RecordError(f"has to be a whole number, not {value!r}", field=name)
    return int(value)


def _text(given: Parameters, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise RecordError(f"has to be a text, not {value!r}", field=name)
    return value.strip()


def _only(given: Parameters, *names: str) -> None:
    """Reject a parameter that an id does not have."""
    for name in given:
        if name not in names:
            raise RecordError(
                f"there is no such parameter (there are: {', '.join(names) or 'none'})", field=name
            )


# ---------------------------------------------------------------------------------------------------------
# What is otherwise in another language


def _sentences(language: str, given: Parameters) -> Record:
    """Sentences by the rules of all languages: IFEval's are English."""
    _only(given, "relation", "num_sentences")
    return {"kind": "sentence_count", **_min_max(given, "num_sentences")}


def _characters(language: str, given: Parameters) -> Record:
    """文字: characters, white space is none."""
    _only(given, "relation", "num_letters")
    return {"kind": "character_count", "spaces": False, **_min_max(given, "num_letters")}


def _min_max(given: Parameters, number: str) -> Record:
    amount = english(given.get("relation"))
    if amount not in ("at least", "at most", "less than"):
        raise RecordError(
            f"is no bound that is known: {given.get('relation')!r} ({_KNOWN})", field="relation"
        )
    least, most = bounded(amount, _number(given, number))
    return {name: bound for name, bound in (("min", least), ("max", most)) if bound is not None}


def _paragraph_opening(language: str, given: Parameters) -> Record:
    """A first word, or several, which languages without spaces do not tell apart."""
    _only(given, "num_paragraphs", "nth_paragraph", "first_word")
    number, place = _number(given, "num_paragraphs"), _number(given, "nth_paragraph")
    opening = _text(given, "first_word")
    if language != "ja" and " " not in opening:
        return {"kind": "paragraph_first_word", "paragraphs": number, "number": place, "word": opening}
    begins = {"kind": "starts_with", "text": opening, "ignore_case": True}
    return _all(
        {"kind": "paragraph_count", "min": number, "max": number},
        {"kind": "within", "unit": "paragraph", "index": place, "constraint": begins},
    )


def _one_of_the_options(language: str, given: Parameters) -> Record:
    _only(given)
    if language not in _OPTIONS:
        raise RecordError(f"the options of a closed question are not known in {LANGUAGES[language]}")
    return {
        "kind": "any_of",
        "constraints": [{"kind": "contains", "text": option} for option in _OPTIONS[language]],
    }


def _without_words(language: str, given: Parameters) -> Record:
    """Forbidden words anywhere: words do not stand apart in Japanese."""
    _only(given, "forbidden_words")
    words = given.get("forbidden_words")
    if not isinstance(words, list | tuple) or not words or not all(isinstance(word, str) for word in words):
        raise RecordError(f"has to be a list of texts, not {words!r}", field="forbidden_words")
    return _all(*(_not({"kind": "contains", "text": word, "ignore_case": True}) for word in words))


def _matching(pattern: str, whole: bool = False) -> Rule:
    def rule(language: str, given: Parameters) -> Record:
        _only(given)
        return {"kind": "matches", "pattern": pattern} | ({"whole": True} if whole else {})

    return rule


def _no_japanese_comma(language: str, given: Parameters) -> Record:
    _only(given)
    return _not({"kind": "contains", "text": "、"})


def _not(inner: Record) -> Record:
    return {"kind": "not", "constraint": inner}


def _all(*records: Record) -> Record:
    return records[0] if len(records) == 1 else {"kind": "all_of", "constraints": [*records]}


_OTHERWISE: dict[tuple[str, str], Rule] = {
    ("", "length_constraints:number_sentences"): _sentences,
    ("", "length_constraints:nth_paragraph_first_word"): _paragraph_opening,
    ("", "detectable_format:constrained_response"): _one_of_the_options,
    ("fr", "detectable_format:title"): _matching(r"##[^\n#]*[^\s#][^\n#]*##"),
    ("fr", "startend:quotation"): _matching(r'(?s)\s*(?:«.+»|“.+”|".+")\s*', whole=True),
    ("ja", "detectable_format:title"): _matching(r"『[^\n『』]*[^\s『』][^\n『』]*』"),
    ("ja", "keywords:forbidden_words"): _without_words,
    ("ja", "length_constraints:number_letters"): _characters,
    ("ja", "punctuation:no_comma"): _no_japanese_comma,
    ("ja", "startend:quotation"): _matching(r"(?s)\s*「.+」\s*", whole=True),
}
"""By language and id, or for all: ids that are no kind of IFEval's in another language."""
