"""Records of one shape are in one envelope: what is remembered of a shape is what a comparison would say."""

import ast
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import strategies as st

from hir_data.formats.envelopes import catalogue, envelope
from hir_data.formats.envelopes.catalogue import ENVELOPES, compared_with_each, envelope_of, shape_of

LITERALS = sorted(
    {
        part
        for path in Path(envelope.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 40
        for part in (node.value, *node.value.split("."))
    }
)
"""Whatever an envelope may look for, as the name of a field or in one."""
NAMES = sorted({*LITERALS, *(mark for each in ENVELOPES for mark in each.marks)})
TEXTS = st.sampled_from([*LITERALS, "Blue.", " [", "{}", ' {"choices": []}', "[1]", "", "\n"])
LISTED = st.sampled_from([[], ["a"], ["punctuation:no_comma"], [{}], [{"kind": "a"}], [{"role": "user"}], {}])
SCALARS = st.none() | st.booleans() | st.integers(-1, 1) | st.just(0.5) | TEXTS


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two records that have the same fields, of which most values are of one type."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=6, unique=True))
    stated = draw(st.lists(st.sampled_from(["instruction_id_list", "kwargs", "constraints"]), unique=True))
    one: dict[str, Any] = {name: draw(SCALARS) for name in names} | {name: draw(LISTED) for name in stated}
    other = {
        name: draw(TEXTS) if isinstance(value, str) else draw(LISTED if name in stated else SCALARS)
        for name, value in one.items()
    }
    return [one, other]


@hypothesis.given(records())
@hypothesis.settings(max_examples=600)
def test_what_is_remembered_of_a_shape_is_what_a_comparison_says(alike: list[dict[str, Any]]):
    for record in alike:
        assert envelope_of(record) is compared_with_each(record)
    one, other = alike
    if shape_of(one) is not None and shape_of(one) == shape_of(other):
        assert compared_with_each(one) is compared_with_each(other)


def test_most_records_have_a_shape_and_one_that_has_to_be_looked_into_has_none():
    plain = {"key": 1, "prompt": "Sing.", "instruction_id_list": ["a"], "kwargs": [{}]}
    assert shape_of(plain) == shape_of({**plain, "key": 2, "prompt": "Hum.", "kwargs": [{"b": 1}]})
    assert shape_of(plain) != shape_of({**plain, "key": "1"})
    for looked_into in ({"output": ["a"]}, {"info": {}}, {"response": ' {"choices": []}'}):
        assert shape_of({**plain, **looked_into}) is None


def test_so_many_shapes_are_remembered_and_no_more(monkeypatch):
    monkeypatch.setattr(catalogue, "_BY_SHAPE", remembered := {})
    monkeypatch.setattr(catalogue, "_MOST_SHAPES", 3)
    for number in range(20):
        assert envelope_of({f"field {number}": 1, "output": "Blue."}) is compared_with_each({"output": ""})
        assert 0 < len(remembered) <= 3
