"""IFBench's kinds answer as the reference does, on real responses, on edge cases and on its own tests."""

import pytest
from golden import on_edge_texts, on_responses, on_unit_cases, same_answers

import hir_data as hir

pytestmark = pytest.mark.usefixtures("tagger_data")

# The reference fails on a blank text, which has no first sentence. Here its sentences do not get longer.
BLANK = {
    (hir.parse({"kind": "sentence:increment", "small_n": more}), text): False
    for more in (0, 1)
    for text in ("", "\n\n")
}


def test_real_responses_are_verified_as_by_the_reference(shared_data):
    answers = list(on_responses(shared_data / "ifbench", "qwen3_4b"))
    assert same_answers(answers) == 2 * 335
    assert len({answer.place for answer in answers}) == 294


def test_edge_texts_are_checked_as_by_the_reference(shared_data):
    assert same_answers(on_edge_texts(shared_data / "ifbench"), BLANK) == 85 * 127 - 4


def test_unit_cases_are_checked_as_by_the_reference(shared_data):
    assert same_answers(on_unit_cases(shared_data / "ifbench")) == 162
