"""What a response shows of a constraint that it violates."""

from typing import Any

import pytest

import hir_data as hir
from hir_data.replays.announcements import announces, miscounts
from hir_data.replays.information import Background
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.statement import statements
from hir_data.replays.traces import is_near, is_of_length, is_tried, mentions, repeats

TOPICS = (
    "tea bread rain clocks bees wool glass salt ink rope soap paper coal milk tin silk lamps boats".split()
)
OTHERS = Background(
    (topic.encode(), text)
    for topic in TOPICS
    for text in (
        f"Many people like {topic}. It is old, it is useful, and it is made in many places. In winter "
        f"{topic} is dear; in summer it is cheap.\n\nWhoever makes {topic} has learnt it from somebody.",
        f"Few think of {topic} (I do). Is it worth it? Some say so. It was made by the hand, and the rest is "
        f"sold in the market of the town and at the sea, for as little as a loaf.",
    )
).view(b"")
HARBOUR = (
    "The harbour of Bergen is the heart of the town, and its lighthouse can be seen from far away. Sailors "
    "have steered by it for two hundred years. When fog comes in from the North Sea, a horn sounds every "
    "minute. Then Ola and Kari know that the fishing boats will find their way home."
)

REQUEST = "Describe a harbour in the north. Add a map, please."
REPEAT = {"kind": "combination:repeat_prompt", "prompt_to_repeat": REQUEST}
TRIED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "change_case:english_lowercase"}, HARBOUR.lower().replace("sailors", "Sailors")),
    (REPEAT, f"Describe a harbour in the north: {HARBOUR}"),
    (REPEAT, f"In the north. Add a map, please.\n{HARBOUR}"),
    ({"kind": "detectable_format:json_format"}, f"Here it is as JSON: {HARBOUR}"),
    ({"kind": "keywords:existence", "keywords": ["pilot", "ship's bell"]}, f"{HARBOUR} A ship's bell rings."),
    ({"kind": "keywords:forbidden_words", "forbidden_words": ["sea"]}, f'{HARBOUR} It leaves out "sea".'),
    ({"kind": "length_constraints:number_paragraphs", "num_paragraphs": 6}, f"{HARBOUR}\n\n***"),
    (
        {"kind": "ends_with", "text": "And that is the whole story."},
        f"{HARBOUR} That's the whole story of it.",
    ),
    ({"kind": "sentence:keyword", "word": "iritic", "N": 5}, f"{HARBOUR} It is no irlicit town."),
    ({"kind": "detectable_format:title"}, f"<<The harbour\n{HARBOUR}"),
    (
        {"kind": "detectable_content:number_placeholders", "num_placeholders": 3},
        f"{HARBOUR}\n\n*Address* - It is by the sea.",
    ),
    ({"kind": "format:sub-bullets"}, f"{HARBOUR}\n* Boats\n  - Ann\n* Gulls\n* Ropes"),
    ({"kind": "format:newline"}, f"Boats\nGulls\nRopes\nLamps\nNets\n\n{HARBOUR}"),
    ({"kind": "format:no_bullets_bullets"}, f"{HARBOUR}\n*The boats come home at night.*"),
    (
        {
            "kind": "combination:repeat_prompt",
            "prompt_to_repeat": 'Describe a harbour in Hindi, with "boat" and "gull".',
        },
        'बंदरगाह का वर्णन करें, "नाव" और "चिड़िया" के साथ।\n\nबंदरगाह पुराना है।',
    ),
]


@pytest.mark.parametrize(("record", "text"), TRIED)
def test_what_a_reader_sees_tried_is_seen(record: dict[str, Any], text: str):
    constraint = hir.parse(record)
    assert hir.check(constraint, text).satisfied is False
    assert is_tried(constraint, hir.Text(text), OTHERS, constraint.describe(), "Describe a harbour.")
    assert not is_tried(constraint, hir.Text(HARBOUR), OTHERS, constraint.describe(), "Describe a harbour.")


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"kind": "keywords:forbidden_words", "forbidden_words": ["lighthouse"]}, HARBOUR),
        ({"kind": "length_constraints:number_words", "relation": "at least", "num_words": 300}, HARBOUR),
        ({"kind": "change_case:english_lowercase"}, HARBOUR),
        ({"kind": "first_word:first_word_sent", "first_word": "The"}, HARBOUR),
    ],
)
def test_what_any_text_has_is_no_trace(record: dict[str, Any], text: str):
    constraint = hir.parse(record)
    assert hir.check(constraint, text).satisfied is False
    assert not is_tried(constraint, hir.Text(text), OTHERS, constraint.describe(), "Describe a harbour.")


