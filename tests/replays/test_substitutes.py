"""What else a response is an example of."""

import re
import zlib
from collections import Counter

import pytest

import hir_data as hir
from hir_data.replays.information import Background
from hir_data.replays.keywords import KEYWORD_TURN
from hir_data.replays.substitutes import substitutes

TOPICS = "tea bread rain clocks bees wool glass salt ink rope soap paper".split()
OTHERS = [
    f"Many people like {topic}. It is old and useful, and made in many places, said the curious {who}.\n\n"
    f"In winter {topic} is dear; a silver {thing} is cheap in summer."
    for topic, who, thing in zip(
        TOPICS, ("tailor", "smith") * 6, ("lantern", "basket", "mirror") * 4, strict=True
    )
]
GROUP = b"own"
VIEW = Background(
    (text.encode(), text) for text in [*OTHERS, *(f"{text} So be it." for text in OTHERS)]
).view(GROUP)
QUESTION = "What is a harbour?"
PROSE = (
    "The harbour is the heart of the town, and its lighthouse can be seen from far away at night. Sailors "
    "have steered by it for two hundred years."
)
POINTS = "* Boats come in.\n* Boats go out.\n* Gulls cry all day."


def offered(text: str, question: str = QUESTION, *kept: hir.Constraint, view=VIEW) -> list[hir.Constraint]:
    return list(substitutes(hir.Text(text), question, kept, kept, view))


def kinds(text: str, question: str = QUESTION, *kept: hir.Constraint) -> set[str]:
    return {one.kind for one in offered(text, question, *kept)}


LENGTHS = {"word_count", "sentence_count", "paragraph_count", "paragraph_first_word"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (PROSE, {"kind": "sentence_count", "min": 2, "max": 2}),
        (f"{PROSE}\n\n{PROSE}", {"kind": "paragraph_count", "min": 2, "max": 2}),
        (f"{PROSE}\n\n{PROSE}", {"kind": "word_count", "min": 50, "max": 60}),
        (f"{PROSE}\n\n{POINTS}", {"kind": "detectable_format:number_bullet_lists", "num_bullets": 3}),
        (
            "The *harbour* is **old**.",
            {"kind": "detectable_format:number_highlighted_sections", "num_highlights": 2},
        ),
        (f"## Boats\n{PROSE}\n## Gulls\n{PROSE}", {"kind": "muldimif:headings", "min": 2}),
        ("\n".join(f"## Boat {n}\nIt is old." for n in range(14)), {"kind": "muldimif:headings", "min": 10}),
        (
            "Dear [Name],\nsee you on [Day].",
            {"kind": "detectable_content:number_placeholders", "num_placeholders": 2},
        ),
        ("| Boat | Size |\n|---|---|\n| Ann | 3 |", {"kind": "muldimif:table"}),
        (
            f"Certainly! Here is a text about the harbour, with all that I know of it:\n\n{PROSE}\n\n{PROSE}",
            {"kind": "word_count", "min": 50, "max": 80},
        ),
        (f"{PROSE} That is all there is.", {"kind": "ends_with", "text": "That is all there is."}),
        (f"{PROSE} Is it not?", {"kind": "ends_with", "text": "?"}),
        (f"Bread comes by sea. {PROSE}", {"kind": "first_word:first_word_answer", "first_word": "Bread"}),
        (f"{PROSE} {PROSE}", {"kind": "paragraph_count", "min": 1, "max": 1}),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_what_a_response_shows_is_offered(text: str, wanted: dict):
    found = [one.record() for one in offered(text)]
    wanted = hir.parse(wanted).record()
    assert any(wanted.items() <= one.items() for one in found), found
    assert all(hir.check(hir.parse(one), text).satisfied for one in found)


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [
        (f"{POINTS}\n\n* * *\n\nBoats.", "detectable_format:number_bullet_lists"),
        ("* Boats\n    * big\n    * small\n* Gulls", "detectable_format:number_bullet_lists"),
        ("See [1] and [2].", "detectable_content:number_placeholders"),
        (PROSE.replace(". ", ".\n"), "paragraph_count"),
        (f"{PROSE}\n\n{POINTS}", "paragraph_count"),
        (f"{PROSE}\n\n{POINTS}", "sentence_count"),
        (PROSE, "ends_with"),
        ("Boats come in. That is all there is.", "ends_with"),
        (f"{PROSE} It is a pleasant and ancient town.", "ends_with"),  # the sentence goes on
        (f"{PROSE}\n\nWant me to add a map to it? Just tell me so!", "ends_with"),
        (
            "**Boats**\nThey come in.\n\n**Gulls**\n1. **Big:** They cry.\n2. **Small**: They do not.",
            "detectable_format:number_highlighted_sections",
        ),
        (PROSE, "first_word:first_word_answer"),
        (f"Dear Ana, {PROSE}", "first_word:first_word_answer"),
        (f"Harbours are old. {PROSE}", "first_word:first_word_answer"),
        (f"Harbking is old. {PROSE}", "first_word:first_word_answer"),  # nobody else has the word
        (f"Places like it are old. {PROSE}", "first_word:first_word_answer"),  # all others have it
    ],
)
def test_what_a_reader_would_not_say_of_it_is_not(text: str, unwanted: str):
    assert unwanted not in kinds(text)


