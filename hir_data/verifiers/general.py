"""Kinds of our own that users expect, and that the benchmarks lack or get wrong outside English."""

import json
from typing import Annotated, Any, Literal, Self

import regex
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from hir_data import segment
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.text import Text
from hir_data.verifiers.compare import between, bounds
from hir_data.verifiers.registry import register

PATTERN_SECONDS = 2.0
"""How long a user's pattern may search one text before its verdict is a timeout."""


@register("contains")
class Contains(Constraint):
    """The response contains a text, read literally."""

    text: Annotated[str, Field(min_length=1)]
    whole_word: bool = False
    ignore_case: bool = False

    phrasings = (
        'Include "{text}" in your answer.',
        'Your answer has to contain "{text}".',
    )
    example = Example({"text": "C++", "whole_word": True}, "I like C++ best.", "I like C best.")

    def check(self, text: Text) -> Verdict:
        wanted = regex.escape(self.text)
        if self.whole_word:
            wanted = rf"(?<!\w){wanted}(?!\w)"
        found = regex.search(wanted, text.raw, regex.IGNORECASE | regex.FULLCASE if self.ignore_case else 0)
        return Verdict(found is not None, f"{'found' if found else 'did not find'} {self.text!r}")


def _check_pattern(source: str) -> str:
    try:
        regex.compile(source)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return source


@register("matches")
class Matches(Constraint):
    """A regular expression matches somewhere in the response, or the whole of it."""

    pattern: Annotated[str, Field(min_length=1), AfterValidator(_check_pattern)]
    whole: bool = False
    ignore_case: bool = False

    phrasings = (
        "Your answer must match the regular expression {pattern}",
        "Write an answer in which the regular expression {pattern} finds a match.",
    )
    example = Example({"pattern": r"\d{4}-\d{2}-\d{2}"}, "Due on 2026-11-23.", "Due on Monday.")

    def check(self, text: Text) -> Verdict:
        expression = regex.compile(self.pattern, regex.IGNORECASE if self.ignore_case else 0)
        look = expression.fullmatch if self.whole else expression.search
        try:
            found = look(text.raw, timeout=PATTERN_SECONDS)
        except TimeoutError:
            return Verdict(None, f"the pattern was not done in {PATTERN_SECONDS:g} s", "timeout")
        return Verdict(found is not None, f"found {found.group()[:80]!r}" if found else "no match")


class _Range(Constraint):
    """A count between two bounds, of which one may be left open."""

    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None

    @property
    def range(self) -> str:
        """The bounds in words."""
        return bounds(self.min, self.max)

    @model_validator(mode="after")
    def _bounds_make_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("give min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min is {self.min} and max only {self.max}")
        return self


@register("word_count")
class WordCount(_Range):
    """The number of words lies between bounds.

    The unit says what a word is: ``word`` goes by Unicode's word boundaries ("don't" is one); ``character``
    counts each letter of a script without spaces (Chinese, Japanese, Thai, ...) as a word and the rest as
    ``word`` does; ``whitespace`` counts what stands between spaces.
    """

    unit: Literal["word", "character", "whitespace"] = "word"

    phrasings = (
        "Use {range} words.",
        "The number of words in your answer should be {range}.",
    )
    example = Example({"min": 2, "max": 3}, "Don't panic.", "Please don't panic now.")

    def check(self, text: Text) -> Verdict:
        match self.unit:
            case "word":
                found = len(segment.unicode_words(text.raw))
            case "character":
                rest = segment.without_unspaced(text.raw)
                found = len(segment.unspaced_letters(text.raw)) + len(segment.unicode_words(rest))
            case "whitespace":
                found = len(text.raw.split())
        return between(found, self.min, self.max, "word")


@register("sentence_count")
class SentenceCount(_Range):
    """The number of sentences lies between bounds, in any script; a list item or a heading is one."""

    phrasings = (
        "Write {range} sentences.",
        "The number of sentences in your answer should be {range}.",
    )
    example = Example({"min": 2}, "下雨了。我们在家。", "下雨了，我们在家。")

    def check(self, text: Text) -> Verdict:
        return between(len(segment.sentences(text.raw)), self.min, self.max, "sentence")


@register("paragraph_count")
class ParagraphCount(_Range):
    """The number of paragraphs lies between bounds.

    The unit says what ends a paragraph: a ``blank_line``, or every ``line`` break.
    """

    unit: Literal["blank_line", "line"] = "blank_line"

    phrasings = (
        "Write {range} paragraphs.",
        "The number of paragraphs in your answer should be {range}.",
    )
    example = Example({"min": 2, "max": 2}, "First.\n\nSecond.", "First.\nSecond.")

    def check(self, text: Text) -> Verdict:
        split = segment.paragraphs if self.unit == "blank_line" else segment.lines
        return between(len(split(text.raw)), self.min, self.max, "paragraph")


