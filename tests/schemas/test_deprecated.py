"""Old names that users import: they work until 0.2, and say what to write instead."""

import importlib
import sys

import pytest

import hir_data
from hir_data import parse


def test_but_is_try_replace():
    constraint = parse({"kind": "length_constraints:number_words", "relation": "at least", "num_words": 3})
    with pytest.warns(DeprecationWarning, match="try_replace now; it goes with 0.2") as warned:
        assert constraint.but(num_words=5) == constraint.replace(num_words=5)
        assert constraint.but(num_words=-1) is None
    assert [warning.filename for warning in warned] == [__file__, __file__]


def test_sort_is_type():
    twice = [{"kind": "word_count", "min": 9}, {"kind": "word_count", "max": 3}]
    instruction = hir_data.Instruction(prompt="Describe the sea.", constraints=twice)
    (conflict,) = hir_data.conflicts(instruction.constraints)
    finding = hir_data.lint(instruction)[0]
    for old in (conflict, finding):
        with pytest.warns(
            DeprecationWarning, match=f"{type(old).__name__}.sort is type now; it goes with 0.2"
        ):
            assert old.sort == old.type == "contradiction"


def test_the_old_module_of_the_verl_reward_has_the_function():
    sys.modules.pop("hir_data.integrations.verl_reward", None)
    with pytest.warns(
        DeprecationWarning, match=r"is hir_data\.rewards\.verl now; the old name goes with 0.2"
    ):
        old = importlib.import_module("hir_data.integrations.verl_reward")
    assert old.compute_score is hir_data.compute_score