def test_no_reader_counts_words():
    """104 words of at most 100 are near, and show nothing."""
    words = hir.parse({"kind": "word_count", "min": 40, "max": 44})
    sentences = hir.parse({"kind": "sentence_count", "min": 5, "max": 5})
    assert hir.check(words, HARBOUR).satisfied is False
    for constraint in (words, sentences):
        assert is_near(constraint, 0.95, OTHERS)
    assert not is_tried(words, hir.Text(HARBOUR), OTHERS, words.describe(), "Describe a harbour.")
    assert is_of_length(words)
    assert not is_of_length(sentences)


def test_the_words_of_the_prompt_are_the_best_evidence():
    """Those that state the constraint; not those of the rest, nor what everybody writes."""
    caps = hir.parse({"kind": "change_case:english_capital"})
    text = hir.Text(f"{HARBOUR} None of it is SHOUTING.")
    assert mentions(caps, text, OTHERS, "Answer by shouting.", "Describe a harbour.")
    assert not mentions(caps, text, OTHERS, "Answer by shouting.", "Describe a shouting sailor.")
    assert not mentions(caps, hir.Text(HARBOUR), OTHERS, "Answer by shouting.", "Describe a harbour.")
    assert not mentions(caps, hir.Text(HARBOUR), OTHERS, "Many people answer by it.", "")


def test_words_of_any_subject_are_no_evidence():
    end = hir.parse({"kind": "startend:end_checker", "end_phrase": "That is all."})
    text = hir.Text(
        f"{HARBOUR} In the end they finish, close the door and begin a single song about nothing."
    )
    assert not mentions(end, text, OTHERS, "Finish your answer with it, and nothing after.", "")
    assert mentions(end, hir.Text(f"{HARBOUR} The phrase is there."), OTHERS, "Finish with the phrase.", "")


def test_announced_numbers():
    ideas = hir.parse({"kind": "detectable_format:number_bullet_lists", "num_bullets": 5})
    text = hir.Text("Here are the five ideas:\n* tea\n* rain")
    assert announces(ideas, text, "Give ideas.") == "Here are the five"
    assert announces(ideas, text, "Give 5 ideas.") is None
    assert announces(ideas, hir.Text("Five of us went there, and both came back."), "Give ideas.") is None
    two = hir.parse({"kind": "detectable_format:number_bullet_lists", "num_bullets": 2})
    assert announces(two, hir.Text("I have worked in both towns."), "") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Here are five ideas:\n* tea\n* rain\n* salt", "Here are five ideas:"),
        ("Here are 3 ideas to start:\n\n1. tea\n2. rain", "Here are 3 ideas to start:"),
        ("Here are three ideas:\n* tea\n* rain\n* salt", None),
        ("Here are three ideas:\n# Tea\n* hot\n* green\n# Rain\n* wet\n* cold", None),
        ("Here are some ideas:\n* tea\n* rain", None),
        ("Here are three ideas:\nTea is one. Rain is another. Salt too.", None),
    ],
)
def test_what_is_announced_is_counted(text: str, expected: str | None):
    assert miscounts(hir.Text(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Describe a harbour in the north. Well, ...", True),
        ("Sure! Describe a harbour in the north.", True),
        ("a harbour in the north. Add a map: here it is", True),
        ("A harbour in the south has a map.", False),
        ("In the north.", False),
    ],
)
def test_repetitions(text: str, expected: bool):
    assert repeats(REQUEST, hir.Text(text)) is expected


def test_what_a_prompt_says_of_each_constraint():
    constraints = [
        hir.parse({"kind": "punctuation:no_comma"}),
        hir.parse({"kind": "length_constraints:number_words", "relation": "at least", "num_words": 50}),
    ]
    prompt = "Describe a harbour. Do not use any commas. Use at least 50 words."
    woven = hir.Instruction(prompt=prompt, constraints=constraints)
    found = statements(woven, [0])
    assert found.of == {0: "Do not use any commas."}
    assert found.rest.strip() == "Describe a harbour. Use at least 50 words."
    parts = hir.Instruction(
        prompt=prompt,
        constraints=constraints,
        question="Describe a harbour.",
        criteria=["Do not use any commas.", "Use at least 50 words."],
    )
    assert statements(parts, [0, 1]).of == {0: "Do not use any commas.", 1: "Use at least 50 words."}
    assert statements(parts, [0, 1]).rest.split() == "Describe a harbour.".split()
    unknown = hir.Instruction(prompt="Describe a harbour.", constraints=constraints)
    assert statements(unknown, [0]).of == {}
    assert not isinstance(statements(unknown, [0]), RewriteRefusal)
