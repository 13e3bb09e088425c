"""Records that nobody would write by mistake, each with what it does not survive.

Every shape stands in several places of a record; whoever reads them has to reject or verify each, and go on.
"""

import json
from collections.abc import Iterator
from typing import Any

GOOD = {"prompt": "Say it.", "constraints": [{"kind": "word_count", "max": 3}], "response": "It."}

_FEW_WORDS = {"kind": "word_count", "max": 3}


def nested(depth: int, inner: Any = 1, name: str | None = None) -> Any:
    """A value in so many lists, or objects."""
    for _ in range(depth):
        inner = [inner] if name is None else {name: inner}
    return inner


def composite(kind: str, depth: int) -> dict[str, Any]:
    """A constraint in so many others."""
    constraint: dict[str, Any] = _FEW_WORDS
    for _ in range(depth):
        within = {
            "not": {"constraint": constraint},
            "all_of": {"constraints": [constraint]},
            "any_of": {"constraints": [constraint, constraint]}
            if depth < 8
            else {"constraints": [constraint]},
            "if_then": {"if": constraint, "then": _FEW_WORDS},
            "within": {"unit": "paragraph", "index": 1, "constraint": constraint},
        }
        constraint = {"kind": kind, **within[kind]}
    return constraint


def schema(depth: int) -> dict[str, Any]:
    """A JSON Schema that is nested so deeply."""
    made: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        made = {"type": "object", "properties": {"a": made}}
    return made


PATTERNS = {
    "a repetition beyond all bounds": "a{99999999999999999999}",
    "brackets in brackets": "(" * 500 + "a" + ")" * 500,
    "an open bracket": "(" * 500,
    "sets in sets": "[" * 500,
    "a group number beyond all bounds": "\\" + "9" * 400,
    "a reference to no group": "(?P=x)",
    "a repetition of a repetition": "a{2}{3}{4}{5}{99999999}",
    "alternatives": "|" * 5000,
    "flags in the middle": "a(?i)b",
    "a look-behind without end": "(?<=a*)b",
    "an octal number": "\\777777",
    "a name of no character": "\\N{NO SUCH NAME}",
    "half a character class": "[a-",
    "a range backwards": "[z-a]",
    "a null": "\0",
    "a very long word": "a" * 100_000,
    "controls": "".join(map(chr, range(32))),
    "the other direction": "\u202e\u2066",
    "conditions": "(?(1)" * 300 + "a" + ")" * 300,
    "comments": "(?#" * 300,
}
"""Words that are patterns, or look like ones."""

NUMBERS = {
    "a number beyond 64 bits": 10**30,
    "a number of 5000 digits": int("9" * 4000 + "0" * 200),
    "minus a number beyond 64 bits": -(10**30),
    "a fraction beyond all bounds": 1e308,
    "nearly nothing": 5e-324,
    "a truth": True,
    "minus nothing": -0.0,
}

_KEYWORD_PLACES = {
    "keywords:existence": lambda value: {"keywords": [value]},
    "keywords:forbidden_words": lambda value: {"forbidden_words": [value]},
    "keywords:frequency": lambda value: {"keyword": value, "frequency": 2, "relation": "at least"},
    "matches": lambda value: {"pattern": value},
    "contains": lambda value: {"text": value},
    "startend:end_checker": lambda value: {"end_phrase": value},
}

_NUMBER_PLACES = {
    "word_count": lambda value: {"max": value},
    "length_constraints:number_words": lambda value: {"num_words": value, "relation": "at least"},
    "length_constraints:nth_paragraph_first_word": lambda value: {
        "num_paragraphs": value,
        "nth_paragraph": value,
        "first_word": "It",
    },
    "detectable_content:number_placeholders": lambda value: {"num_placeholders": value},
}


