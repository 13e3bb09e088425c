"""``hir-data replay`` from end to end."""

import gc
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from files import read
from samples import FIVE, NO_COMMA, asking

import hir_data as hir
from hir_data.replays import dataset, work
from hir_data.runs import replay_part
from hir_data.schemas.rollout import Sampling

EXAMPLE = Path(__file__).parents[2] / "examples" / "replay" / "rollouts.jsonl.gz"
PROMPTS = len((EXAMPLE.parent / "prompts.jsonl").read_bytes().splitlines())
TEA = asking("Tea?", NO_COMMA, FIVE)
BARE = ("--workers", "0", "--min-bits", "0")
"""Options with which a short answer can be a replay, though a bare refusal would satisfy it."""


def rollouts(path: Path, *responses: str, **more: Any) -> Path:
    lines = [hir.Rollout(instruction=TEA, response=one, **more).model_dump_json() for one in responses]
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_real_rollouts(command, tmp_path):
    out, summary = tmp_path / "replayed", tmp_path / "summary.json"
    result = command("replay", EXAMPLE, "-o", out, "--workers", "0", "--summary", summary)
    assert (result.exit_code, result.stderr) == (0, "")
    figures = json.loads(summary.read_text())
    assert (figures["prompts"], figures["rollouts"]) == (PROMPTS, 6 * PROMPTS)
    failed = figures["groups_before"]["all_zero"]["groups"]
    assert PROMPTS / 2 < failed < PROMPTS
    assert f"of the {failed} groups without a success, " in result.stdout
    bits = figures["information"]["relabelled_by_bits"]
    assert f"; 1 to 2: {bits['1 to 2']}; 2 to 4: {bits['2 to 4']}; 4 and more: " in result.stdout
    assert 45 <= figures["replays"] <= 300  # guards and relabelling decide how many; each is looked at below
    assert sum(figures["candidates_by_bin"].values()) == figures["candidates"]
    assert sum(figures["rollouts_by_state"].values()) == figures["rollouts"]
    for groups in (figures["groups_before"], figures["groups_after"]):
        assert sum(one["groups"] for one in groups.values()) == PROMPTS
    samples = list(dataset.read_samples(out))
    sources = {sample.id: sample for sample in samples if sample.origin == "rollout"}
    replays = [sample for sample in samples if sample.origin == "replay"]
    assert (len(sources), len(replays)) == (6 * PROMPTS, figures["replays"])
    for sample in replays:
        assert sample.response == sources[sample.source_id].response
        assert sample.sampling == sources[sample.source_id].sampling
        assert hir.verify_one(hir.Rollout(instruction=sample.instruction, response=sample.response)).ila
        assert len(sample.constraint_bits) == len(sample.instruction.constraints)
        relabelled = zip(
            (change.fate for change in sample.changes if change.became), sample.constraint_bits, strict=True
        )
        assert all(bits >= 1 for fate, bits in relabelled if fate != "kept")
        assert sample.instruction_bits >= 1
        assert sample.sampling.finish_reason != "length"
    assert figures["information"]["relabelled_by_bits"]["trivial"] == 0
    failures = [sample for sample in sources.values() if sample.cla < 1]
    cut_off = [sample for sample in failures if sample.sampling.finish_reason == "length"]
    assert 0 < len(cut_off) <= figures["unfit_by_guard"]["cut_off"]
    manifest = dataset.read_manifest(out)
    provenance = figures.pop("provenance")
    assert (provenance["records"], provenance["settings"]["relabel"]) == ([manifest.input], "hindsight")
    assert manifest.counts == figures
    assert manifest.configuration["relabel"] == "hindsight"
    assert [shard.sha256 for shard in manifest.shards] == [
        dataset.sha256(out / shard.name) for shard in manifest.shards
    ]


