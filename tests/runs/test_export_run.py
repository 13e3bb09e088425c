"""Exports: a golden file for each format, and where rows go."""

import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import datasets
import huggingface_hub
import pyarrow.parquet
import pytest
from files import read
from samples import BARE, NO_COMMA, SAMPLES, SEA, TEA, rollout

import hir_data as hir
from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.records import read_prompt
from hir_data.replays import dataset
from hir_data.rewards.trl import ConstraintReward
from hir_data.rewards.verl import compute_score
from hir_data.runs.export import FORMATS, card_of, export, push
from hir_data.schemas.replay import ReplaySample

GOLDEN = Path(__file__).parents[1] / "formats" / "exported"
TABLES = [name for name, format in FORMATS.items() if format.columns]
FAILURES = [sample for sample in SAMPLES if sample.reward == 0]


def rows(to: str, samples: Iterable[ReplaySample], tmp_path: Path, **options: Any) -> list[dict[str, Any]]:
    export(samples, to, str(tmp_path / "rows.jsonl"), **options)
    return list(read(tmp_path / "rows.jsonl"))


def texts(row: dict[str, Any], column: str) -> list[str]:
    return [message["content"] for message in row[column]]


def nulls(value: Any) -> Iterator[None]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from nulls(each)
    elif value is None:
        yield value


# Rows


@pytest.mark.parametrize("to", FORMATS)
def test_rows_are_those_of_the_golden_file(to: str, tmp_path):
    exported = export(SAMPLES, to, str(tmp_path / "rows.jsonl"))
    assert (tmp_path / "rows.jsonl").read_bytes() == (GOLDEN / f"{to}.jsonl").read_bytes()
    assert exported.samples == len(SAMPLES)
    assert exported.rows == len(list(read(GOLDEN / f"{to}.jsonl")))
    assert exported.problems() == []


def test_there_is_a_golden_file_for_each_format_and_no_other():
    assert {path.stem for path in GOLDEN.iterdir()} == set(FORMATS)


@pytest.mark.parametrize("to", [to for to in FORMATS if not to.endswith(("dpo", "pairs"))])
def test_every_sample_is_a_row_or_left_out_by_name(to: str, tmp_path):
    exported = export(SAMPLES, to, str(tmp_path / "rows.jsonl"))
    assert exported.rows + exported.left_out.total() == len(SAMPLES)


@pytest.mark.parametrize("to", TABLES)
def test_the_columns_of_rows_are_those_of_the_table_and_of_the_page(to: str):
    columns = FORMATS[to].columns
    for row in read(GOLDEN / f"{to}.jsonl"):
        assert list(row) == list(columns)
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "export.md").read_text(encoding="utf-8")
    assert sorted(columns_on(page, to)) == sorted(columns)


def columns_on(page: str, to: str) -> list[str]:
    """The columns of a format: in its row of a table of formats, or in the section of its name."""
    row = re.search(rf"\| `{to}` \| (.*) \|\n", page.partition("## What becomes a row")[2])
    if row is None:
        section = re.split(rf"\n## {to}\n", page)[1].split("\n## ")[0]
        lines = re.findall(r"^\| (`.*?) \||^Columns: (.*)$", section, re.MULTILINE)
        listed = " ".join(first or line for first, line in lines)
    else:
        listed = row[1]
    return re.findall(r"`(\w+)`", re.sub(r"\([^()]*\)|\[[^\]]*\]", "", listed))


@pytest.mark.parametrize("to", TABLES)
def test_no_row_has_a_null(to: str):
    assert list(nulls(list(read(GOLDEN / f"{to}.jsonl")))) == []


def test_kto_keeps_both_levels_of_preference(tmp_path):
    labels = {
        row["id"]: (texts(row, "completion"), row["label"]) for row in rows("trl-kto", SAMPLES, tmp_path)
    }
    assert labels["tea/0"] == (["Tea for two."], False)
    assert labels["tea/0/replay"] == (["Tea for two."], True)


def test_what_is_undetermined_or_blank_is_neither_success_nor_failure(tmp_path):
    for to in ("trl-kto", "trl-sft", "trl-dpo"):
        left_out = export(SAMPLES, to, str(tmp_path / "rows.jsonl")).left_out
        assert left_out["its verdicts are undetermined"] == left_out["the response is blank"] == 1


