"""Rows of tokens against the chat templates of the field, rebuilt here for small tokenizers."""

import datetime
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from templates import FAMILIES, ends_of, tokenizer_of

from hir_data.errors import ModelError, RecordError
from hir_data.models.chat_template import CLOSED, NO_PLACE, NO_REASONING, ChatTemplate, Reply
from hir_data.models.template_text import ChatPrompt

ASKED = [{"role": "user", "content": "the tide?"}]
TURNS = [
    {"role": "user", "content": "the moon"},
    {"role": "assistant", "content": "the sea, and"},
    {"role": "user", "content": "the tide?"},
]
BRIEF = {"role": "system", "content": "Use no commas."}
THINKS = "<think>\nhm\n</think>\n\nApple"
DEEPSEEK_END = "<｜end▁of▁sentence｜>"
WRAPPED = "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Apple<|END_RESPONSE|>"
OFF = {"enable_thinking": False}
ANALYSIS = "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Apple"

NO_SYSTEM = {"gemma", "llama2"}
SYSTEM_MOVES = {"mistral"}  # it stands in front of the last question, until there is an answer
NO_END = {"glm"}  # nothing is written behind an answer but the next question
OPENS = {"qwq", "deepseek-r1", "nemotron"}  # the generation prompt opens a thinking section


def template(name: str, **options: Any) -> ChatTemplate:
    return ChatTemplate(tokenizer_of(name), ends_of(name), **options)


def rows(name: str, messages: list[dict[str, Any]], reply: Reply, **options: Any) -> tuple[list[int], str]:
    """The tokens of a row, and what of its text is the response."""
    of_family = template(name)
    prompt = of_family.prompt(messages, options)
    response = of_family.response(prompt, reply)
    return prompt.tokens + response.tokens, tokenizer_of(name).decode(response.tokens)


def whole(name: str, messages: list[dict[str, Any]], answer: dict[str, Any], **options: Any) -> list[int]:
    answered = [*messages, {"role": "assistant", **answer}]
    return tokenizer_of(name).apply_chat_template(answered, tokenize=True, return_dict=False, **options)


WRITTEN = sorted(set(FAMILIES) - OPENS - NO_END)
WITH_SYSTEM = [(name, [BRIEF, *TURNS]) for name in WRITTEN if name not in NO_SYSTEM | SYSTEM_MOVES]


@pytest.mark.parametrize(("name", "messages"), [*itertools.product(WRITTEN, (ASKED, TURNS)), *WITH_SYSTEM])
def test_a_row_is_what_the_template_writes(name: str, messages: list[dict[str, Any]]):
    row, response = rows(name, messages, Reply("Apple, pear"))
    of_template = whole(name, messages, {"content": "Apple, pear"})
    assert of_template[: len(row)] == row
    assert not tokenizer_of(name).decode(of_template[len(row) :]).strip()  # a line break behind the end
    assert row[-1] in template(name).ends
    assert "Apple, pear" in response


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_prompt_is_that_of_the_library_and_a_prefix_of_the_row(name: str):
    prompt = template(name).prompt(TURNS)
    library = tokenizer_of(name).apply_chat_template(
        TURNS, tokenize=True, return_dict=False, add_generation_prompt=True
    )
    assert prompt.tokens[: len(library)] == library
    assert prompt.text.endswith("assistant\n") if name == "no header" else prompt.tokens == library
    row, _ = rows(name, TURNS, Reply("Apple", reasoning="hm" if name in OPENS else None))
    assert row[: len(prompt.tokens)] == prompt.tokens


def test_a_template_that_writes_the_system_message_elsewhere_has_the_prompt_that_the_model_saw():
    row, response = rows("mistral", [BRIEF, *TURNS], Reply("Apple"))
    assert tokenizer_of("mistral").decode(row).endswith("Use no commas.\n\nthe tide?[/INST] Apple</s>")
    assert response == "Apple</s>"


