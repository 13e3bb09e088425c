# ruff: noqa: E501
"""Conversations of other people's files: read whole, or refused by name."""

import json
from typing import Any

import pytest

from hir_data.errors import RecordError
from hir_data.formats.conversations import ReadOptions
from hir_data.formats.records import read_prompt
from hir_data.text.templated import messages_in, style_of

NO_COMMA = {"constraints": [{"kind": "punctuation:no_comma"}]}
SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Name a fruit."}
ANSWER = {"role": "assistant", "content": "Apple"}
AGAIN = {"role": "user", "content": "Again?"}
FUNCTION = {"name": "find", "arguments": '{"what": "fruit"}'}
CALL = {"id": "c1", "type": "function", "function": FUNCTION}
CALLING = {"role": "assistant", "content": "", "tool_calls": [CALL]}
RESULT = {"role": "tool", "content": "pear", "tool_call_id": "c1"}
SHAREGPT = [{"from": "system", "value": "Be brief."}, {"from": "human", "value": "Name a fruit."}]


@pytest.mark.parametrize(
    ("record", "messages", "responses"),
    [
        ({"messages": [SYSTEM, USER]}, [SYSTEM, USER], None),
        ({"messages": json.dumps([SYSTEM, USER])}, [SYSTEM, USER], None),
        ({"messages": [SYSTEM, USER, ANSWER]}, [SYSTEM, USER], ["Apple"]),
        ({"messages": [SYSTEM, USER], "response": "Apple"}, [SYSTEM, USER], ["Apple"]),
        ({"messages": [USER, ANSWER, USER], "prompt": "Name a fruit. "}, [USER, ANSWER, USER], None),
        ({"prompt": [SYSTEM, USER], "completion": [ANSWER]}, [SYSTEM, USER], ["Apple"]),
        ({"prompt": [USER], "completion": [CALLING, RESULT, ANSWER]}, [USER, CALLING, RESULT], ["Apple"]),
        ({"prompt": "Name a fruit.", "completion": [CALLING, RESULT, ANSWER]}, [USER, CALLING, RESULT], ["Apple"]),
        ({"prompt": "Name a fruit.", "response": [ANSWER]}, [USER], ["Apple"]),
        ({"prompt": "Name a fruit.", "response": ANSWER}, [USER], ["Apple"]),
        ({"prompt": "Name a fruit.", "responses": [[{"type": "text", "text": "Apple"}], "Pear"]}, [USER], ["Apple", "Pear"]),
        ({"conversations": SHAREGPT}, [SYSTEM, USER], None),
        ({"conversations": [*SHAREGPT, {"from": "gpt", "value": "Apple"}]}, [SYSTEM, USER], ["Apple"]),
        ({"conversations": SHAREGPT[1:], "system": "Be brief."}, [SYSTEM, USER], None),
        ({"prompt": "Name a fruit.", "system": ""}, [USER], None),
        ({"prompt": "Name a fruit.", "system_prompt": "Be brief."}, [SYSTEM, USER], None),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "Name "}, {"type": "text", "text": "a fruit."}]}]}, [USER], None),
        ({"messages": [USER | {"name": None, "tool_calls": None}]}, [USER], None),
        ({"prompt": json.dumps([SYSTEM, USER])}, [SYSTEM, USER], None),
        ({"prompt": '["role", "content"]'}, [{"role": "user", "content": '["role", "content"]'}], None),
        ({"prompt": "Name a fruit.", "system": SYSTEM}, [SYSTEM, USER], None),
        ({"prompt": "Name a fruit.", "system": [{"type": "text", "text": "Be brief."}]}, [SYSTEM, USER], None),
        ({"prompt": "Name a fruit.", "system_message": "Be brief."}, [SYSTEM, USER], None),
        ({"prompt": [SYSTEM, USER], "messages": [SYSTEM, USER, ANSWER]}, [SYSTEM, USER], ["Apple"]),
        ({"messages": [USER | {"reasoning_content": "Hm."}]}, [USER | {"reasoning_content": "Hm."}], None),
        ({"prompt": "Again?", "history": [["Name a fruit.", "Apple"]]}, [USER, ANSWER, AGAIN], None),
        ({"prompt": "Again?", "history": [USER, ANSWER], "system": "Be brief."}, [SYSTEM, USER, ANSWER, AGAIN], None),
        ({"prompt": "Again?", "history": [SYSTEM, USER, ANSWER], "response": "Pear"}, [SYSTEM, USER, ANSWER, AGAIN], ["Pear"]),
        ({"prompt": "Again?", "conversation_history": ["Name a fruit.", "Apple"]}, [USER, ANSWER, AGAIN], None),
        ({"prompt": "Again?", "chat_history": [SHAREGPT[1], {"from": "gpt", "value": "Apple"}]}, [USER, ANSWER, AGAIN], None),
    ],
)  # fmt: skip
def test_a_conversation_is_read_whole(record: dict[str, Any], messages: list[Any], responses: list[str]):
    prompt = read_prompt(record | NO_COMMA)
    assert (prompt.instruction.chat(), prompt.responses) == (messages, responses)
    assert prompt.metadata == {}