def test_kto_needs_both_labels(tmp_path):
    exported = export(FAILURES, "trl-kto", str(tmp_path / "rows.jsonl"))
    assert exported.problems() == ["no row has the label true, and KTO needs both"]
    exported = export([SAMPLES[1]], "trl-kto", str(tmp_path / "rows.jsonl"))
    assert exported.problems() == ["no row has the label false, and KTO needs both"]


def test_nothing_to_train_on_is_a_problem(tmp_path):
    for samples in ([], FAILURES):
        exported = export(samples, "trl-sft", str(tmp_path / "rows.jsonl"))
        assert exported.problems() == ["there are no rows to train on"]


GOOD, BAD = ["a b", "c d", "e f"], ["a, b", "c, d", "e, f", "g, h"]


@pytest.mark.parametrize(
    ("good", "bad", "most", "pairs"),
    [
        (1, 1, 4, ["00"]),
        (1, 3, 4, ["00", "01", "02"]),
        (3, 2, 4, ["00", "11", "20"]),
        (3, 4, 4, ["00", "11", "22", "03"]),
        (3, 4, 2, ["00", "11"]),
        (0, 4, 4, []),
        (3, 0, 4, []),
    ],
)
def test_all_responses_are_in_a_pair_as_far_as_a_prompt_may_have_so_many(good, bad, most, pairs, tmp_path):
    samples = [rollout(f"sea/{number}", SEA, text) for number, text in enumerate(GOOD[:good] + BAD[:bad])]
    found = rows("trl-dpo", samples, tmp_path, form=ExportOptions(pairs=most))
    assert [
        f"{GOOD.index(row['chosen'][0]['content'])}{BAD.index(row['rejected'][0]['content'])}"
        for row in found
    ] == pairs


def test_a_pair_is_of_one_instruction(tmp_path):
    """A replay that succeeds is not set against the failure of another instruction, though in its group."""
    assert rows("trl-dpo", SAMPLES[:4], tmp_path) == []
    exported = export(SAMPLES[:4], "trl-dpo", str(tmp_path / "rows.jsonl"))
    assert exported.left_out == {
        "there is no success of the same instruction": 2,
        "there is no failure of the same instruction": 2,
    }


def test_what_a_prompt_has_no_more_pairs_for_is_counted(tmp_path):
    samples = [rollout(f"sea/{number}", SEA, text) for number, text in enumerate(GOOD + BAD)]
    exported = export(samples, "trl-dpo", str(tmp_path / "rows.jsonl"), ExportOptions(pairs=2))
    assert exported.left_out == {"its prompt has all the pairs that it may have": 3}


def test_a_replay_without_its_source_makes_no_pair_of_instructions(tmp_path):
    exported = export(SAMPLES, "instruction-pairs", str(tmp_path / "rows.jsonl"), origin="replay")
    assert (exported.rows, exported.left_out["the failure that it was made of is not beside it"]) == (0, 2)


@pytest.mark.parametrize("thinking", [True, False])
@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_reasoning_beside_a_response_is_written_in_front_of_it(tmp_path, name: str, thinking: bool):
    beside = [rollout("tea/0", TEA, "Tea for two of us today.", metadata={name: "hm"})]
    (row,) = rows("trl-sft", beside, tmp_path, form=ExportOptions(thinking=thinking))
    said = "<think>\nhm\n</think>\n\nTea for two of us today." if thinking else "Tea for two of us today."
    assert row["completion"] == [{"role": "assistant", "content": said}]


def test_responses_are_written_without_their_thinking_if_asked(tmp_path):
    found = rows("trl-sft", SAMPLES, tmp_path, form=ExportOptions(thinking=False))
    assert ["Rivers wash salt into it."] in [texts(row, "completion") for row in found]


@pytest.mark.parametrize(
    ("to", "column"),
    [("trl-kto", "prompt"), ("trl-grpo", "prompt"), ("verl", "prompt"), ("openrlhf", "input")],
)
def test_a_system_message_comes_first(to: str, column: str, tmp_path):
    for row in rows(to, SAMPLES, tmp_path, form=ExportOptions(system="Be kind.")):
        assert [message["role"] for message in row[column]] == ["system", "user"]
        assert row[column][0]["content"] == "Be kind."


def test_samples_of_one_origin(tmp_path):
    assert [row["id"] for row in rows("trl-kto", SAMPLES, tmp_path, origin="replay")] == [
        "tea/0/replay",
        "tea/1/replay",
    ]
    exported = export(SAMPLES, "trl-grpo", str(tmp_path / "rows.jsonl"), origin="rollout")
    assert (exported.rows, exported.left_out["it is a replay"]) == (3, 2)


