"""Which instructions an iteration draws."""

from collections import Counter

import pytest

from hir_data.formats.rows import Row
from hir_data.training.loop.prompts import PromptRow, drawn

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