def test_workers_change_nothing_and_verifications_are_taken_as_they_are(command, tmp_path):
    head = tmp_path / "rollouts.jsonl"
    with gzip.open(EXAMPLE) as lines:
        head.write_bytes(b"".join(lines.readline() for _ in range(150)))
    options = ["--shard-size", "64", "-q"]
    assert command("replay", head, "-o", tmp_path / "one", "--workers", "0", *options).exit_code == 0
    assert command("replay", head, "-o", tmp_path / "two", "--workers", "2", *options).exit_code == 0
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert len(one) == 4  # a manifest and three shards
    assert one == two
    verified = tmp_path / "verified.jsonl"
    assert command("verify", head, "-o", verified, "--degree", "-q", "--workers", "0").exit_code == 0
    assert command("replay", verified, "-o", tmp_path / "three", "--workers", "0", *options).exit_code == 0
    assert list(dataset.read_samples(tmp_path / "three")) == list(dataset.read_samples(tmp_path / "one"))


def test_examples_are_shown_worst_first(command, tmp_path):
    result = command(
        "replay", EXAMPLE, "-o", tmp_path / "out", "--workers", "0", "--show", "3", "--limit", "120"
    )
    replays = [each for each in dataset.read_samples(tmp_path / "out") if each.origin == "replay"]
    worst = sorted(replays, key=lambda each: each.instruction_bits)[:3]
    assert [line for line in result.stdout.splitlines() if line.strip() in {each.id for each in replays}]
    assert all(each.id in result.stdout for each in worst)


def test_a_figure_of_a_reward_model_is_a_guard(command, tmp_path):
    given, summary = tmp_path / "in.jsonl", tmp_path / "summary.json"
    responses = ["Tea for two.", "Tea for three.", "Tea for four."]
    lines = [
        hir.Rollout(instruction=TEA, response=one, metadata={"reward": number / 2})
        for number, one in enumerate(responses)
    ]
    given.write_text("".join(f"{one.model_dump_json()}\n" for one in lines))
    options = [*BARE, "--summary", summary, "--min-score", "reward>=0.5"]
    assert command("replay", given, "-o", tmp_path / "out", *options).exit_code == 0
    assert json.loads(summary.read_text())["unfit_by_guard"] == {"score": 1}
    replays = [each for each in dataset.read_samples(tmp_path / "out") if each.origin == "replay"]
    assert [each.response for each in replays] == responses[1:]


def test_the_replay_of_the_paper(command, tmp_path):
    """What is satisfied is kept and the rest dropped, whatever the responses are and the constraints say."""
    paper = ["--select", "paper", "--relabel", "drop", "--guards", "none", "--min-bits", "0", "-k", "2"]
    options = [EXAMPLE, "-o", tmp_path / "out", "--workers", "0", "-q", *paper]
    assert command("replay", *options).exit_code == 0
    samples = list(dataset.read_samples(tmp_path / "out"))
    replays = [each for each in samples if each.origin == "replay"]
    assert len(replays) == 2 * PROMPTS
    for each in replays:
        kept = tuple(change.constraint for change in each.changes if change.fate == "kept")
        assert each.instruction.constraints == kept != ()
        assert {change.fate for change in each.changes} == {"kept", "dropped"}
        assert each.instruction_bits is None
    scored = {each.source_id: each.score for each in replays}
    failures = [each for each in samples if each.origin == "rollout" and 0 < each.cla < 1]
    scores = {each.id: each.sampling.entropy + 2 * each.cla for each in failures}
    assert scored == {id: pytest.approx(scores[id]) for id in scored}
    assert min(scored.values()) >= max(score for id, score in scores.items() if id not in scored) - 1e-9


def test_groups_before_and_after(command, tmp_path):
    """A group is mixed if some of its rewards are 1: of its rollouts before, of its replays too after."""
    good, bad, worse, nothing = "Tea is all I want.", "Tea for two.", "Tea.", ""
    groups = [[good, good], [good, bad], [worse, worse], [nothing], [nothing, nothing], [good, nothing]]
    lines = [
        hir.Rollout(instruction=asking(f"Tea {number}?", NO_COMMA, FIVE), response=response)
        for number, responses in enumerate(groups)
        for response in responses
    ]
    given = tmp_path / "in.jsonl"
    given.write_text("".join(f"{one.model_dump_json()}\n" for one in lines))
    summary = tmp_path / "summary.json"
    result = command("replay", given, "-o", tmp_path / "out", *BARE, "--summary", summary)
    figures = json.loads(summary.read_text())
    counts = [
        {name: one["groups"] for name, one in figures[f"groups_{when}"].items()}
        for when in ("before", "after")
    ]
    assert counts == [{"all_zero": 3, "all_one": 1, "mixed": 2}, {"all_zero": 2, "all_one": 1, "mixed": 3}]
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["all", "fail", "3", "50.0", "2", "33.3"] in rows
    assert ["mixed", "2", "33.3", "3", "50.0"] in rows
    assert ["all", "succeed", "1", "16.7", "1", "16.7"] in rows
    assert "of the 3 groups without a success, 33.3 % got a replay" in result.stdout
    assert figures["prompts_written_from"] == {"parts": 2, "text": 0}
    assert figures["kinds"]["word_count"]["relabelled"] == figures["replays"] == 2


