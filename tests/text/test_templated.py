"""Texts that a chat template has written."""

import hypothesis
import pytest
from hypothesis import strategies as st

from hir_data.errors import RecordError
from hir_data.text import templated
from hir_data.text.templated import messages_in, style_of


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        ("<|im_start|>user\nName a fruit.<|im_end|>\n<|im_start|>assistant\n", "chatml"),
        ("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi", "llama"),
        ("<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", "gemma"),
        ("<start_of_turn>user\nHi<end_of_turn>", "gemma"),
        ("<s>[INST] Hi [/INST]", "mistral"),
        ("<|user|>\nHi<|end|>\n<|assistant|>\n", "zephyr"),
        ("<｜User｜>Hi<｜Assistant｜><think>\n", "deepseek"),
        ("<|start|>user<|message|>Hi<|end|><|start|>assistant", "harmony"),
        ("<|begin_role|>user Hi", "<|begin_role|>"),
        ("<bos><|turn>user\nHi<turn|>\n<|turn>model\n", "gemma"),
        ("<|begin_of_text|><|header_start|>user<|header_end|>\n\nHi<|eot|>", "llama"),
        ("<|start_of_role|>user<|end_of_role|>Hi<|end_of_text|>\n", "granite"),
        ("<|im_start|>user<|im_sep|>Hi<|im_end|><|im_start|>assistant<|im_sep|>", "chatml"),
        ("<|im_user|>user<|im_middle|>Hi<|im_end|><|im_assistant|>assistant<|im_middle|>", "<|im_user|>"),
        ("[|user|]Hi\n[|assistant|]", "[|user|]"),
        ("[gMASK]<sop><|user|>\nHi<|assistant|>\n", "[gMASK]"),
        ("]~!b[]~b]user\nHi[e~[\n]~b]ai\n", "]~b]"),
        ("<SPECIAL_10>System\n\n<SPECIAL_11>User\nHi\n<SPECIAL_11>Assistant\n", "<SPECIAL_10>"),
        ("<seed:bos>user\nHi<seed:eos><seed:bos>assistant\n", "<seed:bos>"),
        ("<｜hy_begin▁of▁sentence｜><｜hy_User｜>Hi<｜hy_Assistant｜>", "<｜hy_User｜>"),
        ("A chat with an assistant. USER: Hi ASSISTANT:", "USER: ... ASSISTANT:"),
        ("Below is a task.\n\n### Instruction:\nHi\n\n### Response:\n", "USER: ... ASSISTANT:"),
        ("As it was: <|im_start|>user\nHi<|im_end|>", "<|im_start|>"),
        ("user\nName a fruit.\nassistant\n", "without its special tokens"),
        ("system\nYou are terse.\nuser\nName a fruit.\nassistant\n", "without its special tokens"),
        ("system\nBe terse.\nuser\nHi\nassistant\n<think>\n", "without its special tokens"),
    ],
)
def test_a_template_has_written_it(text: str, marker: str):
    assert style_of(text) == marker


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Name a fruit.",
        "What does <|im_start|> mean?",
        "Write about a user\nand\nan assistant",
        "Use <s>strikethrough</s> in HTML.",
        "user: hello",
        "Explain what [INST] is for.",
        "<b>user</b> and <b>model</b>: what do they mean?",
        "<ul><li>system<li>user</ul>",
        "Continue: Human: hello",
        "Fill in the array [|] and <table>.",
        "Close the tag <think> in XML.",
    ],
)
def test_somebody_has_said_it(text: str):
    assert style_of(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<｜begin▁of▁sentence｜>Be brief.<｜User｜>Hi<｜Assistant｜><think>\n", ["Be brief.", "Hi"]),
        ("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST]", ["Be brief.", "Hi"]),
        ("<bos><|turn>system\nBe brief.<turn|>\n<|turn>user\nHi<turn|>\n<|turn>model\n", ["Be brief.", "Hi"]),
    ],
)
def test_a_system_message_in_a_templated_text_is_kept(text: str, said: list[str]):
    assert messages_in(text) == [
        {"role": role, "content": content} for role, content in zip(("system", "user"), said, strict=True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<|im_start|>user\nHi<|im_end|>\nNobody says this.\n<|im_start|>assistant\n",
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYo<|im_end|>\nNor this.",
        "[|user|]Hi\n[|assistant|]",
    ],
)
def test_text_that_is_in_no_message_is_not_lost(text: str):
    with pytest.raises(RecordError, match="cannot be told apart"):
        messages_in(text)


@hypothesis.given(
    st.lists(
        st.sampled_from(
            [
                "<|",
                "<",
                "[INST]",
                "[|",
                "]~b]",
                "system\n",
                "user\n",
                "\n",
                " ",
                "\x1c",
                "AI:",
                "Response:",
                "a",
            ]
        )
        | st.text(max_size=2),
        max_size=6,
    ).map("".join)
)
def test_no_text_is_passed_over_for_want_of_a_sign(text: str):
    assert templated._may_hold(text) == (templated._MAY_HOLD.search(text) is not None)