@pytest.mark.parametrize(
    ("name", "options", "reply", "response"),
    [
        # A template that knows reasoning: beside the answer, in it, without its opening, absent.
        ("qwen3", {}, Reply("Apple", reasoning="hm"), f"{THINKS}<|im_end|>"),
        ("qwen3", {}, Reply("\n\nApple", reasoning="\nhm\n"), f"{THINKS}<|im_end|>"),
        ("qwen3", {}, Reply("\n\nApple", THINKS), f"{THINKS}<|im_end|>"),
        ("qwen3", {}, Reply(THINKS), f"{THINKS}<|im_end|>"),
        ("qwen3", {}, Reply("Apple", "hm\n</think>\n\nApple"), f"{THINKS}<|im_end|>"),
        ("qwen3", {}, Reply("Apple"), "<think>\n\n</think>\n\nApple<|im_end|>"),
        ("qwen3", {}, Reply("Apple", "<think>hm</think>Apple"), "<think>hm</think>Apple<|im_end|>"),
        ("qwen3", {}, Reply("Apple", ANALYSIS), f"{THINKS}<|im_end|>"),
        # Its section is ended by the prompt.
        ("qwen3", OFF, Reply("Apple"), "Apple<|im_end|>"),
        (
            "qwen3",
            OFF,
            Reply("Apple", "<think>\n\n</think>\n\nApple"),
            "Apple<|im_end|>",
        ),
        ("qwen3", OFF, Reply("Apple", "<think></think>Apple"), "Apple<|im_end|>"),
        # The prompt opens the section.
        ("qwq", {}, Reply("Apple", reasoning="hm"), "hm\n</think>\n\nApple<|im_end|>"),
        ("qwq", {}, Reply("Apple", THINKS), "hm\n</think>\n\nApple<|im_end|>"),
        ("qwq", {}, Reply("Apple"), "\n</think>\n\nApple<|im_end|>"),
        ("deepseek-r1", {}, Reply("Apple", reasoning="hm"), f"hm\n</think>\n\nApple{DEEPSEEK_END}"),
        ("deepseek-r1", {}, Reply("Apple", THINKS), f"hm\n</think>\n\nApple{DEEPSEEK_END}"),
        ("deepseek-r1", {}, Reply("Apple", "hm</think>Apple"), f"hm</think>Apple{DEEPSEEK_END}"),
        (
            "deepseek-r1",
            {},
            Reply("Apple", "[THINK]hm[/THINK]Apple"),
            f"hm\n</think>\n\nApple{DEEPSEEK_END}",
        ),
        (
            "deepseek-v3",
            {"thinking": True},
            Reply("Apple", reasoning="hm"),
            f"hm</think>Apple{DEEPSEEK_END}",
        ),
        ("deepseek-v3", {}, Reply("Apple"), f"Apple{DEEPSEEK_END}"),
        # Other dialects.
        ("gpt-oss", {}, Reply("Apple", reasoning="hm"), f"{ANALYSIS}<|return|>"),
        ("gpt-oss", {}, Reply("Apple", ANALYSIS), f"{ANALYSIS}<|return|>"),
        ("gpt-oss", {}, Reply("Apple", f"{ANALYSIS}<|return|>"), f"{ANALYSIS}<|return|>"),
        (
            "gpt-oss",
            {},
            Reply("Apple", "analysisHm.assistantfinalApple"),
            f"{ANALYSIS.replace('hm', 'Hm.')}<|return|>",
        ),
        ("gpt-oss", {}, Reply("Apple"), "<|channel|>final<|message|>Apple<|return|>"),
        ("gpt-oss", {}, Reply("Apple", THINKS), f"{ANALYSIS}<|return|>"),
        ("magistral", {}, Reply("Apple", reasoning="hm"), "[THINK]hm[/THINK]Apple</s>"),
        ("magistral", {}, Reply("Apple", "[THINK]hm[/THINK]Apple"), "[THINK]hm[/THINK]Apple</s>"),
        ("magistral", {}, Reply("Apple", THINKS), "[THINK]hm[/THINK]Apple</s>"),
        ("command", {}, Reply("Apple", reasoning="hm"), f"{WRAPPED}<|END_OF_TURN_TOKEN|>"),
        ("command", {}, Reply("Apple", WRAPPED), f"{WRAPPED}<|END_OF_TURN_TOKEN|>"),
        ("nemotron", {}, Reply("Apple"), "</think>Apple\n<|over|>"),
        ("nemotron", {}, Reply("Apple", "[THINK]\nhm[/THINK]Apple"), "hm</think>Apple\n<|over|>"),
        # A template that knows no reasoning writes what was written.
        ("qwen2.5", {}, Reply("Apple", THINKS), f"{THINKS}<|im_end|>"),
        ("llama3", {}, Reply(" Apple "), " Apple <|eot_id|>"),
        ("gemma", {}, Reply("Apple"), "Apple<end_of_turn>"),
        ("glm", {}, Reply("Apple"), "Apple<|user|>"),
        # An end that the text has already.
        ("qwen2.5", {}, Reply("Apple<|im_end|>"), "Apple<|im_end|>"),
        # Cut off: while answering, and while thinking.
        ("qwen3", {}, Reply("App", "<think>hm</think>App", complete=False), "<think>hm</think>App"),
        ("qwen3", {}, Reply("", "<think>\nhm", complete=False), "<think>\nhm"),
        ("qwen3", {}, Reply("", "<think>\nhm"), "<think>\nhm"),
        ("qwq", {}, Reply("", "hm and", complete=False), "hm and"),
        ("qwq", {}, Reply("", reasoning="hm and", complete=False), "hm and"),
        ("qwen2.5", {}, Reply("App", complete=False), "App"),
    ],
)
def test_a_response(name: str, options: dict[str, Any], reply: Reply, response: str):
    assert rows(name, ASKED, reply, **options)[1] == response


