"""Constraints that are woven into a prompt: what is taken out, and what is left alone."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TEXTS

import hir_data as hir
from hir_data.presentation import PRESENTATIONS, present
from hir_data.replay.rewrite import Objection
from hir_data.replay.spans import Spans
from hir_data.replay.statements.cuts import applied
from hir_data.replay.statements.search import cuts
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.replay import Change

COMMA: dict[str, Any] = {"kind": "punctuation:no_comma"}
LOWER: dict[str, Any] = {"kind": "change_case:english_lowercase"}
UPPER: dict[str, Any] = {"kind": "change_case:english_capital"}
TITLE: dict[str, Any] = {"kind": "detectable_format:title"}
JSON: dict[str, Any] = {"kind": "detectable_format:json_format"}
QUOTES: dict[str, Any] = {"kind": "startend:quotation"}
FRENCH: dict[str, Any] = {"kind": "language:response_language", "language": "fr"}


def words(number: int, relation: str = "at least") -> dict[str, Any]:
    return {"kind": "length_constraints:number_words", "relation": relation, "num_words": number}


def sentences(number: int, relation: str = "at least") -> dict[str, Any]:
    return {"kind": "length_constraints:number_sentences", "relation": relation, "num_sentences": number}


def paragraphs(number: int) -> dict[str, Any]:
    return {"kind": "length_constraints:number_paragraphs", "num_paragraphs": number}


def bullets(number: int) -> dict[str, Any]:
    return {"kind": "detectable_format:number_bullet_lists", "num_bullets": number}


def placeholders(number: int) -> dict[str, Any]:
    return {"kind": "detectable_content:number_placeholders", "num_placeholders": number}


def highlights(number: int) -> dict[str, Any]:
    return {"kind": "detectable_format:number_highlighted_sections", "num_highlights": number}


def including(*keywords: str) -> dict[str, Any]:
    return {"kind": "keywords:existence", "keywords": keywords}


def without(*keywords: str) -> dict[str, Any]:
    return {"kind": "keywords:forbidden_words", "forbidden_words": keywords}


def often(keyword: str, number: int, relation: str = "at least") -> dict[str, Any]:
    return {"kind": "keywords:frequency", "keyword": keyword, "frequency": number, "relation": relation}


def letter(one: str, number: int) -> dict[str, Any]:
    return {
        "kind": "keywords:letter_frequency",
        "letter": one,
        "let_frequency": number,
        "let_relation": "at least",
    }


def ending(phrase: str) -> dict[str, Any]:
    return {"kind": "startend:end_checker", "end_phrase": phrase}


def postscript(marker: str) -> dict[str, Any]:
    return {"kind": "detectable_content:postscript", "postscript_marker": marker}


class Row(NamedTuple):
    """A prompt, the constraints that go and those that stay, and what is left: a prompt or a reason."""

    prompt: str
    gone: Sequence[dict[str, Any]]
    kept: Sequence[dict[str, Any]]
    left: str


MORE, KEPT, UNSTATED, ELSEWHERE = (
    "its sentence says more",
    "its sentence states what is kept",
    "no sentence states it",
    "another sentence is about it too",
)

ROWS = [
    # Sentences
    Row("Why is tea hot? Do not use any commas.", [COMMA], [], "Why is tea hot?"),
    Row(
        "Why is tea hot? Please don't use commas in your reply. Be kind to me.",
        [COMMA],
        [],
        "Why is tea hot? Be kind to me.",
    ),
    Row(
        "Describe a harbour. Your entire response should be in lower case letters.",
        [LOWER],
        [],
        "Describe a harbour.",
    ),
    Row("Describe a harbour. Answer in all caps!", [UPPER], [], "Describe a harbour."),
    Row(
        "Describe a harbour. Use at least two hundred words. Mention the sea.",
        [words(200)],
        [],
        "Describe a harbour. Mention the sea.",
    ),
    Row("Describe a harbour. Keep it under 120 words.", [words(120, "less than")], [], "Describe a harbour."),
    Row("Describe a harbour. Answer with more than 9 sentences.", [sentences(10)], [], "Describe a harbour."),
    Row(
        "Describe a harbour. The description should have 3 paragraphs separated by ***.",
        [paragraphs(3)],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. Include the keywords 'crane' and \"gull\" in the response. Be brief.",
        [including("crane", "gull")],
        [],
        "Describe a harbour. Be brief.",
    ),
    Row(
        "Describe a harbour. Leave out the words sea or ship.",
        [without("sea", "ship")],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. The word crane should appear at least three times.",
        [often("crane", 3)],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. Make sure the letter q appears at least 4 times.",
        [letter("q", 4)],
        [],
        "Describe a harbour.",
    ),
    Row(
        'Describe a harbour. Finish your answer with the exact phrase "So it goes." '
        "No other words should follow it.",
        [ending("So it goes.")],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. At the end of your answer add a postscript starting with P.P.S",
        [postscript("P.P.S")],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. Your answer must have a title, wrapped in double angular brackets, "
        "such as <<harbours>>.",
        [TITLE],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. Highlight at least 2 sections with markdown, i.e. *like this*.",
        [highlights(2)],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. It must contain at least 2 placeholders in square brackets, such as [name].",
        [placeholders(2)],
        [],
        "Describe a harbour.",
    ),
    Row("Describe a harbour. Wrap the whole output in JSON format.", [JSON], [], "Describe a harbour."),
    Row(
        "Describe a harbour. Put your answer in double quotation marks.", [QUOTES], [], "Describe a harbour."
    ),
    Row(
        "Describe a harbour. Answer in French only, no other language is allowed.",
        [FRENCH],
        [],
        "Describe a harbour.",
    ),
    Row("Use no commas. Why is tea hot?", [COMMA], [], "Why is tea hot?"),
    Row("Why is tea hot? 使用中文。 Use no commas.", [COMMA], [], "Why is tea hot? 使用中文。"),
    # Clauses
    Row(
        "Describe a harbour at night, and do not use any commas.",
        [COMMA],
        [],
        "Describe a harbour at night.",
    ),
    Row("Describe a harbour at night without using any commas!", [COMMA], [], "Describe a harbour at night!"),
    Row(
        "Write a poem with 40 or more words about a harbour.",
        [words(40)],
        [],
        "Write a poem about a harbour.",
    ),
    Row("Write an 80-word poem about a harbour.", [words(80)], [], "Write a poem about a harbour."),
    Row("Write a 90 word essay about a harbour.", [words(90)], [], "Write an essay about a harbour."),
    Row(
        'Describe a harbour. Do not use commas and include the word "gull".',
        [COMMA],
        [including("gull")],
        'Describe a harbour. Include the word "gull".',
    ),
    Row(
        'Describe a harbour. Do not use commas and include the word "gull".',
        [including("gull")],
        [COMMA],
        "Describe a harbour. Do not use commas.",
    ),
    Row(
        "Describe a harbour. The text must contain 4 bullet points and cannot contain commas.",
        [bullets(4)],
        [COMMA],
        "Describe a harbour. The text cannot contain commas.",
    ),
    Row(
        "I want to know the features of a harbour The response should have at least 50 words.",
        [words(50)],
        [],
        "I want to know the features of a harbour.",
    ),
    Row(
        "Describe a harbour. Use no commas and a tone that is kind.",
        [COMMA],
        [],
        "Describe a harbour. Use a tone that is kind.",
    ),
    Row(
        "Describe a harbour. Your text should have at least 4 sentences and no commas.",
        [sentences(4)],
        [COMMA],
        "Describe a harbour. Your text should have no commas.",
    ),
    # Lists
    Row(
        "Describe a harbour. Rules:\n1. Use no commas.\n2. Write at least 50 words.\n3. Be kind.",
        [COMMA],
        [words(50)],
        "Describe a harbour. Rules:\n1. Write at least 50 words.\n2. Be kind.",
    ),
    Row(
        "Describe a harbour.\n- Use no commas.\n- Write at least 50 words.\n",
        [words(50)],
        [COMMA],
        "Describe a harbour.\n- Use no commas.",
    ),
    Row(
        "Describe a harbour. Use exactly 2 bullet points such as:\n* Bullet point 1\n* Bullet point 2",
        [bullets(2)],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. Follow these rules:\n- Use no commas.",
        [COMMA],
        [],
        "the sentence before leads to it",
    ),
    # Several at once
    Row(
        "Describe a harbour. Use no commas and at least 50 words. Be kind.",
        [COMMA, words(50)],
        [],
        "Describe a harbour. Be kind.",
    ),
    Row(
        "Describe a harbour in lowercase letters. Use no commas. Add a title like <<this>>.",
        [LOWER, TITLE],
        [COMMA],
        "Describe a harbour. Use no commas.",
    ),
    # Left alone
    Row("Write exactly 3 paragraphs about harbours.", [paragraphs(3)], [], MORE),
    Row("Describe a harbour. Replace commas, which are not allowed, by dashes.", [COMMA], [], MORE),
    Row("Describe a harbour. Write 20 to 25 sentences.", [sentences(20)], [sentences(26, "less than")], KEPT),
    Row(
        'Describe a harbour. Use "gull" as a keyword, but once.',
        [often("gull", 1)],
        [including("gull")],
        KEPT,
    ),
    Row("Describe a harbour. Be kind.", [COMMA], [], UNSTATED),
    Row("Describe a harbour. Use at least 60 words.", [words(50)], [], UNSTATED),
    Row(
        "Describe a harbour. Use capital letters only. A response with small letters is bad.",
        [UPPER],
        [],
        ELSEWHERE,
    ),
    Row(
        "Say it in a poem of 2 sections. Use at least 30 words. The words should rhyme.",
        [words(30)],
        [],
        ELSEWHERE,
    ),
    Row("Use no commas.", [COMMA], [], "no task would be left"),
    Row(
        "Describe a harbour. Use at least 30 words. These should rhyme.",
        [words(30)],
        [],
        "the next sentence goes on from it",
    ),
]


def hindsight(
    prompt: str, gone: Sequence[Constraint], kept: Sequence[Constraint] = ()
) -> hir.Instruction | Objection:
    """The instruction without some of its constraints; what is objected before is what is objected then."""
    instruction = hir.Instruction(prompt=prompt, constraints=(*gone, *kept))
    changes = [Change(fate="dropped", constraint=one) for one in gone]
    changes += [Change(fate="kept", constraint=one, became=one) for one in kept]
    new = Spans().prompt(instruction, changes, [""] * len(changes)) if kept else None
    objection = Spans().objection(instruction, range(len(gone)))
    assert new is None or objection == (new if isinstance(new, Objection) else None)
    if new is None:  # something has to be kept
        other = hir.parse({"kind": "soft:criterion", "criterion": "It is good."})
        instruction = instruction.model_copy(update={"constraints": (*gone, other)})
        changes.append(Change(fate="kept", constraint=other, became=other))
        new = Spans().prompt(instruction, changes, [""] * len(changes))
    return new


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.prompt[-40:])
def test_what_is_taken_out(row):
    new = hindsight(row.prompt, [hir.parse(one) for one in row.gone], [hir.parse(one) for one in row.kept])
    assert (new.reason if isinstance(new, Objection) else new.prompt) == row.left


# ---------------------------------------------------------------------------------------------------------
# Relabelled


@pytest.mark.parametrize(
    ("prompt", "new"),
    [
        ("Describe a harbour. Use at least 50 words. Be kind.", "Describe a harbour. Use 9 words. Be kind."),
        ("Describe a harbour with at least 50 words.", "Describe a harbour. Use 9 words."),
        ("Describe a harbour with at least 50 words", "Describe a harbour. Use 9 words."),
        ("Describe it.\n1. Use at least 50 words\n2. Be kind", "Describe it.\n1. Use 9 words.\n2. Be kind"),
        (
            "Q: Why? Use at least 50 words. A: Because.\n\nQ: How? Use at least 50 words. A:",
            "Q: Why? A: Because.\n\nQ: How? Use 9 words. A:",
        ),
        (
            "Say in a poem with at least 50 words about the sea what this says: The sea is wide.",
            "there is no place for a new constraint",
        ),
    ],
)
def test_what_is_relabelled_is_said_in_the_same_place(prompt, new):
    old, became = hir.parse(words(50)), hir.parse({"kind": "word_count", "min": 9, "max": 9})
    instruction = hir.Instruction(prompt=prompt, constraints=(old,))
    change = Change(fate="nearest", constraint=old, became=became)
    found = Spans().prompt(instruction, [change], ["use 9 words"])
    assert (found.reason if isinstance(found, Objection) else found.prompt) == new
    assert isinstance(found, Objection) or found.constraints == (became,)


# ---------------------------------------------------------------------------------------------------------
# Whatever the prompt

PHRASINGS = [
    pytest.param(cls, number, id=f"{kind}-{number}")
    for kind, cls in hir.kinds().items()
    if cls.example is not None
    for number in range(max(1, len(cls.phrasings)))
]


@pytest.mark.parametrize(("cls", "number"), PHRASINGS)
def test_our_own_phrasings_are_found(cls, number):
    constraint = cls.model_validate(cls.example.parameters)
    said = constraint.describe(number)
    stop = "" if said.endswith((".", "!", "?")) else "."
    new = hindsight(f"Why is the sea salty? {said}{stop}", [constraint])
    assert (new.reason if isinstance(new, Objection) else new.prompt) == "Why is the sea salty?"


POOL = [
    hir.parse(one)
    for one in (
        COMMA,
        LOWER,
        TITLE,
        QUOTES,
        words(30),
        sentences(4),
        including("gull"),
        bullets(3),
        letter("q", 4),
    )
]
QUESTIONS = [
    "Why is the sea salty?",
    "Describe a harbour\nand its cranes.",
    "Was soll das?",
    "Compare these:\n- sea, or\n- tea.",
]


@settings(deadline=None)
@given(
    st.sampled_from(QUESTIONS),
    st.lists(
        st.tuples(st.sampled_from(POOL), st.booleans()), min_size=1, max_size=5, unique_by=lambda one: one[0]
    ),
    st.sampled_from(PRESENTATIONS),
    st.integers(0, 1),
)
def test_composed_prompts_become_those_of_what_is_kept(question, constraints, presentation, phrasing):
    """Without being told how a prompt was made, as if it were."""
    said = {constraint: constraint.describe(phrasing) for constraint, _ in constraints}
    prompt = present(question, list(said.values()), presentation)
    gone = tuple(place for place, (_, kept) in enumerate(constraints) if not kept)
    found = cuts(prompt, tuple(said), gone)
    if isinstance(found, Objection):
        assert presentation == "numbered"
        assert (len(gone), found.reason) == (len(constraints), "the sentence before leads to it")
    else:
        kept = [text for (_, kept), text in zip(constraints, said.values(), strict=True) if kept]
        assert applied(prompt, found) == present(question, kept, presentation)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*QUESTIONS, *(one.describe() for one in POOL), "Be kind, and", "So:", "- ", "2. ", "\n"]
        )
        | TEXTS,
        max_size=8,
    ).map(" ".join),
    st.lists(st.sampled_from(POOL), min_size=1, max_size=4, unique=True),
    st.integers(1, 4),
)
def test_nothing_else_is_changed(prompt, constraints, number):
    """What is left is there to the letter, apart from white space and the marks of lists."""
    found = cuts(prompt, tuple(constraints), tuple(range(min(number, len(constraints)))))
    if isinstance(found, Objection):
        return
    assert found
    starts, ends = [0, *(cut.end for cut in found)], [*(cut.start for cut in found), len(prompt)]
    puts = [*(cut.put for cut in found), ""]
    left = [prompt[start:end] + put for start, end, put in zip(starts, ends, puts, strict=True)]
    assert unmarked(applied(prompt, found)) == unmarked(" ".join(left))


def unmarked(text: str) -> str:
    return re.sub(r"[\s\d*•+.()-]", "", text)
