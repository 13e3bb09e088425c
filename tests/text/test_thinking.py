"""What of a response with a reasoning trace is its answer."""

import pytest

from hir_data.text.thinking import Answer, strip_thinking


@pytest.mark.parametrize(
    ("response", "answer", "thinking"),
    [
        # What follows the closing tag is kept byte for byte.
        ("<think>hm</think>Tea.", "Tea.", "stripped"),
        ("<think>hm</think>\n\nTea. \n", "\n\nTea. \n", "stripped"),
        ("<think>\nhm\n</think>\r\n Tea.", "\r\n Tea.", "stripped"),
        ("<think></think>Tea.", "Tea.", "stripped"),
        ("<think>hm</think>", "", "stripped"),
        ("<think>hm</think>\n", "\n", "stripped"),
        # The opening tag may stand in the prompt.
        ("hm</think>\nTea.", "\nTea.", "stripped"),
        ("</think>Tea.", "Tea.", "stripped"),
        # The last closing tag counts.
        ("<think>a</think>b<think>c</think>\nd", "\nd", "stripped"),
        ("<think>a</think>Say </think> twice.", " twice.", "stripped"),
        # Never closed.
        ("<think>hm", "", "truncated"),
        ("<think>", "", "truncated"),
        (" \n<think>\nhm", "", "truncated"),
        ("<think>a<think>b", "", "truncated"),
        # No trace at all.
        ("Tea.", "Tea.", "absent"),
        ("", "", "absent"),
        ("\n Tea. \n", "\n Tea. \n", "absent"),
        ("The tag <think> opens a trace.", "The tag <think> opens a trace.", "absent"),
        ("think</ think>Tea.", "think</ think>Tea.", "absent"),
        ("<thinking>hm</thinking>Tea.", "<thinking>hm</thinking>Tea.", "absent"),
        ("<THINK>hm</THINK>Tea.", "<THINK>hm</THINK>Tea.", "absent"),
    ],
)
def test_the_answer_of_a_response(response: str, answer: str, thinking: str):
    assert strip_thinking(response) == Answer(answer, thinking)


@pytest.mark.parametrize(
    ("tag", "response", "answer", "thinking"),
    [
        ("reasoning", "<reasoning>hm</reasoning>\nTea.", "\nTea.", "stripped"),
        ("reasoning", "<think>hm</think>\nTea.", "<think>hm</think>\nTea.", "absent"),
        ("reasoning", "<reasoning>hm</think>Tea.", "", "truncated"),
        ("|channel|", "<|channel|>hm</|channel|>Tea.", "Tea.", "stripped"),
        ("a.b", "<aXb>hm</aXb>Tea.", "<aXb>hm</aXb>Tea.", "absent"),
    ],
)
def test_other_tags(tag: str, response: str, answer: str, thinking: str):
    assert strip_thinking(response, tag) == Answer(answer, thinking)
