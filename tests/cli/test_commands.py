"""``hir-data kinds``, ``check``, ``doctor``, and the program around them."""

import dataclasses
import importlib.metadata
import itertools
import json
import os
import platform
import re
import sys
from pathlib import Path

import pytest
from cases import compose
from files import HOSTILE
from programs import run_program

import hir_data as hir
from hir_data.cli import doctor
from hir_data.cli.kinds import describe_type

WORDS = "length_constraints:number_words"

# The program


def test_the_program_and_its_module_say_the_same(program):
    assert (result := program("kinds", "no_comma")).returncode == 0
    beside = Path(sys.executable).with_name("hir-data")
    if not beside.exists():
        pytest.skip("the program is not installed beside this Python")
    installed = run_program([beside, "kinds", "no_comma"])
    assert (installed.returncode, installed.stdout) == (0, result.stdout)


def test_the_version(command):
    result = command("--version")
    first, second, *others = result.output.splitlines()
    assert (result.exit_code, first) == (0, f"hir-data {hir.__version__}")
    assert second == f"python {platform.python_version()}"
    named = dict(line.split() for line in others)
    assert {"pydantic", "nltk", "langdetect"} <= named.keys()
    assert all(importlib.metadata.version(name) == version for name, version in named.items())


def test_the_version_imports_nothing_heavy(program):
    seen = program("--version", env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1"}).stderr
    assert "hir_data.runs.versions" in seen
    assert not re.search(r"\| +(torch|transformers|nltk|langdetect|numpy)$", seen, re.MULTILINE)


def test_completion_of_bash():
    """What the script of --show-completion calls: it knows commands and options."""
    code = "import sys; sys.argv = ['hir-data']; from hir_data.cli.main import run; run()"
    for words, wanted in (("rep", ["replay", "report"]), ("verify --fail", ["--fail-under"])):
        ask = {"COMP_WORDS": f"hir-data {words}", "COMP_CWORD": str(len(words.split()))}
        ask["_HIR_DATA_COMPLETE"] = "complete_bash"
        done = run_program([sys.executable, "-c", code], env=os.environ | ask)
        assert sorted(done.stdout.split()) == wanted, done.stderr


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("name", [None, "verify", "check", "lint", "kinds", "doctor", "rollout"])
def test_help(command, name: str | None, option: str):
    result = command(*([name] if name else []), option)
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


def test_nothing_asked():
    """No command: the help, and the exit code of wrong arguments."""
    from typer.testing import CliRunner

    from hir_data.cli.main import app

    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "Usage: " in result.output


def test_an_unknown_command(command):
    result = command("verfy")
    assert result.exit_code == 2
    assert "verfy" in result.stderr


HEAVY = (
    "torch",
    "transformers",
    "datasets",
    "nltk",
    "langdetect",
    "pyarrow",
    "numpy",
    "pydantic",
    "jsonschema",
    "regex",
    "hir_data.engine.verify",
)


def test_help_loads_nothing_heavy():
    script = f"""
import sys
sys.argv = ["hir-data", "--help"]
from hir_data.cli.main import run
try:
    run()
except SystemExit as ended:
    print("LOADED", ended.code, [name for name in {HEAVY} if name in sys.modules])
"""
    done = run_program([sys.executable, "-c", script])
    assert "Usage: " in done.stdout
    assert done.stdout.splitlines()[-1] == "LOADED 0 []"


# kinds


def test_all_kinds_are_listed(command):
    result = command("kinds")
    assert result.exit_code == 0
    rows = result.stdout.splitlines()[1:-1]
    listed = [line.split()[0] for line in rows if not line.startswith(" ")]
    assert listed == sorted(hir.kinds())
    assert result.stdout.splitlines()[-1] == f"{len(hir.kinds())} kinds"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("no_comma", "punctuation:no_comma"),
        ("NO_COMMA", "punctuation:no_comma"),
        ("number_w", WORDS),
        ("no comma", "punctuation:no_comma"),  # in the description
    ],
)
def test_kinds_are_found_by_a_part_of_their_text(command, text: str, kind: str):
    result = command("kinds", text)
    assert result.exit_code == 0
    assert kind in result.stdout
    assert result.stdout.endswith("\n1 kind\n")


