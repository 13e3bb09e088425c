"""Constraints that are woven into a prompt: what is taken out, and what is left alone."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TEXTS
from woven import COMMA, LOWER, QUOTES, ROWS, TITLE, bullets, including, letter, sentences, words

import hir_data as hir
from hir_data.replays.rewriting.conversation import rewritten
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.spans import SpanRewriter
from hir_data.replays.rewriting.statements.cuts import remove
from hir_data.replays.rewriting.statements.search import find_removals
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.presentation import PRESENTATIONS, present
from hir_data.schemas.replay import Change


def hindsight(
    prompt: str, gone: Sequence[Constraint], kept: Sequence[Constraint] = ()
) -> hir.Instruction | RewriteRefusal:
    """The instruction without some of its constraints; what is objected before is what is objected then."""
    instruction = hir.Instruction(prompt=prompt, constraints=(*gone, *kept))
    changes = [Change(fate="dropped", constraint=one) for one in gone]
    changes += [Change(fate="kept", constraint=one, became=one) for one in kept]
    new = SpanRewriter().prompt(instruction, changes, [""] * len(changes)) if kept else None
    objection = SpanRewriter().objection(instruction, range(len(gone)))
    assert new is None or objection == (new if isinstance(new, RewriteRefusal) else None)
    if new is None:  # something has to be kept
        other = hir.parse({"kind": "soft:criterion", "criterion": "It is good."})
        instruction = instruction.model_copy(update={"constraints": (*gone, other)})
        changes.append(Change(fate="kept", constraint=other, became=other))
        new = SpanRewriter().prompt(instruction, changes, [""] * len(changes))
    return new


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.prompt[-40:])
def test_what_is_taken_out(row):
    new = hindsight(row.prompt, [hir.parse(one) for one in row.gone], [hir.parse(one) for one in row.kept])
    assert (new.reason if isinstance(new, RewriteRefusal) else new.prompt) == row.left


@pytest.mark.parametrize(
    ("task", "seam"),
    [
        ("Shorten this: 'The boats are old.'", " "),
        ('Shorten this: "The boats are old. "', " "),
        ("Shorten this: “Are the boats old?”", " "),
        ("Shorten this: 'the boats'", ". "),
    ],
)
def test_a_sentence_that_a_quotation_ends_gets_no_full_stop(task: str, seam: str):
    comma, words = hir.parse(COMMA), hir.parse({"kind": "word_count", "max": 9})
    instruction = hir.Instruction(prompt=f"{task} without using any commas", constraints=[comma])
    change = Change(fate="substitute", constraint=comma, became=words)
    new = SpanRewriter().prompt(instruction, [change], ["Be brief"])
    assert isinstance(new, hir.Instruction)
    assert new.prompt == f"{task}{seam}Be brief."


@pytest.mark.parametrize(
    ("prompt", "is_taken_out"),
    [
        (f"Describe a {'x' * 3963} without using any commas.", True),  # 4000 characters
        (f"Describe a {'x' * 3964} without using any commas.", False),
        (f"Describe a harbour without any commas{' or commas' * 73}.", True),  # 150 tokens of a clause
        (f"Describe a harbour without commas{' or commas' * 74}.", False),
    ],
)
def test_sentences_and_clauses_that_are_too_long_are_left_alone(prompt, is_taken_out):
    """Any two tokens of a clause may be its ends: the time grows with the square of its length."""
    assert isinstance(hindsight(prompt, [hir.parse(COMMA)]), hir.Instruction) == is_taken_out


# ---------------------------------------------------------------------------------------------------------
# Relabelled


@pytest.mark.parametrize(
    ("prompt", "new"),
    [
        ("Describe a harbour. Use at least 50 words. Be kind.", "Describe a harbour. Use 9 words. Be kind."),
        ("Describe a harbour with at least 50 words.", "Describe a harbour. Use 9 words."),
        ("Describe a harbour with at least 50 words", "Describe a harbour. Use 9 words."),
        ("Describe a harbour.\\n Use at least 50 words.", "Describe a harbour.\\n Use 9 words."),
        ("Describe it.\n1. Use at least 50 words\n2. Be kind", "Describe it.\n1. Use 9 words.\n2. Be kind"),
        ("What is ```f(x)```? Use at least 50 words.", "What is ```f(x)```? Use 9 words."),
        ("See: ```f(x)``` Your answer has at least 50 words.", "See: ```f(x)``` Use 9 words."),
        (
            "Q: Why? Use at least 50 words. A: Because.\n\nQ: How? Use at least 50 words. A:",
            "Q: Why? A: Because.\n\nQ: How? Use 9 words. A:",
        ),
        (
            "Say in a poem with at least 50 words about the sea what this says: The sea is wide.",
            "there is no place for a new constraint",
        ),
        (
            "Write a summary with at least 50 words of https://example.org/sea.",
            "Write a summary of https://example.org/sea. Use 9 words.",
        ),
    ],
)
def test_what_is_relabelled_is_said_in_the_same_place(prompt, new):
    old, became = hir.parse(words(50)), hir.parse({"kind": "word_count", "min": 9, "max": 9})
    instruction = hir.Instruction(prompt=prompt, constraints=(old,))
    change = Change(fate="nearest", constraint=old, became=became)
    found = SpanRewriter().prompt(instruction, [change], ["use 9 words"])
    assert (found.reason if isinstance(found, RewriteRefusal) else found.prompt) == new
    assert isinstance(found, RewriteRefusal) or found.constraints == (became,)


def test_two_new_constraints_do_not_stand_there_as_a_form():
    constraints = (hir.parse(words(50)), hir.parse(COMMA))
    instruction = hir.Instruction(
        prompt="Describe a harbour. Use at least 50 words and no commas.", constraints=constraints
    )
    new = hir.parse({"kind": "word_count", "min": 9, "max": 9}), hir.parse(including("gull"))
    changes = [
        Change(fate="substitute", constraint=one, became=other)
        for one, other in zip(constraints, new, strict=True)
    ]
    found = SpanRewriter().prompt(instruction, changes, ["Use 9 words.", 'Use the word "gull".'])
    assert isinstance(found, hir.Instruction)
    assert found.prompt == 'Describe a harbour. Use 9 words. Also, use the word "gull".'


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
    assert (new.reason if isinstance(new, RewriteRefusal) else new.prompt) == "Why is the sea salty?"


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
    found = find_removals(prompt, tuple(said), gone)
    if isinstance(found, RewriteRefusal):
        assert presentation == "numbered"
        assert (len(gone), found.reason) == (len(constraints), "the sentence before leads to it")
    else:
        kept = [text for (_, kept), text in zip(constraints, said.values(), strict=True) if kept]
        assert remove(prompt, found) == present(question, kept, presentation)


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
    found = find_removals(prompt, tuple(constraints), tuple(range(min(number, len(constraints)))))
    if isinstance(found, RewriteRefusal):
        return
    assert found
    starts, ends = [0, *(cut.end for cut in found)], [*(cut.start for cut in found), len(prompt)]
    puts = [*(cut.put for cut in found), ""]
    left = [prompt[start:end] + put for start, end, put in zip(starts, ends, puts, strict=True)]
    assert unmarked(remove(prompt, found)) == unmarked(" ".join(left))


def unmarked(text: str) -> str:
    return re.sub(r"[\s\d*•+.()-]", "", text)


@pytest.mark.parametrize("has_parts", [True, False])
def test_what_is_new_does_not_begin_as_what_is_there(has_parts):
    kept = hir.parse({"kind": "sentence_count", "max": 6})
    gone, new = hir.parse(COMMA), hir.parse({"kind": "word_count", "min": 40, "max": 60})
    criteria = ["The number of sentences in your answer should be at most 6.", "Do not use any commas."]
    question = "Why is the sea salty?"
    instruction = hir.Instruction(
        prompt=present(question, criteria, "inline"),
        constraints=(kept, gone),
        question=question if has_parts else None,
        criteria=criteria if has_parts else None,
    )
    changes = [
        Change(fate="kept", constraint=kept, became=kept),
        Change(fate="substitute", constraint=gone, became=new),
    ]
    found = {rewritten(instruction, changes, SpanRewriter(), f"{seed}")[0].prompt for seed in range(9)}
    assert all(prompt.count("The number of") == 1 for prompt in found)
    assert all("60" in prompt for prompt in found)
