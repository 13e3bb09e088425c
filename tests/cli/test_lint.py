"""``hir-data lint`` from end to end."""

import json

import pytest
from files import jsonl, read, write

WORDS = "length_constraints:number_words"
CLEAN = {"id": 1, "prompt": "At least 9 words.", "constraints": [{"kind": "word_count", "min": 9}]}
SHORT_AND_LONG = {
    "key": 2,
    "prompt": "At least 60 words and less than 9.",
    "instruction_id_list": [WORDS, WORDS],
    "kwargs": [{"relation": "at least", "num_words": 60}, {"relation": "less than", "num_words": 9}],
}
UNSAID = {"prompt": "Be brief.", "constraints": [{"kind": "word_count", "max": 40}], "response": "Yes."}
TWICE = {"id": "b", "prompt": "No commas.", "constraints": [{"kind": "punctuation:no_comma"}] * 2}


@pytest.fixture
def prompts(tmp_path) -> str:
    return write(tmp_path / "prompts.jsonl", [CLEAN, SHORT_AND_LONG, UNSAID, TWICE])


def test_a_clean_file(command, tmp_path):
    result = command("lint", write(tmp_path / "clean.jsonl", [CLEAN, CLEAN]))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "2 read = 2 instructions + 0 rejected, 0 with findings\n"


def test_findings_have_their_place(command, prompts):
    result = command("lint", prompts)
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        f"{prompts}:2 (key 2): contradiction: at least 60 words and at most 8 words",
        f'{prompts}:3: unmentioned: the prompt does not seem to mention "40" (max of word_count)',
        f"{prompts}:4 (key b): redundant: punctuation:no_comma follows from punctuation:no_comma",
        "4 read = 4 instructions + 0 rejected, 3 with findings",
        "sort             findings  instructions",
        "contradiction           1             1",
        "redundant               1             1",
        "unmentioned             1             1",
    ]


def test_findings_as_json(command, prompts):
    result = command("lint", prompts, "--json")
    assert result.exit_code == 1
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(each["line"], each["id"], each["sort"]) for each in found] == [
        (2, 2, "contradiction"),
        (3, None, "unmentioned"),
        (4, "b", "redundant"),
    ]
    assert result.stderr.startswith("4 read = 4 instructions")


def test_findings_in_a_file(command, tmp_path, prompts):
    out = tmp_path / "new" / "findings.jsonl"
    result = command("lint", prompts, "-o", out)
    assert result.exit_code == 1
    assert result.stdout.startswith("4 read = 4 instructions")
    assert [each["sort"] for each in read(out)] == ["contradiction", "unmentioned", "redundant"]
    assert [path.name for path in out.parent.iterdir()] == ["findings.jsonl"]


def test_bad_records_are_rejected_with_their_line(command, tmp_path):
    bad = [{"prompt": "x", "constraints": [{"kind": "nothing:known"}]}, {"prompt": "x"}]
    source = write(tmp_path / "bad.jsonl", jsonl([CLEAN, *bad]) + b"{\n")
    result = command("lint", source)
    assert result.exit_code == 1
    assert result.stdout == "4 read = 1 instruction + 3 rejected, 0 with findings\n"
    for line, told in zip((2, 3, 4), result.stderr.splitlines(), strict=True):
        assert told.startswith(f"hir-data: rejected: {source}:{line}: ")


def test_tables(command, tmp_path):
    both = ["combination:two_responses", WORDS]
    record = SHORT_AND_LONG | {
        "prompt": "Two answers of 60 words.",
        "instruction_id_list": both,
        "kwargs": [{}, {"relation": "at least", "num_words": 60}],
    }
    source = write(tmp_path / "pair.jsonl", [record])
    assert command("lint", source).exit_code == 0
    result = command("lint", source, "--tables")
    assert result.exit_code == 1
    assert f"table: {both[0]} and {both[1]} are not asked for together" in result.stdout


