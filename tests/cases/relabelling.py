"""What to ask for in place of a violated constraint, so that the text satisfies it; one row a case."""

from typing import Any, NamedTuple


class Relabelled(NamedTuple):
    """What hindsight makes of a constraint that a text violates.

    Attributes:
        kind: the id of the constraint's kind.
        parameters: its parameters, as a record has them.
        text: the response.
        nearest: the parameters of the same kind that the text satisfies, or a whole record; None if there are
            none that people would ask for.
        flip: the record of the opposite; None if there is none.
    """

    kind: str
    parameters: dict[str, Any]
    text: str
    nearest: dict[str, Any] | None
    flip: dict[str, Any] | None


EIGHT = "One two three four. Five, six seven eight. "


def at(kind: str, **parameters: Any) -> dict[str, Any]:
    return {"kind": kind, **parameters}


def no(kind: str, **parameters: Any) -> dict[str, Any]:
    return {"kind": "not", "constraint": at(kind, **parameters)}


SEA = at("contains", text="sea")
COUNT = "word_count"


GENERAL = [
    Relabelled(
        "word_count",
        {"min": 300},
        EIGHT * 31,
        {"min": 240},
        None,
    ),
    Relabelled(COUNT, {"max": 5}, EIGHT, {"max": 8}, None),
    Relabelled(COUNT, {"min": 3, "max": 5}, EIGHT, {"min": 3, "max": 8}, None),
    Relabelled(COUNT, {"min": 9, "max": 12}, EIGHT, {"min": 8, "max": 12}, None),
    Relabelled(COUNT, {"min": 5}, "?!", None, at(COUNT, max=4)),
    Relabelled("sentence_count", {"min": 4}, EIGHT, None, None),
    Relabelled("sentence_count", {"min": 5}, EIGHT, None, at("sentence_count", max=4)),
    Relabelled("sentence_count", {"min": 6}, EIGHT * 2, {"min": 4}, None),
    Relabelled("paragraph_count", {"min": 4}, EIGHT, None, at("paragraph_count", max=3)),
    Relabelled(
        "character_count",
        {"max": 10},
        "Quite a long sentence.",
        {"max": 25},
        at("character_count", min=11),
    ),
]
GENERAL += [
    Relabelled("contains", {"text": "Tide"}, "The tide turns.", {"text": "tide"},
               None),
    Relabelled("contains", {"text": "tide", "whole_word": True}, "The tides turn.",
               {"text": "tides", "whole_word": True}, None),
    Relabelled("contains", {"text": "moon"}, "The tide turns.", None, no("contains", text="moon")),
    Relabelled("matches", {"pattern": "[0-9]"}, "No digits.", None, no("matches", pattern="[0-9]")),
    Relabelled("starts_with", {"text": "Dear Ana"}, "Hello there, all of you.", {"text": "Hello there"},
               None),
    Relabelled("starts_with", {"text": "Dear"}, "**Hello** there.", None, None),
    Relabelled("ends_with", {"text": "Yours, Ana"}, "Hello.\n\nSee you soon!", {"text": "See you soon!"},
               None),
    Relabelled("json", {"json_schema": {"required": ["city"]}}, '{"town": "Oslo"}', {}, None),
    Relabelled("json", {}, "Oslo", None, None),
    Relabelled("csv", {"columns": 3, "min_rows": 5}, "a;b\n1;2\n3;4",
               {"delimiter": ";", "columns": 2, "min_rows": 2}, None),
    Relabelled("csv", {"header": ["city"]}, "a,b\n1,2", {}, None),
    Relabelled("csv", {}, "Oslo is old.", None, None),
    Relabelled("markdown_table", {"columns": 3, "max_rows": 1},
               "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", {"columns": 2, "max_rows": 2}, None),
    Relabelled("markdown_table", {}, "Oslo is old.", None, None),
    Relabelled("code_block", {"language": "python", "parses": True}, "```python\nx = (\n```",
               {"language": "python", "min": 1}, None),
    Relabelled("code_block", {"min": 4}, "```\nx\n```\n```\ny\n```", {"min": 2}, None),
    Relabelled("code_block", {"min": 3}, "```\nx\n```", {"min": 1}, at("code_block", max=2)),
    Relabelled("code_block", {}, "Oslo is old.", None, None),
    Relabelled("url_count", {"min": 5}, "https://a.org https://b.org https://c.org", {"min": 3}, None),
    Relabelled("url_count", {"min": 3}, "https://a.org", None, at("url_count", max=2)),
    Relabelled("url_count", {"min": 2}, "a.org", None, None),
    Relabelled("letter_case", {"case": "upper"}, "THE SEA IS WIDE. " * 5 + "So.", None, None),
    Relabelled("letter_case", {"case": "lower"}, "the sea is wide. " * 5 + "So.", None, None),
    Relabelled("letter_case", {"case": "lower"}, "the sea is wide. " * 5 + "so say the UN.",
               {"case": "lower", "abbreviations": True}, None),
    Relabelled("emoji_count", {"max": 1}, "👋 👋 👋", {"max": 3}, at("emoji_count", min=2)),
    Relabelled("emoji_count", {"min": 3}, "Hello", None, None),
    Relabelled("regex_count", {"pattern": "a", "max": 1}, "banana", {"pattern": "a", "max": 3},
               at("regex_count", pattern="a", min=2)),
    Relabelled("reading_level", {"max": 5},
               "Considerable atmospheric perturbations necessitated the postponement of the ceremony.",
               {"max": 26}, None),
    Relabelled("all_of", {"constraints": [SEA, at(COUNT, min=300)]},
               EIGHT * 31 + "sea", {"constraints": [SEA, at(COUNT, min=240)]},
               None),
    Relabelled("any_of", {"constraints": [at(COUNT, min=300), at(COUNT, max=5)]}, EIGHT * 31,
               {"constraints": [at(COUNT, min=240), at(COUNT, max=250)]},
               None),
    Relabelled("not", {"constraint": SEA}, "The sea.", None, SEA),
    Relabelled("if_then", {"if": SEA, "then": at(COUNT, min=5)}, "The calm sea.",
               {"if": SEA, "then": at(COUNT, min=3)}, None),
    Relabelled("if_then", {"if": SEA, "then": at(COUNT, min=5),
                           "else": at(COUNT, min=9)}, "The calm lake.",
               None,
               at("if_then", **{"if": SEA, "then": at(COUNT, min=5),
                                "else": at(COUNT, max=8)})),
    Relabelled("within", {"unit": "paragraph", "index": 2, "constraint": at(COUNT, min=9)},
               "One.\n\nTwo three four.",
               None,
               at("within", unit="paragraph", index=2, constraint=at(COUNT, max=8))),
    Relabelled("within", {"unit": "line", "index": "every", "constraint": at(COUNT, max=1)},
               "One.\nTwo three.\nFour five.",
               {"unit": "line", "index": "every", "constraint": at(COUNT, max=2)}, None),
]  # fmt: skip

