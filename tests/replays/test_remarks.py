"""What a response says of itself that no new instruction explains."""

import pytest

import hir_data as hir
from hir_data.replays.remarks import spoken
from hir_data.schemas.replay import Change

POINTS = hir.parse({"kind": "detectable_format:number_bullet_lists", "num_bullets": 2})
KEPT = [Change(fate="kept", constraint=POINTS, became=POINTS)]


@pytest.mark.parametrize(
    ("first", "label"),
    [
        ("* Bullet point 1: Tea is old.", "bullet point 1"),
        ("  - **Bullet 1:** Tea is old.", "bullet 1"),
        ("* This is bullet 1. Tea is old.", "this is bullet 1"),
        ("* *This is a bullet point:* Tea is old.", "this is a bullet point"),
        ("* This is another bullet point.", "this is another bullet point"),
    ],
)
def test_a_bullet_point_that_is_called_one_is_nothing_to_learn_from(first: str, label: str):
    text = hir.Text(f"{first}\n* Bread is older.")
    assert spoken(text, KEPT, "Write 2 bullet points on food.") == label


@pytest.mark.parametrize(
    "first",
    [
        "* Bullet trains: they are fast.",
        "* Bullet point pens write well.",
        "* The bullet: a history.",
        "Bullet point 1: Tea is old.",
    ],
)
def test_a_bullet_of_another_kind_is_a_word_like_any_other(first: str):
    text = hir.Text(f"{first}\n* Bread is older.")
    assert spoken(text, KEPT, "Write 2 bullet points on trains.") is None