def test_a_call_of_sharegpt_and_of_responses():
    turns = [
        {"from": "human", "value": "Name a fruit."},
        {"from": "function_call", "value": json.dumps(FUNCTION)},
        {"from": "observation", "value": "pear"},
    ]
    read = read_prompt({"conversations": turns, "tools": '[{"name": "find"}]'} | NO_COMMA).instruction
    assert [message.role for message in read.messages] == ["user", "assistant", "tool"]
    assert read.messages[1].tool_calls.value == [{"type": "function", "function": FUNCTION}]
    assert read.tools.value == [{"name": "find"}]
    items = [
        USER,
        {"type": "function_call", "call_id": "c1", **FUNCTION},
        {"type": "function_call", "call_id": "c2", **FUNCTION},
        {"type": "function_call_output", "call_id": "c1", "output": "pear"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Another."}]},
    ]
    row = {"responses_create_params": {"input": items, "tools": [{"name": "find"}]}, "verifier_metadata": {
        "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}}  # fmt: skip
    asked = read_prompt(row).instruction
    second = {**CALL, "id": "c2"}
    assert asked.chat() == [
        USER, CALLING | {"tool_calls": [CALL, second]}, RESULT, {"role": "user", "content": "Another."}
    ]  # fmt: skip
    assert asked.tools.value == [{"name": "find"}]


def test_an_older_row_of_nemo_gym_keeps_its_system_message():
    row = {"responses_create_params": {"input": [SYSTEM, USER]}, "instruction_id_list": ["punctuation:no_comma"],
           "prompt": "Name a fruit.", "kwargs": [{}], "grading_mode": "fraction"}  # fmt: skip
    prompt = read_prompt(row)
    assert prompt.instruction.chat() == [SYSTEM, USER]
    assert prompt.metadata == {"grading_mode": "fraction"}


def test_what_else_an_answer_says_is_kept():
    thought = ANSWER | {"reasoning_content": "Hm."}
    assert read_prompt({"messages": [USER, thought]} | NO_COMMA).metadata == {"reasoning": "Hm."}
    other = read_prompt({"messages": [USER, ANSWER], "response": "Pear"} | NO_COMMA)
    assert (other.responses, other.metadata) == (["Pear"], {"reference": ANSWER})


def test_places_of_constraints_are_numbers_or_roles():
    one, two = {"kind": "punctuation:no_comma", "stated_in": "system"}, {"kind": "word_count", "max": 3}
    asked = read_prompt({"messages": [SYSTEM, USER, ANSWER, USER], "constraints": [one, two]}).instruction
    assert asked.stated_in == (0, 3)
    listed = {"messages": [SYSTEM, USER], "stated_in": [0], "from_turn": [1]}
    asked = read_prompt(listed | NO_COMMA).instruction
    assert (asked.stated_in, asked.from_turn) == ((0,), (1,))


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"messages": [SYSTEM, SYSTEM, USER]}, "messages[1]: there are two system messages"),
        ({"messages": [SYSTEM | {"content": ""}, USER]}, "messages[0]: this message is empty (system)"),
        ({"messages": [USER | {"content": ""}]}, "messages[0]: this message is empty (user)"),
        ({"messages": []}, "messages: has to be a list of messages, and is empty"),
        ({"messages": [SYSTEM, ANSWER]}, "messages: there is no message of the user"),
        ({"messages": [{"role": "narrator", "content": "x"}]}, "messages[0].role: there is no role 'narrator'"),
        ({"conversations": [{"from": "narrator", "value": "x"}]}, "conversations[0].from: there is no role"),
        ({"messages": [USER, RESULT]}, "messages[1]: this is the result of a tool"),
        ({"messages": [USER, CALLING]}, "messages: ends with the call of a tool"),
        ({"messages": [USER, ANSWER, ANSWER]}, "messages: ends with a message of the assistant"),
        ({"messages": [SYSTEM, USER], "system": "Be long."}, "system: the conversation has another system"),
        ({"messages": [USER], "prompt": "Name a tree."}, "messages: their last message of the user is not the"),
        ({"messages": [SYSTEM, USER], "stated_in": [2]}, "has a constraint in message 2 of 2"),
        ({"messages": [SYSTEM, USER], "from_turn": [2]}, "has a constraint from turn 2 on, and is turn 1"),
        ({"messages": [USER], "stated_in": ["system"]}, "stated_in: there is no message of the system"),
        ({"messages": [USER], "stated_in": 0}, "stated_in: has to be a list of numbers"),
        ({"messages": [USER], "conversations": SHAREGPT}, "conversations: is another conversation than messages"),
        ({"messages": [USER], "prompt": [SYSTEM, USER]}, "prompt: is another conversation than messages"),
        ({"prompt": "Hi", "history": [["Hello", "Good day", "Bye"]]}, "history: has to be a list of pairs"),
        ({"prompt": "Hi", "history": [["Hello", ""]]}, "history[1]: this message is empty"),
        ({"prompt": "Hi", "chat_history": ["Hello"]}, "chat_history: has to end with an answer, and has 1 turn"),
        ({"messages": [USER], "history": [["Hello", "Bye"]]}, "history: earlier turns have to stand in messages"),
        ({"prompt": "Hi", "context": [USER, ANSWER]}, "context: earlier turns have to stand in messages"),
        ({"messages": [USER], "tools": ["find"]}, "tools: has to be a list of objects"),
        ({"messages": [USER], "template_options": ["x"]}, "template_options: has to be an object"),
        ({"prompt": "Hi", "template_options": {"a": 1}, "chat_template_kwargs": {"a": 2}}, "chat_template_kwargs: has other"),
        ({"prompt": "Hi", "system": 3}, "system: has to be a string or a list of parts"),
        ({"prompt": [USER | {"content": [{"type": "image"}]}]}, "prompt[0].content[0]: a part of type 'image'"),
    ],
)  # fmt: skip
def test_what_is_no_conversation_is_refused_by_name(record: dict[str, Any], told: str):
    with pytest.raises(RecordError) as caught:
        read_prompt(record | NO_COMMA)
    assert str(caught.value).startswith(told)