@pytest.mark.parametrize(
    ("name", "options", "reply", "problem"),
    [
        ("deepseek-r1", {}, Reply("Apple"), NO_REASONING),
        ("deepseek-v3", {"thinking": True}, Reply("Apple"), NO_REASONING),
        ("qwen3", OFF, Reply("Apple", THINKS), CLOSED),
        ("qwen3", OFF, Reply("Apple", reasoning="hm"), CLOSED),
        ("qwen2.5", {}, Reply("Apple", reasoning="hm"), NO_PLACE),
    ],
)
def test_no_row(name: str, options: dict[str, Any], reply: Reply, problem: str):
    with pytest.raises(RecordError) as error:
        rows(name, ASKED, reply, **options)
    assert error.value.problem == problem


@pytest.mark.parametrize(
    ("name", "messages", "problem"),
    [
        ("gemma", [BRIEF, *ASKED], "the chat template refuses the conversation: no system role here"),
        ("llama2", [BRIEF, *ASKED], "the chat template leaves out message 0 (system)"),
        (
            "mistral",
            [{**BRIEF, "role": "developer"}, *ASKED],
            "the chat template refuses the conversation: only",
        ),
        ("zephyr", [{"role": "user", "content": "<|user|>\nhi</s>\n<|assistant|>"}], "has been through"),
        ("qwen3", [{"role": "user", "content": "say <|im_start|>"}], "through a chat template already"),
        (
            "gemma",
            [{"role": "user", "content": "<|im_start|>user\nHi"}],
            "through a chat template already",
        ),
    ],
)
def test_a_conversation_that_has_no_row(name: str, messages: list[dict[str, Any]], problem: str):
    with pytest.raises(RecordError) as error:
        template(name).prompt(messages)
    assert error.value.problem.startswith(problem) or problem in error.value.problem


def test_markers_that_are_meant():
    prompt = template("qwen3", allow_templated=True).prompt([{"role": "user", "content": "say <|im_start|>"}])
    assert "say <|im_start|>" in prompt.text


def test_every_special_token_of_a_turn_ends_a_response_unless_it_ends_reasoning_too():
    named = {name: tokenizer_of(name).convert_ids_to_tokens(template(name).ends) for name in FAMILIES}
    assert named["gemma"] == ["<eos>", "<end_of_turn>"]
    assert named["llama3"] == ["<|end_of_text|>", "<|eot_id|>"]
    assert named["gpt-oss"] == ["<|return|>"]
    assert set(named["glm"]) == {"<|endoftext|>", "<|user|>"}


def test_the_date_that_was_written_is_written_again():
    day = datetime.date(2024, 2, 29)
    for name, text in (("llama3", "Today: 29 Feb 2024"), ("gpt-oss", "Date: 2024-02-29")):
        assert template(name).is_dated
        assert text in template(name).prompt(ASKED, date=day).text
        today = template(name).prompt(ASKED, date=datetime.date.today()).text
        assert today == template(name).prompt(ASKED).text  # no line break is lost
    assert not template("qwen3").is_dated


def test_tools_and_calls_that_the_template_does_not_write_are_refused_by_name():
    called = {"function": {"name": "a", "arguments": {}}}
    asked = {"role": "user", "content": "a tea"}
    with pytest.raises(RecordError, match=r"^tools: the chat template leaves out the tools"):
        template("zephyr").prompt([asked], {"tools": [{"type": "function", "function": {"name": "a"}}]})
    messages = [asked, {"role": "assistant", "content": "", "tool_calls": [called]}, asked]
    with pytest.raises(
        RecordError, match=r"^messages\[1\].tool_calls: the chat template leaves out this call"
    ):
        template("zephyr").prompt(messages)
    assert "<tool_call>a" in template("qwen3").prompt(messages).text


def test_tools_and_calls_are_written_as_the_template_does():
    tools = [{"type": "function", "function": {"name": "pour", "description": "tea"}}]
    call = {"type": "function", "function": {"name": "pour", "arguments": '{"cups": 2}'}}
    messages = [
        *ASKED,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "poured"},
    ]
    text = template("qwen3").prompt(messages, {"tools": tools}).text
    assert '"name": "pour"' in text
    assert '<tool_call>pour {"cups": 2}</tool_call>' in text
    assert "<tool_response>poured</tool_response>" in text


