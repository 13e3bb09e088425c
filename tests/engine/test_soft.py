"""Soft constraints in Python: who is asked about what, and what becomes of the answers."""

import multiprocessing
from collections.abc import Iterator, Sequence

import pytest
from files import HOSTILE, NO_COMMA, THREE_WORDS, own_kinds, rollout

import hir_data as hir
from hir_data.errors import JudgeError
from hir_data.schemas import registry


def soft(criterion: str, rubric: str | None = None) -> dict[str, object]:
    record = {"kind": "soft:criterion", "criterion": criterion}
    return record if rubric is None else record | {"rubric": rubric}


class Reader:
    """A judge who looks for the criterion in the text, and cannot tell where it ends with a question mark."""

    def __init__(self) -> None:
        self.asked: list[list[hir.Question]] = []

    def judge(self, questions: Sequence[hir.Question]) -> list[hir.Verdict]:
        self.asked.append(list(questions))
        return [
            hir.Verdict(None, "who knows", "error")
            if question.criterion.endswith("?")
            else hir.Verdict(question.criterion in question.text, "read it")
            for question in questions
        ]


def verdict(record: dict[str, object], response: str, judge: hir.Judge | None = None) -> hir.Verdict:
    (verification,) = hir.verify([rollout(0, record, response=response)], judge=judge)
    assert verification.results[0].loose == verification.results[0].strict
    return verification.results[0].strict


def test_a_judge_is_asked_with_all_that_it_needs():
    reader = Reader()
    assert verdict(soft("Tea", "Any tea."), "Tea, please.", reader) == hir.Verdict(True, "read it")
    assert reader.asked == [[hir.Question("Tea", "Tea, please.", "Prompt 0.", "Any tea.")]]


def test_a_judge_reads_the_response_as_it_is():
    """Not without its first line, where it would find no sugar; nobody asks for a loose verdict."""
    assert verdict({"kind": "not", "constraint": soft("Sugar")}, "Sugar:\nTea.", Reader()).satisfied is False


def test_nobody_is_asked_about_nothing():
    reader = Reader()
    assert verdict(soft("Tea"), " \n", reader) == hir.Verdict(False, "the response is empty")
    assert verdict({"kind": "all_of", "constraints": [NO_COMMA]}, "Tea.", reader).satisfied
    assert reader.asked == []


@pytest.mark.parametrize("criterion", ["Tea?", "Tea"])
def test_nothing_is_concluded_from_what_is_undetermined(criterion: str):
    judge = Reader() if criterion.endswith("?") else None
    unknown = verdict(soft(criterion), "Tea.", judge)
    assert (unknown.satisfied, unknown.status) == (None, "error" if judge else "unjudged")
    assert verdict({"kind": "not", "constraint": soft(criterion)}, "Tea.", judge).satisfied is None
    (verification,) = hir.verify([rollout(0, NO_COMMA, soft(criterion), response="Tea.")], judge=judge)
    assert (verification.ila, verification.cla) == (False, 0.5)


def test_each_paragraph_is_a_question_of_its_own():
    reader = Reader()
    record = {"kind": "within", "unit": "paragraph", "index": "every", "constraint": soft("Tea")}
    assert verdict(record, "Tea.\n\nCoffee.", reader).satisfied is False
    assert [question.text for question in reader.asked[0]] == ["Tea.", "Coffee."]


@pytest.mark.parametrize("workers", [0, 2])
def test_many_rollouts_are_asked_about_in_windows_and_answered_in_order(workers: int):
    reader = Reader()
    rollouts = [
        rollout(number, soft(f"{number % 7} cups"), THREE_WORDS, response=f"There were {number} cups.")
        for number in range(600)
    ]
    found = list(hir.verify(rollouts, workers=workers, judge=reader))
    assert [one.rollout for one in found] == rollouts
    assert [one.results[0].strict.satisfied for one in found] == [
        str(number).endswith(str(number % 7)) for number in range(600)
    ]
    assert list(map(len, reader.asked)) == [256, 256, 88]


def test_rollouts_are_read_no_further_than_a_judge_needs():
    read = 0

    def stream() -> Iterator[hir.Rollout]:
        nonlocal read
        for number in range(10_000):
            read += 1
            yield rollout(number, soft("Tea"))

    next(hir.verify(stream(), judge=Reader()))
    assert read == 256


def test_a_judge_that_miscounts_is_an_error():
    class Forgetful(Reader):
        def judge(self, questions: Sequence[hir.Question]) -> list[hir.Verdict]:
            return super().judge(questions)[1:]

    with pytest.raises(JudgeError, match=r"^the judge gave 1 verdict on 2 questions$"):
        list(hir.verify([rollout(0, soft("Tea"), soft("Milk"))], judge=Forgetful()))


def test_looking_for_questions_has_a_time_limit_too():
    """A part of a composite that never ends is found out before anybody is asked, and costs one verdict."""
    reader = Reader()
    with own_kinds():
        registry.load_plugin(HOSTILE)
        hangs = {"kind": "any_of", "constraints": [{"kind": "trap:loops"}, soft("Tea")]}
        rollouts = [rollout(0, hangs, soft("Tea"), response="a bomb of Tea"), rollout(1, soft("Tea"))]
        found = list(hir.verify(rollouts, workers=1, timeout=1, judge=reader))
    assert [result.strict.satisfied for result in found[0].results] == [None, True]
    assert found[0].results[0].strict.status == "timeout"
    assert found[1].results[0].strict.satisfied
    assert [len(asked) for asked in reader.asked] == [2]
    assert multiprocessing.active_children() == []
