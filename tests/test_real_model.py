"""The benchmark with a real model: what it asks, what it counts, and all of it on a tiny model."""

import csv
import gzip
import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import looping
import pytest
import tiny_model

import hir_data as hir
from hir_data.formats.records import read_prompt
from hir_data.training import run as training
from hir_data.training.loop.prompts import read_prompts

PACKAGE = "benchmarks.real_model"
MODULES = "arms intervals learning measures prompts report results run sizes".split()


@pytest.fixture(scope="module")
def real():
    """The modules of the benchmark."""
    yield SimpleNamespace(**{name: importlib.import_module(f"{PACKAGE}.{name}") for name in MODULES})
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("tiny"), context=512)


# What is asked


def test_no_question_has_two_purposes_and_all_can_be_satisfied_in_few_words(real):
    topics = [topic for of in real.prompts.TOPICS.values() for topic in of]
    assert len(topics) == len(set(topics))
    asked = {purpose: real.prompts.compose(purpose, 60) for purpose in real.prompts.PURPOSES}
    for purpose, instructions in asked.items():
        assert len(instructions) == 60
        assert {len(each.constraints) for each in instructions} == {1, 2, 3}
        assert all(not hir.conflicts(each.constraints) for each in instructions)
        assert {each.question for each in instructions} <= {
            seed.question for seed in real.prompts.questions(purpose)
        }
    sizes = {"word_count": 30, "character_count": 180, "sentence_count": 4}
    bounds = [
        (each.kind, each.min)
        for instructions in asked.values()
        for instruction in instructions
        for each in instruction.constraints
        if each.kind in sizes and each.min is not None
    ]
    assert bounds
    assert all(least <= sizes[kind] for kind, least in bounds)


def test_instructions_are_the_same_each_time_and_read_back_as_they_were(real, tmp_path):
    made = real.prompts.compose("train", 20)
    assert real.prompts.compose("train", 8) == made[:8]
    file = real.prompts.write(made, tmp_path / "there" / "train.jsonl")
    found = [read_prompt(each.row.record).instruction for each in read_prompts(str(file))]
    assert [(each.prompt, each.question, each.criteria) for each in found] == [
        (each.prompt, each.question, each.criteria) for each in made
    ]
    assert [[one.describe() for one in each.constraints] for each in found] == [
        [one.describe() for one in each.constraints] for each in made
    ]


# What is counted


def test_an_interval_has_the_mean_and_narrows_with_prompts(real):
    few, many = ([0.0, 1.0, 0.0, 0.5] * times for times in (4, 64))
    wide, narrow = map(real.intervals.bootstrap, (few, many))
    assert wide.value == narrow.value == 0.375
    assert wide.low < narrow.low < 0.375 < narrow.high < wide.high
    assert real.intervals.difference(many, many) == (0, 0, 0)
    # the error of a mean of n values is their deviation by the root of n
    assert narrow.high - narrow.low == pytest.approx(2 * 1.96 * 0.4146 / 256**0.5, rel=0.1)


def test_the_upper_layers_are_named(real, model):
    names = real.learning.upper_modules(model, 0.5)
    assert len(names) == 7
    assert all(name.startswith("layers.1.") for name in names)
    assert len(real.learning.upper_modules(model, 1.0)) == 14


def test_what_is_seen_are_means_over_the_responses_to_a_prompt(real, tmp_path):
    instruction = hir.Instruction(
        id="a",
        prompt="Why is the sea salty? Do not use any commas. Use at most 8 words.",
        constraints=[{"kind": "punctuation:no_comma"}, {"kind": "word_count", "max": 8}],
    )
    other = instruction.model_copy(update={"id": "b"})
    rollouts = [
        hir.Rollout(
            instruction=each, response=response, sampling={"token_ids": [1] * tokens, "finish_reason": "stop"}
        )
        for each, response, tokens in (
            (instruction, "Rivers carry salt into it.", 6),
            (instruction, "Rivers, rain and rock bring more and more salt into all of it.", 14),
            (other, "I am sorry, but I cannot help with that.", 10),
        )
    ]
    file = tmp_path / "seen.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(each.model_dump_json() + "\n" for each in hir.verify(rollouts, loose=True))
    first, second = real.measures.seen(file)
    assert (first.prompt, first.ila, first.cla, first.length, first.refusal) == (0, 0.5, 0.5, 10, 0)
    assert (first.ila_loose, first.cla_loose) == (0.5, 0.5)
    assert (second.prompt, second.ila, second.cla, second.refusal) == (1, 0, 0, 1)
    real.measures.write(tmp_path / "seen.csv", [("start", [first, second])])
    assert real.measures.read(tmp_path / "seen.csv") == {"start": [first, second]}


# All of it


