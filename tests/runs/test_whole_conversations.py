"""Whatever a conversation says is what is sampled from, grouped by, exported and written: all of it."""

import json
from collections.abc import Generator, Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

import hir_data as hir
from hir_data.formats.records import read_prompt
from hir_data.models.sampling import Request, Response
from hir_data.replays import dataset
from hir_data.runs.export import FORMATS

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(str.strip)
COMMA = {"kind": "punctuation:no_comma"}


def message(role: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"role": st.just(role), "content": TEXTS},
        optional={"name": TEXTS, "weight": st.integers(0, 1)},
    )


CALLS = st.fixed_dictionaries({"id": st.just("c"), "function": st.dictionaries(TEXTS, TEXTS, max_size=2)})


@st.composite
def conversations(draw: st.DrawFn) -> dict[str, Any]:
    messages = draw(st.lists(message("system"), max_size=1))
    for _ in range(draw(st.integers(0, 2))):
        messages.append(draw(message("user")))
        if draw(st.booleans()):
            called = {"role": "assistant", "content": "", "tool_calls": [draw(CALLS)]}
            messages += [called, {"role": "tool", "content": draw(TEXTS), "tool_call_id": "c"}]
        messages.append(draw(message("assistant")))
    messages.append(draw(message("user")))
    more = {
        "tools": st.lists(st.dictionaries(TEXTS, TEXTS, min_size=1), min_size=1, max_size=2),
        "template_options": st.dictionaries(TEXTS, st.booleans(), min_size=1, max_size=2),
    }
    return {
        "messages": messages,
        "constraints": [COMMA],
        **draw(st.fixed_dictionaries({}, optional=more)),
    }


class Recorder:
    """A sampler that keeps what it is asked."""

    tokens = 0

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response]]:
        for request in requests:
            self.asked.append(request)
            yield [Response(text, hir.Sampling(model="m")) for text in ("a", "b, c")]


ASKED = "responses_create_params"
"""Where rows of NeMo Gym have what is asked of a model."""


OWN_TURNS = ("llama-factory", "swift", "nemo-gym")


def is_of_tools(message: dict[str, Any]) -> bool:
    """Whether a message is a call or an answer of a tool, or of a role that these trainers do not know."""
    return "tool_calls" in message or message["role"] in ("tool", "developer")


def tools_of(row: dict[str, Any]) -> Any:
    """The tools of a row, wherever its trainer wants them."""
    beside = json.loads(row["info"]) if "info" in row else row.get("extra_info", row)
    return beside["tools"] if "info" in row else json.loads(beside["tools"])


@settings(max_examples=25, deadline=None)
@given(record=conversations(), other=conversations())
def test_nothing_before_the_last_turn_is_lost(
    record: dict[str, Any], other: dict[str, Any], tmp_path_factory
):
    instruction = read_prompt(record).instruction
    sampler = Recorder()
    rollouts = list(hir.rollout([instruction], sampler))
    (request,) = sampler.asked
    assert request.messages(None) == record["messages"]
    assert request.instruction.template_arguments() == {
        **({"tools": record["tools"]} if "tools" in record else {}),
        **record.get("template_options", {}),
    }
    second = read_prompt(other).instruction
    verified = list(hir.verify([*rollouts, *hir.rollout([second], Recorder())]))
    for one in verified:  # as it is written and read again
        again = json.loads(to_json(one))["rollout"]
        assert read_prompt(again).instruction == one.rollout.instruction
    samples = list(hir.replay(verified))
    groups = {sample.group for sample in samples}
    is_same = instruction.conversation_key == second.conversation_key
    assert is_same == all(record.get(name) == other.get(name) for name in {**record, **other})
    assert len(groups) == (1 if is_same else 2)
    mine = [sample for sample in samples if sample.instruction == instruction]
    for name, form in FORMATS.items():
        for row in form.rows(mine, hir.ExportOptions()):
            if isinstance(row, hir.Skipped):
                continue
            if name == "jsonl":
                assert hir.Instruction(**row["instruction"]) == instruction
                continue
            if name.startswith(OWN_TURNS) and any(is_of_tools(message) for message in record["messages"]):
                continue  # calls of tools are turns of their own there: the golden rows show them
            messages = next(row[field] for field in ("prompt", "input", "messages", ASKED) if field in row)
            messages = messages["input"] if name == "nemo-gym" else messages
            assert messages[: len(record["messages"])] == record["messages"], name  # the answer may follow
            if "tools" in record and name != "nemo-gym":  # there they have the form of the Responses API
                assert tools_of(row) == record["tools"], name
    folder = tmp_path_factory.mktemp("data")
    dataset.write(folder, mine)
    assert [sample.instruction for sample in hir.read_samples(folder)] == [instruction] * len(mine)
