"""What a prompt still asks for in its own words, and a response visibly does not do."""

import pytest
from hypothesis import given
from strategies import TEXTS

import hir_data as hir
from hir_data.replays.demands import overdone, unmet

PLAIN = "The sea is wide. It is critical to know it, and it is old."
LONG = "The sea is wide and old, and nobody knows it all. " * 20  # 220 words

UNMET = [
    ("Describe the sea in markdown.", PLAIN),
    ("Describe the sea. Use a casual tone and markdown.", "well, the sea is wide."),
    ("Answer using a casual tone and markdown: what is the sea?", PLAIN),
    ("Describe the sea as JSON.", PLAIN),
    ("Return valid JSON that describes the sea.", PLAIN),
    ("Describe the sea in HTML.", PLAIN),
    ("Compare two seas in a table.", PLAIN),
    ("Answer with a bulleted list: what lives in the sea?", "Fish, crabs and gulls."),
    ("Say in bullet points what lives in the sea.", "Fish, crabs and gulls."),
    ("Write a tweet about the sea with hashtags.", PLAIN),
    ("Tell a tale of the sea. Please include a critique of the tale.", PLAIN),
    ("Write a 2000-word article about the sea.", LONG),
    ("Write an essay of about 100 words on the sea.", LONG),
    ("Describe the sea in one sentence.", f"{PLAIN} {PLAIN}"),
    ("Describe the sea in a single paragraph.", "\n\n".join([PLAIN] * 3)),
    ("Write a song about the sea and use music notation.", PLAIN),
    ("Explain the sea, using mathematical notation.", PLAIN),
    ("Describe the sea, using <br> to separate lines.", PLAIN),
    ("What comes next: 1, 2, 4? Answer with only mathematical notation.", "The number that comes next is 8."),
    ("Rewrite this in modern English: thou art old.", "You are old, my sire."),
    ("Describe the sea. Add emojis.", PLAIN),
    ("Write an essay about the sea with footnotes.", PLAIN),
    ("Write an e-mail about the sea. Include a subject line.", PLAIN),
]
MET = [
    ("What comes next: 1, 2, 4? Answer with only mathematical notation.", "2^3 = 8"),
    ("Rewrite this in modern English: thou art old.", "You are old."),
    ("Write a song about the sea and use music notation.", "C G Am F\nThe sea is wide"),
    ("Write a song about the sea and use musical notes.", "♪ The sea is wide ♪"),
    ("Explain the sea, using mathematical notation.", "depth = 4 km"),
    ("Describe the sea, using <br> to separate lines.", "The sea<br>is wide."),
    ("Describe the sea. Add emojis.", "The sea is wide \U0001f30a."),
    ("Describe the sea without using emojis.", PLAIN),
    ("Write an essay about the sea with footnotes.", "The sea is wide [1]."),
    ("Write an e-mail about the sea. Include a subject line.", "Subject: the sea\n\nIt is wide."),
    ("Describe the sea in markdown.", "The sea is *wide*."),
    ("Describe the sea in markdown.", "# The sea\nIt is wide."),
    ("Do not answer in markdown. What is the sea?", PLAIN),
    ("Describe the sea, as text, not as JSON.", PLAIN),
    ("Describe the sea as JSON.", '{"sea": "wide"}'),
    ("Put these in a table of contents.", PLAIN),
    ("Compare two seas in a table.", "| Sea | Size |\n|---|---|\n| North | big |"),
    ("Say in bullet points what lives in the sea.", "* Fish\n* Crabs"),
    ("Tell a tale of the sea. Include a critique.", "The tale. As a critique, it is too short."),
    ("Write a 200-word article about the sea.", LONG),
    ("Summarize this 2000-word limit.", PLAIN),
    ("Shorten this story of the sea. It has 900 words.", PLAIN),
    ("Describe the sea in one sentence.", "The sea is wide."),
    ("Describe the sea in one sentence or in two.", PLAIN),
    ("Describe the sea in one sentence each for a child and a sailor.", f"{PLAIN} {PLAIN}"),
    ("What is the sea?", PLAIN),
    ("写一篇500 words story", "海" * 300),
]


@pytest.mark.parametrize(("prompt", "response"), UNMET, ids=lambda text: text[:40])
def test_what_a_response_visibly_does_not_do(prompt: str, response: str):
    assert unmet(hir.Text(response), prompt)


@pytest.mark.parametrize(("prompt", "response"), MET, ids=lambda text: text[:40])
def test_what_it_does_or_what_is_not_asked(prompt: str, response: str):
    assert unmet(hir.Text(response), prompt) is None


CAPITALS = {
    "kind": "change_case:capital_word_frequency",
    "capital_frequency": 5,
    "capital_relation": "at least",
}
MARKS = {"kind": "detectable_format:number_highlighted_sections", "num_highlights": 3}


@pytest.mark.parametrize(
    ("records", "response", "is_full"),
    [
        ([CAPITALS], PLAIN.upper() * 3, True),
        ([CAPITALS], f"{PLAIN} {PLAIN} NOBODY KNOWS IT ALL TODAY.", False),
        ([CAPITALS, {"kind": "change_case:english_capital"}], PLAIN.upper() * 3, False),
        ([MARKS], " ".join(f"The *{word}* is wide, the *{word}* is old." for word in LONG.split()), True),
        ([MARKS], f"{LONG} The *sea*, the *wind*, the *sky* and *you*.", False),
        ([{"kind": "word_count", "min": 3}], LONG, False),
    ],
)
def test_a_text_that_is_full_of_what_it_was_to_have_a_few_of(records, response: str, is_full: bool):
    constraints = [hir.parse(record) for record in records]
    assert all(hir.check(one, response).satisfied for one in constraints)
    assert bool(overdone(constraints, hir.Text(response))) is is_full


@given(TEXTS, TEXTS)
def test_any_texts_can_be_looked_at(prompt: str, response: str):
    unmet(hir.Text(response), prompt)