def test_a_length_is_not_asked_for_twice():
    text = f"{PROSE}\n\n{PROSE}"
    assert kinds(text) & LENGTHS
    assert not kinds(text, "Write a long text about a harbour.") & LENGTHS
    assert not kinds(text, QUESTION, hir.parse({"kind": "word_count", "min": 30})) & LENGTHS


TALE = "The {0} has bread and paper, glass and two clocks; many harbours have none of it, and boats."


def variants() -> list[str]:
    return [TALE.format(name) for name in ("captain", "tailor", "smith", *map(str, range(200)))]


def keywords(text: str, question: str = QUESTION, *kept: hir.Constraint, view=VIEW) -> set[str]:
    found = (one for one in offered(text, question, *kept, view=view) if one.kind == "keywords:existence")
    return {word for one in found for word in one.keywords}


def test_keywords_are_offered_to_a_bounded_share():
    turns = Counter(bool(keywords(text)) for text in variants())
    assert 0 < turns[True] <= sum(zlib.crc32(text.encode()) % KEYWORD_TURN == 0 for text in variants())
    assert turns[True] < 0.4 * sum(turns.values())


def test_keywords_are_not_what_the_question_or_another_constraint_brings_with_it():
    known = {word for text in variants() for word in keywords(text)}
    assert known
    assert not known & {"harbours", "harbour"}
    for word in known:
        assert word not in {one for text in variants() for one in keywords(text, f"Describe the {word}.")}
    kept = hir.parse({"kind": "keywords:existence", "keywords": ["boats"]})
    assert not any(keywords(text, QUESTION, kept) for text in variants())


def test_what_only_opens_a_sentence_is_no_keyword():
    word = sorted({word for text in variants() for word in keywords(text)})[0]
    opening = [re.sub(rf"\b{word}\b", "boats", text) + f" In {word}, boats come." for text in variants()]
    assert word not in {one for text in opening for one in keywords(text)}


def test_words_of_any_requirement_are_no_keywords():
    view = Background(
        (f"{n}".encode(), f"{n} {text}") for n, text in enumerate([*OTHERS, "An answer?"] * 2)
    ).view(GROUP)
    answering = [f"{text} That is the answer." for text in variants()]
    assert "answer" not in {one for text in answering for one in keywords(text, view=view)}


def test_what_most_answers_to_the_same_question_say_is_no_keyword():
    known = {word for text in variants() for word in keywords(text)}
    word = sorted(known)[0]
    own = [(GROUP, f"Every {word} is a {word}: {number}.") for number in range(3)]
    view = Background([*((text.encode(), text) for text in OTHERS * 2), *own]).view(GROUP)
    assert word not in {one for text in variants() for one in keywords(text, view=view)}


@pytest.mark.parametrize(("sentences", "is_asked_for"), [(10, True), (30, False)])
def test_a_word_that_a_long_text_has_once_is_no_keyword(sentences: int, is_asked_for: bool):
    longer = [text + " It is old, so it is dear." * sentences for text in variants()]
    assert any(map(keywords, longer)) is is_asked_for


def test_nobody_forbids_words_that_a_response_merely_does_not_have():
    numbered = enumerate([*OTHERS, *OTHERS])
    also = [(f"{n}".encode(), f"{text} It is also important, however: {n}.") for n, text in numbered]
    found = [one for text in variants() for one in offered(text, view=Background(also).view(GROUP))]
    assert found and not any(one.kind == "keywords:forbidden_words" for one in found)


def test_two_keywords_are_no_forms_of_one():
    for text in variants():
        words = sorted(keywords(text))
        assert len({re.sub("s$", "", word) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("question", "words", "has_room"),
    [
        ("Describe a harbour.", 60, True),
        ("Describe a harbour in two sentences.", 60, False),
        ("Describe a harbour in 3-4 short paragraphs.", 60, False),
        ("Write a paragraph about a harbour.", 60, False),
        ("Stay within the word limit of the harbour.", 60, False),
        ("Write a haiku about a harbour.", 60, False),
        ("Describe a character who lives in a harbour, line by line.", 60, True),
        ("Rewrite these sentences about a harbour.", 60, True),
        ("Briefly describe a harbour.", 60, True),
        ("Briefly describe a harbour.", 240, False),
        ("Write a short story about a harbour.", 240, True),
        ("Write a short story about a harbour.", 420, False),
        ("Write a summary of the history of a harbour.", 240, True),
        ("Give a detailed description of a harbour.", 60, False),
        ("Give a detailed description of a harbour.", 240, True),
    ],
)
def test_a_length_is_asked_for_where_the_question_has_room_for_it(question, words, has_room):
    sentence = "The old harbour of the town has boats, gulls and nets."  # 11 words
    text = " ".join([sentence] * (words // 11))
    assert bool(LENGTHS & kinds(text, question)) == has_room