def test_no_replays_for_k_0(command, tmp_path):
    given = rollouts(tmp_path / "in.jsonl", "Tea for two.")
    result = command("replay", given, "-o", tmp_path / "out", "-k", "0", "--workers", "0")
    assert result.exit_code == 0
    assert [sample.origin for sample in dataset.read_samples(tmp_path / "out")] == ["rollout"]


@pytest.mark.parametrize(
    ("options", "response", "fates", "prompt"),
    [
        (["--relabel", "drop"], "Tea for two.", ["kept", "dropped"], "1. Use no commas."),
        (["--relabel", "flip"], "Tea.", ["kept", "flip"], "1. Use no commas.\n2. "),
        (["--relabel", "flip"], "Tea for two.", ["kept", "dropped"], "1. Use no commas."),  # nearly satisfied
        ([], "Tea for two.", ["kept", "nearest"], "1. Use no commas.\n2. "),
    ],
)
def test_what_becomes_of_a_violated_constraint(command, tmp_path, options, response, fates, prompt):
    given = rollouts(tmp_path / "in.jsonl", response)
    assert command("replay", given, "-o", tmp_path / "out", *BARE, *options).exit_code == 0
    _, sample = dataset.read_samples(tmp_path / "out")
    assert [change.fate for change in sample.changes] == fates
    assert prompt in sample.instruction.prompt
    assert sample.instruction.prompt.startswith("Tea?\n\nThe output must follow")


def test_what_is_said_where_there_is_no_entropy(command, tmp_path):
    given = rollouts(tmp_path / "in.jsonl", "Tea for two.")
    result = command("replay", given, "-o", tmp_path / "out", *BARE)
    assert "no entropy and no log-probabilities: CLA alone decides" in result.stdout
    drawn = Sampling(token_ids=(1, 2), logprobs=(-0.5, -1.5))
    given = rollouts(tmp_path / "in.jsonl", "Tea for two.", sampling=drawn)
    result = command("replay", given, "-o", tmp_path / "out", *BARE)
    assert "no entropy: mean negative log-probability in its place" in result.stdout
    assert list(dataset.read_samples(tmp_path / "out"))[1].sampling == drawn


@pytest.mark.parametrize("responses", [["Tea is all that I want."], [""], ["", "Tea is all that I want."]])
def test_nothing_to_replay(command, tmp_path, responses):
    given = rollouts(tmp_path / "in.jsonl", *responses)
    result = command("replay", given, "-o", tmp_path / "out", "--workers", "0")
    assert result.exit_code == 0
    assert len(list(dataset.read_samples(tmp_path / "out"))) == len(responses)