def test_samples_as_they_are_can_be_read_back(tmp_path):
    assert [ReplaySample.model_validate(row) for row in rows("jsonl", SAMPLES, tmp_path)] == SAMPLES


CALL = {"id": "1", "type": "function", "function": {"name": "boil", "arguments": '{"cups": 2}'}}
USER, CALLING = (
    {"role": "user", "content": "Tea?"},
    {"role": "assistant", "content": "", "tool_calls": [CALL]},
)
BOILED = {"role": "tool", "tool_call_id": "1", "content": "boiled"}


def asked(*messages: dict[str, Any], **more: Any) -> ReplaySample:
    instruction = hir.Instruction(messages=messages, constraints=[NO_COMMA], **more)
    return rollout("boil/0", instruction, "Here it is.")


def test_calls_of_tools_are_messages_where_trainers_have_them_so(tmp_path):
    called = [
        asked(USER, CALLING, BOILED),
        asked(USER, {**CALLING, "tool_calls": [CALL, CALL]}, BOILED, BOILED),
    ]
    one, two = rows("swift-sft", called, tmp_path)
    call = {"role": "tool_call", "content": '{"name": "boil", "arguments": {"cups": 2}}'}
    answers = [
        {"role": "tool_response", "content": "boiled"},
        {"role": "assistant", "content": "Here it is."},
    ]
    assert one["messages"] == [USER, call, *answers]
    assert two["messages"] == [USER, call, call, answers[0], *answers]
    (row,) = rows("llama-factory-sft", called[:1], tmp_path)
    assert [message["role"] for message in row["messages"]] == [
        "user",
        "function_call",
        "observation",
        "assistant",
    ]
    assert row["messages"][1]["content"] == call["content"]


@pytest.mark.parametrize(
    ("to", "sample", "reason"),
    [
        (
            "llama-factory-sft",
            asked(USER, USER),
            "its messages do not take turns, as LlamaFactory wants them",
        ),
        (
            "llama-factory-kto",
            asked(USER, {**CALLING, "tool_calls": [CALL, CALL]}, BOILED, BOILED),
            "its messages do not take turns, as LlamaFactory wants them",
        ),
        (
            "swift-sft",
            asked(USER, {**CALLING, "content": "I boil."}, BOILED),
            "a message of its prompt has a text beside the call of a tool",
        ),
        (
            "swift-kto",
            asked(USER, {"role": "assistant", "content": "Yes.", "reasoning_content": "Hm."}, USER),
            "a message of its prompt has reasoning, which has no place there",
        ),
        *[
            (to, asked(USER, template_options={"enable_thinking": False}), f"it has template options, {why}")
            for to, why in (
                ("llama-factory-sft", "which LlamaFactory's rows have no place for"),
                ("axolotl-sft", "which Axolotl takes for all rows at once"),
                ("prime-rl", "which prime-rl does not hand on"),
                ("prime-rl-sft", "which prime-rl does not hand on"),
                ("nemo-gym", "which NeMo Gym's rows have no place for"),
            )
        ],
        ("nemo-gym", rollout("tea/0", TEA, "Tea."), "NeMo Gym's verifier does not know word_count"),
        ("nemo-gym", asked(USER, CALLING, BOILED), "its messages have more than role and content"),
        (
            "feedback",
            rollout("tea/0", TEA, "Tea.", reasons=()),
            "its data set does not say what was found: replay it anew",
        ),
    ],
)
def test_what_a_trainer_would_read_otherwise_or_not_at_all_is_left_out_by_name(
    to: str, sample: ReplaySample, reason: str, tmp_path
):
    exported = export([sample], to, str(tmp_path / "rows.jsonl"))
    assert (exported.rows, dict(exported.left_out)) == (0, {reason: 1})


def test_pairs_of_axolotl_have_no_tools(tmp_path):
    good = asked(USER, CALLING, BOILED)
    exported = export(
        [good, rollout("boil/1", good.instruction, "Here, Sir.")], "axolotl-dpo", str(tmp_path / "rows.jsonl")
    )
    assert exported.rows == 0
    assert [reason for reason in exported.left_out if "no place for tools" in reason]