@pytest.fixture
def benchmark(real, model, tmp_path, monkeypatch):
    """Call the command with nearly nothing of everything."""
    ifeval = tmp_path / "ifeval.jsonl"
    asked = {"key": 1, "prompt": "Sea? Use no commas.", "instruction_id_list": ["punctuation:no_comma"]}
    ifeval.write_text(json.dumps(asked | {"kwargs": [{}]}) + "\n")

    def call(*options: str, output: str = "results") -> Path:
        given = f"-m {model} --size quick -o {tmp_path / output} --work {tmp_path / output}-work".split()
        given += f"--device cpu --ifeval {ifeval} --ifeval-tokens 5".split()
        monkeypatch.setattr(sys, "argv", ["real_model", *options, *given])
        real.run.main()
        return tmp_path / output

    return call


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_an_arm_learns_with_an_adapter_in_the_upper_layers(real, benchmark, monkeypatch):
    monkeypatch.setitem(real.sizes.SIZES, "quick", real.sizes.QUICK._replace(rates=(1e-2,), epochs=()))
    folder = benchmark("tune", "--arms", "ours")
    (model,) = rows(folder / "models.csv")
    assert (model["rollouts"], model["point"]) == ("6", "learning_rate=0.01")
    assert int(model["tokens"]) > 0 < int(model["steps"])
    loop = json.loads(next(folder.parent.glob("results-work/*/quick/loops/*/loop.json")).read_text())
    assert loop["configuration"]["train"]["lora_targets"] == real.learning.upper_modules(
        loop["configuration"]["model"], 0.5
    )
    assert loop["iterations"][1]["stages"]["train"]["plan"]["trained"] < 10_000
    assert not list(folder.parent.glob("results-work/*/quick/loops/*/iteration-*/model"))


def test_it_is_tuned_run_and_reported_and_goes_on_where_it_stopped(real, benchmark, monkeypatch, capsys):
    monkeypatch.setattr(training, "train", looping.trainer([]))
    arms = ["--arms", "ours", "cla"]
    with pytest.raises(SystemExit, match="tune first"):
        benchmark("run", *arms)
    folder = benchmark("all", *arms)
    models = rows(folder / "models.csv")
    assert {(row["phase"], row["arm"], row["rollouts"]) for row in models} == {
        ("tune", "ours", "6"), ("tune", "cla", "6"),
        ("run", "ours", "6"), ("run", "ours", "12"), ("run", "cla", "6"), ("run", "cla", "12"),
    }  # fmt: skip
    assert len([row for row in models if row["phase"] == "tune"]) == 2 * 3
    chosen = json.loads((folder / "chosen.json").read_text())
    for arm in ("ours", "cla"):
        scores = {name: (of["cla"], of["ila"]) for name, of in chosen[arm]["scores"].items()}
        assert len(scores) == 3
        assert scores[real.arms.label(chosen[arm]["point"])] == max(scores.values())
        assert {row["point"] for row in models if row["arm"] == arm and row["phase"] == "run"} == {
            real.arms.label(chosen[arm]["point"])
        }
    held_out = rows(folder / "held_out.csv")
    assert len(held_out) == 4 * (1 + 4)
    assert len(rows(folder / "ifeval_5.csv")) == 3
    table = (folder / "table.md").read_text()
    for words in ("at the start", "| our defaults |", "| CLA reward |", "IFEval, greedy, up to 5 tokens"):
        assert words in table
    assert "Not tuned yet: HiR as in the paper, ILA reward." in table
    answers = (folder / "answers.md").read_text()
    assert answers.count("**at the start**") == answers.count("**our defaults**") == 4

    # What is done is not done again.
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr(real.run, "learn", None)
        patch.setattr(real.measures, "look", None)
        benchmark("all", *arms)
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before

    # Stopped again and again, it comes to the same.
    capsys.readouterr()

    class Impatient(real.learning.Clock):
        left = 0

        def check(self, *_):
            Impatient.left -= 1
            if Impatient.left < 0:
                raise real.learning.TimeIsOverError

    monkeypatch.setattr(real.run, "Clock", Impatient)
    is_over, times = False, 0
    while not is_over and times < 60:
        Impatient.left, times = 11, times + 1
        other = benchmark("all", "--arms", "ours", output="other")
        is_over = "the time is over" not in capsys.readouterr().out
    assert is_over
    assert times > 3
    once, in_pieces = (
        [{**row, "seconds": ""} for row in rows(each / "models.csv") if row["arm"] == "ours"]
        for each in (folder, other)
    )
    assert once == in_pieces
    assert [row for row in held_out if "cla" not in row["model"]] == rows(other / "held_out.csv")


def test_results_of_another_size_are_refused(real, benchmark, tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "size.json").write_text("{}\n")
    with pytest.raises(SystemExit, match="figures of something else"):
        benchmark("report")
