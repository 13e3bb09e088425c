"""Whole instructions in hindsight."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import KINDS, TEXTS, records

import hir_data as hir
from hir_data.instructions.conflicts import conflicts
from hir_data.schemas.constraint import SORTS

LONG = hir.parse({"kind": "length_constraints:number_words", "relation": "at least", "num_words": 300})
SEA = hir.parse({"kind": "contains", "text": "sea"})
PLAIN = hir.parse({"kind": "punctuation:no_comma"})
WARM = hir.parse({"kind": "soft:criterion", "criterion": "The tone is warm."})
TEXT = hir.Text("The sea, the sea. " * 62)


def fates(constraints, sorts=SORTS, text=TEXT):
    changes = hir.in_hindsight(constraints, text, sorts)
    return [(change.fate, change.became and change.became.record()) for change in changes]


def test_what_is_satisfied_is_kept_and_the_rest_is_relabelled():
    assert fates([SEA, LONG, PLAIN]) == [
        ("kept", SEA.record()),
        ("nearest", LONG.record() | {"num_words": 240}),
        ("dropped", None),
    ]


@pytest.mark.parametrize(
    ("wanted", "sorts", "fate", "changed"),
    [
        (300, ["nearest"], "nearest", {"num_words": 240}),
        (300, ["flip"], "dropped", None),  # they are nearly there
        (800, ["flip"], "flip", {"relation": "less than"}),
        (800, ["flip", "nearest"], "flip", {"relation": "less than"}),
        (300, [], "dropped", None),
    ],
)
def test_one_sort_alone_or_none(wanted, sorts, fate, changed):
    long = LONG.replace(num_words=wanted)
    assert fates([long], sorts) == [(fate, changed and long.record() | changed)]


def test_what_nobody_knows_is_dropped():
    assert fates([WARM, SEA]) == [("dropped", None), ("kept", SEA.record())]


def test_what_the_others_say_already_is_dropped():
    """Both would become the same."""
    longer = LONG.model_copy(update={"num_words": 400})
    assert [fate for fate, _ in fates([LONG, longer], ["nearest"])] == ["nearest", "dropped"]


def test_what_does_not_go_with_the_others_is_another_sort_or_dropped():
    """At least 240 words say nothing new beside at least 245, which the text satisfies; less than 800 do."""
    kept, far = LONG.model_copy(update={"num_words": 245}), LONG.model_copy(update={"num_words": 800})
    assert [fate for fate, _ in fates([far, kept])] == ["flip", "kept"]
    assert [fate for fate, _ in fates([far, kept], ["nearest"])] == ["dropped", "kept"]
    assert [fate for fate, _ in fates([LONG, kept])] == ["dropped", "kept"]


def test_a_blank_response_keeps_nothing():
    assert fates([SEA, PLAIN], text=hir.Text(" ")) == [("dropped", None), ("dropped", None)]


NOT_HARD = ("soft:criterion", "soft:grade", "muldimif:unparsed", "words:start_verb")
HARD = [kind for kind in KINDS if kind not in NOT_HARD]
INSTRUCTIONS = st.lists(st.sampled_from(HARD).flatmap(records), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(INSTRUCTIONS, TEXTS, st.sampled_from([("nearest",), ("flip",), SORTS]))
def test_what_remains_is_satisfied_and_goes_together(instruction, raw: str, sorts):
    constraints, text = [hir.parse(record) for record in instruction], hir.Text(raw)
    changes = hir.in_hindsight(constraints, text, sorts)
    assert [change.constraint for change in changes] == constraints
    for change in changes:
        satisfied = hir.check(change.constraint, text).satisfied
        assert (change.fate == "kept") is (satisfied is True)
        if change.became is not None:
            assert hir.check(change.became, text).satisfied is True
            assert (change.became == change.constraint) is (change.fate == "kept")
        assert change.fate in ("kept", "dropped", *sorts)
    relabelled = [change.became for change in changes if change.fate in SORTS]
    remaining = [change.became for change in changes if change.became is not None]
    for other in relabelled:
        assert not any(conflicts([one, other]) for one in remaining if one is not other)
