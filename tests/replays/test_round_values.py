"""Numbers that people write."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hir_data as hir
from hir_data.replays.information import Background
from hir_data.replays.round_values import ANY_NUMBER, rounded

NOTHING = Background().view(b"")
LENGTHS = Background((str(number).encode(), f"{'tea ' * number}.") for number in range(20, 1000, 3)).view(b"")


def words(number: int) -> hir.Text:
    return hir.Text("tea " * number)


def bounds(least: int | None, most: int | None) -> hir.Constraint:
    return hir.parse(
        {"kind": "word_count"} | {k: v for k, v in (("min", least), ("max", most)) if v is not None}
    )


@pytest.mark.parametrize(
    ("number", "least", "most", "expected"),
    [
        (615, 610, None, (600, None)),
        (774, 770, None, (750, None)),
        (522, 520, None, (500, None)),
        (700, 700, None, (700, None)),
        (65, 65, 73, (60, 70)),
        (72, 65, 73, (70, 80)),
        (96, None, 96, (None, 100)),
        (1163, 1150, None, (1100, None)),
        (17, 17, 23, (15, 25)),
        (44, 43, 47, (40, 50)),
        (310, None, 340, (None, 350)),
        (27, 27, 47, (25, 50)),
    ],
)
def test_bounds_are_what_people_write(number: int, least: int | None, most: int | None, expected: Any):
    found = rounded(bounds(least, most), words(number), LENGTHS)
    assert (found.min, found.max) == expected
    assert hir.check(found, words(number)).satisfied


RECORDS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        {"kind": "length_constraints:number_words", "relation": "at least", "num_words": 610},
        "tea " * 615,
        {"num_words": 600},
    ),
    (
        {"kind": "length_constraints:number_words", "relation": "less than", "num_words": 370},
        "tea " * 366,
        {"num_words": 400},
    ),
    (
        {"kind": "length_constraints:number_sentences", "relation": "at least", "num_sentences": 45},
        "So it is. " * 47,
        {"num_sentences": 40},
    ),
    (
        {"kind": "keywords:frequency", "keyword": "tea", "relation": "at least", "frequency": 35},
        "tea " * 36,
        {"frequency": 30},
    ),
    ({"kind": "character_count", "max": 560}, "tea " * 138, {"max": 600}),
    ({"kind": "count:word_count_range", "min_words": 65, "max_words": 73}, "tea " * 70, {}),
    ({"kind": "keywords:existence", "keywords": ["tea"]}, "tea " * 70, {}),
]


@pytest.mark.parametrize(("record", "text", "changed"), RECORDS)
def test_all_kinds_that_count_are_rounded_in_one_place(record: dict[str, Any], text: str, changed: Any):
    found = rounded(hir.parse(record), hir.Text(text), LENGTHS).record()
    if record["kind"] == "count:word_count_range":
        assert (found["min_words"], found["max_words"]) in {(60, 70), (70, 80), (60, 80)}
    else:
        assert {name: found[name] for name in record} == record | changed


def test_what_would_say_much_less_is_rounded_less_or_not_at_all():
    near = Background((str(n).encode(), "tea " * (130 if n % 2 else 20)) for n in range(40)).view(b"")
    assert rounded(bounds(149, None), words(149), near) == bounds(149, None)
    assert rounded(bounds(149, None), words(149), LENGTHS).min == 100


def test_numbers_move_on_until_a_reader_agrees():
    """The verifier splits "can't" and "well-known", as no reader does: 24 of 300 words are two to it."""
    text = hir.Text("can't " * 12 + "well-known " * 12 + "tea " * 273)
    constraint = hir.parse(
        {"kind": "length_constraints:number_words", "relation": "at least", "num_words": 300}
    )
    assert hir.check(constraint, text).satisfied
    assert rounded(constraint, text, LENGTHS).num_words == 250
    few = hir.parse(RECORDS[2][0] | {"num_sentences": 4})
    listed = hir.Text("1. Boil the water.\n2. Add the tea.")
    assert hir.check(few, listed).satisfied
    assert rounded(few, listed, NOTHING) is None  # 2 is half of it


@pytest.mark.parametrize(("old", "new"), [(121, 151), (31, 151), (120, 150), (300, 150)])
def test_what_was_one_more_than_a_round_number_is_again(old: int, new: int):
    """A prompt says "100 to 120 words" where the constraint says "fewer than 121"."""
    fewer = {"kind": "length_constraints:number_words", "relation": "less than"}
    found = hir.parse(fewer | {"num_words": 144})
    was = hir.parse(fewer | {"num_words": old})
    assert rounded(found, hir.Text("tea " * 143), LENGTHS, was).num_words == new


def test_exact_numbers_stay():
    assert rounded(bounds(36, 36), words(36), LENGTHS) == bounds(36, 36)


def test_without_responses_to_measure_on_a_number_moves_little():
    assert rounded(bounds(610, None), words(615), NOTHING) == bounds(600, None)
    assert rounded(bounds(149, None), words(149), NOTHING) == bounds(149, None)


@given(st.integers(1, 1500), st.integers(0, 60), st.integers(0, 60))
def test_a_rounded_constraint_is_satisfied_and_round(number: int, below: int, above: int):
    old = bounds(max(1, number - below), number + above + 1)
    found = rounded(old, words(number), LENGTHS)
    assert hir.check(found, words(number)).satisfied
    assert rounded(found, words(number), LENGTHS) == found or found != old
    for value, before in ((found.min, old.min), (found.max, old.max)):
        assert value == before or value % 5 == 0
        assert before > ANY_NUMBER or value == before
