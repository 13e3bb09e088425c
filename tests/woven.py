"""Prompts that state their constraints in sentences, and what is left of them without some."""

from collections.abc import Sequence
from typing import Any, NamedTuple

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


def capitals(number: int) -> dict[str, Any]:
    return {
        "kind": "change_case:capital_word_frequency",
        "capital_frequency": number,
        "capital_relation": "at least",
    }


def sections(mark: str, number: int) -> dict[str, Any]:
    return {"kind": "detectable_format:multiple_sections", "section_spliter": mark, "num_sections": number}


def nth_paragraph(number: int, nth: int, word: str) -> dict[str, Any]:
    return {
        "kind": "length_constraints:nth_paragraph_first_word",
        "num_paragraphs": number,
        "nth_paragraph": nth,
        "first_word": word,
    }


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
    # What a text is to speak of is no part of how it is to be written
    Row(
        "Write an outline. It should include the main points of the paper, and at least 5 sections should be "
        "highlighted with markdown.",
        [highlights(5)],
        [],
        "Write an outline. It should include the main points of the paper.",
    ),
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
    Row("Write a 90 or more word essay about it.", [words(90)], [], "Write an essay about it."),
    Row("Write a 90 -or more word essay about it.", [words(90)], [], MORE),
    Row("Describe old harbours without using any commas.", [COMMA], [], "Describe old harbours."),
    Row("Describe harbours without using any commas.", [COMMA], [], MORE),
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
    # With the reason that is given for it
    Row(
        "Describe a harbour. Use at least 50 words to ensure a comprehensive description.",
        [words(50)],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. Be kind to me, and use at most 9 sentences, maintaining clarity and focus.",
        [sentences(10, "less than")],
        [],
        "Describe a harbour. Be kind to me.",
    ),
    Row(
        "Describe a harbour. Use at least 50 words to ensure that Ann (8) gets a clear idea.",
        [words(50)],
        [],
        MORE,
    ),
    # In two sentences
    Row(
        'Describe a harbour. Write exactly 3 paragraphs. Be kind. The second paragraph starts with "gull".',
        [nth_paragraph(3, 2, "gull")],
        [],
        "Describe a harbour. Be kind.",
    ),
    Row(
        "Describe a harbour in 3 sections. Mark the beginning of each section with SECTION X.",
        [sections("SECTION", 3)],
        [],
        "Describe a harbour.",
    ),
    Row(
        'Write exactly 3 paragraphs about harbours. The second paragraph starts with "gull".',
        [nth_paragraph(3, 2, "gull")],
        [],
        MORE,
    ),
    # What illustrates it
    Row(
        'Describe a harbour. Put words in all capital letters (such as "GULL") at least 5 times.',
        [capitals(5)],
        [],
        "Describe a harbour.",
    ),
    Row(
        "Describe a harbour. Add two placeholders, such as [date], and use no commas.",
        [COMMA],
        [placeholders(2)],
        "Describe a harbour. Add two placeholders, such as [date].",
    ),
    Row(
        "Describe a harbour. Do not include negative words such as 'grim', 'dull', etc.",
        [without("grim", "dull")],
        [],
        "Describe a harbour.",
    ),
    # Between commas, before a colon, before a noun, behind "expand it"
    Row(
        "Draw up a plan that has 3 bullet points, in all lowercase letters, and a title like <<this>>.",
        [LOWER],
        [bullets(3), TITLE],
        "Draw up a plan that has 3 bullet points, and a title like <<this>>.",
    ),
    Row("Write a riddle in French, about a gull.", [FRENCH], [], "Write a riddle about a gull."),
    Row("Write a French poem about a gull.", [FRENCH], [], "Write a poem about a gull."),
    Row("Write an odd, 300+ word ad for tea.", [words(300)], [], "Write an odd ad for tea."),
    Row(
        "Rephrase the following sentence, and use no commas: Tea is hot.",
        [COMMA],
        [],
        "Rephrase the following sentence: Tea is hot.",
    ),
    Row(
        "Tea is hot. Please expand it into at least 5 sentences.",
        [sentences(5)],
        [],
        "Tea is hot. Please expand it.",
    ),
    Row("Tea is hot. Please split it into at least 5 sentences.", [sentences(5)], [], MORE),
    Row("Tea is hot. Think first, then answer in French.", [FRENCH], [], MORE),
    Row(
        "Describe a harbour. If there is a table, be mindful that it has at most 3 rows, as this is clear.",
        [{"kind": "muldimif:table_rows", "max": 3}],
        [],
        MORE,
    ),
    # Said anew, for it is stated with what goes
    Row(
        "Describe a harbour. Write 20 to 25 sentences.",
        [sentences(20)],
        [sentences(26, "less than")],
        "Describe a harbour. Write at most 25 sentences.",
    ),
    Row(
        'Describe a harbour. Use "gull" as a keyword, but once.',
        [often("gull", 1)],
        [including("gull")],
        'Describe a harbour. Use the word "gull".',
    ),
    Row(
        "Describe a harbour. It should be at least 300 words and in all lowercase letters. Be kind.",
        [words(300)],
        [LOWER],
        "Describe a harbour. Write your whole answer in English and in lower-case letters only. Be kind.",
    ),
    # Left alone
    Row("Write exactly 3 paragraphs about harbours.", [paragraphs(3)], [], MORE),
    Row("Describe a harbour. Replace commas, which are not allowed, by dashes.", [COMMA], [], MORE),
    Row(
        "Write a song about harbours that contains 20 to 25 sentences.",
        [sentences(20)],
        [sentences(26, "less than")],
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