TEMPLATED = {
    "chatml": "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nName a fruit.<|im_end|>\n<|im_start|>assistant\n",
    "llama": "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user"
    "<|end_header_id|>\n\nName a fruit.<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    "harmony": "<|start|>system<|message|>Be brief.<|end|><|start|>user<|message|>Name a fruit.<|end|><|start|>assistant",
    "command-r": "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>Be brief.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|>"
    "<|USER_TOKEN|>Name a fruit.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
    "zephyr": "<|system|>\nBe brief.</s>\n<|user|>\nName a fruit.</s>\n<|assistant|>\n",
    "mistral": "<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]Name a fruit.[/INST]",
    "without its special tokens": "system\nBe brief.\nuser\nName a fruit.\nassistant\n<think>\n",
}  # fmt: skip


@pytest.mark.parametrize("style", TEMPLATED)
def test_a_templated_prompt_is_refused_split_or_kept(style: str):
    prompt = TEMPLATED[style]
    assert style_of(prompt) == style
    for record in ({"prompt": prompt}, {"messages": [{"role": "user", "content": prompt}]}):
        with pytest.raises(RecordError, match="--templated split"):
            read_prompt(record | NO_COMMA)
        split = read_prompt(record | NO_COMMA, options=ReadOptions(templated="split"))
        assert split.instruction.chat() == [SYSTEM, USER]
        kept = read_prompt(record | NO_COMMA, options=ReadOptions(templated="keep"))
        assert kept.instruction.prompt == prompt


