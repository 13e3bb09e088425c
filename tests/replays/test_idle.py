"""Which kept bounds say nothing beside a new length, so that they are left out."""

from typing import Any

import pytest

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.explanation import Explanation
from hir_data.replays.idle import without_idle
from hir_data.replays.information import Background
from hir_data.schemas.replay import Change

SENTENCE = "The harbour of {0} is old and dear."
OTHERS = [" ".join([SENTENCE] * length).format(n) for n in range(4) for length in range(1, 13)]
VIEW = Background((str(n).encode(), text) for n, text in enumerate(OTHERS)).view(b"")


def words(**bounds: int) -> dict[str, Any]:
    return {"kind": "word_count", **bounds}


def sentences(**bounds: int) -> dict[str, Any]:
    return {"kind": "sentence_count", **bounds}


CAPITALS = {
    "kind": "change_case:capital_word_frequency",
    "capital_frequency": 300,
    "capital_relation": "at least",
}
COMMA = {"kind": "punctuation:no_comma"}
START = {"kind": "starts_with", "text": "The harbour"}
IFEVAL_WORDS = {"kind": "length_constraints:number_words", "relation": "at least", "num_words": 164}


def left(kept: dict[str, Any], new: dict[str, Any], *, view=VIEW, may_go=True, text="It is old.", **settings):
    constraint, became = hir.parse(kept), hir.parse(new)
    gone = hir.parse({"kind": "keywords:existence", "keywords": ["whale"]})
    instruction = hir.Instruction(
        messages=[{"role": "user", "content": f"Describe it. {constraint.describe()} {gone.describe()}"}],
        constraints=[constraint, gone],
        question="Describe it.",
        criteria=[constraint.describe(), gone.describe()],
    )
    changes = (
        Change(fate="kept", constraint=constraint, became=constraint),
        Change(fate="substitute", constraint=gone, became=became),
    )
    found = Explanation(changes, (1.0, 2.0), 2.5, 3.0)
    asked: list[list[int]] = []
    result = without_idle(
        found,
        instruction,
        hir.Text(text),
        ReplayConfig(**settings),
        view,
        lambda places: bool(asked.append([*places])) or may_go,
    )
    assert all(places == [0, 1] for places in asked)
    return found, result


IDLE = [
    (sentences(max=12), words(min=40, max=60)),
    (sentences(min=1, max=9), words(min=40, max=60)),
    (sentences(min=2), words(min=40, max=60)),
    (words(max=140), sentences(min=5, max=6)),
    (IFEVAL_WORDS, CAPITALS),
]
NOT_IDLE = [
    (sentences(max=6), words(min=40, max=60)),
    (sentences(max=12), START),  # beside no length
    (COMMA, words(min=40, max=60)),  # no bound on the length
    (sentences(max=60), sentences(min=3)),  # a range
    (words(max=140), words(min=40)),
    (IFEVAL_WORDS | {"num_words": 400}, CAPITALS),
    (IFEVAL_WORDS | {"relation": "less than"}, CAPITALS),
    (sentences(max=12), words(min=300)),  # nobody else says so much
]


@pytest.mark.parametrize(("kept", "new"), IDLE)
def test_a_bound_that_says_nothing_beside_a_closer_one_is_left_out(kept: dict[str, Any], new: dict[str, Any]):
    _, result = left(kept, new)
    assert [change.fate for change in result.changes] == ["dropped", "substitute"]
    assert result.changes[0].became is None
    assert len(result.bits) == 1 and result.instruction_bits == result.bits[0]


@pytest.mark.parametrize(("kept", "new"), NOT_IDLE)
def test_a_bound_that_says_something_stays(kept: dict[str, Any], new: dict[str, Any]):
    found, result = left(kept, new)
    assert result is found


@pytest.mark.parametrize(
    "settings",
    [
        {"may_go": False},
        {"text": "Here is a text of fewer than 12 sentences. It is old."},
        {"relabel": "nearest"},
        {"min_bits": 0.0},
        {"view": Background().view(b"")},
    ],
)
def test_an_idle_bound_stays_where_it_cannot_or_need_not_go(settings: dict[str, Any]):
    found, result = left(*IDLE[0], **settings)
    assert result is found