def test_kinds_of_a_plugin(command, tmp_path):
    plugin = write(
        tmp_path / "own.py",
        b"import hir_data as hir\n\n\n@hir.register('lint:own')\nclass Own(hir.Constraint):\n"
        b"    number: int\n\n    def check(self, text):\n        return True\n",
    )
    record = {"prompt": "Say 7 things.", "constraints": [{"kind": "lint:own", "number": 8}]}
    result = command("lint", write(tmp_path / "own.jsonl", [record]), "--plugin", plugin)
    assert '"8" (number of lint:own)' in result.stdout


@pytest.mark.parametrize("arguments", [["missing.jsonl"], ["--split"], []])
def test_wrong_arguments(command, arguments: list[str]):
    result = command("lint", *arguments)
    assert result.exit_code == 2
    assert result.stderr


def test_an_output_that_cannot_be_written(command, tmp_path, prompts):
    folder = tmp_path / "folder"
    folder.mkdir()
    result = command("lint", prompts, "-o", folder / "." / "..")
    assert result.exit_code == 2
    assert result.stderr.startswith("hir-data: error: ")


def test_a_contradiction_between_system_and_user_message_is_seen_without_being_told(command, tmp_path):
    asked = {
        "messages": [
            {"role": "system", "content": "You are a guide. Answer in at least 300 words."},
            {"role": "user", "content": "Write about tea. Use less than 100 words."},
        ],
        "instruction_id_list": [WORDS, WORDS],
        "kwargs": [
            {"relation": "at least", "num_words": 300},
            {"relation": "less than", "num_words": 100},
        ],
    }
    result = command("lint", write(tmp_path / "asked.jsonl", [asked]))
    assert ": hierarchy: at least 300 words and at most 99 words" in result.stdout
    said = " ".join(message["content"] for message in asked["messages"])
    alone = asked | {"messages": [{"role": "user", "content": said}]}
    result = command("lint", write(tmp_path / "alone.jsonl", [alone]))
    assert ": contradiction: at least 300 words" in result.stdout


def test_prompts_of_an_evaluation_set_are_named(command, tmp_path):
    asked = [
        {**CLEAN, "prompt": text}
        for text in ("Why is the sky blue? At least 9 words.", "At least 9 words: why?")
    ]
    evaluation = write(
        tmp_path / "evaluation.jsonl",
        [{"id": "e1", "prompt": asked[0]["prompt"], "constraints": CLEAN["constraints"]}],
    )
    training = write(tmp_path / "training.jsonl", asked)
    result = command("lint", training, "--against", evaluation)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        f"{training}:1 (key 1): contamination: the prompt stands in {evaluation}:1 (key e1)"
    )
    assert result.stdout.count("contamination:") == 1
    broken = write(tmp_path / "broken.jsonl", [{"id": 1}])
    result = command("lint", training, "--against", broken)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert f"{broken}:1" in result.stderr


def test_what_is_rejected_stands_beside_the_findings(command, tmp_path):
    bad = [{"prompt": "x", "constraints": [{"kind": "nothing:known"}]}, {"prompt": "y"}]
    source = write(tmp_path / "in.jsonl", jsonl([CLEAN, bad[0], UNSAID, bad[1]]) + b"{\n")
    out, beside = tmp_path / "found.jsonl", tmp_path / "found.rejected.jsonl"
    assert command("lint", source, "-o", out).exit_code == 1
    assert [(each["line"], each["sort"]) for each in read(out)] == [(3, "unmentioned")]
    rejected = read(beside)
    assert [each["line"] for each in rejected] == [2, 4, 5]
    assert [each["record"] for each in rejected] == [*bad, "{"]
    assert all(each["source"] == source and each["reason"] for each in rejected)
    assert command("lint", write(tmp_path / "clean.jsonl", [CLEAN]), "-o", out).exit_code == 0
    assert not beside.exists(), "those of an earlier run mislead"
    names = {"in.jsonl", "clean.jsonl", "found.jsonl"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert command("lint", source).exit_code == 1
    assert {path.name for path in tmp_path.iterdir()} == names, "findings on the screen leave nothing"