def test_several_turns_of_a_template_are_told_apart():
    text = "<start_of_turn>user\nName a fruit.<end_of_turn>\n<start_of_turn>model\nApple<end_of_turn>\n<start_of_turn>user\nAnother.<end_of_turn>\n<start_of_turn>model\n"  # fmt: skip
    assert messages_in(text) == [USER, ANSWER, {"role": "user", "content": "Another."}]
    text = "<s>[INST] Name a fruit. [/INST] Apple</s>[INST] Another. [/INST]"
    assert messages_in(text) == [USER, ANSWER, {"role": "user", "content": "Another."}]
    text = "<｜begin▁of▁sentence｜>Be brief.<｜User｜>Name a fruit.<｜Assistant｜>Apple<｜end▁of▁sentence｜><｜User｜>Another.<｜Assistant｜><think>\n"  # fmt: skip
    assert style_of(text) == "deepseek"
    assert messages_in(text)[-1] == {"role": "user", "content": "Another."}


@pytest.mark.parametrize(
    "text", ["What does <|im_start|> mean?", "user\nstories", "system\nof a down", "[INSTALL]"]
)
def test_a_prompt_that_speaks_of_templates_is_none(text: str):
    assert style_of(text) is None


@pytest.mark.parametrize("templated", ["refuse", "split"])
def test_a_templated_message_among_others_is_refused(templated: Any):
    said = [SYSTEM | {"content": "<|im_start|>system\nBe brief.<|im_end|>"}, USER]
    with pytest.raises(RecordError, match=r"messages\[0\].content: has been .* twice: --templated keep"):
        read_prompt({"messages": said} | NO_COMMA, options=ReadOptions(templated=templated))


def test_functions_of_the_old_protocol_are_tools():
    read = read_prompt({"messages": [USER], "functions": [{"name": "find"}]} | NO_COMMA).instruction
    assert read.tools and read.tools.value == [{"type": "function", "function": {"name": "find"}}]


def test_reasoning_within_a_response_is_kept_beside_it():
    thought = ANSWER | {"reasoning_content": "Hm."}
    for response in (thought, [thought]):
        read = read_prompt({"messages": [USER], "response": response} | NO_COMMA)
        assert (read.responses, read.metadata) == (["Apple"], {"reasoning": "Hm."})
    with pytest.raises(RecordError, match=r"responses\[1\]: has reasoning beside it"):
        read_prompt({"messages": [USER], "responses": [[ANSWER], [thought]]} | NO_COMMA)


def test_an_input_beside_an_instruction_is_not_lost():
    record = {"instruction": "Translate.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
    with pytest.raises(RecordError, match="input: beside an instruction"):
        read_prompt(record | {"input": "Guten Tag"})
    assert read_prompt(record | {"input": ""}).instruction.prompt == "Translate."


def test_instructions_of_nemo_gym_are_the_system_message():
    told = {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}], "prompt": "Name a fruit."}
    asked = {"instructions": "Be brief.", "input": [USER]}
    read = read_prompt({"responses_create_params": asked, "verifier_metadata": told})
    assert (read.instruction.chat(), read.metadata) == ([SYSTEM, USER], {})


def test_the_input_of_a_dump_is_the_conversation_where_it_says_more_than_the_prompt():
    truth = json.dumps({"prompt": "Name a fruit.", **NO_COMMA})
    dump = {"input": TEMPLATED["without its special tokens"], "output": "Apple", "gts": truth}
    assert read_prompt(dump).instruction.chat() == [SYSTEM, USER]
    for other in ("system\nBe brief.\nuser\nName a tree.\nassistant\n", "Be brief. Name a fruit."):
        with pytest.raises(RecordError, match="input: is not what a chat template makes of"):
            read_prompt(dump | {"input": other})