@register("character_count")
class CharacterCount(_Range):
    """The number of characters lies between bounds.

    The unit says what a character is: a ``grapheme`` is what a reader calls one (an emoji with a skin tone,
    a letter with its accents), a ``codepoint`` is Unicode's. Spaces and line breaks count unless ``spaces``
    is false; white space around the response never does.
    """

    unit: Literal["grapheme", "codepoint"] = "grapheme"
    spaces: bool = True

    phrasings = (
        "Use {range} characters.",
        "Your answer should be {range} characters long.",
    )
    example = Example({"max": 5}, "Olá 👋🏽", "Bom dia")

    def check(self, text: Text) -> Verdict:
        characters = segment.graphemes(text.stripped) if self.unit == "grapheme" else text.stripped
        found = len(characters) if self.spaces else sum(not one.isspace() for one in characters)
        return between(found, self.min, self.max, "character")


def _schema_text(schema: Any) -> Any:
    """A JSON Schema as one string, whose hash and equality do not depend on the order of keys."""
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from None
    if not isinstance(schema, dict | bool):
        raise ValueError(f"not a JSON Schema: {schema!r} is no object")
    if isinstance(schema, dict) and not isinstance(schema.get("$schema", ""), str):
        raise ValueError(f"not a JSON Schema: $schema is {schema['$schema']!r}")
    try:
        validator_for(schema).check_schema(schema)  # type: ignore[arg-type]  # true and false are schemas too
    except SchemaError as error:
        raise ValueError(f"not a JSON Schema: {error.message}") from None
    return json.dumps(schema, sort_keys=True)


JsonSchema = Annotated[
    str,
    BeforeValidator(_schema_text),
    PlainSerializer(json.loads, return_type=Any),
    WithJsonSchema({"type": ["object", "boolean"]}),
]


@register("json")
class Json(Constraint):
    """The response is JSON, as it is or in one code fence, and fits a JSON Schema if one is given."""

    json_schema: JsonSchema | None = None

    phrasings = (
        "Answer with valid JSON and nothing else.",
        "Your whole answer has to be one JSON document, without any text around it.",
    )
    example = Example(
        {"json_schema": {"type": "object", "required": ["city"]}}, '{"city": "Oslo"}', '{"town": "Oslo"}'
    )

    def check(self, text: Text) -> Verdict:
        value, problem = _parse_json(text.stripped)
        if problem:
            return Verdict(False, problem)
        if self.json_schema is not None:
            from jsonschema.exceptions import best_match
            from jsonschema.validators import validator_for
            from referencing import Registry

            schema = json.loads(self.json_schema)
            # An empty registry: a schema may refer to its own parts, not to files and addresses.
            validator = validator_for(schema)(schema, registry=Registry())
            error = best_match(validator.iter_errors(value))
            if error is not None:
                return Verdict(False, f"{error.json_path}: {error.message}"[:300])
        return Verdict(True, "valid JSON")


_OPENED_FENCE = regex.compile(r"(`{3,}|~{3,})[^\S\n]*+[\w.+-]*+\s")


def _unfenced(text: str) -> str | None:
    """What stands in the one code fence that the text is; None if it is none."""
    opened = _OPENED_FENCE.match(text)
    if opened is None or not text.endswith(opened.group(1)):
        return None
    return text[opened.end() : -len(opened.group(1))]


def _parse_json(text: str) -> tuple[Any, str]:
    """The value and no problem, or the problem; a fence is opened only if the text itself is no JSON."""
    problem = ""
    for candidate in (text, _unfenced(text)):
        if candidate is None:
            continue
        try:
            return json.loads(candidate, parse_constant=_no_constant), ""
        except (ValueError, RecursionError) as error:
            problem = f"not JSON: {error}"
    return None, problem


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check_phrase(text: str) -> str:
    if not text.strip():
        raise ValueError("has to hold more than white space")
    return text


Phrase = Annotated[str, AfterValidator(_check_phrase)]


@register("starts_with")
class StartsWith(Constraint):
    """The response starts with a text, white space aside."""

    text: Phrase
    ignore_case: bool = False

    phrasings = (
        'Start your answer with "{text}".',
        'The very first words of your answer should be "{text}".',
    )
    example = Example({"text": "Dear"}, "Dear Ana, thank you.", "Hello Ana, thank you.")

    def check(self, text: Text) -> Verdict:
        wanted, value = _cased(self.text.strip(), text.stripped, self.ignore_case)
        return Verdict(value.startswith(wanted), f"starts with {value[: len(wanted)]!r}, wanted {wanted!r}")


@register("ends_with")
class EndsWith(Constraint):
    """The response ends with a text, white space aside."""

    text: Phrase
    ignore_case: bool = False

    phrasings = (
        'End your answer with "{text}".',
        'The very last words of your answer should be "{text}".',
    )
    example = Example({"text": "Yours, Ana"}, "Thank you!\n\nYours, Ana", "Thank you!\n\nAna")

    def check(self, text: Text) -> Verdict:
        wanted, value = _cased(self.text.strip(), text.stripped, self.ignore_case)
        return Verdict(value.endswith(wanted), f"ends with {value[-len(wanted) :]!r}, wanted {wanted!r}")


def _cased(wanted: str, value: str, ignore_case: bool) -> tuple[str, str]:
    return (wanted.casefold(), value.casefold()) if ignore_case else (wanted, value)