@pytest.mark.parametrize("kind", [*hir.kinds()])
@pytest.mark.usefixtures("what_it_needs")
def test_each_kind_is_shown_and_does_as_its_example_says(command, kind: str):
    result = command("kinds", kind)
    assert result.exit_code == 0
    cls = hir.lookup(kind)
    lines = result.stdout.splitlines()
    assert lines[0] == kind
    for heading in ("parameters", "phrasings", "conflicts with", "example"):
        assert heading in lines
    for name, field in cls.model_fields.items():
        assert any(line.startswith(f"  {field.alias or name}: ") for line in lines)
    for phrasing in cls.phrasings:
        assert f"  {phrasing}" in lines
    record = json.loads(lines[lines.index("example") + 1])
    assert record.pop("kind") == kind
    assert ("needs" in lines) is bool(cls.requires)
    constraint = hir.parse({"kind": kind, **record})
    assert constraint == cls.model_validate(cls.example.parameters)
    assert constraint.soft or hir.check(constraint, hir.Text(cls.example.satisfied_by)).satisfied
    assert repr(cls.example.violated_by) in lines[-1]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("word_count", "required: give min, max or both"),
        ("muldimif:table_rows", "required: give min, max or both"),
        ("within", "required: give one of index, first, last, heading"),
        ("csv", None),
        ("language", None),
    ],
)
def test_of_optional_parameters_it_is_said_which_are_needed_together(command, kind: str, line: str | None):
    lines = command("kinds", kind).stdout.splitlines()
    said = [each.strip() for each in lines if each.startswith("  required: ")]
    assert said == ([line] if line else [])


def test_an_unknown_kind_gets_a_hint(command):
    result = command("kinds", "number_wrods")
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("hir-data: error: unknown constraint kind 'number_wrods'")


def test_the_json_schema_of_a_kind(command):
    schema = json.loads(command("kinds", WORDS, "--json-schema").stdout)
    assert schema == hir.json_schema(WORDS)
    assert schema["required"] == ["kind", "relation", "num_words"]
    assert schema["properties"]["kind"] == {"const": WORDS}


def test_the_json_schema_of_any_constraint(command):
    schema = json.loads(command("kinds", "--json-schema").stdout)
    assert [one["title"] for one in schema["oneOf"]] == sorted(hir.kinds())


def test_kinds_of_a_plugin(command):
    result = command("kinds", "trap:", "--plugin", HOSTILE)
    assert "trap:loops" in result.stdout
    shown = command("kinds", "trap:naps", "--plugin", HOSTILE).stdout
    assert "  seconds: number, required" in shown
    assert "Takes its time" in shown


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 0}, "integer >= 0"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer >= 1 <= 9"),
        ({"enum": ["less than", "at least"], "type": "string"}, '"less than" or "at least"'),
        ({"type": "array", "items": {"type": "string"}}, "list of strings"),
        ({"type": "string", "maxLength": 1}, "one character"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer"),
        ({"type": ["object", "boolean"]}, "object or boolean"),
        ({}, "any"),
    ],
)
def test_types_in_a_few_words(schema: dict, words: str):
    assert describe_type(schema) == words


# check

AT_LEAST_3 = json.dumps({"kind": WORDS, "relation": "at least", "num_words": 3})


def row(*cells: str) -> str:
    """A line of the table as a pattern; the third cell, the degree, is not given."""
    strict, loose, *others = map(re.escape, cells)
    return r"(?m)^" + r" +".join([strict, loose, r"(?:[01]\.\d\d)?", *others]) + " *$"


@pytest.mark.parametrize(
    ("text", "constraints", "code", "rows"),
    [
        (
            "Tea for two.",
            ["punctuation:no_comma", AT_LEAST_3],
            0,
            [
                ("yes", "yes", "punctuation:no_comma", "found 0 commas,"),
                ("yes", "yes", WORDS, "found 3 words,"),
            ],
        ),
        ("Tea, two.", ["punctuation:no_comma"], 1, [("no", "no", "punctuation:no_comma", "found 1 comma,")]),
        (
            "Sure, here:\nTea.",
            ["punctuation:no_comma"],
            1,
            [("no", "yes", "punctuation:no_comma", "without")],
        ),
        ("", ["punctuation:no_comma"], 1, [("no", "no", "punctuation:no_comma", "the response is empty")]),
        ("-", ['{"kind": "word_count", "max": 2}'], 0, [("yes", "yes", "word_count", "found 2 words,")]),
    ],
)
def test_checking_a_text(command, text: str, constraints: list[str], code: int, rows: list[tuple]):
    options = [word for constraint in constraints for word in ("-c", constraint)]
    result = command("check", text, *options, stdin="Grüne Tees".encode())
    assert (result.exit_code, result.stderr) == (code, "")
    for cells in rows:
        assert re.search(row(*cells).removesuffix(" *$"), result.stdout)


def test_a_check_as_json(command):
    result = command("check", "Tea for two.", "--constraint", AT_LEAST_3, "--json")
    verified = hir.Verification.model_validate_json(result.stdout)
    assert verified.results[0].constraint == hir.parse(json.loads(AT_LEAST_3))
    assert verified.ila
    assert result.exit_code == 0


