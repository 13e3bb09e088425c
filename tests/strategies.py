"""Records of every kind, and texts on which verdicts go either way, for property tests."""

import operator
from typing import Any

from hypothesis import strategies as st

import hir_data as hir
from hir_data.verifiers.ifeval.keywords import LANGUAGE_NAMES

KINDS = [kind for kind, cls in hir.kinds().items() if cls.__module__.startswith("hir_data.")]

# Pieces that some check looks for, so that verdicts go either way.
PIECES = [
    "*", "**", "***", "******", "-", "- ", "\n", "\n\n", "\r\n", " ", ".", ",", "?!", '"', "'",
    "[", "]", "<<", ">>", "```json\n", "```", "{", "}", '{"a": 1}', "1", "NaN", "P.S.", "Part 1",
    "My answer is no.", "the", "The end.", "SEA", "sea", "Dr. Lee", "don't",
    "(", "(((((", ")", "'\"'", "<i>", "</em>", "🏠", "a), b), c)", "\n  ", "\n* ",
    "| a | b |\n|---|---|\n| 1 |", "a: 1\n", "a,b\n1,2", "a = 1\n", "<a/>", "```py\n1", "https://a.b",
    "天气", "。", "ไทย", "नमस्ते", "e\u0301", "👋🏽", "🇫🇷", "\u200d", "\u0000",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join)

# What breaks programs that count, slice or search texts; none of it is a lone surrogate, which no file holds.
HOSTILE_PIECES = [
    "\u202e", "\u200f", "\u2066", "\u061c", "\u200b", "\u200c", "\u2060", "\ufeff", "\u00ad", "\u034f",
    "e" + "\u0301" * 40, "\u0300", "\u20dd", "👨\u200d👩\u200d👧\u200d👦",
    "🏴\U000e0067\U000e007f", "1\ufe0f\u20e3", "🇫",
    "\x00", "\x1b[31m", "\x08", "\x7f", "\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\r", "\u180e",
    "\ufffd", "\ufffe", "\U0010ffff", "ﷺ", "ﬁ", "ß", "İ", "ı", "Ǆ", "ῼ", "½", "²", "٣", "๓", "一", "Ⅳ", "𝟛",
    "a" * 3000, "ab " * 700, "(" * 300, "|" * 200, "#" * 50, "```\n" * 30, "*" * 101, "\n" * 150, "-\n" * 60,
    "<a" * 80, '"' * 99, 
    "[" * 99 + "]" * 99, "{" * 60, ". " * 200, "?!" * 90, "1. " * 90, "|a|b|\n|-|-|\n" * 15,
]  # fmt: skip
HOSTILE_TEXTS = st.lists(
    st.sampled_from(HOSTILE_PIECES) | st.sampled_from(PIECES) | st.text(max_size=12), max_size=10
).map("".join)
"""Up to a few ten thousand characters of anything."""

STRINGS = ["sea", "the", "Part", "P.S.", "The end.", "c++", "U.S.", "[ab]+", "天气", " the "]

# Parameters whose type does not tell what makes sense.
SPECIAL = {
    ("language:response_language", "language"): st.sampled_from(sorted(LANGUAGE_NAMES)),
    ("language", "language"): st.sampled_from(
        ["en", "fr", "de", "hi", "ja", "th", "zh", "zh-Hans", "zh-TW", "hr", "no"]
    ),
    ("fr:special_character:accents", "word_to_accentuate"): st.dictionaries(
        st.text(max_size=4), st.text(min_size=1, max_size=6) | st.just("déjà"), min_size=1, max_size=3
    ),
    ("matches", "pattern"): st.sampled_from(
        [r"\w+", "^.*$", r"(?s)\A.*\Z", r"\p{L}{3,}", "[,;]", "(a|b)*c", "$", "x?"]
    ),
    ("code_block", "language"): st.sampled_from(["python", "py", "json", "YAML", "rust", None]),
    ("csv", "header"): st.sampled_from([None, ["sea"], ["a", "B"]]),
    ("markdown_table", "header"): st.sampled_from([None, ["sea"], ["a", "B"]]),
    ("regex_count", "pattern"): st.sampled_from([r"\w+", "^.*$", "[,;]", "(a|b)*c", "$", "x?"]),
    ("json", "json_schema"): st.sampled_from(
        [True, False, {}, {"type": "object"}, {"type": "number", "minimum": 1}, '{"required": ["a"]}', None]
    ),
}

