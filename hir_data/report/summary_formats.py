"""The summary of a verification for those who run it: JSON, JUnit's XML, Markdown, and what GitHub reads."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, get_args
from xml.etree import ElementTree as Xml

from hir_data.schemas.english import number_of

SummaryFormat = Literal["json", "junit", "md", "github"]
SUMMARY_FORMATS: tuple[SummaryFormat, ...] = get_args(SummaryFormat)

_LEAST = 0.0001
"""The smallest probability that is written as a number."""

SHARES = ("ila_strict", "ila_loose", "cla_strict", "cla_loose")


def as_json(summary: Mapping[str, Any]) -> str:
    """The summary as JSON, as the schemas of summaries describe it."""
    return json.dumps(summary, indent=2, ensure_ascii=False) + "\n"


# What is wrong, in sentences


def failures(summary: Mapping[str, Any]) -> list[str]:
    """Why the run fails: thresholds that it does not reach, and measures that got significantly worse."""
    reached = [_threshold(each) for each in summary.get("thresholds", ()) if not each["passed"]]
    baseline = summary.get("baseline", {"worse": ()})
    return reached + [_worse(name, baseline) for name in baseline["worse"]]


def _threshold(result: Mapping[str, Any]) -> str:
    value = "is not measured" if result["value"] is None else f"is {result['value']:g}"
    return f"{result['measure']} {value}, has to be at least {result['least']:g}"


def _worse(name: str, baseline: Mapping[str, Any]) -> str:
    each = baseline["measures"][name]
    return (
        f"{name} got worse: {_percent(each['before'])} % before, {_percent(each['after'])} % now "
        f"({each['method']}, adjusted p {_probability(each['p_adjusted'])})"
    )


# JUnit


def as_junit(summary: Mapping[str, Any], max_rejected: int = 0) -> str:
    """The summary as JUnit's XML: a test case for the records, each threshold, each accuracy and each kind.

    A kind whose verdicts are all undetermined is skipped.

    Args:
        summary: of a verification.
        max_rejected: rejected records up to which the test case of the records passes.
    """
    said = f"{summary['read']} read, {summary['verified']} verified, {summary['rejected']} rejected"
    cases = [_case("records", "records are verified", said, summary["rejected"] <= max_rejected)]
    cases += [
        _case("threshold", f"{each['measure']} at least {each['least']:g}", _threshold(each), each["passed"])
        for each in summary.get("thresholds", ())
    ]
    cases += [_measured_case(name, _shares_said(share), summary) for name, share in _accuracies(summary)]
    for kind, counts in summary["kinds"].items():
        case = _measured_case(kind, _counts_said(counts), summary)
        if counts["undetermined"] == counts["constraints"]:
            Xml.SubElement(case, "skipped", message="every verdict is undetermined")
        cases.append(case)
    attributes = {
        "name": "hir-data verify",
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
    }
    suites = Xml.Element("testsuites", attributes)
    Xml.SubElement(suites, "testsuite", attributes).extend(cases)
    Xml.indent(suites)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{Xml.tostring(suites, encoding='unicode')}\n"


def _measured_case(name: str, said: str, summary: Mapping[str, Any]) -> Xml.Element:
    baseline = summary.get("baseline", {"worse": ()})
    is_worse = name in baseline["worse"]
    case = _case("verify", name, _worse(name, baseline) if is_worse else said, not is_worse)
    Xml.SubElement(case, "system-out").text = _xml(said)
    return case


def _case(group: str, name: str, said: str, passed: bool) -> Xml.Element:
    case = Xml.Element("testcase", classname=f"hir-data.{group}", name=_xml(name))
    if not passed:
        Xml.SubElement(case, "failure", message=_xml(said))
    return case


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """A text without the characters that XML cannot have."""
    return _NOT_XML.sub("\ufffd", text)


# Markdown


def as_markdown(summary: Mapping[str, Any]) -> str:
    """The summary as Markdown, to read on a page of a CI."""
    failed = failures(summary)
    lines = ["## hir-data verify", ""]
    lines += [f"- **failed:** {_plain(each)}" for each in failed] + ([""] if failed else [])
    lines += [
        f"{summary['read']} read = {summary['verified']} verified + {summary['rejected']} rejected, "
        f"{number_of(summary['constraints'], 'constraint')}, {summary['undetermined']} undetermined",
    ]
    shares = [
        (f"`{name}`", _percent(share["value"]), f"{_percent(share['low'])} to {_percent(share['high'])}")
        for name, share in _accuracies(summary)
    ]
    lines += _table(("accuracy", "%", "95 % interval"), shares)
    lines += _table(
        ("measure", "at least", "value", ""),
        [
            (_code(one["measure"]), f"{one['least']:g}", _number(one["value"]), _passed(one["passed"]))
            for one in summary.get("thresholds", ())
        ],
    )
    if baseline := summary.get("baseline"):
        lines += ["", f"Compared with {_code(baseline['source'])}:"]
        lines += _table(
            ("measure", "before %", "now %", "method", "adjusted p", ""),
            [
                (
                    _code(name),
                    _percent(one["before"]),
                    _percent(one["after"]),
                    one["method"],
                    _probability(one["p_adjusted"]),
                    "worse" if one["worse"] else "",
                )
                for name, one in baseline["measures"].items()
            ],
        )
    lines += _table(
        ("kind, worst first", "constraints", "strict %", "undetermined"),
        [
            (
                _code(kind),
                str(counts["constraints"]),
                _percent(counts["strict"] / counts["constraints"]),
                str(counts["undetermined"]),
            )
            for kind, counts in summary["kinds"].items()
        ],
    )
    return "\n".join(lines) + "\n"


def _table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield from ("", f"| {' | '.join(titles)} |", f"|{'|'.join('---' for _ in titles)}|")
        yield from (f"| {' | '.join(row)} |" for row in rows)


def _code(text: str) -> str:
    """A text as it is, in the cell of a table."""
    flat = " ".join(text.split()).replace("`", "'").replace("|", "\\|")
    return f"`{flat}`"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_<>\[\]|#])", r"\\\1", " ".join(text.split()))


def _passed(passed: bool) -> str:
    return "passed" if passed else "**failed**"


# GitHub


def annotations(summary: Mapping[str, Any]) -> list[str]:
    """The workflow commands by which GitHub shows why a run fails."""
    return [f"::error title=hir-data verify::{_command(each)}" for each in failures(summary)]


def _command(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


# What all have in common


WRITERS: Mapping[SummaryFormat, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {"json": as_json, "junit": as_junit, "md": as_markdown, "github": as_markdown}
)


def _accuracies(summary: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, float]]]:
    for name in SHARES:
        if share := summary.get(name):
            yield name, share


def _shares_said(share: Mapping[str, float]) -> str:
    low, high = _percent(share["low"]), _percent(share["high"])
    return f"{_percent(share['value'])} %, 95 % interval {low} to {high}"


def _counts_said(counts: Mapping[str, int]) -> str:
    share = _percent(counts["strict"] / counts["constraints"])
    return (
        f"{counts['strict']} of {counts['constraints']} satisfied ({share} %), "
        f"{counts['undetermined']} undetermined"
    )


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:g}"


def _probability(p: float) -> str:
    """Never 0, which the sum of a tail comes to where it is far out."""
    return f"{p:.2g}" if p >= _LEAST else f"below {_LEAST:g}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
