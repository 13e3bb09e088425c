"""Which instructions an iteration draws."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import hir_data as hir
from hir_data.formats.rows import Row
from hir_data.training.loop.prompts import PromptOrder, PromptRow, Prompts, drawn, read_prompts

ASKED = [PromptRow(Row("file", line, {}), f"Prompt {line}.") for line in range(11)]


def lines(number: int, iteration: int, seed: int = 0) -> list[int]:
    return [row.line for row in drawn(ASKED, number, iteration, seed)]


@pytest.mark.parametrize("number", [1, 3, 4, 11])
def test_passes_over_all_that_fit(number: int):
    each_pass = 11 // number
    for turn in range(3):
        found = [line for i in range(each_pass) for line in lines(number, 1 + turn * each_pass + i)]
        assert len(found) == each_pass * number
        assert max(Counter(found).values()) == 1


def test_order_is_by_the_seed_and_the_pass():
    first = lines(11, 1)
    assert first != sorted(first)
    assert sorted(first) == list(range(11))
    assert lines(11, 1) == first
    assert lines(11, 2) != first
    assert lines(11, 1, seed=1) != first


RATES = [0.5, None, 0.25, 1.0, 0.5, 0.0, 0.75]
RATED = [PromptRow(Row("file", line, {}), f"Prompt {line}.", rate) for line, rate in enumerate(RATES)]


@pytest.mark.parametrize("order", ["easy-first", "hard-first"])
def test_each_turn_goes_by_difficulty_and_is_drawn_alike_again(order: PromptOrder):
    for turn in range(2):
        found = [row.line for i in range(3) for row in drawn(RATED, 2, 1 + 3 * turn + i, 0, order)]
        rates = [RATES[line] for line in found]
        known = [rate for rate in rates if rate is not None]
        assert known == sorted(known, reverse=order == "easy-first")
        assert None not in rates  # it would have come last, and two an iteration leave one over
        assert found == [row.line for i in range(3) for row in drawn(RATED, 2, 1 + 3 * turn + i, 0, order)]
    ties = {tuple(row.line for row in drawn(RATED, 7, turn, 0, order) if RATES[row.line] == 0.5)
            for turn in range(1, 9)}  # fmt: skip
    assert ties == {(0, 4), (4, 0)}


def test_what_is_too_easy_or_too_hard_is_counted_and_not_trained_on():
    prompts = Prompts.of(RATED, [RATED[0]], 0.25, 0.75)
    assert [asked.pass_rate for asked in prompts.training] == [0.25, 0.5, 0.75]
    assert (prompts.shared, prompts.outside) == (1, 3)
    assert len(Prompts.of(RATED, []).training) == 7


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({}, "pass_rate: this field is missing, which min_pass, max_pass and order need"),
        ({"pass_rate": 3}, "pass_rate: has to be a number from 0 to 1, not 3"),
        ({"pass_rate": "high"}, "pass_rate: has to be a number from 0 to 1, not 'high'"),
    ],
)
def test_a_pass_rate_that_is_needed_has_to_be_there(told: dict[str, Any], problem: str, tmp_path: Path):
    record = {"prompt": "Tea?", "constraints": [{"kind": "punctuation:no_comma"}], **told}
    path = tmp_path / "in.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(hir.RecordError, match=f"in.jsonl:1: {problem}"):
        read_prompts(str(path), needs_pass_rates=True)
    assert read_prompts(str(path))[0].pass_rate is None
