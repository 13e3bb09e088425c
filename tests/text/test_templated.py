"""Texts that a chat template has written."""

import pytest

from hir_data.text.templated import templated_marker


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        ("<|im_start|>user\nName a fruit.<|im_end|>\n<|im_start|>assistant\n", "<|im_start|>"),
        ("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi", "<|begin_of_text|>"),
        ("<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", "<bos>"),
        ("<start_of_turn>user\nHi<end_of_turn>", "<start_of_turn>"),
        ("<s>[INST] Hi [/INST]", "[INST]"),
        ("<|user|>\nHi<|end|>\n<|assistant|>\n", "<|user|>"),
        ("<｜User｜>Hi<｜Assistant｜><think>\n", "<｜User｜>"),
        ("<|start|>user<|message|>Hi<|end|><|start|>assistant", "<|start|>"),
        ("<|begin_role|>user Hi", "<|begin_role|>"),
        ("user\nName a fruit.\nassistant\n", "user ... assistant"),
        ("system\nYou are terse.\nuser\nName a fruit.\nassistant\n", "user ... assistant"),
        ("system\nBe terse.\nuser\nHi\nassistant\n<think>\n", "user ... assistant"),
    ],
)
def test_a_template_has_written_it(text: str, marker: str):
    assert templated_marker(text) == marker


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
        "Close the tag <think> in XML.",
    ],
)
def test_somebody_has_said_it(text: str):
    assert templated_marker(text) is None
