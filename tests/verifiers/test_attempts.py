"""What a reader sees as an attempt has a degree well above that of any other text."""

from typing import Any, NamedTuple

import pytest

import hir_data as hir

PROSE = (
    "The harbour of Bergen is old. Ships (large ones) come in at dawn, and the market opens at eight.\n\n"
    'Many people go there to buy fish. "It is fresh," they say. What else would they want?\n'
    "In the evening the lamps are lit."
)
LIST = "1. Ships come in at dawn.\n2. The market opens at eight.\n3. Lamps: they are lit in the evening."


class Attempt(NamedTuple):
    kind: str
    text: str
    parameters: dict[str, Any] = {}  # noqa: RUF012


ATTEMPTS = [
    Attempt(
        "detectable_format:json_format",
        f'Below is the JSON:\n\n```json\n{{"a": "{PROSE[:60]}", "b": 2}}\n```',
    ),
    Attempt("detectable_format:json_format", '{"name": "harbour", "items": ["ships", "fish"], "more": tru}'),
    Attempt("json", 'Here you are:\n{"name": "harbour", "items": ["ships", "fish"]}'),
    Attempt("yaml", "Here you are:\n\n```yaml\nharbour: Bergen\nships:\n  - large\n```\nAnything else?"),
    Attempt("yaml", "harbour: Bergen\nships:\n  - large\nnote: open: eight"),
    Attempt("xml", "<harbour><name>Bergen</name><ships>large</ships>"),
    Attempt("toml", '[harbour]\nname = "Bergen"\nships = large'),
    Attempt("csv", "Sure!\n```csv\nname,year\nBergen,1070\n```"),
    Attempt("csv", "name,year\nBergen,1070\nOslo,1048\nMoss", {}),
    Attempt("markdown_table", "| Harbour |\n|---|\n| Bergen |", {"min_rows": 2}),
    Attempt("code_block", "```python\nprint(open('harbour')\n```", {"language": "python", "parses": True}),
    Attempt("format:thesis", f"*The harbour is the heart of the town.*\n{PROSE}"),
    Attempt("format:thesis", f"<i>The harbour is the heart of the town. {PROSE}"),
    Attempt("format:title_case", "The Harbour Of Bergen Is Old And Ships Come In At dawn For The Market"),
    Attempt("change_case:english_capital", "The Harbour Of Bergen Is Old And Ships Come In At Dawn"),
    Attempt(
        "words:alphabet",
        "Aloha! Absolutely! Amazing! Bizarre! Calm days end fine. Great harbours in June know.",
    ),
    Attempt(
        "words:alphabet",
        "\n".join(f"{word} ships and fish" for word in "All Big Calm Dark Even Fine Great".split()),
    ),
    Attempt("words:last_first", "There are trees. The trees have roots. Roots need soil. Its soil is dark."),
    Attempt(
        "words:paragraph_last_first",
        "Fish: it is what we sell, the fish\nShips, they are large ships;\nLamps and light",
    ),
    Attempt(
        "ratio:sentence_words",
        "1. The market opens at eight.\n2. The ships come in at dawn.\n3. The lamps are lit at night.",
    ),
    Attempt("format:quotes", "He wrote: \"I heard her say 'go home' at dawn,\" and that was it."),
    Attempt("format:quotes", "He wrote: “I heard her say ‘go home’ at dawn,” and that was it."),
    Attempt("format:parentheses", "(The ships come in.) [The market opens.] {The lamps are lit.}"),
    Attempt("format:parentheses", "The ships (large [and old {as they say}]) come in."),
    Attempt(
        "detectable_content:number_placeholders",
        "Dear {name}, come on <day> at ____.",
        {"num_placeholders": 2},
    ),
    Attempt("detectable_content:postscript", f"{PROSE}\n\nPS: bring bread", {"postscript_marker": "P.S."}),
    Attempt(
        "detectable_format:multiple_sections",
        "**Section One**\nShips come.\n\n**Section Two**\nLamps are lit.",
        {"section_spliter": "SECTION", "num_sections": 2},
    ),
    Attempt("detectable_format:title", f"<The Harbour>\n{PROSE}"),
    Attempt("detectable_format:constrained_response", "The answer is: yes. It opens at eight."),
    Attempt("combination:two_responses", f"Response 1:\n{PROSE}\n\nResponse 2:\n{LIST}"),
    Attempt("combination:two_responses", f"{PROSE}\n***\n{LIST}"),
    Attempt("format:emoji", "Ships come in 🚢. The market opens 🐟! Lamps are lit 💡. Good night."),
    Attempt("ratio:sentence_type", "Is it old? It is. Is it big? It is. Who comes? Ships do. Why? For fish."),
    Attempt(
        "ratio:sentence_balance", "Is it old? It is! We go. Is it big? It is! We go. Who? Ships! Lamps. Fish."
    ),
    Attempt(
        "words:paragraph_last_first",
        "Fish is sold. It is fresh, and people like it. Fish is sold.\nShips come. They sail. Ships come in.",
    ),
    Attempt(
        "detectable_format:number_highlighted_sections",
        "*Ships come in at dawn,\nand fish is sold* at eight.",
        {"num_highlights": 1},
    ),
    Attempt("startend:quotation", f'"{LIST}'),
    Attempt("detectable_format:number_highlighted_sections", f"*Ships* come. {PROSE}", {"num_highlights": 2}),
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_attempt_is_nearer_than_what_is_none(attempt: Attempt):
    constraint = hir.parse({"kind": attempt.kind, **attempt.parameters})
    assert hir.check(constraint, attempt.text).satisfied is False
    others = [constraint.degree(hir.Text(text)) for text in (PROSE, LIST)]
    assert constraint.degree(hir.Text(attempt.text)) > max(others) + 0.15


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("words:alphabet", "1. one\n2. two\n3. three\n4. four\n5. five\n6. six\n7. seven\n8. eight"),
        ("format:quotes", "It's the ships' own dawn, isn't it? That's rock 'n' roll, and \"fresh\"."),
        (
            "format:thesis",
            "*Ships* come in, and *fish* is sold; 3 * 4 is twelve, and 5 * 6 is thirty in all of it.",
        ),
        ("format:thesis", '*"The past is not a thing to be buried, but a resource."* she wrote.'),
        ("detectable_format:number_highlighted_sections", "* Ships come\n* Fish is sold\n* Lamps are lit"),
        ("detectable_format:json_format", "The list is [1] ships, {2} fish, and as in [Olsen 1990] lamps."),
        ("detectable_content:number_placeholders", "if a < b and c > d, then <b>bold</b> is x_1"),
        ("detectable_format:title", "a << b is a shift to the left"[2:3] + " ships > fish and fish < lamps"),
    ],
)
def test_what_looks_like_one_and_is_none(kind: str, text: str):
    parameters = {"num_placeholders": 2} if "placeholders" in kind else {}
    parameters |= {"num_highlights": 2} if "highlighted" in kind else {}
    assert hir.parse({"kind": kind, **parameters}).degree(hir.Text(text)) <= 0.25
