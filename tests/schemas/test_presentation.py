"""A question and its criteria as one prompt, exactly."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hir_data as hir
from hir_data.schemas import presentation
from hir_data.schemas.presentation import PRESENTATIONS, present, presentation_named

WORDS = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=6)
CRITERIA = st.lists(st.builds("{} {}{}".format, WORDS, WORDS, st.sampled_from(["", *".,?!:;"])), max_size=6)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("inline", "Where? Be brief. Why not? Use no commas."),
        ("below", "Where?\nBe brief. Why not? Use no commas."),
        (
            "numbered",
            "Where?\n\nThe output must follow the following rules:\n"
            "1. Be brief\n2. Why not?\n3. Use no commas.",
        ),
        ("bullets", "Where?\n\n- Be brief\n- Why not?\n- Use no commas."),
        ("before", "Be brief. Why not? Use no commas.\n\nWhere?"),
        ("lines", "Where?\n\nBe brief\nWhy not?\nUse no commas."),
    ],
)
def test_a_presentation(name: str, prompt: str):
    assert present("Where?", ["Be brief", "Why not?", "Use no commas."], name) == prompt
    alias = f"type{PRESENTATIONS.index(name) + 1}"
    assert presentation_named(alias) == name
    assert present("Where?", ["Be brief", "Why not?", "Use no commas."], alias) == prompt


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [("a", "a."), ("a.", "a."), ("a,", "a,"), ("a?", "a?"), ("a!", "a!"), ("a:", "a:."), ('a."', 'a.".')],
)
def test_a_criterion_as_a_sentence(criterion: str, sentence: str):
    assert present("Q", [criterion, criterion], "inline") == f"Q {sentence} {sentence}"


@pytest.mark.parametrize("name", PRESENTATIONS)
def test_a_question_without_criteria_stands_alone(name: str):
    assert present("Where?", [], name) == "Where?"


@pytest.mark.parametrize("name", PRESENTATIONS)
@given(question=WORDS, criteria=CRITERIA, data=st.data())
def test_without_some_criteria_nothing_else_changes(name: str, question: str, criteria: list[str], data):
    """What stands around criteria is the same for all; each is written as it would be alone."""
    kept = [text for text in criteria if data.draw(st.booleans())]
    before, after = present(question, ["@."], name).replace("1. @", "@").replace("- @", "@").split("@.")
    if name == "numbered":
        written = [f"{number}. {text}" for number, text in enumerate(kept, 1)]
    elif name == "bullets":
        written = [f"- {text}" for text in kept]
    else:
        written = kept if name == "lines" else [text if text[-1] in ",.?!" else f"{text}." for text in kept]
    joint = " " if name in ("inline", "below", "before") else "\n"
    wanted = before + joint.join(written) + after if kept else question
    assert present(question, kept, name) == wanted


@pytest.mark.parametrize("name", ["type7", "type0", "Inline", "", None, 3, ["inline"]])
def test_an_unknown_presentation_names_the_known_ones(name):
    with pytest.raises(hir.RecordError) as caught:
        present("Where?", [], name)
    assert str(caught.value) == (
        f"there is no presentation {name!r}; there are inline, below, numbered, bullets, before, lines, also "
        "called type1 to type6"
    )


def test_the_examples_of_the_module_are_true():
    assert doctest.testmod(presentation).failed == 0
    assert doctest.testmod(presentation).attempted == 1


@pytest.mark.parametrize("last", ["„Das ist alles.“", "«Ahí está la clave.»", "« C'est tout ! »"])
def test_a_quotation_that_ends_a_sentence_gets_no_other_full_stop(last: str):
    assert present("Q?", [f"A {last}", "B"], "inline") == f"Q? A {last} B."
