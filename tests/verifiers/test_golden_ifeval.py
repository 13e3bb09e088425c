"""IFEval's kinds answer as the reference does, on real responses, on edge cases and on its own unit tests."""

from golden import on_edge_texts, on_responses, on_unit_cases, same_answers

import hir_data as hir

# The reference counts a random letter where the character that was asked for is not in a-z. For the other
# such prompt, 1122, the recorded draw has led to the verdict that the character itself gives.
EXCLAMATION_MARKS = hir.parse(
    {"kind": "keywords:letter_frequency", "letter": "!", "let_frequency": 6, "let_relation": "at least"}
)


def test_real_responses_are_verified_as_by_the_reference(shared_data):
    answers = list(on_responses(shared_data / "ifeval", "qwen25_7b"))
    assert same_answers(answers, {(EXCLAMATION_MARKS, 1129): True}) == 2 * 833
    assert len({answer.place for answer in answers}) == 541


def test_edge_texts_are_checked_as_by_the_reference(shared_data):
    assert same_answers(on_edge_texts(shared_data / "ifeval")) == 59 * 127


def test_unit_cases_are_checked_as_by_the_reference(shared_data):
    assert same_answers(on_unit_cases(shared_data / "ifeval")) == 81
