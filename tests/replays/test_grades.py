"""What replay makes of criteria with points and of grades, whose verdicts are written down."""

import pytest

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.information import Background
from hir_data.replays.relabel import known_answers

NO_COMMA = {"kind": "punctuation:no_comma"}
FORMAL = {"kind": "soft:grade", "criterion": "The tone is formal.", "min": 5}
RUDE = {"kind": "soft:criterion", "criterion": "It is rude.", "points": -3}
TEXT = (
    "Tea is a drink that people enjoy all over the world. It is made of leaves and hot water. Many countries "
    "have their own customs for it."
)


class Fixed:
    """A judge who gives a grade, and says the same of every criterion."""

    def __init__(self, grade: int = 1, met: bool = False) -> None:
        self.grade, self.met = grade, met

    def judge(self, questions):
        return [
            hir.Verdict(None, "so", grade=self.grade) if question.scale else hir.Verdict(self.met, "so")
            for question in questions
        ]


def verified(judge: Fixed, *records: dict[str, object]) -> hir.Verification:
    """A verification that has been written to a file and read back."""
    constraints = [hir.parse(record) for record in (NO_COMMA, *records)]
    criteria = [constraint.describe() for constraint in constraints]
    question = "Write about tea."
    instruction = hir.Instruction(
        id="1",
        prompt=" ".join([question, *criteria]),
        question=question,
        criteria=criteria,
        presentation="inline",
        constraints=constraints,
    )
    (one,) = hir.verify([hir.Rollout(instruction=instruction, response=TEXT)], judge=judge)
    return hir.Verification.model_validate_json(one.model_dump_json())


def replayed(verification: hir.Verification) -> list[dict[str, object]]:
    settings = ReplayConfig(min_instruction_bits=0)
    _, replay = hir.replay([verification], settings)
    assert replay.reward == 1.0
    return [constraint.record() for constraint in replay.instruction.constraints]


@pytest.mark.parametrize(
    ("grade", "constraints"),
    [
        (4, [NO_COMMA, FORMAL | {"min": 4, "scale": [1, 5]}]),
        (2, [NO_COMMA, FORMAL | {"min": 2, "scale": [1, 5]}]),
        (1, [NO_COMMA]),  # any text has the lowest grade
    ],
)
def test_a_grade_that_was_not_reached_becomes_the_one_that_was(grade: int, constraints):
    assert replayed(verified(Fixed(grade), FORMAL)) == constraints


def test_a_fault_is_kept_where_the_text_does_not_have_it_and_dropped_where_it_does():
    assert replayed(verified(Fixed(4, met=False), RUDE, FORMAL))[1] == RUDE
    assert RUDE not in replayed(verified(Fixed(5, met=True), RUDE, FORMAL))


def test_what_a_judge_has_said_is_known_from_the_verdicts():
    verification = verified(Fixed(3, met=True), RUDE, FORMAL)
    assert [result.strict.satisfied for result in verification.results] == [True, False, False]
    answers = {one.criterion: answer for (one, _), answer in known_answers(verification).items()}
    assert answers["It is rude."] == hir.Verdict(True, "so")
    assert answers["The tone is formal."] == hir.Verdict(None, "so", grade=3)
    text = hir.Text(TEXT, known_answers(verification))
    for result in verification.results[1:]:
        assert hir.check(result.constraint, text) == result.strict


@pytest.mark.parametrize(("least", "below"), [(0.0, False), (0.5, False), (0.74, True), (1.0, True)])
def test_a_grade_says_what_it_would_if_all_were_as_frequent(least: float, below: bool):
    """Three of five grades are 3 or more: 0.737 bits."""
    others = Background((str(number).encode(), f"Tea {number}.") for number in range(32)).view(b"other")
    assert others.is_below(hir.parse(FORMAL | {"min": 3}), least) is below
