"""Records of one format as records of another: nothing is lost, or what is lost has a name."""

import json
from pathlib import Path
from typing import Any

import pytest
from cases import formats
from cases.formats import FIXTURES, NO_COMMAS, PROMPT, WORDS
from files import read, write
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import records

from hir_data.errors import OutputError, RecordError
from hir_data.formats.catalogue import FORMATS, target_named
from hir_data.formats.format import WritableFormat
from hir_data.formats.reader import read_units
from hir_data.formats.records import read_prompt
from hir_data.runs.convert import Converted, convert_into, folded, table_writer
from hir_data.runs.sinks import sink_of

TARGETS = [form.name for form in FORMATS if isinstance(form, WritableFormat)]
BENCHMARKS = ["ifeval", "native", "nemo-gym", "open-instruct", "verl"]


def converted(record: dict[str, Any], to: str) -> dict[str, Any]:
    """A record in another format, without any loss."""
    answer = folded(read_prompt(record), target_named(to))
    assert answer.lost == []
    return json.loads(answer.line)


def losses(record: dict[str, Any], to: str) -> list[str]:
    return [loss.field for loss in folded(read_prompt(record), target_named(to)).lost]


def without_nulls(value: Any) -> Any:
    """A record as it is without nulls; a JSON string as what it holds, a whole number as an integer."""
    if isinstance(value, str) and value.startswith(('{"', '[{"')):
        return without_nulls(json.loads(value))
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [{} if each is None else without_nulls(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def contains(found: Any, wanted: Any) -> bool:
    """Whether a record has all that another one has."""
    if isinstance(wanted, dict):
        return all(name in found and contains(found[name], value) for name, value in wanted.items())
    return found == wanted


# Round trips

FOREIGN = {
    "ifeval": [formats.IFEVAL, formats.HUGGING_FACE],
    "native": FIXTURES["native"],
    "open-instruct": [formats.IFTRAIN],
    "nemo-gym": FIXTURES["nemo-gym"],
    "verl": [formats.HIR_IFEVAL, formats.HIR_MULDIMIF, formats.IFDECORATOR],
    "muldimif": FIXTURES["muldimif"],
}


@pytest.mark.parametrize(("name", "record"), [(name, one) for name, ones in FOREIGN.items() for one in ones])
def test_there_and_back_by_way_of_our_own(name: str, record: dict[str, Any]):
    """What comes back has every field of the record, and no field has another value."""
    back = converted(converted(record, "native"), name)
    there = without_nulls(record)
    if name == "open-instruct":  # a Python literal: one constraint without parameters is None or {}
        assert read_prompt(back) == read_prompt(record)
        there["ground_truth"] = back["ground_truth"]
    if name == "verl":  # the key is the row's own
        there["reward_model"]["ground_truth"].pop("key", None)
    assert contains(without_nulls(back), there)


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize(("name", "record"), [(name, one) for name, ones in FIXTURES.items() for one in ones])
def test_nothing_is_lost_unnoticed(name: str, record: dict[str, Any], to: str):
    """Whatever can be written is read as it was, and written again as it is."""
    prompt = read_prompt(record)
    try:
        answer = folded(prompt, target_named(to))
    except RecordError as error:
        assert error.field == "constraints"
        assert f"has a place in records of {to}" in error.problem
        return
    if answer.lost:
        where = {("autoif", "verl"), ("muldimif", "verl"), ("verl-dump", "verl"), ("nemo-gym", "ifeval")}
        assert (name, to) in where
        assert {loss.field for loss in answer.lost} <= {"response", "responses", "messages"}
        return
    again = read_prompt(json.loads(answer.line))
    assert again.instruction == prompt.instruction
    assert again.responses == prompt.responses
    assert json.loads(folded(again, target_named(to)).line) == json.loads(answer.line)


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
KINDS = [NO_COMMAS, WORDS, "keywords:existence", "detectable_format:title", "startend:end_checker"]
VALUES = st.none() | st.booleans() | st.integers(-9, 9) | TEXTS | st.lists(TEXTS, max_size=2)


@st.composite
def natives(draw: st.DrawFn) -> dict[str, Any]:
    """Records of our own, of kinds that all the tools of the field know."""
    constraints = draw(st.lists(st.sampled_from(KINDS).flatmap(records), min_size=1, max_size=3))
    record = {"prompt": draw(TEXTS.filter(str.strip)), "constraints": constraints}
    record |= draw(st.fixed_dictionaries({}, optional={
        "id": st.integers(0, 99) | TEXTS,
        "question": TEXTS,
        "criteria": st.lists(TEXTS, min_size=len(constraints), max_size=len(constraints)),
        "presentation": st.sampled_from(["inline", "lines"]),
        "metadata": st.dictionaries(TEXTS, VALUES | st.dictionaries(TEXTS, VALUES, max_size=2), max_size=3),
    }))  # fmt: skip
    return record


@settings(max_examples=60, deadline=None)
@given(record=natives(), path=st.lists(st.sampled_from(BENCHMARKS), min_size=1, max_size=3))
def test_any_way_round(record: dict[str, Any], path: list[str]):
    start = read_prompt(record)
    current = record
    for to in path:
        current = converted(current, to)
    end = read_prompt(current)
    assert end.instruction == start.instruction
    assert {name: end.rest.get(name) for name in start.rest} == start.rest


@pytest.mark.parametrize("to", BENCHMARKS)
def test_responses_and_how_they_were_drawn_go_along(to: str):
    drawn = {"response": "Hot.", "token_ids": [5, 6], "token_logprobs": [-0.5, -1.25], "model": "small"}
    if to == "verl":
        assert losses(formats.IFEVAL | drawn, to) == ["sampling", "response"]
        return
    prompt = read_prompt(formats.IFEVAL | drawn)
    again = read_prompt(converted(formats.IFEVAL | drawn, to))
    assert (again.responses, again.own) == (["Hot."], prompt.own)
    several = read_prompt(converted(formats.IFEVAL | {"responses": ["a", "b"]}, to))
    assert several.responses == ["a", "b"]


# Losses


def test_what_has_no_place_is_named():
    ours = {"id": 1, "prompt": "P", "constraints": [{"kind": "word_count", "max": 3}, {"kind": NO_COMMAS}]}
    assert losses(ours, "ifeval") == ["constraints[0]"]
    assert losses(ours, "verl") == []
    rollout = {"instruction": formats.NATIVE, "response": "Hot.", "sample": 3, "thinking": "absent"}
    assert losses(rollout, "native") == []
    assert set(losses(rollout, "ifeval")) == {"sample", "thinking"}
    named = formats.NATIVE | {"metadata": {"kwargs": "mine", "prompt": "old"}}
    assert set(losses(named, "ifeval")) == {"kwargs", "metadata.prompt"}
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "P"}]
    asked = {**formats.LISTS, "messages": turns, "tools": [{"type": "function"}], "stated_in": [0, 1]}
    assert set(losses(asked, "ifeval")) == {"messages", "tools", "stated_in"}
    for to in ("native", "open-instruct", "nemo-gym", "verl"):
        assert losses(asked, to) == []


