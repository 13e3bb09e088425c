"""Which responses speak of texts: of what was asked, of themselves, of words and sentences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hir_data.replays import metalanguage
from hir_data.replays.metalanguage import speaks_of_instruction

TASK = "Tell me how tea is made in the hills."

SPEAKING = {
    "what was asked": [
        "As requested, here is how tea is made.",
        "Tea is picked by hand. You asked to copy a span of it.",
        "Here is a revised version: tea is picked by hand.",
        "There's no need to use the word here. Tea is picked by hand.",
        "It meets all the requirements, and tea is picked by hand.",
        "I have included the leaves and the stems.",
        "I will make sure to include the correct punctuation.",
        "That is a great example of a user's creativity.",
    ],
    "the demand": [
        'The very last words should be "And that is all."',
        "Do not copy any word of it.",
        "Your answer must include a postscript.",
        "It is best to keep your response concise.",
        "I will make sure to keep to the word Chewy.",
        "In the context of your answer, tea is best.",
        'The words "tea" are repeated twice, and they are in it.',
        "The word 'tea' appears at least three times.",
        "Tea is picked by hand. The sentence is reworded to be short.",
        "Within the number of words between 130 and 300, here is how tea is made.",
    ],
    "the response": [
        "This is a simple and concise message that ends with an exclamation mark.",
        "This response contains fifty facts on tea.",
        "This JSON structure includes the leaves.",
        "Below is a JSON formatted recipe.",
        "(Word count: 120)",
        "The above text adheres to it.",
    ],
    "parts of texts": [
        "Green, as the 35th word of the 24th sentence, is there.",
        'The last sentence is "and that is the whole story."',
        'The word "tea" has to occur in it.',
        'I did not use the word "tea" at all.',
        "Tea is picked by hand (120 words).",
        "Tea is picked in exactly 3 sentences.",
        "Each word flows with *a*, *e* and *o*.",
        "Index 3: green",
        "2 numbers: 50, 30.",
        "All of it without using any cups.",
        "Every sentence begins with the same word.",
    ],
    "terms": [
        "Such trigram overlap is what counts.",
        "It has consonant clusters everywhere.",
        "Tea is lovely, in lowercase.",
        "Level and radar are palindromes.",
        "Tea is picked with no commas.",
    ],
}


@pytest.mark.parametrize("text", [text for texts in SPEAKING.values() for text in texts])
def test_what_only_a_requirement_explains_is_seen(text: str):
    assert speaks_of_instruction(text, TASK)


@pytest.mark.parametrize(
    "text",
    [
        "Tea is picked by hand, in words of old songs a gift of the hills.",
        "He gave me his word that the first tea of the year is the best.",
        "Write a letter to the grower, and mention the kind of leaf in it.",
        "The tea lines of the east end in the harbour; the last line closed in 1950.",
        "In the first place, use the leaves at the top. In both valleys they are small.",
        "The character of a tea is that of its soil. It contains caffeine.",
        "For this purpose the leaves are rolled; the number of leaves is small.",
        "The term \"chai\" is used in the north, and the word 'tea' in the south.",
        "The letter 'T' was painted on the chest, and the word \"tea\" is used in the south.",
        "I will make sure to bring the leaves. The user manual of the kettle says so.",
        "The immune response is quick: this response protects the drinker.",
        "Each cup has three phrases painted on it, and every letter home speaks of it.",
        "We look forward to your prompt response, and to your refund request form.",
        "You asked about the difference between the two. He asked whether you asked why.",
        "The candidate meets the job requirements.",
        "Requirements for a good tea are patience and clean water.",
        "What you asked yourself as a child is still a good question.",
        "You asked me last week what makes a good cup.",
        "Below are 5 steps. Follow the guidelines for organic farms.",
    ],
)
def test_what_is_said_of_the_subject_is_not(text: str):
    assert speaks_of_instruction(text, TASK) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("The vowels of Finnish are eight.", "Explain vowels to a child."),
        ("Bullet points make slides boring.", "Write about bullet points in slides."),
        ("It is a story in exactly 50 words.", "Write a story in 50 words."),
        ("It is a story in exactly 3 sentences.", "Write a story of three sentences."),
        ("All the requirements are met by the candidate.", "Write an ad with the requirements of the post."),
    ],
)
def test_what_the_rest_of_the_prompt_speaks_of_may_be_spoken_of(text: str, rest: str):
    assert speaks_of_instruction(text, TASK)
    assert speaks_of_instruction(text, rest) is None


def test_no_response_may_give_the_demand_back():
    assert speaks_of_instruction("The last words should be these.", "The last words should be these.")


def test_a_number_that_the_rest_does_not_have_is_not_explained_by_it():
    assert speaks_of_instruction("It is a story in exactly 60 words.", "Write a story in 50 words.")
    assert speaks_of_instruction("Written in three sentences.", "Write four sentences.")
    assert speaks_of_instruction("As requested, in words.", "Write words, as requested.")


@pytest.mark.parametrize("change", [str, str.upper, str.title, lambda text: f"{text} — “ſİı”"])
def test_what_is_found_is_found_in_any_case(change):
    for text in [each for texts in SPEAKING.values() for each in texts]:
        for subject in metalanguage.SUBJECTS:
            assert [*metalanguage._found([subject], change(text))] == _searched_for(subject, change(text))


def _searched_for(subject: str, text: str) -> list[str]:
    """What is said on a subject, looked for in all of a text."""
    said = metalanguage.SUBJECTS[subject].said.pattern
    return [found.group() for found in re.finditer(said, text, re.IGNORECASE)]


@pytest.mark.parametrize("subject", metalanguage.SUBJECTS)
@given(data=st.data())
def test_no_line_is_left_out_that_speaks_of_it(subject, data):
    said = st.from_regex(metalanguage.SUBJECTS[subject].said, alphabet=st.characters(codec="ascii"))
    text = data.draw(st.lists(said | st.sampled_from(["\n", ". ", "words", " 5 "]), max_size=4).map("".join))
    assert [*metalanguage._found([subject], text)] == _searched_for(subject, text)
