"""Lines that we wrote are read straight; what comes of it is what the readers of all shapes make of them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import FIVE, NO_COMMA, TEA, TWO
from strategies import TEXTS

import hir_data as hir
from hir_data.formats.jsonl import Line
from hir_data.replays import dataset, verifications
from hir_data.replays.index import RolloutRef
from hir_data.replays.pipeline import original
from hir_data.replays.verifications import read_original, read_verification
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.rollout import Sampling

PLACE = RolloutRef("tea/0", "tea", None)
SAMPLINGS = st.none() | st.builds(
    Sampling,
    model=st.none() | st.text(max_size=3),
    temperature=st.none() | st.floats(0, 2),
    seed=st.none() | st.integers(0, 9),
    token_ids=st.none() | st.just((5, 6)),
    logprobs=st.none() | st.just((-0.5, -1.25)),
    entropy=st.none() | st.floats(0, 9),
)
ROLLOUTS = st.builds(
    hir.Rollout,
    instruction=st.sampled_from(
        [TEA, hir.Instruction(id=7, prompt="Tea.", constraints=[NO_COMMA & TWO, ~FIVE])]
    ),
    response=TEXTS,
    sample=st.integers(0, 3),
    original=st.none() | st.just("<think>Hm.</think>"),
    thinking=st.sampled_from([None, "stripped"]),
    sampling=SAMPLINGS,
    metadata=st.sampled_from([{}, {"topic": "tea", "nested": {"a": [1, None]}}]),
)


def line(record: dict[str, Any]) -> Line:
    return Line("in.jsonl", 1, json.dumps(record).encode() + b"\n")


def written(rollout: hir.Rollout) -> dict[str, Any]:
    verification: dict[str, Any] = json.loads(hir.verify_one(rollout).model_dump_json())
    return verification


def straight(unit: Line) -> Any:
    return verifications._as_written(unit.parsed())


def any_shape(unit: Line) -> Any:
    return verifications._in_any_shape(unit.parsed())


@settings(deadline=None)
@given(ROLLOUTS)
def test_both_ways_give_the_same(rollout):
    unit = line(written(rollout))
    wanted = any_shape(unit)
    assert read_verification(unit) == straight(unit) == wanted
    row = read_original(unit, PLACE)
    assert row is not None
    assert dataset.table([row]) == dataset.table([original(wanted, PLACE)])


ONE_TWO = {"token_ids": [1, 2], "logprobs": [-1, -0.5]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ila", "no"),
        ("more", 1),
        ("results", None),
        ("results", []),
        ("results.0", '{"constraint": {"kind": "punctuation:no_comma"}, "strict": {"satisfied": true}}'),
        ("results.1.constraint", {"kind": "word_count", "min": 5.0}),
        ("results.1.constraint", {"kind": "word_count", "min": 6}),
        ("results.1.constraint", {"kind": "word_count", "min": True}),
        ("results.1.constraint", {"min": 5, "kind": "word_count"}),
        ("results.0.strict", None),
        ("results.0.strict", {"satisfied": None, "status": "unjudged"}),
        ("results.0.strict.satisfied", 1),
        ("results.0.strict.reason", 5),
        ("rollout", "Tea."),
        ("rollout.more", 1),
        ("rollout.response", None),
        ("rollout.response", 5),
        ("rollout.sample", None),
        ("rollout.sample", "3"),
        ("rollout.sample", True),
        ("rollout.sample", -1),
        ("rollout.original", 5),
        ("rollout.thinking", "long"),
        ("rollout.metadata", None),
        ("rollout.metadata", '{"topic": "tea"}'),
        ("rollout.metadata", '"tea"'),
        ("rollout.sampling", 1),
        ("rollout.sampling", {"more": 1}),
        ("rollout.sampling", {"temperature": 1, "seed": "7", "entropy": None}),
        ("rollout.sampling", ONE_TWO),
        ("rollout.sampling", {**ONE_TWO, "logprobs": [-1]}),
        ("rollout.sampling", {"token_ids": "AQ=="}),
        ("rollout.instruction", "Tea?"),
        ("rollout.instruction.id", 5.0),
        ("rollout.instruction.id", None),
        ("rollout.instruction.more", 1),
        ("rollout.instruction.prompt", None),
        ("rollout.instruction.presentation", "type3"),
        ("rollout.instruction.presentation", "verse"),
        ("rollout.instruction.criteria", ["Use no commas."]),
        ("rollout.instruction.constraints", []),
        ("rollout.instruction.constraints.0", {"kind": "no:such"}),
        ("rollout.instruction.constraints.0", '{"kind": "punctuation:no_comma"}'),
    ],
)
def test_what_is_unlike_a_line_of_ours_is_read_as_ever(path, value):
    record = written(hir.Rollout(instruction=TEA, response="Tea for two."))
    *place, last = [int(name) if name.isdecimal() else name for name in path.split(".")]
    part: Any = record
    for name in place:
        part = part[name]
    part[last] = value
    unit = line(record)
    wanted = any_shape(unit)
    assert repr(read_verification(unit)) == repr(wanted)  # errors are equal only to themselves
    if isinstance(wanted, Rejected):
        assert straight(unit) is None
    elif row := read_original(unit, PLACE):
        assert dataset.table([row]) == dataset.table([original(wanted, PLACE)])


def test_a_line_that_is_said_to_be_in_a_format_is_read_as_that():
    unit = line(written(hir.Rollout(instruction=TEA, response="Tea for two.")))._replace(format="ifeval")
    assert straight(unit) is read_original(unit, PLACE) is None
    assert repr(read_verification(unit)) == repr(any_shape(unit))


def test_loose_verdicts_are_read_too():
    rollout = hir.Rollout(instruction=TEA, response="Sure, here it is:\nTea for two.")
    verified = hir.verify_one(rollout)
    assert verified.ila_loose is not None
    for read in (straight, any_shape):
        found = read(line(json.loads(verified.model_dump_json())))
        assert [each.loose for each in found.results] == [each.loose for each in verified.results]
        assert (found.ila_loose, found.cla_loose) == (verified.ila_loose, verified.cla_loose)
    unreadable = json.loads(verified.model_dump_json())
    unreadable["results"][0]["loose"] = {"satisfied": "yes"}
    rejected = read_verification(line(unreadable))
    assert isinstance(rejected, Rejected) and rejected.error.field == "results[0].loose.satisfied"