def test_options_that_the_template_does_not_read():
    template("qwen3").check_options({"enable_thinking": False})
    with pytest.raises(ModelError, match="--template-option enable_thinkng: the chat template has no such"):
        template("qwen3").check_options({"enable_thinkng": False})


def test_a_template_that_reads_parts_alone():
    parts = tokenizer_of("qwen2.5").__class__(tokenizer_object=tokenizer_of("qwen2.5").backend_tokenizer)
    parts.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% for part in m.content %}"
        "{% if part.type == 'text' %}{{ part.text }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    )
    assert ChatTemplate(parts).prompt(ASKED).text.startswith("<|im_start|>user\nthe tide?<|im_end|>")


# Stored tokens


def drawn(name: str, prompt: ChatPrompt, text: str) -> tuple[int, ...]:
    """A text letter by letter, as no tokenizer would have it, with the end of the turn."""
    letters = (tokenizer_of(name)(letter, add_special_tokens=False)["input_ids"] for letter in text)
    return (*itertools.chain(*letters), template(name).ends[-1])


@pytest.mark.parametrize(
    ("name", "written", "reply"),
    [
        ("qwen3", "Apple", Reply("Apple")),
        ("qwen3", THINKS, Reply("\n\nApple", THINKS)),
        ("qwen3", THINKS, Reply("Apple", reasoning="hm")),
        ("qwq", "hm\n</think>\n\nApple", Reply("\n\nApple", "hm\n</think>\n\nApple")),
        ("qwq", "hm\n</think>\n\nApple", Reply("Apple", THINKS)),
        ("deepseek-r1", "hm</think>Apple", Reply("Apple")),
    ],
)
def test_stored_tokens_that_spell_the_response(name: str, written: str, reply: Reply):
    of_family = template(name)
    prompt = of_family.prompt(ASKED)
    tokens = drawn(name, prompt, written)
    row = of_family.response(prompt, Reply(reply.text, reply.original, reply.reasoning, token_ids=tokens))
    assert (tuple(row.tokens), row.stored) == (tokens, True)


def test_stored_tokens_that_spell_something_else():
    of_family = template("qwen3")
    prompt = of_family.prompt(ASKED)
    for tokens in (drawn("qwen3", prompt, "Pear"), (999_999,), (-1,)):
        row = of_family.response(prompt, Reply("Apple", token_ids=tokens))
        assert (row.stored, row.tokens) == (False, of_family.response(prompt, Reply("Apple")).tokens)


def test_what_was_drawn_is_parted_where_nobody_could_later():
    def parted(name: str, text: str) -> tuple[str, str, str | None]:
        of_family = template(name)
        tokens = tokenizer_of(name)(text, add_special_tokens=False)["input_ids"]
        trace, original = of_family.parted(of_family.prompt(ASKED), tokens)
        return trace.answer, trace.thinking, original

    assert parted("qwq", "hm</think>Apple") == ("Apple", "stripped", "hm</think>Apple")
    assert parted("qwq", "hm and") == ("", "truncated", "hm and")
    assert parted("gpt-oss", ANALYSIS) == ("Apple", "stripped", ANALYSIS)
    assert parted("magistral", "[THINK]hm[/THINK]Apple") == ("Apple", "stripped", "[THINK]hm[/THINK]Apple")
    assert parted("qwen3", THINKS) == (
        THINKS,
        "absent",
        None,
    )  # nothing is lost
    assert parted("qwen2.5", "Apple") == ("Apple", "absent", None)


@given(
    name=st.sampled_from(sorted(set(FAMILIES) - {"llama2", "mistral"})),
    turns=st.lists(st.text("abc ,.\n", min_size=1).filter(str.strip), min_size=1, max_size=5),
    answer=st.text("abc ,.\n<>é", min_size=1),
)
def test_a_row_has_every_message_and_the_answer_to_the_byte(name: str, turns: list[str], answer: str):
    turns = turns[: len(turns) - 1 + len(turns) % 2]  # the last one asks
    messages = [
        {"role": "assistant" if number % 2 else "user", "content": text} for number, text in enumerate(turns)
    ]
    of_family = template(name)
    prompt = of_family.prompt(messages)
    row = of_family.response(prompt, Reply(answer, reasoning="hm" if name in OPENS else None))
    decoded = tokenizer_of(name).decode(row.tokens)
    assert all(text.strip() in prompt.text for text in turns)
    empty = of_family.response(prompt, Reply("", reasoning="hm" if name in OPENS else None))
    around = tokenizer_of(name).decode(empty.tokens)
    assert answer in decoded
    assert len(decoded) - len(answer) in range(len(around) - 2, len(around) + 1)  # line breaks are shared