WORDS = "length_constraints:number_words"
SENTENCES = "length_constraints:number_sentences"

LENGTHS = [
    Relabelled(WORDS, {"relation": "at least", "num_words": 300}, EIGHT * 31,
               {"relation": "at least", "num_words": 240}, None),
    Relabelled(WORDS, {"relation": "less than", "num_words": 5}, EIGHT,
               {"relation": "less than", "num_words": 9}, None),
    Relabelled(WORDS, {"relation": "at least", "num_words": 5}, "!",
               None, at(WORDS, relation="less than", num_words=5)),
    Relabelled(SENTENCES, {"relation": "at least", "num_sentences": 5}, EIGHT,
               None,
               at(SENTENCES, relation="less than", num_sentences=5)),
    Relabelled("length_constraints:number_paragraphs", {"num_paragraphs": 5}, "a\n***\nb",
               {"num_paragraphs": 2}, None),
    Relabelled("length_constraints:number_paragraphs", {"num_paragraphs": 5}, "all in one", None,
               None),
    Relabelled("length_constraints:nth_paragraph_first_word",
               {"num_paragraphs": 3, "nth_paragraph": 3, "first_word": "so"}, "We row.\n\nThen we rest.",
               {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "then"}, None),
    Relabelled("length_constraints:nth_paragraph_first_word",
               {"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "so"}, "**We** row.\n\nThen we rest.",
               {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "then"}, None),
    Relabelled("length_constraints:nth_paragraph_first_word",
               {"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "so"}, "**We** row.\n\n1. We rest.",
               None, None),
    Relabelled("length_constraints:nth_paragraph_first_word",
               {"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "so"}, "We row.", None, None),
]  # fmt: skip

FORBIDDEN = "keywords:forbidden_words"
FREQUENCY = "keywords:frequency"
LETTER = "keywords:letter_frequency"

KEYWORDS = [
    Relabelled("keywords:existence", {"keywords": ["tide", "moon"]}, "The moon.", {"keywords": ["moon"]},
               None),
    Relabelled("keywords:existence", {"keywords": ["tide"]}, "The moon.", None,
               at(FORBIDDEN, forbidden_words=["tide"])),
    Relabelled(FREQUENCY, {"keyword": "sea", "frequency": 5, "relation": "at least"}, "Sea! Sea!",
               {"keyword": "sea", "frequency": 2, "relation": "at least"},
               at(FREQUENCY, keyword="sea", frequency=5, relation="less than")),
    Relabelled(FREQUENCY, {"keyword": "sea", "frequency": 5, "relation": "at least"}, "Lake!", None,
               at(FREQUENCY, keyword="sea", frequency=5, relation="less than")),
    Relabelled(FORBIDDEN, {"forbidden_words": ["very", "nice"]}, "A very fine day.",
               {"forbidden_words": ["nice"]}, None),
    Relabelled(LETTER, {"letter": "e", "let_frequency": 9, "let_relation": "at least"}, "A bee sees.",
               {"letter": "e", "let_frequency": 4, "let_relation": "at least"},
               at(LETTER, letter="e", let_frequency=9, let_relation="less than")),
    Relabelled("statements_per_question", {"number": 3}, "It rains. We row. Do you?", {"number": 2}, None),
    Relabelled("paragraph_first_word", {"paragraphs": 3, "number": 2, "word": "then"},
               "We met.\n\nLater we go.", {"paragraphs": 2, "number": 2, "word": "Later"}, None),
    Relabelled("language", {"language": "fr"}, "The weather is lovely in the city today.",
               {"language": "en", "min_share": 80}, no("language", language="fr", min_share=80)),
    Relabelled("language:response_language", {"language": "fr"}, "The weather is lovely in the city today.",
               None, None),
    Relabelled("language:response_language", {"language": "fr"},
               "The weather is lovely in the city today, and we are going to walk along the river.",
               {"language": "en"}, None),
]  # fmt: skip

BULLETS = "detectable_format:number_bullet_lists"
LOWERCASE = "change_case:english_lowercase"
CAPITALS = "change_case:capital_word_frequency"

FORMATS = [
    Relabelled("detectable_content:number_placeholders", {"num_placeholders": 3}, "Dear [name], [day].",
               {"num_placeholders": 2}, None),
    Relabelled("detectable_content:number_placeholders", {"num_placeholders": 3}, "Dear Ana.", None,
               None),
    Relabelled("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "Bye. P.S. Call me.",
               {"postscript_marker": "P.S."}, None),
    Relabelled(BULLETS, {"num_bullets": 5}, "* a\n* b", {"num_bullets": 2}, None),
    Relabelled(BULLETS, {"num_bullets": 5}, "a, b", None, at(BULLETS, num_bullets=0)),
    Relabelled(BULLETS, {"num_bullets": 5}, "* a", None, None),
    Relabelled("detectable_format:number_highlighted_sections", {"num_highlights": 3}, "*a* b *c*",
               {"num_highlights": 2}, None),
    Relabelled("detectable_format:number_highlighted_sections", {"num_highlights": 3}, "a b c", None,
               no("detectable_format:number_highlighted_sections", num_highlights=1)),
    Relabelled("detectable_format:multiple_sections", {"section_spliter": "Part", "num_sections": 4},
               "Part 1\na\nPart 2\nb", {"section_spliter": "Part", "num_sections": 2}, None),
    Relabelled("detectable_format:multiple_sections", {"section_spliter": "Part", "num_sections": 4},
               "Part 1\na", None, None),
    Relabelled("detectable_format:multiple_sections", {"section_spliter": "Part", "num_sections": 4},
               "1. a\n2. b", None, None),
    Relabelled("detectable_format:title", {}, "Morning\nThe sun.", None, None),
    Relabelled("startend:end_checker", {"end_phrase": "That is all."}, "We row. See you very soon!",
               {"end_phrase": "See you very soon!"}, None),
    Relabelled("startend:quotation", {}, "The stage.", None, None),
    Relabelled(CAPITALS, {"capital_frequency": 4, "capital_relation": "at least"}, "STOP and LISTEN.",
               {"capital_frequency": 2, "capital_relation": "at least"},
               None),
    Relabelled("change_case:english_capital", {}, "the weather is lovely in the city today.", None,
               at(LOWERCASE)),
    Relabelled("change_case:english_capital", {}, "The Weather.", None, None),
    Relabelled(LOWERCASE, {}, "THE WEATHER IS LOVELY IN THE CITY TODAY.", None,
               at("change_case:english_capital")),
    Relabelled(LOWERCASE, {}, "the weather is lovely in the city Today.", None, None),
    Relabelled(LOWERCASE, {}, "The Weather.", None, None),
    Relabelled("punctuation:no_comma", {}, "We came, and we saw.", None, None),
]  # fmt: skip

ROWS = [*GENERAL, *LENGTHS, *KEYWORDS, *FORMATS]
