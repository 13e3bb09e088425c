"""Whether a text is YAML, TOML, XML, JSON or Python, by parsers that build nothing and fetch nothing.

A response may be hostile: a parser must neither run code, read a file or an address, nor take for ever. So
aliases and entities are not expanded, and what would take a parser too long is not parsed
(:class:`NotParsedError`): a text beyond :data:`LONGEST`, or one that is nested beyond :data:`DEEPEST` (JSON:
:data:`DEEPEST_JSON`).
"""

import ast
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

LONGEST = 100_000
"""How many characters are parsed at most."""
DEEPEST = 100
"""How deep lists and mappings may stand in one another."""
DEEPEST_JSON = 500
"""Of JSON. Python's parser reads some 900 levels, but fewer the more calls it is in: this many always."""


_MOST_DIGITS = 4000
"""Of an integer; Python reads none of 4,300 and more."""
_TOO_DEEP = "is nested too deeply to be parsed"


class NotParsedError(Exception):
    """A text cannot be parsed in bounded time and memory, so that nothing is known of it."""


class Fault(NamedTuple):
    """What is wrong with a text, and how many of its characters could be read before that."""

    reason: str
    at: int = 0


def fault(text: str, language: str) -> Fault | None:
    """What makes a text no document of a language, one of :data:`PARSERS`; None where nothing does.

    Raises:
        NotParsedError: it would take too long to tell.
    """
    if len(text) > LONGEST:
        raise NotParsedError(f"longer than {LONGEST} characters, which is not parsed")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return Fault("has half of a surrogate pair", error.start)
    return PARSERS[language](text)


def _at(text: str, line: int, column: int) -> int:
    """The place of a line and a column, both counted from 1."""
    lines = text.splitlines(keepends=True)
    return min(sum(map(len, lines[: line - 1])) + max(column - 1, 0), len(text))


# ---------------------------------------------------------------------------------------------------------
# JSON


def read_json(text: str) -> Any:
    """The value that JSON stands for, by the standard: NaN and Infinity are none.

    Raises:
        ValueError: it is no JSON.
        NotParsedError: it may be JSON, and is nested too deeply to be parsed.
    """
    return _decoded(text, _STANDARD)


def read_python_json(text: str) -> Any:
    """The value as Python's own parser has it, and the references with it: with NaN and Infinity.

    Raises:
        ValueError: it is no JSON, or has an integer of 4,300 digits or more.
        NotParsedError: it may be JSON, and is nested too deeply to be parsed.
    """
    return _decoded(text, _PYTHON)


def _decoded(text: str, decoder: json.JSONDecoder) -> Any:
    if text.count("[") + text.count("{") > DEEPEST_JSON:
        _check_nesting(text, decoder)
    try:
        return decoder.decode(text)
    except RecursionError:
        raise NotParsedError(_TOO_DEEP) from None


_JSON_MARK = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_LEVELS = {"[": 1, "{": 1, "]": -1, "}": -1}


def _check_nesting(text: str, decoder: json.JSONDecoder) -> None:
    """Raise where a text is nested too deeply: as no JSON, where that can be told all the same.

    It can where there is a fault before it gets so deep, as in ``x [[[...]]]``, and where what it opens is
    not closed, as in what a policy writes that collapses to ``[[[[...``.
    """
    level, too_deep_at = 0, None
    for mark in _JSON_MARK.finditer(text):
        level += _LEVELS.get(mark[0], 0)
        if too_deep_at is None and level > DEEPEST_JSON:
            too_deep_at = mark.start()
    if too_deep_at is None:
        return
    try:
        decoder.decode(text[:too_deep_at])
    except json.JSONDecodeError as error:
        if error.pos < too_deep_at:  # else it only misses what was cut off
            raise
    else:
        raise json.JSONDecodeError("Extra data", text, too_deep_at)
    if level:
        raise json.JSONDecodeError("what is opened is not closed", text, len(text))
    raise NotParsedError(_TOO_DEEP)


