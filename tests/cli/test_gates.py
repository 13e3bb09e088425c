"""``hir-data verify`` in a continuous integration: thresholds, baselines, forms and schemas of summaries."""

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import jsonschema
import pytest
from files import NO_COMMA, native, write

import hir_data
from hir_data.report import summary_formats
from hir_data.report.summaries import SUMMARIES

SCHEMAS = Path(hir_data.__file__).parent / "schemas" / "summaries"
BOUND = {"kind": "word_count", "min": 2}


def is_valid(summary: Path, command: str) -> None:
    schema = json.loads((SCHEMAS / f"{command}.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(summary.read_text(encoding="utf-8")), schema)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch) -> Path:
    """A run in which nothing has commas, and one in which 12 of 40 have."""
    monkeypatch.chdir(tmp_path)
    for name, bad in (("good", 0), ("bad", 12)):
        records = [
            native(number, "Tea, please." if number < bad else "Tea please.", constraints=[NO_COMMA, BOUND])
            for number in range(40)
        ]
        write(tmp_path / f"{name}.jsonl", records)
    return tmp_path


def verify(command, source: str, *options: object):
    return command("verify", source, "--workers", 0, "-q", *options)


@pytest.mark.parametrize(
    "options", [[], ["--strict-only"], ["--quality", "--by", "id"], ["--fail-under", "ila=0"]]
)
@pytest.mark.parametrize("content", ["records", "nothing that can be verified"])
def test_summaries_of_verify_fit_their_schema(tmp_path: Path, command, options, content):
    records = (
        [native(n // 2, by="a" if n % 3 else "b") for n in range(12)] if content == "records" else [{"a": 1}]
    )
    source = write(tmp_path / "in.jsonl", records)
    verify(command, source, "--summary", tmp_path / "s.json", "--max-rejected", 9, *options)
    is_valid(tmp_path / "s.json", "verify")


def test_summaries_of_other_commands_fit_theirs(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", [native(number // 3) for number in range(30)])
    folder, rows = tmp_path / "set", tmp_path / "rows.jsonl"
    for name, arguments in {
        "replay": [source, "-o", folder, "--workers", 0],
        "export": [folder, "--to", "trl-kto", "-o", rows],
        "convert": [source, "--to", "ifeval", "-o", tmp_path / "out.jsonl", "--lossy"],
    }.items():
        command(name, *arguments, "-q", "--summary", tmp_path / f"{name}.json")
        is_valid(tmp_path / f"{name}.json", name)


def test_schemas_refuse_what_is_no_summary():
    for name in SUMMARIES:
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"unknown": 1}, schema)


def test_the_schema_of_train_is_that_of_its_outcome():
    outcome = pytest.importorskip("hir_data.training.outcome", exc_type=ImportError)
    assert set(SUMMARIES["train"].model_fields) == set(outcome.TrainingOutcome.model_fields)
    from hir_data.training.loop.ledger import Ledger

    assert set(SUMMARIES["loop"].model_fields) == {*Ledger.model_fields, "judge"}


@pytest.mark.parametrize(
    ("thresholds", "code", "said"),
    [
        (["ila=0.7", "cla=0.85", "punctuation:no_comma=0.7"], 0, ""),
        (["ila=0.71"], 3, "failed: ila is 0.7, has to be at least 0.71"),
        (["ila=0", "punctuation:no_comma=0.9"], 3, "failed: punctuation:no_comma is 0.7"),
        (["json=0.1"], 3, "failed: json is not measured"),
        (["pass@4=0.1"], 3, "failed: pass@4 is not measured"),
        (["ila"], 2, "has to be MEASURE=SHARE, as in ila=0.7, not 'ila'"),
        (["ila=70"], 2, "ila: a share is a number from 0 to 1, not '70'"),
        (["ila=nan"], 2, "not 'nan'"),
        (["ila_strikt=0.7"], 2, "did you mean ila_strict?"),
    ],
)
def test_thresholds(runs, command, thresholds, code, said):
    options = [word for each in thresholds for word in ("--fail-under", each)]
    result = verify(command, "bad.jsonl", "--summary", "s.json", *options)
    assert (result.exit_code, said in result.stderr) == (code, True)
    if code != 2:
        is_valid(Path("s.json"), "verify")
        found = json.loads(Path("s.json").read_text())["thresholds"]
        assert [each["passed"] for each in found].count(False) == (code == 3)


@pytest.mark.parametrize(("p", "words"), [(0.0, "below 0.0001"), (0.012, "0.012")])
def test_no_probability_is_nothing(p: float, words: str):
    measure = {"before": 1, "after": 0, "method": "paired", "p_adjusted": p}
    (said,) = summary_formats.failures(
        {"baseline": {"worse": ["cla_strict"], "measures": {"cla_strict": measure}}}
    )
    assert said == f"cla_strict got worse: 100.00 % before, 0.00 % now (paired, adjusted p {words})"


@pytest.mark.parametrize("kept", ["summary", "verifications", "parquet"])
@pytest.mark.parametrize("output", [[], ["-o", "now.jsonl"]])
def test_a_baseline(runs, command, kept, output):
    baseline = {"summary": "b.json", "verifications": "b.jsonl", "parquet": "b.parquet"}[kept]
    verify(command, "good.jsonl", *(["--summary"] if kept == "summary" else ["-o"]), baseline)
    method = "two-proportion" if kept == "summary" else "paired"

    result = verify(command, "bad.jsonl", "--baseline", baseline, "--summary", "s.json", *output)
    found = json.loads(Path("s.json").read_text())["baseline"]
    is_valid(Path("s.json"), "verify")
    assert result.exit_code == 3
    assert found["worse"] == ["ila_strict", "cla_strict", "punctuation:no_comma"]
    assert "failed: punctuation:no_comma got worse: 100.00 % before, 70.00 % now" in result.stderr
    measure = found["measures"]["punctuation:no_comma"]
    assert (measure["method"], measure["before"], measure["after"]) == (method, 1, 0.7)
    assert found["measures"]["word_count"] == found["measures"]["word_count"] | {"p_value": 1, "worse": False}
    if method == "paired":
        assert measure["p_value"] == round(0.5**12, 6)

    again = verify(command, "good.jsonl", "--baseline", baseline, *output, "--summary", "s.json")
    assert (again.exit_code, again.stderr) == (0, "")
    assert json.loads(Path("s.json").read_text())["baseline"]["worse"] == []
    assert {path.name for path in runs.iterdir()} == {
        *("good.jsonl", "bad.jsonl", "s.json", baseline, *(output[1:] or []))
    }


def test_other_prompts_are_compared_as_a_whole(runs, command):
    verify(command, "good.jsonl", "-o", "b.jsonl")
    write(Path("other.jsonl"), [native(number + 1000, "Tea, too.") for number in range(40)])
    result = verify(command, "other.jsonl", "--baseline", "b.jsonl", "--summary", "s.json")
    found = json.loads(Path("s.json").read_text())["baseline"]
    assert (result.exit_code, found["measures"]["punctuation:no_comma"]["method"]) == (3, "two-proportion")


def test_a_few_failures_more_are_chance(runs, command):
    verify(command, "good.jsonl", "-o", "b.jsonl")
    write(
        Path("near.jsonl"),
        [native(n, "Tea, two." if n < 3 else "Tea two.", constraints=[NO_COMMA]) for n in range(40)],
    )
    assert verify(command, "near.jsonl", "--baseline", "b.jsonl").exit_code == 0
    assert verify(command, "near.jsonl", "--baseline", "b.jsonl", "--significance", 0.6).exit_code == 3


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("[" * 100_000, 2, "malformed JSON"),
        ('{"kinds": ' * 100_000, 2, "has no verifications"),
        ({"strict": 41}, 2, "kinds.word_count.strict: is more than there are constraints"),
        ({"constraints": 10**400, "strict": 10**399}, 2, "or there are more than anybody counts"),
        ({"constraints": 0, "strict": 0}, 0, ""),
    ],
    ids=["a deep list", "a deep object", "too many satisfied", "too many", "none"],
)
def test_a_baseline_that_somebody_has_made_up(runs, command, content, code: int, said: str):
    verify(command, "good.jsonl", "--summary", "b.json")
    if isinstance(content, dict):
        summary = json.loads(Path("b.json").read_text())
        summary["kinds"]["word_count"] |= content
        content = json.dumps(summary)
    Path("b.json").write_text(content)
    result = verify(command, "good.jsonl", "--baseline", "b.json")
    assert result.exit_code == code, result.output
    assert said in result.output


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--baseline", "missing.json"], "missing.json: there is no such file"),
        (
            ["--baseline", "good.jsonl"],
            "good.jsonl: is no summary of hir-data verify, and has no verifications",
        ),
        (["--baseline", "old.json"], "old.json: read: is no summary of this version"),
        (["--baseline", "v.jsonl", "-o", "-"], "verifications as --baseline need an output file"),
        (["--baseline", "v.jsonl", "-o", "v.jsonl"], "v.jsonl: cannot be written: it is the input"),
        (["--baseline", "v.jsonl", "--summary", "v.jsonl"], "v.jsonl: cannot be written: it is the input"),
        (["--format-summary", "junit"], "--format-summary junit needs --summary FILE"),
        (["--format-summary", "github"], "needs --summary FILE or $GITHUB_STEP_SUMMARY"),
        (["--format-summary", "html"], "--format-summary"),
    ],
)
def test_what_is_no_gate(runs, command, monkeypatch, options, problem):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    verify(command, "good.jsonl", "-o", "v.jsonl")
    Path("old.json").write_text('{"ila_strict": null, "kinds": {"k": {"strict": "many"}}}')
    result = verify(command, "good.jsonl", *options)
    assert (result.exit_code, problem in result.stderr) == (2, True), result.stderr


