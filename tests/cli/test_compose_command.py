"""``hir-data compose`` from end to end."""

import gzip
import json
from pathlib import Path

import pytest
from files import jsonl, read, write

from hir_data.formats.files import read_rows
from hir_data.formats.records import read_prompt
from hir_data.instructions.conflicts import conflicts
from hir_data.schemas.presentation import present

QUESTIONS = b"Why is the sea salty?\n\nHow do bees fly?\n"
LENGTHS = "word_count,sentence_count,paragraph_count,character_count"
EXAMPLES = Path(__file__).parents[2] / "examples" / "compose" / "questions.txt"


@pytest.fixture
def seeds(tmp_path) -> str:
    return write(tmp_path / "questions.txt", QUESTIONS)


def test_instructions_are_written_and_summed_up(command, tmp_path, seeds):
    out = tmp_path / "new" / "out.jsonl"
    result = command("compose", seeds, "-o", out, "--n", 20, "--seed", 5, "--constraints", "2-4")
    assert (result.exit_code, result.stderr) == (0, "")
    first, sizes, presentations, _, *kinds = result.stdout.splitlines()
    assert first.startswith("20 composed, 0 rejected, ")
    assert sizes.startswith("constraints: ")
    assert presentations.startswith("presentations: ")
    records = read(out)
    assert [record["id"] for record in records] == [f"5-{number}" for number in range(20)]
    assert sum(int(line.split()[1]) for line in kinds) == sum(len(each["constraints"]) for each in records)
    for record in records:
        instruction = read_prompt(record).instruction
        assert conflicts(instruction.constraints) == []
        assert record["prompt"] == present(record["question"], record["criteria"], record["presentation"])
    assert [path.name for path in out.parent.iterdir()] == ["out.jsonl"]


def test_every_output_says_the_same(command, tmp_path, seeds):
    def compose(out) -> list:
        assert command("compose", seeds, "-o", out, "--n", 9, "-q").exit_code == 0
        return [read_prompt(row.record).instruction for row in read_rows(str(out))]

    lines = compose(tmp_path / "out.jsonl")
    assert len(lines) == 9
    assert compose(tmp_path / "again.jsonl") == lines
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()
    assert compose(tmp_path / "out.jsonl.gz") == lines
    assert gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()) == (tmp_path / "out.jsonl").read_bytes()
    assert compose(tmp_path / "out.parquet") == lines
    result = command("compose", "-", "-o", "-", "--n", 9, stdin=QUESTIONS)
    assert result.stdout.encode() == (tmp_path / "out.jsonl").read_bytes()
    assert "9 composed" in result.stderr


def test_what_is_composed_can_be_verified(command, tmp_path, seeds):
    out, verified = tmp_path / "out.parquet", tmp_path / "verified.parquet"
    command("compose", seeds, "-o", out, "--n", 12)
    composed = [read_prompt(row.record).instruction for row in read_rows(str(out))]
    responses = write(
        tmp_path / "responses.jsonl",
        jsonl([{"id": each.id, "response": "Salt, of course."} for each in composed]),
    )
    result = command("verify", out, "-r", responses, "-o", verified, "--workers", 0)
    assert (result.exit_code, result.stderr) == (0, "")
    again = [read_prompt(row.record).instruction for row in read_rows(str(verified))]
    assert again == composed


def test_options(command, tmp_path):
    seeds = write(tmp_path / "s.jsonl", [{"id": "a", "question": "Why?", "level": 2}])
    weights = write(tmp_path / "w.json", b'{"json": 0}')
    out = tmp_path / "out.jsonl"
    result = command(
        "compose", seeds, "-o", out, "--n", 10, "--constraints", "2",
        "--kinds", f"{LENGTHS}, json", "--kinds", "punctuation:*", "--suites", "general,ifeval",
        "--weights", weights, "--presentations", "type3,before",
    )  # fmt: skip
    assert (result.exit_code, result.stderr) == (0, "")
    records = read(out)
    assert {record["presentation"] for record in records} == {"numbered", "before"}
    assert {len(record["constraints"]) for record in records} == {2}
    assert {c["kind"] for record in records for c in record["constraints"]} == {
        "word_count", "sentence_count", "paragraph_count", "character_count", "punctuation:no_comma",
    }  # fmt: skip
    assert records[0]["metadata"] == {"id": "a", "level": 2}


def test_a_kind_of_a_plugin_that_does_not_say_how_it_is_drawn(command, tmp_path, seeds):
    plugin = EXAMPLES.parents[1] / "own_kind.py"
    out = tmp_path / "out.jsonl"
    result = command(
        "compose", seeds, "-o", out, "--n", 3, "--constraints", 1, "--plugin", plugin, "--kinds", "example:*"
    )
    assert result.exit_code == 2
    assert result.stderr == "hir-data: error: no kind can be drawn: example:sentence_length\n"


def test_a_kind_of_a_plugin_that_fails_to_be_drawn(command, tmp_path, seeds):
    plugin = tmp_path / "own.py"
    plugin.write_text(
        "import hir_data as hir\n"
        "@hir.register('own:never')\n"
        "class Never(hir.Constraint):\n"
        "    phrasings = ('Never mind.',)\n"
        "    def check(self, text): return True\n"
        "    @classmethod\n"
        "    def sample(cls, rng, question=''): return cls(size=rng.nothing)\n",
        encoding="utf-8",
    )
    result = command("compose", seeds, "-o", tmp_path / "out.jsonl", "--n", 3, "--plugin", plugin)
    assert result.exit_code == 2
    assert result.stderr.startswith("hir-data: error: own:never cannot be drawn: AttributeError: ")
    assert not (tmp_path / "out.jsonl").exists()


