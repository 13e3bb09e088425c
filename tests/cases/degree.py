"""How far texts satisfy constraints, worked out by hand."""

from typing import Any, NamedTuple


class Degrees(NamedTuple):
    kind: str
    parameters: dict[str, Any]
    degrees: list[tuple[str, float]]
    """Texts, and how far each satisfies the constraint."""


THREE = {"relation": "at least", "num_words": 3}
SEA, LAKE = {"kind": "contains", "text": "sea"}, {"kind": "contains", "text": "lake"}

ROWS = [
    # Counts between bounds.
    Degrees(
        "length_constraints:number_words",
        {"relation": "at least", "num_words": 4},
        [("a", 0.25), ("a b c", 0.75), ("a b c d", 1), ("", 0)],
    ),
    Degrees(
        "length_constraints:number_words",
        {"relation": "less than", "num_words": 3},
        [("a b c", 0.6), ("a b c d", 0.5), ("a b", 1)],
    ),
    Degrees("word_count", {"min": 2, "max": 3}, [("a", 0.5), ("a b", 1), ("a b c d e f", 0.5)]),
    Degrees("detectable_format:number_bullet_lists", {"num_bullets": 2}, [("* a", 0.5), ("a", 0)]),
    Degrees("punctuation:no_comma", {}, [("a, b", 1 / 3), ("a, b, c, d", 0.2), ("a", 1)]),
    Degrees("length_constraints:number_paragraphs", {"num_paragraphs": 3}, [("a", 0), ("a\n***\nb", 0.5)]),
    Degrees("words:repeats", {"small_n": 1}, [("sea sea", 0.5), ("sea sea sea", 0.4)]),
    Degrees("ratio:stop_words", {"percentage": 50}, [("the the sea the", 51 / 77)]),
    Degrees("no_repetition", {}, [("a b c", 1), ("sea " * 12, 0.1)]),
    # Of several things, those that are there.
    Degrees("keywords:existence", {"keywords": ["sea", "sun", "sky"]}, [("The sea.", 1 / 3), ("x", 0)]),
    Degrees("keywords:forbidden_words", {"forbidden_words": ["sea", "sun"]}, [("The sea.", 0.5)]),
    Degrees("muldimif:keywords", {"keywords": ["sea", "sun"]}, [("The sea.", 0.5)]),
    Degrees("count:punctuation", {}, [(". , !", 3 / 7)]),
    Degrees("format:output_template", {}, [("My Answer: no.", 1 / 3)]),
    # Letters.
    Degrees("change_case:english_lowercase", {}, [("Abcd efgh", 7 / 8), ("ABCD", 0)]),
    Degrees("change_case:english_capital", {}, [("ABCd EFGH", 7 / 8)]),
    Degrees("muldimif:uppercase", {}, [("ABCd", 0.75)]),
    Degrees("muldimif:capitalized", {}, [("Two words Here Now", 0.75)]),
    Degrees("format:title_case", {}, [("Two words Here Now", 0.75)]),
    # Beginnings and ends.
    Degrees("starts_with", {"text": "Dear Ana"}, [("Dear Bo", 5 / 8), ("Hello", 0)]),
    Degrees("ends_with", {"text": "Bye now"}, [("So, bye now", 6 / 7), ("end", 0)]),
    Degrees("startend:end_checker", {"end_phrase": "Good night."}, [("I had a nice night.", 7 / 11)]),
    Degrees("startend:quotation", {}, [('"So', 0.5), ("So", 0)]),
    Degrees("combination:repeat_prompt", {"prompt_to_repeat": "Name it."}, [("Name me.", 5 / 8)]),
    # Each word, sentence, row.
    Degrees("words:consonants", {}, [("Bright stars are out", 0.5)]),
    Degrees("words:prime_lengths", {}, [("It was good", 2 / 3)]),
    Degrees("first_word:first_word_sent", {"first_word": "we"}, [("We row. They sing.", 0.5)]),
    Degrees("detectable_format:square_brackets", {}, [("[It] rains.", 0.5)]),
    Degrees("custom:date_format_list", {}, [("1796-07-05, 5 July 1800", 0.5)]),
    Degrees("muldimif:all_quoted", {}, [("> a\nb", 0.5)]),
    Degrees("words:last_first", {}, [("I like tea. Tea is hot. It is.", 0.5)]),
    Degrees("format:emoji", {}, [("It rains 🌧. We stay in.", 0.5)]),
    # JSON.
    Degrees("json", {}, [('{"a": 1, "b": x}', 14 / 16), ("Sure!", 0), ('{"a": 1}', 1)]),
    Degrees("json", {"json_schema": {"type": "object"}}, [("[1]", 0.5), ('{"a": x', 3 / 7)]),
    # Other forms that programs read.
    Degrees("yaml", {}, [("a: 1\nb: c: d", 9 / 12), ("It rains.", 0), ("Here:\n```yaml\na: 1\n```", 0.9)]),
    Degrees("toml", {}, [("a = 1\nb = c", 10 / 11), ("It rains.", 3 / 9)]),
    Degrees("xml", {}, [("<a><b></a>", 8 / 10), ("It rains.", 0)]),
    Degrees("csv", {"columns": 4}, [("a,b\n1,2", 0.5), ("a,b,c,d\n1,2,3,4\n1", 0.5), ("It rains.", 0)]),
    Degrees("markdown_table", {"min_rows": 4}, [("|a|\n|---|\n|b|", 0.25), ("It rains.", 0)]),
    Degrees("code_block", {"min": 2}, [("```\nx\n```", 0.5), ("It rains.", 0)]),
    Degrees("code_block", {"language": "json", "parses": True}, [('```json\n{"a": b}\n```', 6 / 9)]),
    Degrees("letter_case", {"case": "lower"}, [("the Sea is Wide", 0.25), ("THE SEA", 0)]),
    Degrees("letter_case", {"case": "lower", "abbreviations": True}, [("the Sea is Wide", 0.25)]),
    Degrees("emoji_count", {"min": 4}, [("👋", 0.25), ("It rains.", 0)]),
    Degrees("url_count", {"max": 1}, [("https://a.org https://b.org", 0.5)]),
    # Language.
    Degrees(
        "language:response_language",
        {"language": "fr"},
        [
            ("Il fait très beau aujourd'hui à Paris.\nThe weather is lovely in Paris now.", 0.52),
            ("The weather is lovely in Paris now.", 0),
        ],
    ),
    # Somewhere else.
    Degrees("contains", {"text": "Sea"}, [("the sea", 0.75), ("a lake", 0)]),
    Degrees("sentence:keyword", {"word": "tea", "N": 2}, [("Tea helps. It rains.", 0.5)]),
    # Composites.
    Degrees("all_of", {"constraints": [SEA, LAKE]}, [("the sea", 0.5), ("the sea, a lake", 1), ("x", 0)]),
    Degrees("any_of", {"constraints": [{"kind": "word_count", "min": 4}, SEA]}, [("a b c", 0.75)]),
    Degrees("not", {"constraint": SEA}, [("the sea", 0), ("x", 1)]),
    Degrees(
        "if_then", {"if": SEA, "then": {"kind": "word_count", "min": 4}}, [("the sea", 0.5), ("a lake", 1)]
    ),
    Degrees(
        "within",
        {"unit": "paragraph", "index": "every", "constraint": {"kind": "word_count", "min": 2}},
        [("a b\n\na", 0.75)],
    ),
    Degrees("soft:criterion", {"criterion": "It is good."}, [("x", 0)]),
    Degrees("soft:grade", {"criterion": "It is good.", "min": 3}, [("x", 0)]),
]