def test_junit(runs, command):
    verify(command, "good.jsonl", "-o", "b.jsonl")
    options = ["--format-summary", "junit", "--summary", "s.xml", "--fail-under", "ila=0.9"]
    assert verify(command, "bad.jsonl", "--baseline", "b.jsonl", *options).exit_code == 3
    suite = Xml.parse("s.xml").getroot().find("testsuite")
    cases = {case.get("name"): case for case in suite}
    failed = [name for name, case in cases.items() if case.find("failure") is not None]
    assert failed == ["ila at least 0.9", "ila_strict", "cla_strict", "punctuation:no_comma"]
    assert suite.get("tests") == str(len(cases)) and suite.get("failures") == "4"
    assert cases["word_count"].find("system-out").text == "40 of 40 satisfied (100.00 %), 0 undetermined"


def test_junit_of_rejected_records(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", [native(1), {"prompt": "nothing else"}])
    for allowed, failures in ((0, "1"), (1, "0")):
        options = ["--format-summary", "junit", "--summary", tmp_path / "s.xml", "--max-rejected", allowed]
        assert verify(command, source, *options).exit_code == 1 - allowed
        assert Xml.parse(tmp_path / "s.xml").getroot().get("failures") == failures


def test_markdown_and_github(runs, command, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "page.md")
    Path("page.md").write_text("# Before\n")
    options = ["--fail-under", "ila=0.9", "--fail-under", "cla=0.1"]
    result = verify(command, "bad.jsonl", *options, "--format-summary", "github")
    assert result.exit_code == 3
    assert "::error title=hir-data verify::ila is 0.7, has to be at least 0.9\n" in result.stderr
    verify(command, "bad.jsonl", *options, "--format-summary", "md", "--summary", "s.md")
    text = Path("s.md").read_text()
    assert Path("page.md").read_text() == "# Before\n" + text
    assert "| `ila` | 0.9 | 0.7 | **failed** |\n| `cla` | 0.1 | 0.85 | passed |" in text
    assert "| `punctuation:no_comma` | 40 | 70.00 | 0 |" in text
