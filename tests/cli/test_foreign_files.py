"""Files of other tools on the command line: what is read, and what is said of what is not."""

import json
import shlex
from pathlib import Path
from typing import Any

import foreign
import pytest
from files import jsonl, read, write
from foreign import ALONE, JOINED, NESTED


@pytest.mark.parametrize("shape", ["lm-eval", "inspect-eval", "csv", "output"])
def test_a_file_of_another_tool_needs_no_option(command, shape: str, tmp_path: Path):
    name, content = ALONE[shape]
    path = foreign.written(tmp_path, name, content(foreign.pairs()))
    result = command("verify", path, "--summary", tmp_path / "s.json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads((tmp_path / "s.json").read_text())["ila_strict"]["value"] == 0.333333


def test_responses_of_a_batch_and_fields_by_name(command, tmp_path: Path):
    name, content = JOINED["batch-output"]
    prompts = write(tmp_path / "prompts.jsonl", [prompt for prompt, _ in foreign.pairs()])
    answered = foreign.written(tmp_path, name, content(foreign.pairs()))
    output = tmp_path / "out.jsonl"
    assert command("verify", prompts, "-r", answered, "-o", output, "--format", "batch-output").exit_code == 0
    nested = write(tmp_path / "nested.jsonl", [foreign.nested(*row) for row in foreign.pairs()])
    again = tmp_path / "again.jsonl"
    assert command("verify", nested, *NESTED, "-o", again).exit_code == 0
    assert [each["results"] for each in read(again)] == [each["results"] for each in read(output)]
    assert [each["rollout"]["instruction"]["id"] for each in read(again)] == list(range(10, 16))


@pytest.mark.parametrize(
    ("field", "looks", "lacking", "option", "reason"),
    [
        (
            "ours",
            "is in none of the formats",
            "prompt or constraints",
            "--constraints-field ours.gold ",
            "a prompt needs constraints",
        ),
        (
            "task",
            "looks like a row with constraints in a field of a record, "
            "as of IHEval, OpenCompass and EvalScope",
            "prompt",
            "",
            "prompt: this field is missing",
        ),
    ],
)
def test_one_message_for_a_file_that_does_not_fit(
    command, tmp_path: Path, field: str, looks: str, lacking: str, option: str, reason: str
):
    records = [foreign.nested(*row) for row in foreign.pairs() * 2]
    nested = write(tmp_path / "nested.jsonl", [{field: one.pop("task"), **one} for one in records])
    output = tmp_path / "out.jsonl"
    result = command("verify", nested, "-o", output)
    assert result.exit_code == 1
    about, rejected, end = result.stderr.splitlines()
    assert about == (
        f"hir-data: {nested}: the first record {looks}, has the fields {field}.text, {field}.gold, uid, "
        f"said.final, and nothing that is known as {lacking}: try "
        f"--prompt-field {field}.text {option}--response-field said.final"
    )
    assert rejected.startswith(f"hir-data: rejected: {nested}:1: {reason}")
    assert rejected.endswith("(and 11 more like it)")
    assert end.startswith("hir-data: 12 of 12 records were rejected")
    assert len(read(tmp_path / "out.rejected.jsonl")) == 12
    tried = about.rpartition(": try ")[2].split()
    assert command("verify", nested, *tried).exit_code == 0


def test_one_message_for_a_log_of_another_task(command, tmp_path: Path):
    doc = {"question": "1 + 1?", "answer": "#### 2"}
    log = write(
        tmp_path / "samples_gsm8k.jsonl", [foreign.lm_eval({**doc, "prompt": "x"}, "2", n) for n in (0, 1)]
    )
    about, rejected, _ = command("verify", log).stderr.splitlines()
    assert "looks like lm-eval --log_samples, has the fields doc_id, doc.question, doc.answer" in about
    assert about.endswith("give the file of the prompts with their constraints, and this one as --responses")
    assert rejected.endswith("(and 1 more like it)")


def test_one_message_for_responses_that_do_not_fit(command, tmp_path: Path):
    prompts = write(tmp_path / "prompts.jsonl", [prompt for prompt, _ in foreign.pairs()])
    said = write(tmp_path / "said.jsonl", [{"uid": p["key"], "final": text} for p, text in foreign.pairs()])
    about, *_ = command("verify", prompts, "-r", said).stderr.splitlines()
    assert about.endswith("known as response or key: try --response-field final --key-field uid")
    assert command("verify", prompts, "-r", said, *about.rpartition(": try ")[2].split()).exit_code == 0


COMMA = {"constraints": [{"kind": "punctuation:no_comma"}]}


@pytest.mark.parametrize(
    ("record", "advice"),
    [
        ({"prompt": "Tea?", **COMMA, "answer": "By sea"}, "response: try --response-field answer"),
        ({"prompt": "Tea?", **COMMA, "my words": "By sea"}, "response: try --response-field 'my words'"),
        ({"task text": "Tea?", **COMMA, "response": "By sea"}, "prompt: try --prompt-field 'task text'"),
        (
            {"task": {"text": "Tea?", "gold": COMMA}, "said": {"final": "By sea"}},
            "prompt: try --prompt-field task.text --response-field said.final",
        ),
    ],
)
def test_the_message_names_an_option_that_reads_the_file(command, record: Any, advice: str, tmp_path: Path):
    path = write(tmp_path / "in.jsonl", [record] * 3)
    about, rejected, _ = command("verify", path).stderr.splitlines()
    assert about.endswith(f"and nothing that is known as {advice}")
    assert rejected.endswith("(and 2 more like it)")
    options = shlex.split(about.rpartition(": try ")[2])
    assert command("verify", path, *options).exit_code == 0


@pytest.mark.parametrize(
    ("record", "advice"),
    [
        (
            {"prompt": "Tea?", **COMMA},
            "response: give the file that has the responses as --responses, or --response-field FIELD says "
            "where it is",
        ),
        (
            {"a": {"q": "Tea?"}, "rules": ["punctuation:no_comma"], "said": ["By sea"]},
            "prompt or constraints: try --constraints-field rules, with --prompt-field FIELD for the rest",
        ),
        (
            {"mine": [{"prompt": "Tea?", **COMMA, "response": "By sea"}] * 2},
            "prompt or constraints: mine holds 2 of them; they are read where each is a line of its own",
        ),
    ],
)
def test_the_message_guesses_nothing_that_no_field_says(command, record: Any, advice: str, tmp_path: Path):
    about, *_ = command("verify", write(tmp_path / "in.jsonl", [record])).stderr.splitlines()
    assert about.endswith(f"and nothing that is known as {advice}")


def test_errors_of_several_kinds_are_a_line_each(command, tmp_path: Path):
    prompt, text = foreign.pairs()[0]
    broken = [{**prompt, "response": text, f"f{n}": 0, "instruction_id_list": n} for n in range(2)]
    path = write(tmp_path / "in.jsonl", jsonl([{**prompt, "response": text}, *broken, b"{", b"{", b"{"]))
    lines = command("verify", path).stderr.splitlines()
    listed = "instruction_id_list: has to be a list of strings, not 0"
    malformed = "malformed JSON: EOF while parsing an object at column 1"
    assert lines == [
        f"hir-data: rejected: {path}:2: {listed} (and 1 more like it)",
        f"hir-data: rejected: {path}:4: {malformed} (and 2 more like it)",
        "hir-data: 5 of 6 records were rejected",
    ]


OWN_COLUMNS = ("--prompt-field", "Question", "--constraints-field", "Rule", "--response-field", "Said")


def test_a_cell_may_name_a_kind(command, tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_text("Question;Rule;Said\nDescribe the sea.;punctuation:no_comma;Blue, wide\n", "utf-8")
    result = command("verify", table, *OWN_COLUMNS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("1 read = 1 verified + 0 rejected, 1 constraint\n")


def test_options_that_were_given_are_not_advised(command, tmp_path: Path):
    table = tmp_path / "table.csv"
    table.write_text("Question;Rule;Said\nDescribe the sea.;no commas;Blue, wide\n", "utf-8")
    given = command("verify", table, *OWN_COLUMNS)
    rejected = f"hir-data: rejected: {table}:1: Rule: is neither JSON nor a Python literal: 'no commas'"
    assert given.stderr.splitlines() == [rejected, "hir-data: 1 of 1 record was rejected"]
    about, *_ = command("verify", table, *OWN_COLUMNS[:2]).stderr.splitlines()
    assert about.startswith(f"hir-data: {table}: the first record is in none of the formats, has the fields")
    assert "known as constraints: " in about and "--prompt-field" not in about
