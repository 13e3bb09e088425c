"""What the engine makes of the answers of checks: strict and loose verdicts, scores, records."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from cases import general, ifeval, structure

import hir_data as hir

CASES = [*ifeval.CASES, *general.CASES, *structure.CASES]
KINDS = sorted({case.kind for case in CASES})

NO_COMMA = {"kind": "punctuation:no_comma"}
THREE_WORDS = {"kind": "word_count", "min": 3}


class Answer(hir.Constraint):
    """Answers a text as a table says; what is not in the table is violated. An exception is raised."""

    def __init__(self, **answers) -> None:
        super().__init__()
        object.__setattr__(self, "answers", answers)

    def check(self, text: hir.Text):
        answer = self.answers.get(text.raw, False)
        if isinstance(answer, Exception):
            raise answer
        return answer


UNKNOWN = hir.Verdict(None, "cannot tell", "timeout")


def rollout(response: str, *constraints) -> hir.Rollout:
    return hir.Rollout(
        instruction=hir.Instruction(prompt="Write.", constraints=constraints), response=response
    )


def only_result(response: str, constraint, **options) -> hir.ConstraintResult:
    (verification,) = hir.verify([rollout(response, constraint)], **options)
    (result,) = verification.results
    return result


# One check


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_response_satisfies_nothing(kind: str):
    for case in (case for case in CASES if case.kind == kind):
        for response in ("", " \n\t", "\u3000\u00a0"):
            result = only_result(response, case.record)
            assert result.strict == result.loose == hir.Verdict(False, "the response is empty")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (True, hir.Verdict(True)),
        (False, hir.Verdict(False)),
        (1, hir.Verdict(True)),
        ([], hir.Verdict(False)),
        (hir.Verdict(True, "well done"), hir.Verdict(True, "well done")),
        (UNKNOWN, UNKNOWN),
        (ValueError("no good"), hir.Verdict(None, "ValueError: no good", "error")),
        (KeyError("x"), hir.Verdict(None, "KeyError: 'x'", "error")),
        (RecursionError("deep"), hir.Verdict(None, "RecursionError: deep", "error")),
    ],
)
def test_an_answer_becomes_a_verdict(answer, verdict: hir.Verdict):
    assert hir.check(Answer(x=answer), hir.Text("x")) == verdict


def test_the_reason_of_an_error_is_short():
    assert len(hir.check(Answer(x=ValueError("long " * 1000)), hir.Text("x")).reason) == 500


@pytest.mark.parametrize(
    "error", [hir.HirDataError("offline"), hir.RecordError("bad"), hir.WorkerError("gone")]
)
def test_an_error_of_ours_passes_through(error: hir.HirDataError):
    with pytest.raises(type(error)) as caught:
        list(hir.verify([rollout("x", Answer(x=error))]))
    assert caught.value is error


# Strict and loose


@pytest.mark.parametrize(
    ("answers", "strict", "loose"),
    [
        ({"a\n*b*\nc": True}, True, True),
        ({"a\n*b*\nc": False, "*b*\nc": True}, False, True),
        ({"a\n*b*\nc": False, "b": True}, False, True),
        ({"a\n*b*\nc": False}, False, False),
        ({"a\n*b*\nc": UNKNOWN, "b": True}, None, True),
        ({"a\n*b*\nc": UNKNOWN}, None, None),
        ({"a\n*b*\nc": False, "b": UNKNOWN}, False, None),
        ({"a\n*b*\nc": False, "*b*\nc": UNKNOWN, "b": True}, False, True),
        ({"a\n*b*\nc": ValueError("no"), "*b*": ValueError("no either")}, None, None),
    ],
)
def test_a_loose_verdict_is_the_best_of_the_readings(answers, strict: bool | None, loose: bool | None):
    result = only_result("a\n*b*\nc", Answer(**answers))
    assert (result.strict.satisfied, result.loose.satisfied) == (strict, loose)


@pytest.mark.parametrize(
    ("response", "constraint", "reason"),
    [
        ("Sure, here:\nTea.", NO_COMMA, "without the first line: found 0 commas, wanted none"),
        ("Tea.\nMore, please?", NO_COMMA, "without the last line: found 0 commas, wanted none"),
        (
            "Well,\nTea.\nMore, please?",
            NO_COMMA,
            "without the first and the last line: found 0 commas, wanted none",
        ),
        (
            "*Dear* Ana",
            {"kind": "starts_with", "text": "Dear"},
            "without asterisks: starts with 'Dear', wanted 'Dear'",
        ),
        (
            "Sure:\n*Dear* Ana",
            {"kind": "starts_with", "text": "Dear"},
            "without the first line and asterisks: starts with 'Dear', wanted 'Dear'",
        ),
        ("a\nb", Answer(b=True), "without the first line"),
    ],
)
def test_a_loose_reason_says_what_was_removed(response: str, constraint, reason: str):
    result = only_result(response, constraint)
    assert result.strict.satisfied is False
    assert result.loose == hir.Verdict(True, reason)


def test_a_loose_verdict_that_changes_nothing_is_the_strict_one():
    for response in ("Tea.", "Tea, milk, oil"):
        result = only_result(response, NO_COMMA)
        assert result.loose == result.strict


def test_an_undetermined_loose_verdict_says_why():
    assert only_result("a\nb", Answer(b=UNKNOWN)).loose == UNKNOWN
    assert only_result("a\nb", Answer(**{"a\nb": ValueError("first"), "b": UNKNOWN})).loose.status == "error"


def test_without_loose_verdicts():
    verification = next(hir.verify([rollout("Tea.", NO_COMMA, THREE_WORDS)], loose=False))
    assert [result.loose for result in verification.results] == [None, None]
    assert (verification.ila, verification.cla) == (False, 0.5)
    assert (verification.ila_loose, verification.cla_loose) == (None, None)


@pytest.mark.parametrize("kind", KINDS)
def test_loose_is_at_least_as_good_as_strict(kind: str):
    for case in (case for case in CASES if case.kind == kind and case.satisfied):
        result = only_result(case.text, case.record)
        assert result.loose == result.strict == hir.check(hir.parse(case.record), hir.Text(case.text))


# Many


def test_results_keep_the_order_of_the_constraints():
    constraints = [NO_COMMA, THREE_WORDS, NO_COMMA, {"kind": "word_count", "min": 1}, THREE_WORDS]
    (verification,) = hir.verify([rollout("Tea please.", *constraints)])
    assert [result.constraint for result in verification.results] == [
        hir.parse(record) for record in constraints
    ]
    assert [result.strict.satisfied for result in verification.results] == [True, False, True, True, False]
    assert verification.cla == 3 / 5


def test_rollouts_keep_their_order():
    rollouts = [rollout(f"tea {number}", NO_COMMA) for number in range(20)]
    assert [verification.rollout for verification in hir.verify(rollouts)] == rollouts


def test_verifying_is_lazy():
    read = []

    def source():
        for response in ("Tea.", "Milk."):
            read.append(response)
            yield rollout(response, NO_COMMA)
        raise OSError("the file ends here")

    verifications = hir.verify(source())
    assert read == []
    assert next(verifications).ila
    assert read == ["Tea."]
    assert next(verifications).ila
    with pytest.raises(OSError, match="ends here"):
        next(verifications)


def test_no_rollouts_no_verifications():
    assert list(hir.verify([])) == []


def test_an_instruction_has_constraints():
    with pytest.raises(ValueError, match="at least 1 item"):
        hir.Instruction(prompt="Write.", constraints=[])


# Scores


@pytest.mark.parametrize(
    ("strict", "loose", "scores"),
    [
        ([True], [True], (True, 1.0, True, 1.0)),
        ([True, True], [True, True], (True, 1.0, True, 1.0)),
        ([True, False], [True, True], (False, 0.5, True, 1.0)),
        ([False, False, True], [True, False, True], (False, 1 / 3, False, 2 / 3)),
        ([False], [False], (False, 0.0, False, 0.0)),
        ([True, None], [True, None], (False, 0.5, False, 0.5)),
        ([None], [None], (False, 0.0, False, 0.0)),
        ([None, None], [True, None], (False, 0.0, False, 0.5)),
    ],
)
def test_the_scores_count_only_what_is_satisfied(strict, loose, scores):
    def verdict(satisfied: bool | None) -> hir.Verdict:
        return hir.Verdict(satisfied, status="ok" if satisfied is not None else "error")

    verification = hir.Verification(
        rollout=rollout("Tea.", *[NO_COMMA] * len(strict)),
        results=[
            hir.ConstraintResult(constraint=NO_COMMA, strict=verdict(one), loose=verdict(other))
            for one, other in zip(strict, loose, strict=True)
        ],
    )
    found = (verification.ila, verification.cla, verification.ila_loose, verification.cla_loose)
    assert found == scores
    assert list(map(type, found)) == [bool, float, bool, float]


# Records

RICH = hir.Rollout(
    instruction=hir.Instruction(
        id="a-1",
        prompt="Say “hi” — 你好 👋🏽",
        constraints=[
            NO_COMMA,
            {"kind": "word_count", "max": 0, "unit": "character"},
            {"kind": "keywords:existence", "keywords": ["tea", "c.t"]},
            {"kind": "json", "json_schema": {"type": "object", "required": ["a"]}},
            {"kind": "json", "json_schema": {"$ref": "#/nowhere"}},
        ],
    ),
    response='1, 2\n"tea\u0000\u2028cat"',
    sample=3,
    original="<think>…</think>1",
    thinking="stripped",
    metadata={"nested": {"list": [1, None, 2.5, "x"]}},
)


@pytest.mark.parametrize("loose", [True, False])
def test_a_verification_comes_back_from_json_as_it_was(loose: bool):
    (verification,) = hir.verify([RICH], loose=loose)
    again = hir.Verification.model_validate_json(verification.model_dump_json())
    assert again == verification
    assert again.rollout == RICH
    assert again.results == verification.results
    assert again.model_dump_json() == verification.model_dump_json()


def test_the_record_of_a_verification():
    (verification,) = hir.verify([rollout("Sure, here:\nTea.", NO_COMMA)])
    assert verification.model_dump(mode="json", exclude={"rollout"}) == {
        "results": [
            {
                "constraint": NO_COMMA,
                "strict": {"satisfied": False, "reason": "found 1 comma, wanted none", "status": "ok"},
                "loose": {
                    "satisfied": True,
                    "reason": "without the first line: found 0 commas, wanted none",
                    "status": "ok",
                },
            }
        ],
        "ila": False,
        "cla": 0.0,
        "ila_loose": True,
        "cla_loose": 1.0,
    }


# Places to run in

ROLLOUTS = [rollout(case.text, *(other.record for other in CASES[::9]), case.record) for case in CASES[::3]]


@pytest.fixture(scope="module")
def here():
    return list(hir.verify(ROLLOUTS))


def test_verifying_within_a_running_loop(here):
    async def verify():
        assert asyncio.get_running_loop()
        return list(hir.verify(ROLLOUTS))

    assert asyncio.run(verify()) == here


def test_verifying_in_threads(here):
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(hir.verify_one, ROLLOUTS)) == here


def test_checking_one_text_in_threads():
    """The views of one text may be asked for by several threads at once."""
    text = hir.Text(
        "Dr. Lee met *Ann* in the U.S. today. They talked, and talked!\n\n***\n\n[x] <<Tea>>" * 20
    )
    constraints = [hir.parse(case.record) for case in CASES]
    alone = [hir.check(constraint, hir.Text(text.raw)) for constraint in constraints]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda constraint: hir.check(constraint, text), constraints)) == alone


class Log:
    """A watch that writes down what starts, and knows some verdicts."""

    def __init__(self, **known: hir.Verdict) -> None:
        self.known, self.started = known, []

    def check_started(self, constraint: int, reading: str) -> None:
        self.started.append((constraint, reading))

    def known_verdict(self, constraint: int, reading: str) -> hir.Verdict | None:
        return self.known.get(f"{reading}{constraint}")


@pytest.mark.parametrize(
    ("known", "verdicts", "started"),
    [
        ({}, [(False, True), (True, True)], ["strict0", "loose0", "strict1"]),
        ({"strict0": UNKNOWN}, [(None, None), (True, True)], ["strict1"]),
        ({"loose0": UNKNOWN}, [(False, None), (True, True)], ["strict0", "strict1"]),
    ],
)
def test_a_watch_sees_each_check_and_spares_those_it_knows(known, verdicts, started):
    watch = Log(**known)
    verification = hir.verify_one(rollout("a\nb", Answer(b=True), Answer(**{"a\nb": True})), monitor=watch)
    assert [(result.strict.satisfied, result.loose.satisfied) for result in verification.results] == verdicts
    assert [f"{reading}{constraint}" for constraint, reading in watch.started] == started