# Bad input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--constraints", "6-3"], "--constraints: has to be a number or a range such as \"3-6\", not '6-3'"),
        (["--constraints", "0-3"], "--constraints: has to be a number or a range such as \"3-6\", not '0-3'"),
        (["--constraints", "few"], "--constraints: has to be a number or a range such as \"3-6\", not 'few'"),
        (["--presentations", "nice"], "there is no presentation 'nice'; there are inline, below, numbered, "),
        (["--kinds", "json,word_cuont"], "unknown constraint kind 'word_cuont'; did you mean word_count"),
        (["--suites", "mine"], "there is no suite 'mine'; there are compose, "),
        (["--weights", "none.json"], "none.json: cannot be read: no such file or directory"),
        (
            ["--kinds", "json", "--kinds", LENGTHS, "--constraints", "6"],
            "6 constraints cannot be drawn from 5 kinds (character_count, json, paragraph_count, ",
        ),
        (
            ["--kinds", "json", "--kinds", "change_case:english_*", "--constraints", "3"],
            "found no 3 constraints that go together in 20 attempts with 3 kinds (change_case:",
        ),
    ],
)
def test_what_is_impossible(command, tmp_path, seeds, options, message: str):
    result = command("compose", seeds, "-o", tmp_path / "out.jsonl", "--n", 5, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"hir-data: error: {message}")
    assert result.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["questions.txt"]


def test_no_instructions(command, tmp_path, seeds):
    result = command("compose", seeds, "-o", tmp_path / "out.jsonl", "--n", 0)
    assert result.exit_code == 2
    assert "'--n'" in result.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "there are no records in it"),
        (b"\n\n", "there are no records in it"),
        (b'{"question": ""}\n', "there are no questions in it: "),
    ],
)
def test_no_questions(command, tmp_path, content: bytes, message: str):
    path = write(tmp_path / "s.jsonl", content)
    result = command("compose", path, "-o", tmp_path / "out.jsonl", "--n", 5)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"hir-data: error: {path}: {message}")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out.jsonl").exists()


def test_bad_questions_are_kept(command, tmp_path):
    path = write(tmp_path / "s.jsonl", b'{"question": "Why?"}\n\n{"question": \n{"topic": "sea"}\n')
    result = command("compose", path, "-o", tmp_path / "out.jsonl", "--n", 5)
    assert result.exit_code == 1
    assert len(read(tmp_path / "out.jsonl")) == 5
    kept = read(tmp_path / "out.rejected.jsonl")
    assert [(each["line"], each["field"], each["record"]) for each in kept] == [
        (3, None, '{"question": '),
        (4, "prompt", {"topic": "sea"}),
    ]
    assert f"2 questions rejected (see {tmp_path / 'out.rejected.jsonl'})" in result.stderr
    write(tmp_path / "s.jsonl", b'{"question": "Why?"}\n')
    assert command("compose", path, "-o", tmp_path / "out.jsonl", "--n", 5).exit_code == 0
    assert not (tmp_path / "out.rejected.jsonl").exists()


def test_questions_without_an_instruction_are_kept(command, tmp_path, seeds):
    result = command(
        "compose", seeds, "-o", tmp_path / "out.jsonl", "--n", 30, "--constraints", "1-2",
        "--kinds", "change_case:english_*",
    )  # fmt: skip
    assert result.exit_code == 1
    kept = read(tmp_path / "out.rejected.jsonl")
    assert len(kept) + len(read(tmp_path / "out.jsonl")) == 30
    assert {json.dumps(each["record"]) for each in kept} == {
        '{"question": "Why is the sea salty?"}',
        '{"question": "How do bees fly?"}',
    }


def test_a_device_has_nothing_beside_it(command, tmp_path):
    path = write(tmp_path / "s.jsonl", b'{"question": "Why?"}\n{}\n')
    result = command("compose", path, "-o", "/dev/null", "--n", 5)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, "hir-data: 1 question rejected")
    assert not Path("/dev/null.rejected.jsonl").exists()


def test_the_input_is_not_overwritten(command, seeds):
    result = command("compose", seeds, "-o", seeds, "--n", 5)
    assert (result.exit_code, Path(seeds).read_bytes()) == (2, QUESTIONS)
    assert result.stderr == f"hir-data: error: {seeds}: cannot be written: it is the input\n"


def test_the_questions_of_the_examples():
    questions = EXAMPLES.read_text(encoding="utf-8").splitlines()
    assert len(questions) == len(set(questions)) == 60


@pytest.mark.parametrize("language", ["es", "fr", "de", "zh", "ja"])
def test_what_is_composed_in_another_language(command, tmp_path, language: str):
    questions = EXAMPLES.with_name(f"questions.{language}.txt")
    out = tmp_path / "out.jsonl"
    options = ("--language", language, "--constraints", "2", "--kinds", "sentence_count,character_count")
    result = command("compose", questions, "-o", out, "--n", 12, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    records = read(out)
    assert not any("entence" in record["prompt"] or "character" in record["prompt"] for record in records)
    for record in records:
        assert record["prompt"] == present(record["question"], record["criteria"], record["presentation"])


def test_a_language_that_is_not_known_is_said(command, tmp_path, seeds):
    result = command("compose", seeds, "-o", tmp_path / "out.jsonl", "--n", 1, "--language", "tlh")
    assert result.exit_code == 2
    assert "--language" in result.stderr
