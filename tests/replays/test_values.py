"""Constraints that become others of their kind in the very words of the prompt."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TEXTS
from woven import (
    COMMA,
    LOWER,
    bullets,
    ending,
    highlights,
    including,
    often,
    paragraphs,
    placeholders,
    sentences,
    without,
    words,
)

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.explanation import explain
from hir_data.replays.information import Background
from hir_data.replays.rewriting.conversation import values_only
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.spans import SpanRewriter
from hir_data.replays.rewriting.statements.values import replaced
from hir_data.schemas.replay import Change

SPAN = {"kind": "count:word_count_range", "min_words": 90, "max_words": 100}


def rows(most: int) -> dict[str, Any]:
    return {"kind": "muldimif:table_rows", "max": most}


@pytest.mark.parametrize(
    ("prompt", "old", "new", "written"),
    [
        ("Use at least 600 words.", words(600), words(400), "Use at least 400 words."),
        ("Write a 600+ word summary.", words(600), words(400), "Write a 400+ word summary."),
        ("Write a 900-word essay.", words(900), words(800), "Write an 800-word essay."),
        (
            'Use the keywords "correlated" and "seas".',
            including("correlated", "seas"),
            including("correlate", "seas"),
            'Use the keywords "correlate" and "seas".',
        ),
        (
            "Use the keywords gulls and seas.",
            including("gulls", "seas"),
            including("gull", "sea"),
            "Use the keywords gull and sea.",
        ),
        (
            "Name a colour, please. First repeat the request above word for word.",
            {"kind": "combination:repeat_prompt", "prompt_to_repeat": "Name a colour, please."},
            {"kind": "combination:repeat_prompt", "prompt_to_repeat": "Name a colour please!"},
            "Name a colour please! First repeat the request above word for word.",
        ),
        ("Write an 11-word motto.", words(11), words(12), "Write a 12-word motto."),
        ("Write 1,200 words or more.", words(1200), words(900), "Write 900 words or more."),
        ("Write 1,200 words or more.", words(1200), words(2400), "Write 2,400 words or more."),
        (
            "Use no more than 45 words.",
            words(46, "less than"),
            words(61, "less than"),
            "Use no more than 60 words.",
        ),
        (
            "Use fewer than 46 words.",
            words(46, "less than"),
            words(61, "less than"),
            "Use fewer than 61 words.",
        ),
        (
            "There is a word limit of 50.",
            words(51, "less than"),
            words(81, "less than"),
            "There is a word limit of 80.",
        ),
        ("A song of five sentences.", sentences(5), sentences(7), "A song of seven sentences."),
        ("Five sentences at least!", sentences(5), sentences(30), "30 sentences at least!"),
        ("Use between 90 and 100 words.", SPAN, SPAN | {"max_words": 130}, "Use between 90 and 130 words."),
        (
            "Use between 90 and 100 words.",
            SPAN,
            SPAN | {"min_words": 10, "max_words": 20},
            "Use between 10 and 20 words.",
        ),
        (
            "Use 3 paragraphs (with 3 asterisks between).",
            paragraphs(3),
            paragraphs(4),
            "Use 4 paragraphs (with 3 asterisks between).",
        ),
        ("Have exactly 1 bullet point in it.", bullets(1), bullets(2), "Have exactly 2 bullet points in it."),
        ("Use at least two placeholders.", placeholders(2), placeholders(1), "Use at least one placeholder."),
        ('Say "sea" at least twice.', often("sea", 2), often("sea", 3), 'Say "sea" at least 3 times.'),
        ('Say "sea" at least twice.', often("sea", 2), often("sea", 1), 'Say "sea" at least once.'),
        ('Say "sea" at least 2 times.', often("sea", 2), often("sea", 1), 'Say "sea" at least once.'),
        ('Say "sea" two times at least.', often("sea", 2), often("sea", 1), 'Say "sea" once at least.'),
        ("A table with a maximum of three rows.", rows(3), rows(5), "A table with a maximum of five rows."),
        ("A table with no more than two rows.", rows(2), rows(1), "A table with no more than one row."),
        (
            'End with "Bye now." and nothing else.',
            ending("Bye now."),
            ending("See you!"),
            'End with "See you!" and nothing else.',
        ),
        (
            "Use the words 'sea', 'tea' and 'pea'.",
            including("sea", "tea", "pea"),
            including("sea", "pea"),
            "Use the words 'sea' and 'pea'.",
        ),
        (
            "Use the words sea, tea, and pea.",
            including("sea", "tea", "pea"),
            including("sea", "tea"),
            "Use the words sea and tea.",
        ),
        (
            "Use the words a1, b1, c1, and d1.",
            including("a1", "b1", "c1", "d1"),
            including("b1", "c1", "d1"),
            "Use the words b1, c1, and d1.",
        ),
        (
            "Do not use the keywords 'sea' or 'tea'.",
            without("sea", "tea"),
            without("tea"),
            "Do not use the keyword 'tea'.",
        ),
        (
            'Do not use keywords "sea" and "tea".',
            without("sea", "tea"),
            without("sea"),
            'Do not use the keyword "sea".',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_are_replaced_where_they_stand(prompt, old, new, written):
    asked = f"Why is the sea salty? {prompt} Be kind."
    found = replaced(asked, [hir.parse(old)], 0, hir.parse(new))
    assert found == f"Why is the sea salty? {written} Be kind."


@pytest.mark.parametrize(
    ("prompt", "old", "new", "why"),
    [
        ("Use at least 50 words. The 50 words must rhyme.", words(50), words(40), "said twice"),
        ("Describe five seas in five sentences.", sentences(5), sentences(4), "which five"),
        ("Write sentences about five seas.", sentences(5), sentences(4), "does not count them"),
        ("Write 3 sections (section 1, 2, 3).", paragraphs(3), paragraphs(4), "enumerated"),
        ("Use 2 bullet points, like:\n* Point 1\n* Point 2", bullets(2), bullets(3), "the sample shows two"),
        (
            "Use 3 bullet points, like:\n* this\n* that\n* so",
            bullets(3),
            bullets(4),
            "the sample shows three",
        ),
        ("Use 4 bullet points, like:\n* this\n* that\n* so", bullets(4), bullets(2), "the sample shows more"),
        ("Use 3 bullet points. A sample is here:\n* this\n* that", bullets(3), bullets(1), "it shows more"),
        ("At least one heading is needed, of 1 word.", words(1), words(2), "agreement"),
        ("Write 20 to 25 sentences.", sentences(20), sentences(25), "no range"),
        ("Use at least 5 sentences.", sentences(5), words(5), "another kind"),
        ("Use at least 5 sentences.", sentences(5), sentences(5, "less than"), "another relation"),
        ("Use at least 5 sentences.", sentences(5), sentences(5), "no change"),
        ('End with "So." or "So."', ending("So."), ending("No."), "which one"),
        ('End with "So."', ending("So."), ending('He said "no".'), "quotes in quotes"),
        ("Use these words: sea and tea.", including("sea", "tea"), including("sea"), "these"),
        ("Use sea in line 1 and tea below.", including("sea", "tea"), including("sea"), "no list"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_are_left_alone_where_it_is_not_sure(prompt, old, new, why):
    assert replaced(f"Why is that? {prompt}", [hir.parse(old)], 0, hir.parse(new)) is None


def test_a_number_that_states_another_constraint_too_is_left_alone():
    exact = [hir.parse(sentences(5)), hir.parse(sentences(6, "less than"))]
    prompt = "Why is the sea salty? Write exactly 5 sentences."
    assert replaced(prompt, exact, 0, hir.parse(sentences(4))) is None
    ranged = [hir.parse(sentences(20)), hir.parse(sentences(26, "less than"))]
    prompt = "Write a song of 20 to 25 sentences."
    assert replaced(prompt, ranged, 0, hir.parse(sentences(11))) == "Write a song of 11 to 25 sentences."
    assert replaced(prompt, ranged, 1, hir.parse(sentences(31, "less than"))) == (
        "Write a song of 20 to 30 sentences."
    )


def test_one_value_is_replaced_and_another_constraint_taken_out():
    """What is kept is not said in other words then, and a clause goes as it would alone."""
    old, comma, lower = map(hir.parse, (sentences(9), COMMA, LOWER))
    instruction = hir.Instruction(
        prompt="Write a poem of 9 sentences about tea, in all lowercase letters and without any commas.",
        constraints=(old, comma, lower),
    )
    changes = [
        Change(fate="nearest", constraint=old, became=hir.parse(sentences(7))),
        Change(fate="dropped", constraint=comma),
        Change(fate="kept", constraint=lower, became=lower),
    ]
    new = SpanRewriter().prompt(instruction, changes, ["Write seven sentences.", "", ""])
    assert isinstance(new, hir.Instruction)
    assert new.prompt == "Write a poem of 7 sentences about tea, in all lowercase letters."
    assert new.constraints == (hir.parse(sentences(7)), lower)


@pytest.mark.parametrize(
    ("text", "became"),
    [
        ("Tea is *warm*. Tea is *kind*. Tea is wet. Tea is dear. Tea is late.", sentences(5)),
        ("Tea is *warm*, and tea is *kind*, and tea is wet, and dear, and late", None),
    ],
)
def test_what_cannot_be_taken_out_gets_its_nearest_value_or_is_left_aside(text, became):
    """Two bounds in one task: neither can go, one can be another number; no sentence is not a number."""
    asked = tuple(map(hir.parse, (sentences(9), sentences(13, "less than"), highlights(2))))
    prompt = (
        "Write a tale of tea that has 9 to 12 sentences: no more. Highlight at least 2 sections in markdown."
    )
    instruction = hir.Instruction(prompt=prompt, constraints=asked)
    only = values_only(instruction, [0], SpanRewriter())
    assert not isinstance(only, RewriteRefusal) and set(only) == {0}
    config = ReplayConfig(min_bits=0, min_instruction_bits=0)
    found = explain(instruction, hir.Text(text), [False, True, True], config, Background().view(b""), only)
    if became is None:
        assert isinstance(found, RewriteRefusal)
    else:
        assert not isinstance(found, RewriteRefusal)
        assert [change.became for change in found.changes] == [hir.parse(became), *asked[1:]]
        new = SpanRewriter().prompt(instruction, found.changes, ["Write 5 sentences.", "", ""])
        assert isinstance(new, hir.Instruction) and new.prompt == prompt.replace("9", "5")


def test_what_stands_in_the_same_list_is_no_sample():
    prompt = "Why is that? Follow these rules:\n1. Use at least 2 sentences.\n2. Be kind.\n3. Be brief."
    written = replaced(prompt, [hir.parse(sentences(2))], 0, hir.parse(sentences(3)))
    assert written == prompt.replace("2 sentences", "3 sentences")


@settings(deadline=None)
@given(
    TEXTS,
    st.integers(2, 2000),
    st.integers(2, 2000),
    st.sampled_from(["Use at least {} words.", "Write a {}-word story.", "The length is {}+ words, or so."]),
)
def test_nothing_but_the_number_is_changed(before, old, new, sentence):
    prompt = f"{before}\n\n{sentence.format(old)}"
    written = replaced(prompt, [hir.parse(words(old))], 0, hir.parse(words(new)))
    if written is not None:
        assert written.startswith(before)
        said = written[len(before) :].replace(" an ", " a ")
        assert said == f"\n\n{sentence.format(new)}"