def test_failures_take_turns_with_the_successes_of_their_instruction(tmp_path):
    said = ["a b", "c d", "a, b", "c, d", "e, f"]
    samples = [rollout(f"sea/{number}", SEA, text) for number, text in enumerate(said)]
    found = rows("feedback", samples, tmp_path)
    assert [(row["id"], row["success_id"], texts(row, "success")) for row in found] == [
        ("sea/2", "sea/0", ["a b"]),
        ("sea/3", "sea/1", ["c d"]),
        ("sea/4", "sea/0", ["a b"]),
    ]
    (violation,) = found[0]["violations"]
    assert json.loads(violation["constraint"]) == {"kind": "punctuation:no_comma"}
    assert violation["found"] == "found 1 comma, wanted none"
    assert found[0]["privileged_context"] == f"- {violation['asked']} (found 1 comma, wanted none)"


def test_a_description_stands_beside_the_rows_of_llama_factory(tmp_path):
    beside = tmp_path / "dataset_info.json"
    beside.write_text('{"mine": {"file_name": "mine.json"}}')
    export(SAMPLES, "llama-factory-dpo", str(tmp_path / "pairs.jsonl"))
    export(SAMPLES, "llama-factory-kto", str(tmp_path / "labels"))
    told = json.loads(beside.read_text())
    assert list(told) == ["mine", "pairs", "labels"]
    assert (told["pairs"]["file_name"], told["labels"]["file_name"]) == ("pairs.jsonl", "labels")
    assert (told["pairs"]["ranking"], told["labels"]["columns"]["kto_tag"]) == (True, "label")
    for name, described in told.items():
        columns = FORMATS[f"llama-factory-{'dpo' if name == 'pairs' else 'kto'}"].columns
        assert set(described.get("columns", {}).values()) <= set(columns)


@pytest.mark.parametrize("written", ["[]", "{"])
def test_a_description_that_is_none_is_left_alone(written: str, tmp_path):
    (tmp_path / "dataset_info.json").write_text(written)
    with pytest.raises(hir.OutputError, match=r"dataset_info\.json: cannot be added to"):
        export(SAMPLES, "llama-factory-dpo", str(tmp_path / "rows.jsonl"))
    assert [path.name for path in tmp_path.iterdir()] == ["dataset_info.json"]


def test_llama_factory_reads_no_gzipped_rows(tmp_path):
    with pytest.raises(hir.OutputError, match="LlamaFactory reads no gzipped files"):
        export(SAMPLES, "llama-factory-sft", str(tmp_path / "rows.jsonl.gz"))


def test_rows_for_nemo_gym_are_read_back_as_the_same_instruction(tmp_path):
    instruction = hir.Instruction(
        prompt="Tea? In English.",
        constraints=[NO_COMMA, {"kind": "language:response_language", "language": "en"}],
    )
    (row,) = rows("nemo-gym", [rollout("tea/0", instruction, "Tea.")], tmp_path)
    assert read_prompt(row).instruction.constraints == instruction.constraints
    assert row["responses_create_params"]["input"] == instruction.chat()


def test_rows_for_prime_rl_hold_their_constraints_in_one_string(tmp_path):
    (row,) = rows(
        "prime-rl", [asked(USER, tools=[{"type": "function", "function": {"name": "a"}}])], tmp_path
    )
    info = json.loads(row["info"])
    assert read_prompt({"prompt": "", **info}).instruction.constraints == (NO_COMMA,)
    assert (info["id"], info["tools"][0]["function"]["name"]) == ("boil/0", "a")


# What others do with them


def test_constraints_of_rows_are_those_of_the_reward(tmp_path):
    """The columns go through Parquet and come back as what ConstraintReward and compute_score read."""
    export(SAMPLES, "trl-grpo", str(tmp_path / "rows.parquet"))
    table = pyarrow.parquet.read_table(tmp_path / "rows.parquet").to_pydict()
    tea, replay, *_ = table["constraints"]
    assert ConstraintReward()(["Tea for two."] * 2, constraints=[tea, replay]) == [0.0, 1.0]

    export(SAMPLES, "verl", str(tmp_path / "verl.parquet"))
    tea, replay, *_ = pyarrow.parquet.read_table(tmp_path / "verl.parquet").to_pylist()
    for row, score in ((tea, 0.0), (replay, 1.0)):
        ground_truth = row["reward_model"]["ground_truth"]
        found = compute_score(row["data_source"], "Tea for two.", ground_truth, row["extra_info"])
        assert (found["score"], found["error"]) == (score, "")

    label = json.loads(rows("openrlhf", SAMPLES, tmp_path)[0]["label"])
    assert read_prompt({"prompt": "", **label}).instruction.constraints == TEA.constraints