def damaged(**changes: Any) -> str:
    record = json.loads(hir.Rollout(instruction=TEA, response="Tea for two.").model_dump_json())
    for name, value in changes.items():
        (record["instruction"] if name in record["instruction"] else record)[name] = value
    return json.dumps(record)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (damaged(constraints=[]), "constraints"),
        (damaged(sampling={"token_ids": [1, 2], "logprobs": [-1.0]}), "has 1 logprob for 2 tokens"),
        (damaged(criteria=["Use no commas."]), '"field": "criteria"'),
        ('{"instruction": ', "JSON"),
    ],
)
def test_bad_records_are_kept_aside(command, tmp_path, line, reason):
    given = rollouts(tmp_path / "in.jsonl", "Tea for two.")
    given.write_text(f"{line}\n" + given.read_text())
    result = command("replay", given, "-o", tmp_path / "out", *BARE)
    assert result.exit_code == 1
    (rejected,) = read(tmp_path / "out.rejected.jsonl")
    assert reason in json.dumps(rejected)
    assert len(list(dataset.read_samples(tmp_path / "out"))) == 2
    options = [*BARE, "--max-rejected", "1"]
    assert command("replay", given, "-o", tmp_path / "out", *options).exit_code == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"question": None}, "the question is not known"),
        ({"prompt": "Tea? Please use no commas."}, "the prompt differs from its parts"),
    ],
)
def test_prompts_that_cannot_be_rewritten_are_counted(command, tmp_path, changes, reason):
    given, summary = tmp_path / "in.jsonl", tmp_path / "summary.json"
    given.write_text(damaged(**changes) + "\n")
    options = ["--workers", "0", "--summary", summary, "--rewriter", "criteria", "--guards", "none"]
    assert command("replay", given, "-o", tmp_path / "out", *options).exit_code == 0
    assert json.loads(summary.read_text())["candidates_by_bin"][f"cannot be rewritten: {reason}"] == 1
    assert [sample.origin for sample in dataset.read_samples(tmp_path / "out")] == ["rollout"]