def _whole_number(digits: str) -> int | float:
    """The number; one of thousands of digits as a float, since Python reads no such integers."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_STANDARD = json.JSONDecoder(parse_constant=_no_constant, parse_int=_whole_number)
_PYTHON = json.JSONDecoder()


def _json_fault(text: str) -> Fault | None:
    try:
        read_json(text)
    except json.JSONDecodeError as error:
        return Fault(str(error), error.pos)
    except ValueError as error:
        return Fault(str(error))
    return None


# ---------------------------------------------------------------------------------------------------------
# YAML


class _Node:
    """A mapping or a list that is open."""

    def __init__(self, is_mapping: bool) -> None:
        self.is_mapping = is_mapping
        self.is_key_next = is_mapping
        self.keys: set[tuple[str, str]] = set()


def _yaml_fault(text: str) -> Fault | None:
    """By its events: no value is made, so that aliases multiply nothing and tags call nothing."""
    import yaml

    loader_class: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loader = loader_class(text)
        try:
            return _yaml_events_fault(yaml, loader)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark else ""
        return Fault(f"{line}{error.problem or error.context}", min(mark.index, len(text)) if mark else 0)
    except yaml.YAMLError as error:
        return Fault(" ".join(str(error).split()), min(getattr(error, "position", 0) or 0, len(text)))


def _yaml_events_fault(yaml: Any, loader: Any) -> Fault | None:
    opened: list[_Node] = []
    anchors: set[str] = set()
    documents = 0
    while loader.check_event():
        event = loader.get_event()
        at = event.start_mark.index
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            anchors.clear()
        elif isinstance(event, yaml.CollectionEndEvent):
            opened.pop()
        elif isinstance(event, yaml.NodeEvent):
            if reason := _node_fault(yaml, loader, event, opened[-1] if opened else None, anchors):
                return Fault(f"line {event.start_mark.line + 1}: {reason}", at)
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append(_Node(isinstance(event, yaml.MappingStartEvent)))
                if len(opened) > DEEPEST:
                    raise NotParsedError(_TOO_DEEP)
    return None if documents else Fault("holds nothing")


def _node_fault(yaml: Any, loader: Any, event: Any, parent: _Node | None, anchors: set[str]) -> str | None:
    """What is wrong with a node where it stands."""
    if isinstance(event, yaml.AliasEvent):
        if event.anchor not in anchors:
            return f"there is no anchor {event.anchor!r}"
    else:
        if event.anchor:
            anchors.add(event.anchor)
        if event.tag and event.tag.startswith(_YAML_TAG) and event.tag[len(_YAML_TAG) :] not in _YAML_TYPES:
            return f"there is no type {event.tag!r}"
    if parent is None:
        return None if isinstance(event, yaml.CollectionStartEvent) else "neither a mapping nor a list"
    if parent.is_mapping:
        is_key, parent.is_key_next = parent.is_key_next, not parent.is_key_next
        if is_key and isinstance(event, yaml.ScalarEvent):
            tag = event.tag or loader.resolve(yaml.ScalarNode, event.value, event.implicit)
            if (tag, event.value) in parent.keys:
                return f"the key {event.value[:40]!r} is there twice"
            parent.keys.add((tag, event.value))
    return None


_YAML_TAG = "tag:yaml.org,2002:"
_YAML_TYPES = frozenset(
    "map seq str int float bool null timestamp binary set omap pairs merge value yaml".split()
)


# ---------------------------------------------------------------------------------------------------------
# TOML

_MOST_DOTS = 100  # in one key; the time of the parser grows with their square
_KEY_ENDS = re.compile(r"[=\n,{\[]")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _toml_fault(text: str) -> Fault | None:
    import tomllib

    if max(part.count(".") for part in _KEY_ENDS.split(text)) > _MOST_DOTS:
        raise NotParsedError("has too many dots in a row to be parsed")
    try:
        table = tomllib.loads(text)
    except ValueError as error:
        found = _TOML_PLACE.search(str(error))
        at = _at(text, int(found[1]), int(found[2])) if found and found[1] else len(text) if found else 0
        return Fault(str(error), at)
    except RecursionError:
        raise NotParsedError(_TOO_DEEP) from None
    return None if table else Fault("has no keys")


# ---------------------------------------------------------------------------------------------------------
# XML


def _xml_fault(text: str) -> Fault | None:
    """Whether it is well-formed. Entities of its own are not read: they can make gigabytes of a line."""
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        return Fault(str(error), _at(text, error.lineno, error.offset + 1))
    return None


def _refuse_entity(name: str, *_: Any) -> None:
    raise NotParsedError(f"declares the entity {name!r}, which is not read")


# ---------------------------------------------------------------------------------------------------------
# Python

# A backslash that begins no escape gives a warning, which is an error where warnings are. Two backslashes are
# an escape in a string, and an error as one is everywhere else.
_NO_ESCAPE = re.compile(r"\\(?:[\n\\'\"abfnrtvxNuU]|[0-3]?[0-7]{1,2}(?![0-7])|())", re.DOTALL)


def _python_fault(text: str) -> Fault | None:
    source = _NO_ESCAPE.sub(lambda found: found[0] if found[1] is None else r"\\", text)
    try:
        ast.parse(source)
    except SyntaxError as error:
        line = error.lineno or 1
        return Fault(f"line {line}: {error.msg}", _at(text, line, error.offset or 1))
    except ValueError as error:  # such as a null character
        return Fault(str(error))
    except (RecursionError, MemoryError):
        raise NotParsedError(_TOO_DEEP) from None
    return None


PARSERS: Mapping[str, Callable[[str], Fault | None]] = {
    "json": _json_fault,
    "python": _python_fault,
    "toml": _toml_fault,
    "xml": _xml_fault,
    "yaml": _yaml_fault,
}
"""What can be parsed, by the name of the language."""
