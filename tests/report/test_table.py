"""The report as it is printed: to a file whole, to a terminal as it fits."""

import io
from typing import Any

import pytest
from rich.console import Console

from hir_data.report.verify_table import print_report

FIGURES = {"value": 0.25, "low": 0.0987, "high": 0.51234}
KIND = {"constraints": 8, "strict": 2, "loose": 5, "undetermined": 0, "undetermined_loose": 0}
SUMMARY: dict[str, Any] = {
    "read": 10,
    "verified": 8,
    "rejected": 2,
    "constraints": 16,
    "truncated_thinking": 0,
    "undetermined": 0,
    "undetermined_by_status": {},
    "undetermined_by_reason": {},
    "ila_strict": FIGURES,
    "cla_strict": FIGURES | {"value": 0.5},
    "ila_loose": FIGURES | {"value": 1.0, "high": 1.0},
    "cla_loose": FIGURES | {"value": 0.66667},
    "kinds": {"worse": KIND, "better": KIND | {"strict": 8, "loose": 8}},
}


def printed(summary: dict[str, Any], width: int = 80, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, **options)
    print_report(summary, console)
    return console.file.getvalue()


def cells(text: str) -> list[list[str]]:
    """The lines of a table by their columns."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()]


def test_the_whole_report():
    assert cells(printed(SUMMARY)) == [
        ["10 read = 8 verified + 2 rejected, 16 constraints"],
        ["%", "95% interval", "IFEval's name"],
        ["ILA", "strict", "25.00", "9.9 to 51.2", "prompt-level accuracy"],
        ["ILA", "loose", "100.00", "9.9 to 100.0", "prompt-level accuracy"],
        ["CLA", "strict", "50.00", "9.9 to 51.2", "instruction-level accuracy"],
        ["CLA", "loose", "66.67", "9.9 to 51.2", "instruction-level accuracy"],
        ["kind, worst first", "count", "strict %", "loose %", "undetermined"],
        ["worse", "8", "25.0", "62.5", "-"],
        ["better", "8", "100.0", "100.0", "-"],
    ]


def test_strict_verdicts_alone():
    kinds = {"worse": {"constraints": 8, "strict": 2, "undetermined": 0}}
    summary = {name: value for name, value in SUMMARY.items() if "loose" not in name} | {"kinds": kinds}
    assert cells(printed(summary))[1:] == [
        ["%", "95% interval", "IFEval's name"],
        ["ILA", "strict", "25.00", "9.9 to 51.2", "prompt-level accuracy"],
        ["CLA", "strict", "50.00", "9.9 to 51.2", "instruction-level accuracy"],
        ["kind, worst first", "count", "strict %", "undetermined"],
        ["worse", "8", "25.0", "-"],
    ]


def test_nothing_verified():
    empty = dict.fromkeys(("ila_strict", "cla_strict", "ila_loose", "cla_loose"))
    summary = SUMMARY | {"verified": 0, "rejected": 10, "constraints": 0, "kinds": {}} | empty
    assert cells(printed(summary)) == [["10 read = 0 verified + 10 rejected, 0 constraints"]]


def test_what_is_undetermined_is_said_and_why():
    reasons = {f"worse: reason {number}": 9 - number for number in range(7)}
    summary = SUMMARY | {
        "undetermined": 12,
        "truncated_thinking": 3,
        "undetermined_by_reason": reasons,
        "kinds": {"worse": KIND | {"undetermined": 7}},
    }
    lines = cells(printed(summary))
    assert lines[0] == [
        "10 read = 8 verified + 2 rejected, 16 constraints, 12 undetermined, 3 cut off while thinking"
    ]
    assert lines[7] == ["worse", "8", "25.0", "62.5", "7"]
    assert lines[8:] == [[f"undetermined {9 - number}x", f"worse: reason {number}"] for number in range(5)]


@pytest.mark.parametrize("width", [20, 80, 200])
def test_a_file_gets_long_names_whole(width: int):
    name = "instruction_following_in_many_languages:paragraph_first_words"
    text = printed(SUMMARY | {"kinds": {name: KIND}}, width)
    assert [name, "8", "25.0", "62.5", "-"] in cells(text)


def test_a_file_gets_very_long_names_whole():
    name = "a_package_of_somebody:" + "and_a_kind_" * 10
    assert name in printed(SUMMARY | {"kinds": {name: KIND}})


@pytest.mark.parametrize("terminal", [True, False])
def test_a_long_reason_takes_one_line(terminal: bool):
    """A terminal gets as much of it as fits; a file gets it whole."""
    reason = "worse: " + "long " * 100 + "end"
    summary = SUMMARY | {"undetermined_by_reason": {reason: 3}}
    text = printed(summary, 80, force_terminal=terminal, color_system=None)
    assert text.count("long ") == text.splitlines()[-1].count("long ") > 5
    line = text.splitlines()[-1]
    if terminal:
        assert len(line) <= 80 and line.endswith("…")
    else:
        assert line.rstrip() == f"undetermined 3x  {reason}"


@pytest.mark.parametrize("width", [72, 100])
def test_a_terminal_is_not_overflowed(width: int):
    text = printed(SUMMARY, width, force_terminal=True, color_system=None)
    assert max(map(len, text.splitlines())) <= width
    assert "prompt-level accuracy" in text
    assert "instruction-level accuracy" in text


def test_brackets_are_printed_as_they_are():
    assert "lists[items]" in printed(SUMMARY | {"kinds": {"lists[items]": KIND}})


def test_brackets_in_reasons_are_printed_as_they_are():
    assert "worse: IndexError: [red] at [0]" in printed(
        SUMMARY | {"undetermined_by_reason": {"worse: IndexError: [red] at [0]": 1}}
    )