def test_prompts_without_parts_are_rewritten_from_their_text(command, tmp_path):
    """As IFEval's are: the sentence of what is violated goes, or says what is satisfied instead."""
    record = {
        "key": 7,
        "prompt": "Why is tea hot? Do not use any commas. Answer with at least 9 words.",
        "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
        "kwargs": [{}, {"relation": "at least", "num_words": 9}],
    }
    shared = record | {"key": 8, "prompt": "Why is tea hot? Use 9 words or more and no commas, or dashes."}
    lines = [one | {"response": "It is, since water boils."} for one in (record, shared)]
    lines.append(record | {"response": "It is as hot as the water that made it"})
    given, summary = tmp_path / "in.jsonl", tmp_path / "summary.json"
    given.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    options = [given, *BARE, "-k", "2", "--summary", summary]
    assert command("replay", *options, "--relabel", "nearest", "-o", tmp_path / "new").exit_code == 0
    (sample,) = (sample for sample in dataset.read_samples(tmp_path / "new") if sample.origin == "replay")
    assert sample.instruction.prompt == "Why is tea hot? Answer with at least 5 words."
    figures = json.loads(summary.read_text())
    assert figures["prompts_written_from"] == {"parts": 0, "text": 1}
    assert figures["candidates_by_bin"]["cannot be rewritten: its sentence says more"] == 1
    result = command("replay", *options, "--rewriter", "criteria", "-o", tmp_path / "none")
    assert json.loads(summary.read_text())["replays"] == 0
    assert "cannot be rewritten: the question is not known" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--select", "best"], "--select"),
        (["--relabel", "none"], "--relabel"),
        (["--rewriter", "none"], "--rewriter"),
        (["--rewriter", "llm"], "the rewriter llm needs a rewriter model (--rewriter-model)"),
        (["--rewriter-model", "m"], "needs the rewriter llm (--rewriter llm)"),
    ],
)
def test_options_that_make_no_sense(command, tmp_path, options, message):
    result = command("replay", rollouts(tmp_path / "in.jsonl", "Tea."), "-o", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("lost", ["nothing", "second shard cut off", "last note cut off"])
def test_an_interrupted_run_goes_on(command, tmp_path, monkeypatch, lost):
    """Killed behind its second shard; the result is that of a run that was not."""
    options = [EXAMPLE, "--workers", "0", "--shard-size", "64", "-q"]
    assert command("replay", *options, "-o", tmp_path / "whole").exit_code == 0
    write = dataset.write_shard

    def dying(path, tables):
        if path.name == dataset.shard_name(2):
            raise KeyboardInterrupt
        return write(path, tables)

    monkeypatch.setattr(dataset, "write_shard", dying)
    result = command("replay", *options, "-o", tmp_path / "out")
    assert result.exit_code == 130
    assert not (tmp_path / "out").exists()
    partial = tmp_path / "out.partial"
    if lost == "second shard cut off":
        shard = partial / dataset.shard_name(1)
        shard.write_bytes(shard.read_bytes()[:-9])
    elif lost == "last note cut off":
        journal = tmp_path / "out.partial.work" / "part-00000" / "shards.jsonl"
        journal.write_bytes(journal.read_bytes()[:-9])
    written = []
    monkeypatch.setattr(
        dataset, "write_shard", lambda path, tables: (written.append(path.name), write(path, tables))[1]
    )
    assert command("replay", *options, "-o", tmp_path / "out", "--resume").exit_code == 0
    left = len(list((tmp_path / "whole").glob("*.parquet"))) - 2
    assert len(written) == (left if lost == "nothing" else left + 1)
    assert files(tmp_path / "out") == files(tmp_path / "whole")
    assert not partial.exists()


@pytest.mark.parametrize("source", ["rollouts", "verifications"])
def test_nothing_is_assessed_twice(command, tmp_path, monkeypatch, source):
    """Stopped again and again while it assesses, a run goes on behind what it has kept."""
    given = EXAMPLE
    if source == "verifications":
        given = tmp_path / "verified.jsonl"
        assert command("verify", EXAMPLE, "-o", given, "--workers", "0", "-q").exit_code == 0
    monkeypatch.setattr(replay_part, "BATCH", 33)
    options = [given, "--workers", "0", "--shard-size", "66", "-q"]
    assert command("replay", *options, "-o", tmp_path / "whole").exit_code == 0
    assess, seen = work.AssessBatch.__call__, []

    def stopping(self, batch, progress):
        if len(seen) % 4 == 3:
            seen.append(None)
            raise KeyboardInterrupt
        seen.append(batch[0].line)
        return assess(self, batch, progress)

    monkeypatch.setattr(work.AssessBatch, "__call__", stopping)
    line = ["replay", *options, "-o", tmp_path / "out", "--resume"]
    codes = [command(*line).exit_code for _ in range(4)]
    kept = tmp_path / "out.partial.work" / "part-00000" / "assessed.jsonl"
    kept.write_bytes(kept.read_bytes()[:-1])  # the last of 12 batches
    assert (*codes, command(*line).exit_code) == (130, 130, 130, 130, 0)
    lines = [number for number in seen if number is not None]
    assert lines == [*range(1, 432, 33)[:12], *range(1, 432, 33)[11:]]
    assert files(tmp_path / "out") == files(tmp_path / "whole")


def test_what_was_assessed_has_to_be_the_input(command, tmp_path, monkeypatch):
    responses = ["Tea for two.", "Tea, for two.", "Tea and, well, cake."]
    given = rollouts(tmp_path / "in.jsonl", *responses)
    verified = tmp_path / "verified.jsonl"
    assert command("verify", given, "-o", verified, "-q").exit_code == 0
    monkeypatch.setattr(dataset, "write_shard", lambda path, tables: 1 / 0)
    line = ["replay", verified, "-o", tmp_path / "out", "--workers", "0", "--resume"]
    with pytest.raises(ZeroDivisionError):
        command(*line)
    verified.write_text(verified.read_text().replace("well", "oh"))
    result = command(*line)
    assert result.exit_code == 2
    assert "the input is not the one that the interrupted run began with" in result.stderr


def test_what_is_resumed_has_to_be_the_same(command, tmp_path, monkeypatch):
    given = rollouts(tmp_path / "in.jsonl", "Tea for two.")
    monkeypatch.setattr(dataset, "write_shard", lambda path, tables: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command("replay", given, "-o", tmp_path / "out", "--workers", "0")
    result = command("replay", given, "-o", tmp_path / "out", "--workers", "0", "-k", "1", "--resume")
    assert result.exit_code == 2
    assert "other options" in result.stderr


def test_other_files_are_not_overwritten(command, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letters.txt").write_text("Dear")
    result = command("replay", rollouts(tmp_path / "in.jsonl", "Tea."), "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert files(tmp_path / "out") == {"letters.txt": b"Dear"}


def test_a_run_leaves_the_collection_of_garbage_as_it_was(command, tmp_path):
    before = gc.get_threshold()
    assert command("replay", rollouts(tmp_path / "in.jsonl", "Tea."), "-o", tmp_path / "out").exit_code == 0
    assert gc.get_threshold() == before
