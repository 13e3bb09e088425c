"""How far a text satisfies a constraint; what holds for every kind is in ``test_properties``."""

import pytest
from cases.degree import ROWS, Degrees
from hypothesis import given
from hypothesis import strategies as st

import hir_data as hir
from hir_data.schemas.constraint import VIOLATED
from hir_data.schemas.constraint import degree as degree_of
from hir_data.verifiers.compare import closeness


@pytest.mark.usefixtures("tagger_data")
@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.kind}-{n}") for n, row in enumerate(ROWS)])
def test_a_degree_is_what_the_table_says(row: Degrees):
    constraint = hir.parse({"kind": row.kind, **row.parameters})
    degrees = [constraint.degree(hir.Text(text)) for text, _ in row.degrees]
    assert degrees == pytest.approx([degree for _, degree in row.degrees], abs=0.01)
    for (text, _), degree in zip(row.degrees, degrees, strict=True):
        if degree < 1:
            assert degree_of(constraint, hir.Text(text), VIOLATED) == degree


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 100), st.integers(0, 100))
def test_the_nearer_a_count_is_to_its_bounds_the_higher_is_its_degree(least, width, one, other):
    most = least + width
    for low, high in ((least, None), (None, most), (least, most)):
        near, far = closeness(one, low, high), closeness(other, low, high)
        distance = [max((low or 0) - n, n - (n if high is None else high), 0) for n in (one, other)]
        below = [low is not None and n < low for n in (one, other)]
        assert (near == 1) is (distance[0] == 0)
        if below[0] == below[1] and distance[0] < distance[1]:
            assert near > far


def test_a_scale_that_fails_leaves_the_verdict_alone():
    class Broken(hir.Constraint):
        kind = "broken"

        def check(self, text):
            return False

        def nearness(self, text):
            raise ZeroDivisionError

    assert Broken().degree(hir.Text("x")) == 0