def test_rows_of_verl_have_the_columns_that_it_documents(tmp_path):
    """Its data set class reads ``prompt``, its reward managers the rest."""
    export(SAMPLES, "verl", str(tmp_path / "verl.parquet"))
    schema = pyarrow.parquet.read_schema(tmp_path / "verl.parquet")
    message = pyarrow.struct({"role": pyarrow.string(), "content": pyarrow.string()})
    assert schema.field("data_source").type == schema.field("ability").type == pyarrow.string()
    assert schema.field("prompt").type.value_type == message
    assert schema.field("reward_model").type == pyarrow.struct(
        {"style": pyarrow.string(), "ground_truth": pyarrow.string()}
    )
    extra = schema.field("extra_info").type
    assert (extra.field("index").type, extra.field("split").type) == (pyarrow.int64(), pyarrow.string())


@pytest.mark.parametrize("to", TABLES)
@pytest.mark.parametrize(("name", "reader"), [("rows.jsonl", "json"), ("rows.parquet", "parquet")])
def test_datasets_load_the_same_rows_from_both(to: str, name: str, reader: str, tmp_path):
    export(SAMPLES, to, str(tmp_path / name))
    files = str(tmp_path / name)
    loaded = datasets.load_dataset(reader, data_files=files, split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.to_list() == list(read(GOLDEN / f"{to}.jsonl"))


# Where they go


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_gzipped_lines(tmp_path):
    export(SAMPLES, "trl-kto", str(tmp_path / "new" / "rows.jsonl.gz"))
    content = gzip.decompress((tmp_path / "new" / "rows.jsonl.gz").read_bytes())
    assert content == (GOLDEN / "trl-kto.jsonl").read_bytes()


@pytest.mark.parametrize(("shard_rows", "sizes"), [(4, [4, 4, 1]), (9, [9]), (100, [9])])
def test_a_folder_has_files_of_so_many_rows(shard_rows: int, sizes: list[int], tmp_path):
    export(SAMPLES, "trl-kto", str(tmp_path / "rows"), shard_rows=shard_rows)
    files = sorted((tmp_path / "rows").iterdir())
    assert [path.name for path in files] == [f"train-{number:05}.parquet" for number in range(len(sizes))]
    assert [pyarrow.parquet.read_metadata(path).num_rows for path in files] == sizes
    found = [row for path in files for row in pyarrow.parquet.read_table(path).to_pylist()]
    assert found == list(read(GOLDEN / "trl-kto.jsonl"))
    assert [path.name for path in tmp_path.iterdir()] == ["rows"]


def test_a_folder_without_rows_can_be_loaded(tmp_path):
    export([], "trl-kto", str(tmp_path / "rows"))
    assert pyarrow.parquet.read_table(tmp_path / "rows").num_rows == 0


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "precious").touch()
    with pytest.raises(hir.OutputError, match="the folder is not empty"):
        export(SAMPLES, "trl-kto", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet", "rows"])
def test_what_fails_can_be_gone_on_with(name: str, tmp_path):
    def broken() -> Iterator[ReplaySample]:
        yield SAMPLES[0]
        raise hir.RecordError("broken")

    output = str(tmp_path / "out" / name)
    with pytest.raises(hir.RecordError, match="broken"):
        export(broken(), "trl-kto", output)
    assert not (tmp_path / "out" / name).exists()
    export(SAMPLES, "trl-kto", output, resume=True)
    export(SAMPLES, "trl-kto", str(tmp_path / "whole" / name))
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")


def test_a_name_that_says_nothing_is_refused(tmp_path):
    with pytest.raises(hir.OutputError, match=r"has to end in \.jsonl, \.jsonl\.gz or \.parquet"):
        export(SAMPLES, "trl-kto", str(tmp_path / "rows.csv"))


def test_samples_as_they_are_make_no_table(tmp_path):
    with pytest.raises(hir.OutputError, match="this format is JSONL only"):
        export(SAMPLES, "jsonl", str(tmp_path / "rows.parquet"))


def test_samples_are_read_as_a_stream(tmp_path):
    """No more than one group of samples is looked ahead."""
    ahead: list[int] = []

    def endless() -> Iterator[ReplaySample]:
        for number in range(3000):
            ahead.append(number)
            yield rollout(f"{number}/0", BARE, "Gut", verdicts=(True,))

    makes, _ = FORMATS["trl-dpo"]
    made = makes(endless(), ExportOptions())
    next(made)
    assert len(ahead) <= 2


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet", "rows"])
@pytest.mark.parametrize("public", [True, False])
def test_rows_are_pushed(name: str, public: bool, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    pushed: list[Any] = []
    monkeypatch.setattr(
        datasets.Dataset,
        "push_to_hub",
        lambda self, *told, **more: pushed.append((self.to_list(), told, more)),
    )
    export(SAMPLES, "trl-kto", str(tmp_path / name), shard_rows=5)
    push(str(tmp_path / name), "someone/rows", public=public)
    assert pushed == [(list(read(GOLDEN / "trl-kto.jsonl")), ("someone/rows",), {"private": not public})]


def test_nothing_is_pushed_without_datasets(tmp_path, monkeypatch):
    export(SAMPLES, "trl-kto", str(tmp_path / "rows.parquet"))
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(hir.MissingExtraError, match=r"^someone/rows: cannot be pushed: .*hir-data\[hub\]"):
        push(str(tmp_path / "rows.parquet"), "someone/rows")


def test_what_the_hub_says_is_told(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise ValueError("no such place\nand more")

    monkeypatch.setattr(datasets.Dataset, "push_to_hub", refuse)
    export(SAMPLES, "trl-kto", str(tmp_path / "rows.parquet"))
    with pytest.raises(hir.OutputError, match=r"^someone/rows: cannot be pushed: ValueError: no such place$"):
        push(str(tmp_path / "rows.parquet"), "someone/rows")


def test_a_card_says_what_the_rows_are_and_how_they_came_about(tmp_path, monkeypatch):
    """The metadata that say where the files are stay; the text is ours, the licence the user's."""
    manifest = dataset.write(
        tmp_path / "replayed",
        SAMPLES,
        input="abc",
        configuration={"k": 2, "relabel": {"by": "drop"}},
        counts={"rollouts": 7},
    )
    output = str(tmp_path / "rows.parquet")
    exported = export(SAMPLES, "trl-kto", output)
    card = card_of(output, "someone/rows", exported, {"thinking": True, "license": "apache-2.0"}, manifest)
    written = huggingface_hub.DatasetCard("---\nconfigs:\n- config_name: default\n---\nold text\n")
    pushed: list[str] = []
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.Dataset, "push_to_hub", lambda self, *told, **more: pushed.append("rows"))
    monkeypatch.setattr(huggingface_hub.DatasetCard, "load", lambda repository: written)
    monkeypatch.setattr(
        huggingface_hub.DatasetCard, "push_to_hub", lambda self, to: pushed.append(f"{to}: {self}")
    )
    push(output, "someone/rows", license="apache-2.0", card=card)
    rows_first, told = pushed
    assert rows_first == "rows"
    front, text = told.removeprefix("someone/rows: ---\n").split("\n---\n", 1)
    assert "config_name: default" in front
    assert "license: apache-2.0" in front
    shard = manifest.shards[0]
    for line in (
        "# someone/rows",
        "| prompt | list of {role: string, content: string} |",
        "| label | bool |",
        "| export: rows | 9 |",
        "| export: labels.false | 5 |",
        "| replay: rollouts | 7 |",
        "| thinking | True |",
        "| relabel.by | drop |",
        "| input of hir-data replay | abc |",
        f"| sha256 of {shard.name} (replay) | {shard.sha256} |",
        f"| sha256 of rows.parquet | {dataset.sha256(Path(output))} |",
        "apache-2.0",
    ):
        assert line in text.splitlines()
    assert "old text" not in text


@pytest.mark.parametrize(("to", "name"), [("nemo-gym", "rows.jsonl"), ("jsonl", "rows.jsonl.gz")])
def test_a_card_without_a_licence_says_so_and_columns_are_those_of_the_rows(to: str, name: str, tmp_path):
    manifest = dataset.write(tmp_path / "replayed", SAMPLES)
    output = str(tmp_path / name)
    card = card_of(output, "someone/rows", export(SAMPLES, to, output), {}, manifest)
    assert "It was not stated when the rows were pushed" in card
    assert "| id | json |" in card