# Parts of composites.
INNER = [
    {"kind": "word_count", "max": 3},
    {"kind": "punctuation:no_comma"},
    {"kind": "not", "constraint": {"kind": "contains", "text": "sea"}},
    {"kind": "within", "unit": "line", "index": "every", "constraint": {"kind": "word_count", "min": 2}},
]

# Kinds of whose parameters only some go together.
PLACES = [{"index": 1}, {"index": -2}, {"index": "every"}, {"first": 2}, {"last": 1}]
TOGETHER = {
    "paragraph_first_word": st.sampled_from(
        [{"paragraphs": 2, "number": number, "word": word} for number in (1, 2) for word in ("sea", "The")]
    ),
    "soft:grade": st.sampled_from(
        [
            {"criterion": "It is kind.", "min": least, "points": points}
            for least in (2, 5)
            for points in (0, 2.5)
        ]
        + [{"criterion": "It is kind.", "rubric": "No irony.", "scale": [-3, 10], "min": 0}]
    ),
    "within": st.sampled_from(
        [{"unit": unit, **place} for unit in ("word", "sentence", "line", "paragraph") for place in PLACES]
        + [{"unit": "section", "heading": "sea"}, {"unit": "code_block", "index": 1}]
    ),
}

# A pattern of the record's own is put into a larger one, where what was valid alone need not be ("(?i)sea").
MAY_FAIL = {
    "count:count_increment_word",
    "detectable_content:postscript",
    "detectable_format:multiple_sections",
    "keywords:forbidden_words",
    "keywords:frequency",
    "keywords:word_count_different_numbers",
    "keywords:word_once",
}
# Thai words cannot be told apart, nor in a part of a composite; TOML with too many dots is not parsed.
MAY_NOT_TELL = {
    "ja:detectable_format:nominal_ending",
    "toml",
    "word_count",
    "language",
    "reading_level",
    "all_of",
    "any_of",
    "not",
    "if_then",
    "within",
}
STATUSES = {kind: {"ok", "error"} for kind in MAY_FAIL | MAY_NOT_TELL} | {
    kind: {"ok", "unjudged"} for kind in ("soft:criterion", "soft:grade", "muldimif:unparsed")
}


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a parameter, by its JSON Schema."""
    match schema:
        case {"title": "Constraint"}:
            return st.sampled_from(INNER)
        case {"enum": options}:
            return st.sampled_from(options)
        case {"const": option}:
            return st.just(option)
        case {"anyOf": schemas}:
            return st.one_of([values(option) for option in schemas])
        case {"type": "null"}:
            return st.none()
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "integer"}:
            least = schema.get("minimum", 0)
            return st.integers(least, least + 5) | st.integers(least, least + 50)
        case {"type": "number"}:
            least = schema.get("minimum", 0)
            return st.floats(least, schema.get("maximum", least + 50))
        case {"type": "string"}:
            least, most = schema.get("minLength", 0), schema.get("maxLength", 8)
            fitting = [text for text in [*STRINGS, *"aeZ#!，"] if least <= len(text) <= most]
            return st.sampled_from(fitting) | st.text(min_size=least, max_size=most)
        case {"type": "array", "items": items}:
            return st.lists(values(items), min_size=schema.get("minItems", 0), max_size=3)
    raise NotImplementedError(f"no values are known for {schema}: extend tests/strategies.py")


def records(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    parameters = {
        name: SPECIAL[kind, name] if (kind, name) in SPECIAL else values(schema)
        for name, schema in hir.json_schema(kind)["properties"].items()
        if name != "kind" and (kind not in TOGETHER or name == "constraint")
    }
    free = st.fixed_dictionaries({"kind": st.just(kind), **parameters})
    together = TOGETHER.get(kind, st.just({}))
    return st.builds(operator.or_, free, together).filter(is_valid)


def is_valid(record: dict[str, Any]) -> bool:
    try:
        hir.parse(record)
    except hir.RecordError:
        return False
    return True