def test_a_part_of_the_constraints_keeps_what_is_known_of_it():
    """A sentence of MulDimIF that has no place takes its category and its criterion along."""
    mixed = converted(formats.MULDIMIF, "native")
    mixed["constraints"].append({"kind": NO_COMMAS})
    mixed["criteria"].append("Use no commas.")
    for name in ("constraint_types", "category", "subcategory"):
        mixed["metadata"][name].append(
            ["Content", "Punctuation"] if name == "constraint_types" else "Content"
        )
    answer = folded(read_prompt(mixed), target_named("ifeval"))
    assert [loss.name for loss in answer.lost][:2] == [
        "constraints: muldimif:keywords",
        "constraints: muldimif:words",
    ]
    left = read_prompt(json.loads(answer.line))
    assert left.instruction.criteria == ("Use no commas.",)
    assert left.rest["constraint_types"] == [["Content", "Punctuation"]]


def run(tmp_path: Path, records: list[Any], to: str, name: str = "out.jsonl", **options: Any) -> Converted:
    source, output = write(tmp_path / "in.jsonl", records), str(tmp_path / name)
    target = target_named(to)
    sink = sink_of(Converted, table_writer(target, output), output, None, resume=options.pop("resume", False))
    options["as_table"] = output.endswith(".parquet")
    return convert_into(sink, read_units(source), target, **options)


OURS = {"id": 2, "prompt": "P", "constraints": [{"kind": "word_count", "max": 3}, {"kind": NO_COMMAS}]}


