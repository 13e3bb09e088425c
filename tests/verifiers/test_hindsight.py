"""Every kind relabels what a text violates as its table says, and never wrongly on any text."""

import pytest
from cases import relabelling, relabelling_ifbench, relabelling_iftrain, relabelling_muldimif
from cases.relabelling import Relabelled
from hypothesis import HealthCheck, given, settings
from strategies import KINDS, TEXTS, records

import hir_data as hir

ROWS = [*relabelling.ROWS, *relabelling_ifbench.ROWS, *relabelling_iftrain.ROWS, *relabelling_muldimif.ROWS]
FIXED = ("keywords:word_once", "paragraphs:paragraphs", "paragraphs:paragraphs2")
"""Kinds without a number of their own: another kind can ask for the one that there is."""

HARD = [kind for kind in KINDS if not kind.startswith("soft:")]


@pytest.mark.usefixtures("tagger_data")
@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.kind}-{n}") for n, row in enumerate(ROWS)])
def test_a_violated_constraint_is_relabelled_as_the_table_says(row: Relabelled):
    constraint, text = hir.parse({"kind": row.kind, **row.parameters}), hir.Text(row.text)
    assert hir.check(constraint, text).satisfied is False
    nearest = None if row.nearest is None else hir.parse({"kind": row.kind} | row.nearest)
    flip = None if row.flip is None else hir.parse(row.flip)
    assert constraint.hindsight(text, ["nearest"]) == nearest
    assert constraint.hindsight(text, ["flip"]) == flip
    assert constraint.hindsight(text) == (flip if nearest is None else nearest)
    assert constraint.describe() not in [other.describe() for other in (nearest, flip) if other is not None]


@pytest.mark.parametrize("kind", HARD)
def test_a_kind_has_rows_or_says_why_it_cannot_be_relabelled(kind: str):
    relabelled = any(row.nearest is not None or row.flip for row in ROWS if row.kind == kind)
    assert relabelled is not bool(hir.lookup(kind).no_hindsight)


@pytest.mark.parametrize("kind", HARD)
def test_a_relabelled_constraint_is_another_one_that_the_text_satisfies(kind: str):
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(records(kind), TEXTS)
    def relabel(record, raw: str) -> None:
        constraint, text = hir.parse(record), hir.Text(raw)
        violated = hir.check(constraint, text).satisfied is False
        for sort in ("nearest", "flip"):
            other = constraint.hindsight(text, [sort])
            if other is None:
                continue
            assert violated
            assert other != constraint
            assert hir.check(other, text).satisfied is True
            assert hir.parse(other.record()) == other
            assert other.describe() != constraint.describe()
            if sort == "nearest" and kind not in FIXED:
                assert other.kind == kind

    relabel()
