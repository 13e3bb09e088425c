"""What suits a question, and what does not."""

import pytest

import hir_data as hir
from hir_data.instructions.compose import compose, select
from hir_data.instructions.suitability import misfit, read


@pytest.mark.parametrize(
    ("question", "genre", "stated"),
    [
        ("Why is the sea salty?", "prose", set()),
        ("How do I repair a flat tyre?", "prose", set()),
        ("Can you explain how a rainbow comes about?", "prose", set()),
        ("Is seventeen a prime number?", "short answer", set()),
        ("Should I buy a used bicycle?", "short answer", set()),
        ("What is the capital of Peru?", "short answer", set()),
        ("How many moons has Jupiter?", "short answer", set()),
        ("Who wrote Faust?", "short answer", set()),
        ("Write a poem about rain.", "poem", set()),
        ("Write me a short, sad song about trains", "poem", set()),
        ("Draft an email to my landlord.", "letter", set()),
        ("Write a letter to a neighbour who plays loud music.", "letter", set()),
        ("Write a tweet about our new cafe.", "message", set()),
        ("Come up with a slogan for a bakery.", "message", set()),
        ("Write a Python function that sorts a list.", "code", set()),
        ("How do I reverse a string in Rust?", "code", set()),
        ("List the planets.", "data", set()),
        ("Give me a JSON object with a city.", "data", {"marks"}),
        ("Write a dialogue between a tree and the wind.", "dialogue", set()),
        ("Write a speech for the opening of a new library.", "speech", set()),
        ("Tell a legend about the origin of fire.", "story", set()),
        ("Write a product description for a folding chair.", "article", set()),
        ("Give three ideas for a school project.", "prose", {"bullet points", "sections"}),
        ("Explain in two sentences why cats purr.", "prose", {"words", "sentences", "paragraphs"}),
        ("Write a 300-word essay on failure.", "article", {"words"}),
        ("Briefly, what is inflation?", "prose", {"words"}),
        ("Translate this into French: hello", "short answer", {"language"}),
        ("为什么海水是咸的？", "prose", {"language", "case"}),
    ],
)
def test_how_a_question_is_read(question: str, genre: str, stated: set[str]):
    assert read(question).genre == genre
    assert stated <= read(question).stated
    assert stated or not read(question).stated


@pytest.mark.parametrize(
    ("question", "constraint", "suits"),
    [
        ("Is seventeen a prime number?", {"kind": "word_count", "min": 300}, False),
        ("Is seventeen a prime number?", {"kind": "word_count", "max": 50}, True),
        ("Is seventeen a prime number?", {"kind": "paragraph_count", "min": 5}, False),
        ("Is seventeen a prime number?", {"kind": "punctuation:no_comma"}, True),
        ("Write a poem about rain.", {"kind": "json"}, False),
        ("Write a poem about rain.", {"kind": "contains", "text": "cloud"}, True),
        ("Write a tweet about tea.", {"kind": "sentence_count", "min": 12}, False),
        ("List the planets.", {"kind": "detectable_format:number_bullet_lists", "num_bullets": 3}, False),
        ("Write a Python function that sorts a list.", {"kind": "change_case:english_capital"}, False),
        ("Why is the sea salty?", {"kind": "json"}, True),
        ("Why is the sea salty?", {"kind": "ends_with", "text": "I hope this helps."}, True),
        ("Write a poem about rain.", {"kind": "ends_with", "text": "I hope this helps."}, False),
        ("Write a poem about rain.", {"kind": "ends_with", "text": "and it fell"}, True),
        ("Explain in two sentences why cats purr.", {"kind": "sentence_count", "min": 3}, False),
        ("Explain in French why cats purr.", {"kind": "language:response_language", "language": "de"}, False),
        ("Give me a JSON object with a city.", {"kind": "punctuation:no_comma"}, False),
        ("Write a Python function that sorts a list.", {"kind": "word_count", "min": 200}, False),
        ("Why?", {"kind": "detectable_content:number_placeholders", "num_placeholders": 3}, False),
        (
            "Write a letter to Ana.",
            {"kind": "detectable_content:number_placeholders", "num_placeholders": 3},
            True,
        ),
    ],
)
def test_what_suits_a_question(question: str, constraint: dict, suits: bool):
    assert (misfit(hir.parse(constraint), question) is None) is suits


QUESTIONS = ["Is seventeen a prime number?", "Write a poem about rain.", "Why is the sea salty?"]


def test_what_is_composed_suits_its_question():
    seeds = [hir.Seed(question) for question in QUESTIONS]
    made = [each.instruction for each in compose(seeds, 120)]
    assert len(made) == 120
    assert not any(misfit(each, one.question) for one in made for each in one.constraints)
    assert all(3 <= len(one.constraints) <= 6 for one in made)
    kinds = {each.kind for one in made for each in one.constraints}
    assert {"json", "word_count", "paragraph_count"} <= kinds  # the third question has them


def test_what_is_named_need_not_suit():
    kinds = select(["json", "paragraph_count", "contains"])
    made = list(compose([hir.Seed("Write a poem.")], 4, kinds=kinds, least=1, most=1))
    assert {each.instruction.constraints[0].kind for each in made} >= {"json", "paragraph_count"}
