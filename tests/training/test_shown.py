"""A row as people read it."""

from pathlib import Path

import pytest
import trained
from samples import TEA, rollout

from hir_data.errors import RecordError
from hir_data.schemas.rollout import Sampling
from hir_data.training.shown import RowPart, show_row

ROW = f"<|user|>{TEA.prompt}<|end|><|assistant|>"


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> Path:
    cut_off = Sampling(finish_reason="length")
    samples = [rollout("tea/0", TEA, "Tea."), rollout("tea/1", TEA, "Tea and", sampling=cut_off)]
    return trained.write(tmp_path_factory.mktemp("two"), samples)


def test_a_row_in_its_parts(model, two):
    shown = show_row(two, model, trained.settings(old_logprobs="stored"), 0)
    prompt, response, end = shown.parts
    assert (shown.id, shown.origin, shown.left_out) == ("tea/0", "rollout", "")
    assert (prompt.name, prompt.text) == ("prompt", ROW)
    assert (response.name, response.text) == ("response", "Tea.")
    assert end == RowPart("end of turn", "<|end|>", 1)
    assert [part.name for part in show_row(two, model, trained.settings(), 1).parts] == ["prompt", "response"]


def test_a_row_that_is_left_out_says_why(model, two):
    shown = show_row(two, model, trained.settings(max_length=9), 0)
    assert (shown.parts, shown.left_out) == ([], "its prompt alone has 9 tokens or more")


def test_no_such_sample(model, two):
    with pytest.raises(RecordError, match="has no sample 2"):
        show_row(two, model, trained.settings(), 2)
