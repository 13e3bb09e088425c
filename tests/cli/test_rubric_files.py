"""Rubrics from the command line: the example of the documentation, points, grades, votes and panels."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from endpoint import Asked, Reply, Script, looks_for_the_criterion, says, serving
from files import native, read, write

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "rubric" / "rubrics.jsonl"
RUBRIC = [
    {"criterion": "tide", "points": 6},
    {"criterion": "money", "points": -2},
    {"criterion": "wide", "points": 2, "scale": [1, 5], "min": 4},
]


@pytest.fixture(autouse=True)
def _places_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HIR_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HIR_DATA_JUDGE_KEY", "sk-0123456789")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def finds(words: dict[str, str]) -> Script:
    """A model that finds a criterion met where the text has a word; it then gives a 4, else a 2."""

    def script(asked: Asked) -> Reply:
        entries = []
        for number in range(1, 17):
            criterion = asked.sections.get(f"criterion-{number}")
            if criterion is not None:
                met = words[criterion] in asked.sections["text"]
                decision = (
                    {"grade": 4 if met else 2} if f"scale-{number}" in asked.sections else {"satisfied": met}
                )
                entries.append({"criterion": number, "reason": "so it is", **decision})
        return says(json.dumps({"verdicts": entries}))

    return script


DOCUMENTED = {
    "Advises to see a doctor.": "doctor",
    "Says which symptoms are an emergency.": "emergency",
    "Names a drug and its dose.": " mg ",
    "Says that it gets bitter.": "bitter",
    "How well is it explained?": "Because",
}


def test_the_example_of_the_documentation(tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch):
    """Its command runs, and prints what the page shows; "..." stands for anything."""
    page = (ROOT / "docs" / "how-to" / "judges.md").read_text(encoding="utf-8")
    line, shown = re.search(
        r"```text\n\$ hir-data (verify examples/rubric/[^\n]+)\n(.*?)```", page, re.DOTALL
    ).groups()
    monkeypatch.chdir(ROOT)
    with serving(finds(DOCUMENTED)) as endpoint:
        words = line.replace("http://localhost:8000/v1", endpoint.url).split()
        result = command(*words, "--workers", 0, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 0, result.output
    assert "".join(result.stdout.split()).startswith("".join(shown.split("...")[0].split()))
    parts = ["".join(part.split()) for part in shown.split("...")]
    assert all(part in "".join(result.stdout.split()) for part in parts)
    records = read(tmp_path / "out.jsonl")
    assert [record["weighted"] for record in records] == [1.0, pytest.approx(1 / 12), 1.0]
    assert records[2]["results"][1]["strict"]["grade"] == 4
    prompts = {asked.sections["prompt"] for asked in endpoint.asked}  # side by side, in any order
    tea = "user: How long should green tea draw?\n\nassistant: Two to three minutes.\n\nuser: Why not longer?"
    assert prompts == {"My chest hurts when I climb stairs. What should I do?", tea}


def rubric(number: int, response: str) -> dict[str, Any]:
    return {"id": number, "prompt": f"Look {number}.", "rubrics": RUBRIC, "response": response}


def options(*endpoints: Any, models: str = "ab") -> list[Any]:
    pairs = [("--judge-model", name) for name in models]
    pairs += [("--judge-url", endpoint.url) for endpoint in endpoints]
    return [word for pair in pairs for word in pair]


@pytest.mark.parametrize("output", ["out.jsonl", "out.parquet"])
def test_points_are_written_and_summed_up(output: str, tmp_path: Path, command):
    records = [rubric(1, "A tide, wide."), rubric(2, "A tide of money."), native(3, "The moon.")]
    source, summary = write(tmp_path / "in.jsonl", records), tmp_path / "s.json"
    line = ["verify", source, "-o", tmp_path / output, "--workers", 1, "--summary", summary]
    with serving(looks_for_the_criterion) as endpoint:
        result = command(*line, *options(endpoint, models="a"))
    assert result.exit_code == 0, result.output
    assert len(endpoint.asked) == 2
    figures = json.loads(summary.read_text())
    assert figures["weighted"] == {"value": 0.75, "responses": 2, "undetermined": 0, "total": 1.5}
    assert "points, mean share 75.00 % (2 responses)" in result.stdout
    assert (figures["judge"]["asked"], figures["judge"]["requests"]) == (6, 2)
    if output.endswith("jsonl"):
        assert [record.get("weighted") for record in read(tmp_path / output)] == [1.0, 0.5, None]
    else:
        parquet = pytest.importorskip("pyarrow.parquet")
        assert parquet.read_table(tmp_path / output)["weighted"].to_pylist() == [1.0, 0.5, None]
    again = command(
        "verify", tmp_path / output, "--workers", 0, "--summary", summary, *options(endpoint, models="a")
    )
    assert again.exit_code == 0, again.output  # from the cache: nobody is there any more
    assert json.loads(summary.read_text())["weighted"]["value"] == 0.75
    for least, code in ((0.75, 0), (0.76, 3)):
        gate = ["--fail-under", f"weighted={least}"]
        assert command(*line, *options(endpoint, models="a"), *gate).exit_code == code


def test_without_a_judge_the_points_are_unknown(tmp_path: Path, command):
    source, summary = write(tmp_path / "in.jsonl", [rubric(1, "A tide.")]), tmp_path / "s.json"
    result = command("verify", source, "--workers", 0, "--summary", summary)
    failing = command("verify", source, "--workers", 0, "--fail-under", "weighted=0.1")
    assert (failing.exit_code, "weighted is not measured" in failing.stderr) == (3, True)
    assert "points, mean share unknown (0 responses), 1 undetermined" in result.stdout
    weighted = json.loads(summary.read_text())["weighted"]
    assert weighted == {"value": None, "responses": 0, "undetermined": 1, "total": 0.0}


def test_judges_vote_and_their_agreement_is_reported(tmp_path: Path, command):
    source, summary = write(tmp_path / "in.jsonl", [rubric(1, "A tide.")]), tmp_path / "s.json"
    line = ["verify", source, "-o", tmp_path / "out.jsonl", "--workers", 0, "--summary", summary]
    generous = finds({"tide": "A", "money": "A", "wide": "A"})
    with serving(looks_for_the_criterion) as strict, serving(generous) as other:
        result = command(*line, *options(strict, other), "--judge-votes", 2, "--judge-concurrency", 1)
    assert result.exit_code == 0, result.output
    (record,) = read(tmp_path / "out.jsonl")
    tide, money, wide = (each["strict"] for each in record["results"])
    assert (tide["satisfied"], tide["votes"]) == (True, [True] * 4)
    assert (money["satisfied"], money["reason"]) == (None, "no majority: 2 yes and 2 no of 4 votes")
    assert (wide["grade"], wide["votes"]) == (1, [1, 1, 4, 4])
    assert "weighted" not in record
    judge = json.loads(summary.read_text())["judge"]
    assert judge["agreement"] == {
        "questions": 2,
        "unanimous": 1,
        "undetermined": 1,
        "share": 0.75,
        "alpha": pytest.approx(0.222222),
    }
    assert judge["grade_agreement"]["share"] == 0.5
    assert [each["model"] for each in judge["judges"]] == ["a", "b"]
    assert "votes on 2 questions: 75.0 % equal, 1 unanimous, 1 undetermined" in result.stdout
    assert len(strict.asked) == len(other.asked) == 2


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (["--judge-votes", 3], "--judge-votes needs --judge-model"),
        (["--judge-temperature", 1], "--judge-temperature needs --judge-model"),
        (
            ["--judge-model", "a", "--judge-model", "a", "--judge-url", "http://x"],
            "--judge-model a: named twice",
        ),
        (
            [*["--judge-model", "a"], *["--judge-url", "http://x"] * 2],
            "--judge-url: 2 of them for 1 judges",
        ),
        (["--judge-model", "a", "--judge-url", "http://x", "--judge-criteria", 0], "--judge-criteria"),
    ],
)
def test_judges_that_cannot_be_are_one_line(given: list[Any], problem: str, tmp_path: Path, command):
    result = command("verify", write(tmp_path / "in.jsonl", [rubric(1, "A tide.")]), "--workers", 0, *given)
    assert result.exit_code == 2
    assert problem in result.stderr