def test_a_loss_rejects_the_record_or_is_counted(tmp_path: Path):
    told = []
    state = run(tmp_path, [formats.IFEVAL, OURS, b"{"], "ifeval", on_rejected=told.append)
    assert state.figures() == {"read": 3, "written": 1, "rejected": 2, "lost": {}}
    rejected = read(tmp_path / "out.rejected.jsonl")
    assert [(one["line"], one["field"]) for one in rejected] == [(2, "constraints[0]"), (3, None)]
    assert rejected[0]["reason"] == "word_count has no place in records of ifeval (see --lossy)"
    assert rejected[0]["record"] == OURS
    assert len(told) == 2
    state = run(tmp_path, [formats.IFEVAL, OURS, OURS], "ifeval", lossy=True)
    assert state.figures() == {"read": 3, "written": 3, "rejected": 0, "lost": {"constraints: word_count": 2}}
    assert read(tmp_path / "out.jsonl")[1]["instruction_id_list"] == [NO_COMMAS]


def test_a_record_of_which_no_constraint_is_left_is_rejected(tmp_path: Path):
    state = run(tmp_path, [formats.VERIF], "ifeval", lossy=True)
    assert (state.written, state.rejected) == (0, 1)
    (rejected,) = read(tmp_path / "out.rejected.jsonl")
    assert rejected["reason"] == "none of soft:criterion has a place in records of ifeval"


def test_rows_of_verl_as_a_table(tmp_path: Path):
    given = [
        formats.HIR_IFEVAL,
        formats.IFDECORATOR,
        formats.NEMO_GYM,
        formats.NATIVE | {"metadata": {"a": [1]}},
    ]
    assert run(tmp_path, given, "verl", "out.parquet").written == 4
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(tmp_path / "out.parquet")
    assert table.column_names[:5] == ["id", "data_source", "prompt", "ability", "reward_model"]
    rows = table.to_pylist()
    for record, row in zip(given, rows, strict=True):
        before, after = read_prompt(record), read_prompt(row)
        assert after.instruction.constraints == before.instruction.constraints
        assert str(after.instruction.id) == str(before.instruction.id)
        extra = before.rest.pop("extra_info", {})
        assert {name: after.rest["extra_info"].get(name) for name in extra} == extra
        assert {name: after.rest.get(name) for name in before.rest} == before.rest
    assert rows[0]["data_source"] == "type1"
    assert json.loads(rows[0]["reward_model"]["ground_truth"])["instruction_id_list"] == [NO_COMMAS, WORDS]
    assert rows[2]["data_source"] == "hir-data"
    assert rows[2]["prompt"][0]["role"] == "system"


def test_only_rows_of_verl_are_a_table(tmp_path: Path):
    with pytest.raises(OutputError, match="records of ifeval are written as"):
        run(tmp_path, [formats.IFEVAL], "ifeval", "out.parquet")


def test_a_ground_truth_is_as_the_tools_of_its_source_read_it():
    row = converted(formats.HIR_MULDIMIF, "verl")
    truth = json.loads(row["reward_model"]["ground_truth"])
    assert (row["data_source"], truth["constraints"]) == ("type3", formats.TRIPLES)
    assert truth["difficulty"] == "Level 2"
    mixed = formats.NATIVE | {"metadata": {"data_source": "type1"}}
    mixed["constraints"] = [*formats.NATIVE["constraints"], {"kind": "word_count", "max": 3}]
    assert losses(mixed, "verl") == ["data_source"]


def test_a_muldimif_record_ends_with_its_response():
    record = converted(FIXTURES["muldimif"][1], "native")
    assert record["response"] == "Hot."
    back = converted(record, "muldimif")
    assert back == FIXTURES["muldimif"][1]
    assert back["conversations"][0] == {"role": "user", "content": PROMPT}


def test_a_conversation_for_which_a_table_has_no_column_is_rejected_and_the_others_are_written(
    tmp_path: Path,
):
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "", "tool_calls": [call]}]
    calling = {
        "messages": [*messages, {"role": "tool", "content": "4"}],
        "constraints": [{"kind": NO_COMMAS}],
    }
    state = run(tmp_path, [OURS, calling], "verl", "out.parquet")
    assert (state.written, state.rejected) == (1, 1)
    (rejected,) = read(tmp_path / "out.rejected.jsonl")
    assert rejected["field"] == "messages"
    assert "no column for tool_calls: write .jsonl" in rejected["reason"]
    assert run(tmp_path, [OURS, calling], "verl", "out.jsonl").written == 2
