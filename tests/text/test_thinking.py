"""What of a response with a reasoning trace is its answer."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hir_data.errors import RecordError
from hir_data.text.thinking import (
    Answer,
    check_policy,
    closing_of,
    reasoning_beside,
    section_at_end,
    strip_thinking,
    trace_of,
)


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
    ],
)
def test_the_answer_of_a_response(response: str, answer: str, thinking: str):
    assert strip_thinking(response) == Answer(answer, thinking)


HARMONY = (
    "<|channel|>analysis<|message|>hm, hm<|end|><|start|>assistant<|channel|>final<|message|>Tea.<|return|>"
)
CALL = "<|channel|>commentary to=functions.pour <|constrain|>json<|message|>{}<|call|>"


@pytest.mark.parametrize(
    ("response", "reasoning", "answer"),
    [
        ("<thinking>hm</thinking>Tea.", "hm", "Tea."),
        ("<THINK>hm</THINK>Tea.", "hm", "Tea."),
        ('<think type="x">hm</think >Tea.', "hm", "Tea."),
        ("<seed:think>hm</seed:think>\nTea.", "hm", "\nTea."),
        ("<thought>hm</thought>Tea.", "hm", "Tea."),
        ("[THINK]hm[/THINK]Tea.", "hm", "Tea."),
        ("hm[/THINK]Tea.", "hm", "Tea."),
        ("◁think▷hm◁/think▷Tea.", "hm", "Tea."),
        ("<|channel>thought\nhm<channel|>Tea.", "\nhm", "Tea."),
        ("<|think|>hm<|/think|>Tea.", "hm", "Tea."),
        ("<|inner_prefix|>hm<|inner_suffix|>Tea.", "hm", "Tea."),
        ("<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Tea.<|END_RESPONSE|>", "hm", "Tea."),
        (
            "<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>Tea.<|end_of_solution|>",
            "hm",
            "Tea.",
        ),
        ("<|START_RESPONSE|>Tea.<|END_RESPONSE|>", "", "Tea."),
        # Channels, with their special tokens and without.
        (HARMONY, "hm, hm", "Tea."),
        (f"<|start|>assistant{HARMONY}", "hm, hm", "Tea."),
        (HARMONY.removesuffix("<|return|>"), "hm, hm", "Tea."),
        (CALL.replace("call|>", "end|>") + "<|start|>assistant" + HARMONY, "{}\nhm, hm", "Tea."),
        ("hm<|end|><|start|>assistant<|channel|>final<|message|>Tea.<|return|>", "hm", "Tea."),
        ("<|channel|>final<|message|>Tea.", "", "Tea."),
        ("analysisHm, hm.assistantfinalTea.", "Hm, hm.", "Tea."),
        ("Hm, hm.assistantfinalTea.", "Hm, hm.", "Tea."),
        # The end of a section before a quotation, and behind one.
        ('hm</think>"Tea."', "hm", '"Tea."'),
        ('say "x"</think>Tea.', 'say "x"', "Tea."),
    ],
)
def test_every_dialect(response: str, reasoning: str, answer: str):
    trace = trace_of(response)
    assert (trace.reasoning, trace.answer, trace.thinking) == (reasoning, answer, "stripped")


@pytest.mark.parametrize(
    "response",
    [
        "[THINK]hm",
        "◁think▷hm",
        "<reasoning>hm</think>Tea.",
        "<|START_THINKING|>hm",
        "<|channel|>analysis<|message|>hm",
        CALL,
        "analysisWe need",
        "<think>a</think>\n<think>b",
    ],
)
def test_a_section_that_never_ends(response: str):
    assert strip_thinking(response) == Answer("", "truncated")


@pytest.mark.parametrize(
    "response",
    [
        "Apple: to write </think> you need, well, tags",
        'Close it with "</think>" at the end.',
        "Close it with `</think>`.",
        "In XML:\n```\n<a></think></a>\n```\nand so on",
        "<answer><reasoning>x</reasoning>5</answer>",
        "analysis of the poem",
        "analysis: it rhymes",
        "The assistantfinal is a word",
        "[Reason] It rains. [/Reason] So what.",
        "A <|channel|> has a name.",
    ],
)
def test_an_answer_that_speaks_of_markers(response: str):
    assert strip_thinking(response) == Answer(response, "absent")


@pytest.mark.parametrize(
    ("policy", "response", "answer", "thinking"),
    [
        ("reasoning", "<reasoning>hm</reasoning>\nTea.", "\nTea.", "stripped"),
        ("reasoning", "<think>hm</think>\nTea.", "<think>hm</think>\nTea.", "absent"),
        ("reasoning", "<reasoning>hm</think>Tea.", "", "truncated"),
        ("plan", "a plan</plan>Tea.", "Tea.", "stripped"),
        ("|channel|", "<|channel|>hm</|channel|>Tea.", "Tea.", "stripped"),
        ("a.b", "<aXb>hm</aXb>Tea.", "<aXb>hm</aXb>Tea.", "absent"),
        ("((,))", "((hm))Tea.", "Tea.", "stripped"),
        ("((,))", "((hm", "", "truncated"),
        ("((,))", "<think>hm</think>Tea.", "<think>hm</think>Tea.", "absent"),
        ("harmony", HARMONY, "Tea.", "stripped"),
        ("harmony", "<think>hm</think>Tea.", "<think>hm</think>Tea.", "absent"),
    ],
)
def test_a_policy_that_is_named(policy: str, response: str, answer: str, thinking: str):
    assert strip_thinking(response, policy) == Answer(answer, thinking)


@pytest.mark.parametrize("policy", ["", " ", ",", "a,", ",b", "a,b,c"])
def test_no_such_policy(policy: str):
    with pytest.raises(RecordError, match="--strip-thinking"):
        check_policy(policy)


@given(st.text(), st.text())
def test_what_follows_the_end_is_kept_byte_for_byte(reasoning: str, answer: str):
    assume("<" not in reasoning + answer and "[" not in answer)
    assume(not answer.lstrip().startswith(("◁", "⟨")))
    trace = trace_of(f"<think>{reasoning}</think>{answer}")
    assert (trace.reasoning, trace.answer, trace.thinking) == (reasoning, answer, "stripped")


def test_reasoning_beside_an_answer():
    assert reasoning_beside({"reasoning_content": "hm", "model": "m"}) == "hm"
    assert reasoning_beside({"reasoning": "hm"}) == "hm"
    assert reasoning_beside({"reasoning": " ", "reasoning_content": None}) is None


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<think>", "</think>"),
        ('<think type="x">', "</think>"),
        ("<seed:think>", "</seed:think>"),
        ("[THINK]", "[/THINK]"),
        ("◁think▷", "◁/think▷"),
        ("<|START_THINKING|>", "<|END_THINKING|>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"),
        ("<|channel>thought", "<channel|>"),
    ],
)
def test_sections_at_the_end_of_a_prompt(opening: str, closing: str):
    assert closing_of(opening) == closing
    assert section_at_end(f"hi {opening}\n") == (opening, True)
    assert section_at_end(f"hi {opening}\n{closing}\n") == (opening, False)
    assert section_at_end(f"hi {closing}") == (closing, False)
    assert section_at_end("hi") == ("", False)