def test_composites_are_checked_as_their_table_says(command):
    rows = sorted((case for case in compose.CASES if case.text), key=lambda case: case.text)
    for text, group in itertools.groupby(rows, key=lambda case: case.text):
        cases = list(group)
        options = [word for case in cases for word in ("-c", json.dumps(case.record))]
        result = command("check", text, *options, "--json")
        verified = hir.Verification.model_validate_json(result.stdout)
        for case, found in zip(cases, verified.results, strict=True):
            assert found.constraint == hir.parse(case.record)
            assert found.strict.satisfied is case.satisfied
            bare = dataclasses.replace(found.strict, degree=None)
            assert bare == hir.check(found.constraint, hir.Text(text))
            assert not (found.strict.satisfied and found.loose.satisfied is False)


@pytest.mark.parametrize(
    ("constraint", "problem"),
    [
        ("no_coma", "unknown constraint kind 'no_coma'"),
        ("punctuation:no_coma", "unknown constraint kind .*; did you mean punctuation:no_comma"),
        (WORDS, f"relation: {WORDS} needs this parameter"),
        (AT_LEAST_3.replace("3", '"3"'), "num_words: .*integer, not '3'"),
        (AT_LEAST_3.replace("num_words", "words", 2), ".*"),
        ('{"kind": ', "--constraint .*: malformed JSON: "),
        ("[1]", '--constraint .*: has to be an object with a "kind"'),
        ("{}", "kind: a constraint needs the name of its kind"),
    ],
)
def test_a_constraint_that_is_none(command, constraint: str, problem: str):
    result = command("check", "Tea.", "-c", constraint)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert re.match(f"hir-data: error: {problem}", line)


def test_a_check_without_constraints(command):
    assert command("check", "Tea.").exit_code == 2


def test_a_text_that_is_not_utf8(command):
    result = command("check", "-", "-c", "punctuation:no_comma", stdin=b"caf\xe9")
    assert result.exit_code == 2
    assert result.stderr.startswith("hir-data: error: stdin: not UTF-8: ")
    assert result.stderr.count("\n") == 1


def test_a_stranger_s_kind_is_checked_where_it_can_be_killed(program):
    done = program("check", "a bomb", "-c", "trap:loops", "--plugin", HOSTILE, "--timeout", "0.5")
    assert (done.returncode, done.stderr) == (1, "")
    assert re.search(row("?", "?", "trap:loops", "took longer than 0.5 s"), done.stdout)


# doctor


def test_the_doctor_finds_all_well(command, tagger_data):
    result = command("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"hir-data {hir.__version__}, Python {sys.version.split()[0]}, ")
    assert [line.split()[0] for line in lines[1:-1]] == list(doctor.PACKAGES)
    assert "missing" not in result.stdout
    assert lines[-1] == f"{len(hir.kinds())} of {len(hir.kinds())} kinds can run"


SICK = """
import hir_data as hir

class Sick(hir.Constraint):
    example = hir.Example({}, "yes", "no")

    def check(self, text):
        return self.answer(text)

@hir.register("sick:unwell")
class Unwell(Sick):
    def answer(self, text):
        raise RuntimeError("no lexicon")

@hir.register("sick:contrary")
class Contrary(Sick):
    def answer(self, text):
        return text.raw == "no"

@hir.register("sick:helpless")
class Helpless(Sick):
    def answer(self, text):
        raise hir.HirDataError("install the lexicon")
"""


def test_what_does_not_come_with_a_kind_is_named_and_is_no_illness(command, no_tagger_data):
    result = command("doctor")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()[1:-2]] == list(doctor.PACKAGES)
    number = len(hir.kinds())
    assert result.stdout.splitlines()[-2:] == [
        f"{number - 1} of {number} kinds can run",
        f"  words:start_verb: needs {hir.lookup('words:start_verb').requires}",
    ]
    assert "python -m nltk.downloader averaged_perceptron_tagger_eng" in result.stdout


def test_the_doctor_says_what_is_wrong(tmp_path: Path, command, no_tagger_data):
    plugin = tmp_path / "sick_plugin.py"
    plugin.write_text(SICK)
    result = command("doctor", "--plugin", plugin)
    assert result.exit_code == 1
    number = len(hir.kinds())
    assert result.stdout.splitlines()[-5:-1] == [
        f"{number - 4} of {number} kinds can run",
        "  sick:contrary: answers False on its own example, should answer True",
        "  sick:helpless: install the lexicon",
        "  sick:unwell: RuntimeError: no lexicon",
    ]


def test_the_doctor_misses_a_package(command, monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGES", ("pydantic", "no-such-package-anywhere"))
    result = command("doctor")
    assert re.search(r"(?m)^  no-such-package-anywhere +missing$", result.stdout)