def hostile() -> Iterator[tuple[str, dict[str, Any]]]:
    """The records, each with what it is about."""
    for name, value in PATTERNS.items():
        for kind, parameters in _KEYWORD_PLACES.items():
            yield f"{kind}: {name}", _with(constraints=[{"kind": kind, **parameters(value)}])
    for name, number in NUMBERS.items():
        for kind, parameters in _NUMBER_PLACES.items():
            yield f"{kind}: {name}", _with(constraints=[{"kind": kind, **parameters(number)}])
        for field in ("id", "sample", "stated_in", "from_turn", "data_source"):
            yield (
                f"{field}: {name}",
                _with(**{field: [number] if field.endswith(("_in", "turn")) else number}),
            )
    for kind in ("not", "all_of", "any_of", "if_then", "within"):
        for depth in (20, 32, 50, 66, 85):
            yield f"{kind} {depth} deep", _with(constraints=[composite(kind, depth)])
    for depth in (50, 80, 95):
        yield f"a schema {depth} deep", _with(constraints=[{"kind": "json", "json_schema": schema(depth)}])
        deeper = 3 * depth
        text = json.dumps(schema(deeper // 2))
        yield f"a schema {deeper} deep as text", _with(constraints=[{"kind": "json", "json_schema": text}])
    yield "a schema of itself", _with(constraints=[{"kind": "json", "json_schema": {"$ref": "#"}}])
    yield (
        "a pattern in a schema",
        _with(constraints=[{"kind": "json", "json_schema": {"pattern": "a{99999999999999999999}"}}]),
    )
    for depth in (100, 190, 197):
        for field in ("extra", "metadata", "response", "prompt", "constraints", "tools", "id", "sampling"):
            yield f"{field} {depth} deep", _with(**{field: nested(depth)})
            yield f"{field} of objects {depth} deep", _with(**{field: nested(depth, name="a")})
    for depth in (150, 250, 400, 900, 5000):
        text = "[" * depth + "]" * depth
        for field in ("metadata", "constraints", "ground_truth", "kwargs", "tools", "messages"):
            yield f"{field} {depth} deep as text", _with(**{field: text})
        table = {
            "instruction": {**GOOD, "response": None},
            "response": "It.",
            "metadata": text,
            "results": [],
        }
        yield f"metadata of a table {depth} deep as text", table
        yield (
            f"a parameter {depth} deep as text",
            {
                "prompt": "p",
                "response": "It.",
                "instruction_id_list": ["word_count"],
                "kwargs": [text],
            },
        )
    yield "too many constraints", _with(constraints=[_FEW_WORDS] * 1001)
    yield "too many parts", _with(constraints=[{"kind": "all_of", "constraints": [_FEW_WORDS] * 1001}])
    yield "many constraints", _with(constraints=[_FEW_WORDS] * 300)
    yield "many responses", {**_with(), "responses": ["It."] * 300}
    yield (
        "half a character in a literal",
        {
            "prompt": "p",
            "response": "It.",
            "ground_truth": "[{'instruction_id': ['keywords:existence'], "
            "'kwargs': [{'keywords': ['\\ud83d']}]}]",
        },
    )
    yield (
        "half a character in metadata",
        {
            "instruction": {"prompt": "p", "constraints": [_FEW_WORDS]},
            "response": "It.",
            "metadata": '{"a": "\\ud83d"}',
        },
    )
    for name, sampling in {
        "a seed beyond 64 bits": {"seed": 10**30},
        "a token beyond 32 bits": {"token_ids": [2**31]},
        "a probability beyond four bytes": {"logprobs": [-1e300]},
        "no base64": {"token_ids": "!"},
        "a broken base64": {"token_ids": "AAA="},
        "a temperature of text": {"temperature": "hot"},
    }.items():
        yield name, _with(sampling=sampling)
    for field in ("prompt", "response", "constraints", "metadata", "id", "messages", "responses", "sampling"):
        for value in (None, True, 0, "", [], {}, [[]], [None], {"kind": None}, [{"kind": {}}]):
            yield f"{field} is {value!r}", _with(**{field: value})


def lines() -> list[tuple[str, bytes]]:
    """The records as lines, and lines that are no records."""
    made = [(name, json.dumps(record).encode()) for name, record in hostile()]
    made += [
        ("nested beyond the parser", b'{"prompt": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        ("half a character", rb'{"prompt": "\ud83d", "constraints": [], "response": "x"}'),
        ("no UTF-8", b'{"prompt": "\xff\xfe"}'),
        ("a null byte", b'{"prompt": "\x00"}'),
        ("no JSON", b"{"),
        ("a list", b"[]"),
        ("a number", b"1"),
        ("a number of 5000 digits", b'{"id": ' + b"9" * 5000 + b"}"),
        ("not a number", b'{"id": NaN, "prompt": "p"}'),
        (
            "infinity",
            b'{"prompt": "p", "constraints": [{"kind": "word_count", "max": Infinity}], "response": "x"}',
        ),
        ("twice the same name", b'{"prompt": "p", "prompt": 1}'),
        ("controls", bytes(range(1, 9))),
    ]
    return made


def _with(**fields: Any) -> dict[str, Any]:
    return {**GOOD, **fields}
