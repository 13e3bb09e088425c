"""What MulDimIF's sentences become: ours, in its manner."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from muldimif_sentences import Half, agreement, sentences

import hir_data as hir
from hir_data.formats.grammar.parse import parse_muldimif


def both(*records: dict) -> dict:
    return {"kind": "all_of", "constraints": list(records)}


def of(name: str, **parameters) -> dict:
    return {"kind": f"muldimif:{name}", **parameters}


KEYWORDS = [
    ("Mention the keyword 'sea'", of("keywords", keywords=["sea"])),
    (
        "The poem must include the keywords 'sea', 'tide', and 'moon'.",
        of("keywords", keywords=["sea", "tide", "moon"]),
    ),
    ("It must include the keyword 'Sailor's knot' to fit", of("keywords", keywords=["Sailor's knot"])),
    ("include the keyword “tide”", of("keywords", keywords=["tide"])),
    ('must include the keyword ""tide""', of("keywords", keywords=["tide"])),
    ("include 'tea' to show how Next.js 13.4 differs", of("keywords", keywords=["tea"])),
    ("include 'tea' and name the year 1984", of("keywords", keywords=["tea"])),
    (
        "the keyword 'tea' has to be in every section",
        of("keywords", keywords=["tea"], each="section", needs_entries=True),
    ),
    ("include 'tea' or 'milk'", of("keywords", keywords=["tea", "milk"], match="any")),
    ("include the keyword 'trial or error'", of("keywords", keywords=["trial or error"])),
    ("The word 'tea' must occur at least three times", of("keywords", keywords=["tea"], times=3)),
    ("include 'tea' twice", of("keywords", keywords=["tea"], times=2)),
    ("The word 'tea' must occur more than once", of("keywords", keywords=["tea"], times=2)),
    ("The word 'tea' must not be used.", of("no_keywords", keywords=["tea"])),
    ("avoid the word 'tea'", of("no_keywords", keywords=["tea"])),
    (
        "The poem includes 'sea' and avoids 'tide'",
        both(of("keywords", keywords=["sea"]), of("no_keywords", keywords=["tide"])),
    ),
    ("Each entry must include the keyword 'sea'", of("keywords", keywords=["sea"], each="entry")),
    ("必须包含关键词「海」", of("keywords", keywords=["海"])),
]
WORDS = [
    ("at most 40 words", of("words", max=40)),
    ("must not be longer than forty words", of("words", max=40)),
    ("must not exceed a total of 2,500 words", of("words", max=2500)),
    ("no fewer than twenty-five words", of("words", min=25)),
    ("more than 30 words", of("words", min=31)),
    ("use fewer than 30 words", of("words", max=29)),
    ("30 words or fewer", of("words", max=30)),
    ("30 or more words", of("words", min=30)),
    ("no more and no less than 30 words", of("words", min=30, max=30)),
    ("at least 20 and at most 30 words", both(of("words", min=20), of("words", max=30))),
    ("at least 20 words but no more than 30 long", both(of("words", min=20), of("words", max=30))),
    ("two to three hundred words", of("words", min=200, max=300)),
    ("Keep each of the three answers below 25 words", of("words", max=24, each="answers")),
    ("between 20 short words and 30 short words", of("words", min=20, max=30)),
    ("Write at most 20 words for each step", of("words", max=20, each="step")),
    ("at most 20 words per slide", of("words", max=20, each="slide")),
    ("The text of each step must not exceed 20 words", of("words", max=20, each="step")),
    ("a 30-word limit", of("words", max=30)),
    ("between thirty and forty words", of("words", min=30, max=40)),
    ("30–40 words", of("words", min=30, max=40)),
    ("Range: 30-40", of("words", min=30, max=40)),
    ("between 40 and 30 words", of("words", min=30, max=40)),
    ("a single word", of("words", min=1, max=1)),
    ("up to ten words", of("words", max=10)),
    ("one hundred and twenty words at most", of("words", max=120)),
    ("Each verse must have at most ten words", of("words", max=10, each="verse")),
    ("each word must have at most 8 characters", of("word_length", max=8)),
    ("至少五十个字", of("words", min=50)),
    ("30到40个字", of("words", min=30, max=40)),
    ("不超过三十字", of("words", max=30)),
    ("40 words or less and six sentences", both(of("words", max=40), of("sentences", min=6, max=6))),
    ("at most 40 words and at least 3 sentences", both(of("words", max=40), of("sentences", min=3))),
]
SENTENCES = [
    ("finally, write at least four complete sentences", of("sentences", min=4)),
    ("consist of 2 to 3 sentences", of("sentences", min=2, max=3)),
    ("a single sentence", of("sentences", min=1, max=1)),
    ("one or two sentences", of("sentences", min=1, max=2)),
    ("No paragraph may have more than 4 sentences", of("sentences", max=4)),
    ("最多三句话", of("sentences", max=3)),
]
PARAGRAPHS = [
    ("organized into at least two paragraphs", of("paragraphs", min=2)),
    ("3 paragraphs", of("paragraphs", min=3, max=3)),
]
PUNCTUATION = [
    ("Finally, end with a period", of("ending", marks=["."])),
    ("must end with a question mark or an exclamation mark", of("ending", marks=["?", "!"])),
    ("Each sentence must end with an exclamation point", of("ending", marks=["!"], of="sentence")),
    ("every question ends with a question mark", of("ending", marks=["?"], of="question")),
    ("Each paragraph must end with a period", of("ending", marks=["."], of="paragraph")),
    ("Each cell in the table must end with a period", of("ending", marks=["."], of="cell")),
    ("The title must not end with a period", of("no_ending", marks=["."])),
    ("Every bullet point ends with a colon", of("ending", marks=[":"], of="bullet")),
    ("end with a period followed by a `~`", of("ending", marks=[".~"])),
    ("End with a period, not a question mark", of("ending", marks=["."])),
    ("No sentence may end with a comma", of("no_ending", marks=[","], of="sentence")),
    ("Avoid semicolons", of("no_marks", marks=[";"])),
]
MARKDOWN = [
    ("include a level 2 heading", of("headings", min=1, level=2)),
    ("a heading at level two", of("headings", min=1, level=2)),
    ("use an H3", of("headings", min=1, level=3)),
    ("a level 1 heading titled 'Plan'", of("headings", min=1, level=1, title="Plan")),
    ("at least three heading levels", of("heading_levels", min=3)),
    ("exactly two levels of headings: one for days and one for hours", of("heading_levels", min=2, max=2)),
    ("two levels of headings at the least", of("heading_levels", min=2)),
    (
        "no fewer than two heading levels and no more than four",
        both(of("heading_levels", min=2), of("heading_levels", max=4)),
    ),
    ("use heading levels 1 and 2", both(of("headings", min=1, level=1), of("headings", min=1, level=2))),
    ("heading levels up to level 3", of("heading_depth", max=3)),
    ("Headings must not be deeper than level 2", of("heading_depth", max=2)),
    ("use H2s for the days", of("headings", min=1, level=2)),
    ("begin with a level 1 heading", of("first_heading", level=1)),
    ("use headings for the days", of("headings", min=1)),
    ("use block quotes", of("block_quotes", min=1)),
]
TABLES = [
    ("Include a table with at most three rows", of("table_rows", max=3)),
    (
        "a table with no more than 3 columns and 5 rows",
        both(of("table_rows", max=5), of("table_columns", max=3)),
    ),
    ("if a table is used, it must not exceed 3 rows", of("table_rows", max=3, optional=True)),
    ("any table must not exceed 3 rows", of("table_rows", max=3, optional=True)),
    ("a table with a row limit of 4", of("table_rows", max=4)),
    ("limit the table to two columns", of("table_columns", max=2)),
    (
        "a table with exactly 2 columns: Day and Place",
        both(of("table_columns", min=2, max=2), of("table_headers", names=["Day", "Place"])),
    ),
    ("a two-column table", of("table_columns", min=2, max=2)),
    ("present it as a table", of("table")),
    ("表格必须有两列", of("table_columns", min=2, max=2)),
]
ENGLISH = [
    ("Each word must be capitalized", of("capitalized")),
    (
        "Use capitalized letters for each word and at most 20 words",
        both(of("capitalized"), of("words", max=20)),
    ),
    ("write it in capital letters only", of("uppercase")),
    ("Do not use any capital letters", of("lowercase")),
    ("headings in title case", of("capitalized", of="headings")),
    ("use capital letters for each word in headings", of("capitalized", of="headings")),
    ("write in all uppercase letters", of("uppercase")),
    ("be entirely in lowercase", of("lowercase")),
]
CHINESE = [
    ("Write in Simplified Chinese", of("chinese", script="simplified")),
    ("Must use Traditional Chinese characters", of("chinese", script="traditional", only=True)),
]
OTHERS = [
    (("Json", "Object nesting levels"), "a nesting level of 2", of("json_depth", min=2, max=2)),
    (("Format", "Json"), "at most three levels of nesting", of("json_depth", max=3)),
    (("XML", "Number of attributes"), "no more than two attributes", of("xml_attributes", max=2)),
    (("Content", "Identifiers"), "Start with the phrase 'My list:'", of("opening", text="My list:")),
    (("Format", "Text"), "No bullet points", of("bullets", max=0)),
    (("Length", "Words"), "each term should have at least 9 characters", of("word_length", min=9)),
    (("Length", "Words"), "in the last row, at most 20 words in each one", of("words", max=20)),
    (("Length", "Sentences"), "is contained within a single sentence", of("sentences", min=1, max=1)),
    (
        ("Format", "Table"),
        "a table with two columns, where one column is for tea",
        of("table_columns", min=2, max=2),
    ),
    (
        ("Format", "Table"),
        "a table of two columns with all names in a single row",
        of("table_columns", min=2, max=2),
    ),
    (
        ("Format", "Markdown"),
        "use three heading levels, so that there are multiple levels",
        both(of("heading_levels", min=3, max=3), of("heading_levels", min=2)),
    ),
    (
        ("Format", "Json"),
        "a maximum of three nesting levels and at least two",
        both(of("json_depth", max=3), of("json_depth", min=2)),
    ),
    (("Format", "Blurb"), "a short blurb", of("characters", max=200)),
]
ROWS = [
    *((("Content", "Keywords"), *row) for row in KEYWORDS),
    *((("Length", "Words"), *row) for row in WORDS),
    *((("Length", "Sentences"), *row) for row in SENTENCES),
    *((("Length", "Paragraphs"), *row) for row in PARAGRAPHS),
    *((("Content", "Punctuation"), *row) for row in PUNCTUATION),
    *((("Markdown", "Heading levels"), *row) for row in MARKDOWN),
    *((("Format", "Table"), *row) for row in TABLES),
    *((("Language", "English: Capitalized"), *row) for row in ENGLISH),
    *((("Language", "Chinese"), *row) for row in CHINESE),
    *OTHERS,
]


@pytest.mark.parametrize(("category", "sentence", "record"), ROWS, ids=[row[1] for row in ROWS])
def test_a_sentence_becomes_a_constraint(category: tuple[str, str], sentence: str, record: dict):
    assert parse_muldimif(*category, sentence) == hir.parse(record)


@pytest.mark.parametrize(
    ("category", "sentence", "satisfied", "violated"),
    [
        (("Length", "Words"), "Capitalized letters for each word and at most 3 words.", "One Two", "one two"),
        (
            ("Length", "Words"),
            "At most 3 words; each word must be at most 4 characters.",
            "Some tea",
            "Coffee",
        ),
        (("Length", "Words"), "Fewer than 5 words on the capital of France.", "It is paris.", "a b c d e"),
        (
            ("Length", "Sentences"),
            "The two characters are described in at most two sentences.",
            "A b.",
            "A. B. C.",
        ),
        (("Length", "Sentences"), "At least 1 sentence and at most 1 paragraph.", "A.", "A.\n\nB."),
        (("Content", "Punctuation"), "End with a period, and use no commas.", "A b.", "A, b."),
        (("Content", "Identifiers"), "Begin with 'Start' and end with 'End'.", "Start, End", "Start"),
        (
            ("Format", "Table"),
            'A table with columns "Name" and "Age".',
            "| Name | Age |\n|---|---|\n| a | b |",
            "| Name | Y |\n|---|---|\n| a | b |",
        ),
        (("Format", "Markdown"), "标题不得超过两级。", "# A\n\n## B", "# A\n\n## B\n\n### C"),
        (("Content", "Keywords"), "Describe the Capital Structure and include 'tea'.", "tea", "Tee"),
    ],
)
def test_no_half_of_a_sentence_is_dropped(
    category: tuple[str, str], sentence: str, satisfied: str, violated: str
):
    constraint = parse_muldimif(*category, sentence)
    assert hir.check(constraint, hir.Text(satisfied)).satisfied is True
    assert hir.check(constraint, hir.Text(violated)).satisfied is False


@pytest.mark.parametrize(
    ("category", "sentence"),
    [
        (("Content", "Keywords"), "Name the players."),
        (("Content", "Keywords"), "If discussing tea, include the keyword 'leaf'."),
        (("Content", "Keywords"), "The word 'tea' must occur at most twice."),
        (("Content", "Keywords"), "use 'tea' no more than three times"),
        (("Length", "Words"), "at most ten components"),
        (("Length", "Words"), "about 200 words"),
        (("Length", "Words"), "Answers of more than 75 words will not be accepted"),
        (("Format", "Table"), "a 3x4 table"),
        (("Language", "English"), "Avoid all caps"),
        (("Length", "Words"), "at least 50 words and at most 20 words"),
        (("Length", "Words"), "each answer must have at least 9 characters"),
        (("Content", "Punctuation"), "Mind your punctuation."),
        (("Length", "Words"), "at most 10 words and at least 2 emojis"),
        (("Length", "Words"), "The first sentence must have at most 4 words."),
        (("Length", "Words"), "The title must be no more than 5 words."),
        (("Length", "Words"), "More than 5 words for the introduction."),
        (("Content", "Keywords"), "The last paragraph must mention 'hope'."),
        (("Content", "Keywords"), "每句话都必须包含“我”。"),
        (("Content", "Identifiers"), "Begin with 'Note:' or 'Hint:'."),
        (("Language", "English"), "The first sentence must be in uppercase."),
        (("Style", "Tone"), "Be formal."),
        (("", ""), ""),
    ],
)
def test_what_cannot_be_read_is_kept(category: tuple[str, str], sentence: str):
    constraint = parse_muldimif(*category, sentence)
    assert constraint.record() == of(
        "unparsed", category=category[0], subcategory=category[1], sentence=sentence
    )
    assert hir.check(constraint, hir.Text("Tea.")).satisfied is None


CATEGORIES = sorted({row[0] for row in ROWS})
PIECES = st.sampled_from(
    """each every table rows columns at least most no more than 5 0 seven-teen thousand hundred level levels
    H2 ## heading nesting between and or to - – ' ‘ ’ " “ 「 必须 至少 三 个 句 capital traditional uppercase
    period mark avoid titled : , . columns: A, bullet points block quotes if any up""".split()
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(CATEGORIES), st.lists(PIECES, max_size=12).map(" ".join) | st.text(max_size=40))
def test_no_sentence_is_an_error(category: tuple[str, str], sentence: str):
    constraint = parse_muldimif(*category, sentence)
    assert hir.parse(constraint.record()) == constraint
    assert parse_muldimif(*category, sentence) == constraint


@pytest.mark.parametrize("half", ["developed", "held-out"])
@pytest.mark.parametrize("number", [250, pytest.param(20_000, marks=pytest.mark.slow)])
def test_sentences_of_other_words_mean_what_they_say(half: Half, number: int):
    found = agreement(sentences(half, number, seed=number))
    assert found.sentences == number
    assert found.read >= 0.99 * number
    assert found.same >= 0.97 * number
    assert found.equal >= 0.97 * found.verdicts
