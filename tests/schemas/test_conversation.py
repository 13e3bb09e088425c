"""Conversations as records: equal only as a whole, written as before where a prompt says it all."""

import json
import pickle
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import to_json

import hir_data as hir
from hir_data.schemas.frozen_json import FrozenJson

NO_COMMA = [{"kind": "punctuation:no_comma"}]
SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Name a fruit."}
ASSISTANT = {"role": "assistant", "content": "Apple"}
CALL = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"what": "fruit"}'}}
CALLING = {"role": "assistant", "content": "", "tool_calls": [CALL]}
RESULT = {"role": "tool", "content": "pear", "tool_call_id": "c1", "name": "find"}
TOOL = {"type": "function", "function": {"name": "find", "parameters": {"b": 1, "a": 2}}}


def of(*messages: dict[str, Any], **more: Any) -> hir.Instruction:
    return hir.Instruction(messages=messages, constraints=NO_COMMA, **more)


def test_a_prompt_is_one_message_of_the_user_and_is_written_as_before():
    asked = hir.Instruction(id=1, prompt="Name a fruit.", constraints=NO_COMMA)
    assert asked == of(USER, id=1)
    assert hash(asked) == hash(of(USER, id=1))
    assert (asked.prompt, asked.turn, asked.chat()) == ("Name a fruit.", 1, [USER])
    assert json.loads(to_json(asked)) == {"id": 1, "prompt": "Name a fruit.", "constraints": NO_COMMA}
    assert list(asked.model_dump()) == ["id", "prompt", "constraints"]


@pytest.mark.parametrize(
    "asked",
    [
        of(SYSTEM, USER),
        of(SYSTEM, USER, ASSISTANT, {"role": "user", "content": "Another."}, stated_in=[0], from_turn=[2]),
        of(USER, CALLING, RESULT, tools=[TOOL]),
        of(USER, template_options={"enable_thinking": False}),
        of(USER | {"name": "ann", "weight": 0, "deep": {"a": [1, None]}}),
        of(USER, ASSISTANT | {"reasoning_content": "Hm."}, USER),
        of({"role": "developer", "content": "Be brief."}, USER),
    ],
)
def test_a_conversation_comes_back_whole(asked: hir.Instruction):
    written = json.loads(to_json(asked))
    assert written["messages"] == asked.chat()
    assert "prompt" not in written
    assert hir.Instruction(**written) == asked == pickle.loads(pickle.dumps(asked))
    assert hash(hir.Instruction(**written)) == hash(asked)
    assert asked.conversation_key == hir.Instruction(**written).conversation_key


def test_what_differs_in_any_part_of_it_is_another_conversation():
    every = [
        of(USER),
        of(SYSTEM, USER),
        of({"role": "developer", "content": "Be brief."}, USER),
        of(USER, ASSISTANT, USER),
        of(USER, ASSISTANT | {"content": "Pear"}, USER),
        of(USER, tools=[TOOL]),
        of(USER, template_options={"enable_thinking": True}),
        of(USER, template_options={"enable_thinking": False}),
        of(USER | {"name": "ann"}),
        of(USER | {"weight": 1}),
        hir.Instruction(prompt=of(SYSTEM, USER).conversation_key[1:], constraints=NO_COMMA),
    ]
    assert len(set(every)) == len({one.conversation_key for one in every}) == len(every)


def test_the_order_of_keys_is_kept_and_does_not_count():
    one = of(USER, tools=[{"a": 1, "b": 2}], template_options={"x": 1, "y": 2})
    other = of(USER, tools=[{"b": 2, "a": 1}], template_options={"y": 2, "x": 1})
    assert one == other
    assert one.conversation_key == other.conversation_key
    assert list(other.template_arguments()["tools"][0]) == ["b", "a"]
    assert FrozenJson([1]) != FrozenJson([2])


def test_texts_of_parts_stand_behind_each_other():
    parts = [{"type": "text", "text": "Name "}, {"type": "input_text", "text": "a "}, "fruit."]
    assert of(USER | {"content": parts}) == of(USER)


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ([], "messages: is empty"),
        ([SYSTEM], "messages: there is no message of the user in it"),
        ([SYSTEM, SYSTEM, USER], "messages[1]: there are two system messages"),
        ([USER, SYSTEM], "messages[1]: this message has to come before all others"),
        ([SYSTEM | {"content": " "}, USER], "messages[0]: this message is empty (system)"),
        ([USER, ASSISTANT | {"content": ""}, USER], "messages[1]: this message is empty (assistant)"),
        ([USER, ASSISTANT], "messages: ends with a message of the assistant, so that no response is due"),
        ([{"role": "narrator", "content": "x"}, USER], "messages[0].role: there is no role 'narrator'"),
        ([{"content": "x"}, USER], "messages[0].role: this field is missing"),
        ([USER, RESULT], "messages[1]: this is the result of a tool that no message before it has called"),
        ([USER, CALLING, RESULT | {"tool_call_id": "c2"}], "messages[2]: this is the result of a tool"),
        ([USER | {"content": [{"type": "image"}]}], "messages[0].content[0]: a part of type 'image' is no"),
        ([USER | {"content": 7}], "messages[0].content: has to be a string or a list of parts, not 7"),
        ([USER | {"name": 7}], "messages[0].name: has to be a string, not 7"),
        ([USER, CALLING | {"tool_calls": "c"}, USER], "messages[1].tool_calls: has to be a list of objects"),
        (["hello"], "messages[0]: has to be a message, not 'hello'"),
        ("hello", "messages: has to be a list of messages, not 'hello'"),
    ],
)
def test_what_is_out_of_place_is_named(messages: Any, told: str):
    with pytest.raises(hir.RecordError) as caught:
        hir.Instruction(messages=messages, constraints=NO_COMMA)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    "fields",
    [
        {"stated_in": [2]},
        {"stated_in": [0, 0]},
        {"stated_in": [-1]},
        {"from_turn": [2]},
        {"prompt": "x"},
        {"x": 1},
    ],
)
def test_what_does_not_fit_the_conversation_is_refused(fields: dict[str, Any]):
    with pytest.raises(ValidationError):
        of(SYSTEM, USER, **fields)


def test_an_empty_prompt_travels_between_processes():
    asked = hir.Instruction(prompt="", constraints=NO_COMMA)
    assert pickle.loads(pickle.dumps(asked)) == asked


def test_a_system_message_is_put_before_refused_replaced_or_prepended():
    asked = of(SYSTEM, USER, stated_in=[1])
    assert of(USER, stated_in=[0]).with_system("Be brief.") == asked == asked.with_system("Be brief.")
    with pytest.raises(hir.RecordError, match="--system-mode replace or prepend"):
        asked.with_system("Be kind.")
    assert asked.with_system("Be kind.", "replace").messages[0].content == "Be kind."
    assert asked.with_system("Be kind.", "prepend").messages[0].content == "Be kind.\n\nBe brief."
    with pytest.raises(hir.RecordError, match="a constraint is stated in the system message"):
        of(SYSTEM, USER, stated_in=[0]).with_system("Be kind.", "replace")


def test_a_copy_with_another_prompt_keeps_the_rest():
    changed = of(SYSTEM, USER).model_copy(update={"prompt": "Name a tree."})
    assert changed.chat() == [SYSTEM, {"role": "user", "content": "Name a tree."}]
