"""Each kind about forms has all that any kind has: bounds, degrees, hindsight, phrasings and claims."""

import pytest
from cases.degree import ROWS

import hir_data as hir

FORMS = {
    "yaml": ({}, "a: 1", "It rains."),
    "xml": ({}, "<a><b>c</b></a>", "<a><b>c</a>"),
    "toml": ({}, "a = 1", "a = b"),
    "csv": ({"columns": 2, "min_rows": 1}, "a,b\n1,2", "a,b\n1,2,3"),
    "markdown_table": ({"columns": 2, "min_rows": 1}, "| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |"),
    "code_block": ({"language": "python"}, "```py\nprint(1)\n```", "```js\n1\n```"),
    "regex_count": ({"pattern": "[0-9]+", "min": 4}, "1, 2, 3 and 4", "1, 2 and 3"),
    "url_count": (
        {"min": 1, "max": 2},
        "See https://a.org.",
        "See https://a.org https://b.org https://c.org",
    ),
    "emoji_count": ({"max": 2}, "Well 👍🏽 done 🇫🇷", "Well done 👍🏽 🇫🇷 👨‍👩‍👧"),
    "reading_level": (
        {"max": 5},
        "The cat sat on the mat. The dog ran to the sea. We all had fun.",
        "Institutional considerations necessitate a comprehensive reorganization of the administrative "
        "responsibilities of the participating international organizations and their representatives.",
    ),
}
"""By kind: parameters, and what satisfies and what violates them."""

each_form = pytest.mark.parametrize("kind", FORMS)


@each_form
def test_it_has_phrasings_claims_and_a_degree_between_the_two_ends(kind: str):
    parameters, right, wrong = FORMS[kind]
    constraint = hir.parse({"kind": kind, **parameters})
    assert len({constraint.describe(number) for number in range(len(constraint.phrasings))}) >= 2
    assert constraint.claims()
    assert constraint.degree(hir.Text(right)) == 1
    assert 0 <= constraint.degree(hir.Text(wrong)) < 1
    assert {degree for row in ROWS if row.kind == kind for _, degree in row.degrees} - {0, 1} or (
        0 < constraint.degree(hir.Text(wrong)) < 1
    )


@each_form
def test_it_is_relabelled_or_says_why_not(kind: str):
    parameters, right, wrong = FORMS[kind]
    constraint = hir.parse({"kind": kind, **parameters})
    assert hir.check(constraint, right).satisfied is True
    assert hir.check(constraint, wrong).satisfied is False
    if other := constraint.hindsight(hir.Text(wrong)):
        assert other != constraint
        assert hir.check(other, wrong).satisfied is True
    else:  # nothing of the form is there
        assert constraint.no_hindsight or kind in ("csv", "markdown_table", "code_block")


@pytest.mark.parametrize("kind", ["regex_count", "url_count", "emoji_count", "reading_level"])
def test_it_needs_a_bound_and_bounds_that_make_sense(kind: str):
    given = {"pattern": "a"} if kind == "regex_count" else {}
    with pytest.raises(hir.RecordError, match="give min, max or both"):
        hir.parse({"kind": kind, **given})
    with pytest.raises(hir.RecordError, match="min is 5 and max only 2"):
        hir.parse({"kind": kind, "min": 5, "max": 2, **given})


@pytest.mark.parametrize("kind", ["csv", "markdown_table"])
def test_rows_have_bounds_that_make_sense(kind: str):
    with pytest.raises(hir.RecordError, match="min_rows"):
        hir.parse({"kind": kind, "min_rows": 5, "max_rows": 2})
