"""The text of ``--help``, for the terminal and for the page of the documentation."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

DOCUMENTATION = "docs"
"""The folder of the documentation."""

_WIDEST = 140  # columns; longer lines are hard to read
_LAST = ("Kinds of constraints", "Run", "Options")  # headings of what most commands have, in this order
_TERM = 34  # columns of the names of options, at most


def terminal_width() -> int:
    """The columns that a help text may take."""
    return max(40, min(shutil.get_terminal_size().columns, _WIDEST))


def command_help(command: Any, example: str, docs: str, width: int) -> Iterator[str]:
    """The help of a command.

    Args:
        command: the command, as typer makes it.
        example: one call of it.
        docs: the page of the documentation.
        width: columns of a line, at most.
    """
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    required = [f"{_flags(one)[0]} {one.metavar}" for one in options if one.required]
    usage = " ".join([f"hir-data {command.name}", *map(_argument, arguments), *required, "[OPTIONS]"])
    yield from _wrapped(usage, width, "Usage: ", " " * 4)
    for paragraph in command.help.split("\n\n"):
        yield from ("", *_wrapped(" ".join(paragraph.split()), width))
    yield from ("", "Example:", *textwrap.wrap(example, width, initial_indent="  ", subsequent_indent="    "))
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in arguments:
        groups.setdefault("Arguments", []).append((_argument(one), str(one.help)))
    for one in options:
        groups.setdefault(one.rich_help_panel or "Options", []).append((_term(one), _text(one)))
    for title in _LAST:
        if title in groups:
            groups[title] = groups.pop(title)
    groups.setdefault("Options", []).append(("-h, --help", "Show this help and exit."))
    yield from _groups(groups.items(), width)
    yield from ("", f"Documentation: {DOCUMENTATION}/{docs}")


def program_help(
    summary: str, commands: Iterable[tuple[str, str]], options: Sequence[Any], width: int
) -> Iterator[str]:
    """The help of the program: its commands, and its own options."""
    yield from ("Usage: hir-data COMMAND [OPTIONS]", "", *_wrapped(summary, width), "")
    yield from ("Example:", "  hir-data verify prompts.jsonl --responses responses.jsonl")
    own = [(_term(one), _text(one)) for one in options]
    own.append(("-h, --help", "Show this help, or that of a command, and exit."))
    listed = [(name, text.partition("\n")[0]) for name, text in commands]
    yield from _groups([("Commands", listed), ("Options", own)], width)
    yield from ("", f"Documentation: README.md and {DOCUMENTATION}/")


def _argument(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _flags(option: Any) -> list[str]:
    """The names of an option, the short one first, and what turns a switch off."""
    return [*sorted(option.opts, key=len), *option.secondary_opts]


def _term(option: Any) -> str:
    value = "" if option.is_flag else option.metavar or "TEXT"
    return ", ".join(_flags(option)) + ("" if value.startswith("[=") or not value else " ") + value


def _text(option: Any) -> str:
    text = str(option.help)
    return f"{text} [required]" if option.required else text


def _groups(groups: Iterable[tuple[str, list[tuple[str, str]]]], width: int) -> Iterator[str]:
    for title, entries in groups:
        yield from ("", f"{title}:")
        for term, text in entries:
            yield from _entry(term, text, width)


def _entry(term: str, text: str, width: int) -> Iterator[str]:
    """A term and its meaning in two columns."""
    column = min(_TERM, width // 3)
    term = f"  {term}"
    lines = textwrap.wrap(" ".join(text.split()), width - column, break_on_hyphens=False) or [""]
    if len(term) > column - 2:
        yield term
        term = ""
    for line in lines:
        yield f"{term:<{column}}{line}".rstrip()
        term = ""


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )
