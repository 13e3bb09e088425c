"""Prompts that stand in an evaluation set are seen, also rephrased around; others are not."""

import json
from pathlib import Path

import pytest

from hir_data.instructions.contamination import EvaluationPrompt, EvaluationSet


def prompts(folder: Path, name: str) -> list[str]:
    lines = (folder / name / "prompts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["prompt"] for line in lines]


def evaluation(texts: list[str], **more) -> EvaluationSet:
    return EvaluationSet((EvaluationPrompt(str(n), text) for n, text in enumerate(texts)), **more)


@pytest.mark.parametrize("name", ["ifeval", "ifbench"])
def test_every_prompt_of_a_benchmark_is_seen_also_with_more_around_it(name: str, shared_data: Path):
    texts = prompts(shared_data, name)
    known = evaluation(texts)
    assert all(known.overlap(text) for text in texts)
    changed = [f"Hello! {text.upper()}\n\nAnd mention  a badger, please." for text in texts]
    found = [known.overlap(text) for text in changed]
    assert all(each is not None and each.share == 1 for each in found)


def test_prompts_of_one_benchmark_are_not_those_of_the_other(shared_data: Path):
    known = evaluation(prompts(shared_data, "ifeval"))
    assert [text for text in prompts(shared_data, "ifbench") if known.overlap(text)] == []


def test_wordings_that_many_prompts_share_tell_nothing():
    rule = "Your entire response should be in English and in lowercase letters only, no capital letters."
    questions = [
        f"Why do {animal} sleep so long in the cold winter? {rule}" for animal in ("cats", "bats", "rats")
    ]
    known = evaluation(questions)
    assert known.overlap(f"Name the capitals of the five largest states. {rule}") is None
    assert known.overlap(questions[1]).name == "1"


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [
        ("why is the sky blue?", True),
        ("Please: Why is the sky BLUE, and the sea?", True),
        ("Why is the sea blue?", False),
        ("为什么天空是蓝色的?请简短回答。", True),
        ("为什么大海是咸的?", False),
        ("", False),
    ],
)
def test_short_prompts_and_scripts_without_spaces(text: str, is_seen: bool):
    known = evaluation(["Why is the sky blue?", "为什么天空是蓝色的?", "...", "Hi"])
    assert (known.overlap(text) is not None) == is_seen
