"""Pairs of constraints that no text satisfies, and pairs that a text satisfies."""

from typing import Any, NamedTuple

from hir_data.verifiers.ifbench.lists import EUROPEAN_CAPITALS

Record = dict[str, Any]


class Planted(NamedTuple):
    """Two constraints that contradict each other, and what the reason has to mention."""

    one: Record
    other: Record
    mentions: tuple[str, ...]


class Compatible(NamedTuple):
    """Two constraints, and a text that satisfies both."""

    one: Record
    other: Record
    text: str


def words(relation: str, number: int) -> Record:
    return {"kind": "length_constraints:number_words", "relation": relation, "num_words": number}


def sentences(relation: str, number: int) -> Record:
    return {"kind": "length_constraints:number_sentences", "relation": relation, "num_sentences": number}


def paragraphs(number: int) -> Record:
    return {"kind": "length_constraints:number_paragraphs", "num_paragraphs": number}


def nth(number: int, nth: int, word: str) -> Record:
    return {
        "kind": "length_constraints:nth_paragraph_first_word",
        "num_paragraphs": number,
        "nth_paragraph": nth,
        "first_word": word,
    }


def exist(*keywords: str) -> Record:
    return {"kind": "keywords:existence", "keywords": list(keywords)}


def forbid(*keywords: str) -> Record:
    return {"kind": "keywords:forbidden_words", "forbidden_words": list(keywords)}


def often(keyword: str, relation: str, number: int) -> Record:
    return {"kind": "keywords:frequency", "keyword": keyword, "relation": relation, "frequency": number}


def letter(letter: str, relation: str, number: int) -> Record:
    return {
        "kind": "keywords:letter_frequency",
        "letter": letter,
        "let_relation": relation,
        "let_frequency": number,
    }


def language(code: str) -> Record:
    return {"kind": "language:response_language", "language": code}


def capitals(relation: str, number: int) -> Record:
    return {
        "kind": "change_case:capital_word_frequency",
        "capital_relation": relation,
        "capital_frequency": number,
    }


def bullets(number: int) -> Record:
    return {"kind": "detectable_format:number_bullet_lists", "num_bullets": number}


def sections(word: str, number: int) -> Record:
    return {
        "kind": "detectable_format:multiple_sections",
        "section_spliter": word,
        "num_sections": number,
    }


def ends(phrase: str) -> Record:
    return {"kind": "startend:end_checker", "end_phrase": phrase}


def repeat(prompt: str) -> Record:
    return {"kind": "combination:repeat_prompt", "prompt_to_repeat": prompt}


def copy(prompt: str) -> Record:
    return {"kind": "copy:copy", "prompt_to_repeat": prompt}


def counted(what: str, **bounds: Any) -> Record:
    return {"kind": f"{what}_count", **bounds}


def word_range(least: int, most: int) -> Record:
    return {"kind": "count:word_count_range", "min_words": least, "max_words": most}


def all_of(*constraints: Record) -> Record:
    return {"kind": "all_of", "constraints": list(constraints)}


def any_of(*constraints: Record) -> Record:
    return {"kind": "any_of", "constraints": list(constraints)}


def no(constraint: Record) -> Record:
    return {"kind": "not", "constraint": constraint}


def if_then(condition: Record, then: Record, otherwise: Record | None = None) -> Record:
    return {"kind": "if_then", "if": condition, "then": then} | ({"else": otherwise} if otherwise else {})


def within(unit: str, place: int | str, constraint: Record) -> Record:
    return {"kind": "within", "unit": unit, "index": place, "constraint": constraint}


def first(number: int, unit: str, constraint: Record) -> Record:
    return {"kind": "within", "unit": unit, "first": number, "constraint": constraint}


UPPER: Record = {"kind": "change_case:english_capital"}
LOWER: Record = {"kind": "change_case:english_lowercase"}
NO_COMMA: Record = {"kind": "punctuation:no_comma"}
NO_DOT: Record = {"kind": "punctuation:punctuation_dot"}
QUOTED: Record = {"kind": "startend:quotation"}
JSON: Record = {"kind": "detectable_format:json_format"}
TWO: Record = {"kind": "combination:two_responses"}
TITLE: Record = {"kind": "detectable_format:title"}
MARKS: Record = {"kind": "count:punctuation"}
CITIES: Record = {"kind": "custom:csv_city"}


def contains(text: str, **how: bool) -> Record:
    return {"kind": "contains", "text": text, **how}


def starts(text: str, **how: bool) -> Record:
    return {"kind": "starts_with", "text": text, **how}


def ends_with(text: str, **how: bool) -> Record:
    return {"kind": "ends_with", "text": text, **how}


CONTRADICTIONS = [
    # The same thing counted
    Planted(words("at least", 300), words("less than", 300), ("300", "299", "words")),
    Planted(words("at least", 50), words("less than", 20), ("50", "19")),
    Planted(sentences("at least", 5), sentences("less than", 3), ("5", "2", "sentences")),
    Planted(paragraphs(3), paragraphs(4), ("3", "4", "paragraphs")),
    Planted(nth(3, 1, "we"), nth(2, 1, "we"), ("3", "2", "paragraphs")),
    Planted(letter("q", "at least", 4), letter("Q", "less than", 4), ('"q"', "4", "3")),
    Planted(often("sea", "at least", 3), often("Sea", "less than", 2), ('"sea"', "3", "1")),
    Planted(counted("word", min=20), counted("word", max=19), ("20", "19", "words")),
    Planted(counted("sentence", min=4), counted("sentence", max=3), ("4", "3", "sentences")),
    Planted(counted("paragraph", min=3), counted("paragraph", min=1, max=2), ("3", "2")),
    Planted(counted("character", min=200), counted("character", max=100), ("200", "100", "characters")),
    # Things that hold other things
    Planted(words("at least", 100), counted("character", unit="codepoint", max=150), ("100", "150")),
    Planted(
        counted("word", unit="whitespace", min=60),
        counted("character", unit="codepoint", max=118),
        ("60", "118"),
    ),
    Planted(
        counted("word", min=60), counted("character", unit="codepoint", spaces=False, max=50), ("60", "50")
    ),
    Planted(counted("word", min=60), counted("word", unit="character", max=50), ("60", "50", "words")),
    Planted(nth(5, 2, "we"), counted("paragraph", max=4), ("5", "4")),
    Planted(counted("paragraph", min=6), counted("paragraph", unit="line", max=5), ("6", "5", "lines")),
    Planted(
        counted("paragraph", unit="line", min=30),
        counted("character", unit="codepoint", max=40),
        ("30", "40"),
    ),
    Planted(letter("e", "at least", 40), counted("character", unit="codepoint", max=30), ('"e"', "40", "30")),
    Planted(counted("character", min=90), counted("character", unit="codepoint", max=80), ("90", "80")),
    # Required and forbidden words, phrases and letters
    Planted(exist("the deep sea"), forbid("deep"), ("the deep sea", "deep")),
    Planted(exist("sleep"), letter("e", "less than", 2), ("sleep", '"e"', "2")),
    Planted(exist("sleep"), letter("p", "less than", 1), ("sleep", '"p"')),
    Planted(exist("sleep", "trees"), letter("e", "less than", 4), ("sleep", "trees", "4", "3")),
    Planted(exist("river", "moon"), letter("o", "less than", 2), ("moon", '"o"')),
    Planted(often("tree", "at least", 3), letter("e", "less than", 6), ("tree", "3 times", "6")),
    Planted(exist("seaside"), often("sea", "less than", 1), ("seaside", "sea")),
    Planted(exist("sea lion", "sea horse"), often("sea", "less than", 2), ("sea lion", "sea horse", "2")),
    Planted(exist("far away from home"), words("less than", 4), ("far away from home", "4", "3")),
    Planted(exist("far away", "by the river"), words("less than", 4), ("by the river", "4")),
    Planted(often("far away", "at least", 4), words("less than", 5), ("far away", "4 times", "5")),
    Planted(exist("lighthouse"), counted("character", unit="codepoint", max=8), ("lighthouse", "10", "8")),
    Planted(nth(2, 1, "zebra"), letter("z", "less than", 1), ("zebra", '"z"')),
    Planted(often("sea", "at least", 2), no(exist("sea")), ("sea",)),
    Planted(exist("sea"), no(exist("sea")), ("sea",)),
    Planted(exist("seaside"), no(exist("sea")), ("sea",)),
    # Languages and cases
    Planted(language("fr"), language("de"), ("fr", "de")),
    Planted(language("zh"), language("en"), ("zh", "en")),
    # Composites
    Planted(all_of(words("at least", 50), exist("sea")), words("less than", 40), ("50", "39")),
    Planted(any_of(words("at least", 50), words("at least", 70)), words("less than", 40), ("39",)),
    Planted(any_of(exist("sleep"), exist("deep")), letter("e", "less than", 2), ('"e"',)),
    Planted(no(words("at least", 50)), words("at least", 60), ("60", "49")),
    Planted(no(counted("word", max=50)), counted("word", max=30), ("51", "30")),
    Planted(no(any_of(exist("sea"), exist("lake"))), exist("lake"), ("lake",)),
    Planted(no(all_of(exist("sea"), exist("lake"))), exist("sea", "lake"), ("sea", "lake")),
    Planted(no(forbid("sea")), no(exist("sea")), ("sea",)),
    Planted(no(no(words("at least", 50))), words("less than", 50), ("50", "49")),
    Planted(
        if_then(exist("sea"), words("at least", 50)), all_of(exist("sea"), words("less than", 9)), ("8",)
    ),
    Planted(
        if_then(exist("sea"), words("at least", 50), words("at least", 60)), words("less than", 50), ("49",)
    ),
    Planted(all_of(words("at least", 9), words("less than", 4)), exist("sea"), ("9", "3")),
    # Sections
    Planted(within("paragraph", 2, words("at least", 60)), words("less than", 50), ("60", "49")),
    Planted(within("paragraph", 5, exist("sea")), counted("paragraph", max=4), ("5", "4")),
    Planted(within("line", -3, exist("sea")), counted("paragraph", unit="line", max=2), ("3", "2", "lines")),
    Planted(within("sentence", 6, exist("sea")), counted("sentence", max=5), ("6", "5", "sentences")),
    Planted(within("word", 20, exist("sea")), counted("word", unit="whitespace", max=10), ("20", "10")),
    Planted(within("paragraph", 1, exist("sleep")), letter("e", "less than", 2), ("sleep", '"e"')),
    Planted(
        within("sentence", "every", words("at least", 9)),
        within("sentence", 2, words("less than", 9)),
        ("9", "8"),
    ),
    Planted(
        within("line", "every", words("at least", 9)),
        within("line", "every", words("less than", 9)),
        ("9", "8"),
    ),
    Planted(
        within("paragraph", 1, words("at least", 9)), first(1, "paragraph", words("less than", 9)), ("9", "8")
    ),
    Planted(first(3, "line", exist("zebra")), letter("z", "less than", 1), ("zebra", '"z"')),
    Planted(within("line", "every", exist("zebra")), letter("z", "less than", 1), ("zebra", '"z"')),
    Planted(
        {"kind": "within", "unit": "section", "heading": "Tea", "constraint": words("at least", 9)},
        {"kind": "within", "unit": "section", "heading": "Tea", "constraint": words("less than", 9)},
        ("9", "8"),
    ),
    Planted(within("line", "every", letter("e", "less than", 1)), exist("sleep"), ("sleep", '"e"')),
    # Marks
    Planted(contains("Hello, world"), NO_COMMA, ("Hello, world", ",")),
    Planted(starts("Dear Ana,"), NO_COMMA, ("Dear Ana,",)),
    Planted(ends("Thank you, bye."), NO_COMMA, ("Thank you, bye.",)),
    Planted(repeat("Name a colour, please."), NO_COMMA, ("Name a colour, please.",)),
    Planted(MARKS, NO_COMMA, (",",)),
    Planted(MARKS, NO_DOT, (".",)),
    Planted(CITIES, NO_COMMA, (",",)),
    Planted({"kind": "format:list", "sep": ","}, NO_COMMA, (",",)),
    Planted({"kind": "format:list", "sep": "..."}, NO_DOT, ("...",)),
    Planted(ends("The end."), NO_DOT, ("The end.",)),
    Planted(contains("Stop!"), {"kind": "punctuation:punctuation_exclamation"}, ("Stop!",)),
    Planted(contains("the sea"), {"kind": "format:no_whitespace"}, ("the sea",)),
    Planted(TWO, paragraphs(2), ("******",)),
    Planted(TWO, {"kind": "paragraphs:paragraphs"}, ("******",)),
    # Words of other suites
    Planted(repeat("Name a colour."), forbid("colour"), ("colour",)),
    Planted(ends("by the sea"), forbid("sea"), ("by the sea",)),
    Planted(starts("Sea and sky"), forbid("sea"), ("Sea and sky",)),
    Planted(contains("sea", whole_word=True), forbid("sea"), ("sea",)),
    Planted(
        contains("the sea is"), {"kind": "keywords:exclude_word_harder", "keyword": "sea"}, ("the sea is",)
    ),
    Planted({"kind": "keywords:word_once", "keyword": "sea"}, often("sea", "at least", 3), ("sea", "3")),
    Planted({"kind": "keywords:word_once", "keyword": "sea"}, no(exist("sea")), ("sea",)),
    Planted(
        {"kind": "count:count_increment_word", "keyword1": "sun", "keyword2": "sea"},
        often("sea", "less than", 2),
        ("sea", "2", "1"),
    ),
    Planted(
        {"kind": "copy:copying_multiple", "prompt_to_repeat": "Name a colour.", "N": 3},
        often("colour", "less than", 3),
        ("colour", "3 times", "2"),
    ),
    Planted({"kind": "sentence:keyword", "word": "sea", "N": 5}, sentences("less than", 5), ("5", "4")),
    Planted({"kind": "custom:sentence_alphabet"}, sentences("less than", 20), ("26", "19")),
    Planted({"kind": "ratio:sentence_words"}, sentences("at least", 5), ("5", "3")),
    Planted({"kind": "paragraphs:paragraphs"}, paragraphs(3), ("2", "3")),
    Planted({"kind": "paragraphs:paragraphs2"}, nth(3, 1, "we"), ("2", "3")),
    Planted({"kind": "count:counting_composition", "n_sent": 2, "n_words": 5}, paragraphs(2), ("3", "2")),
    Planted(bullets(3), bullets(4), ("3", "4", "bullet points")),
    Planted({"kind": "count:numbers", "N": 3}, {"kind": "count:numbers", "N": 4}, ("3", "4", "numbers")),
    Planted(word_range(50, 60), word_range(70, 80), ("60", "70")),
    Planted(words("at least", 300), word_range(0, 50), ("300", "50")),
    Planted(word_range(50, 60), counted("character", unit="codepoint", max=90), ("50", "90")),
    Planted({"kind": "format:no_whitespace"}, counted("word", unit="whitespace", min=5), ("5", "1")),
    Planted(
        {"kind": "letters:letter_counting", "N": 10, "relation": "less than"},
        letter("e", "at least", 20),
        ('"e"', "20", "9", "letters"),
    ),
    Planted(
        {"kind": "letters:letter_counting", "N": 9, "relation": "less than"},
        exist("lighthouse"),
        ("lighthouse", "10", "8"),
    ),
    # Cases
    Planted(UPPER, LOWER, ("capital", "small")),
    Planted(UPPER, language("fr"), ("en", "fr")),
    Planted(LOWER, capitals("at least", 2), ("2", "capital words")),
    Planted(UPPER, capitals("less than", 1), ("capital",)),
    Planted(UPPER, contains("sea"), ("sea", "upper")),
    Planted(LOWER, contains("NASA"), ("NASA", "lower")),
    Planted(LOWER, starts("Dear"), ("Dear", "lower")),
    Planted(LOWER, {"kind": "format:output_template"}, ("My Answer:", "lower")),
    Planted(UPPER, sections("Part", 2), ("Part", "upper")),
    # Edges and forms
    Planted(QUOTED, starts("Dear"), ("Dear", "start")),
    Planted(QUOTED, ends_with("bye."), ("bye.", "end")),
    Planted(QUOTED, repeat("Name a colour."), ("Name a colour.",)),
    Planted(QUOTED, {"kind": "first_word:first_word_answer", "first_word": "today"}, ("today",)),
    Planted(
        starts("Dear"), {"kind": "first_word:first_word_answer", "first_word": "today"}, ("Dear", "today")
    ),
    Planted(starts("Dear"), repeat("Name a colour."), ("Dear", "Name a colour.")),
    Planted(ends("the end."), ends("Good bye."), ("the end.", "Good bye.")),
    Planted(ends_with("the END."), ends_with("the end."), ("the END.", "the end.")),
    Planted(ends("the end."), ends_with("bye."), ("the end.", "bye.")),
    Planted(JSON, starts("Dear"), ("JSON", "Dear")),
    Planted(JSON, ends_with("bye."), ("JSON", "bye.")),
    Planted({"kind": "json"}, repeat("What is a colour?"), ("JSON", "What is a colour?")),
    Planted(JSON, CITIES, ("json", "a table of cities")),
    Planted(CITIES, {"kind": "custom:date_format_list"}, ("cities", "dates")),
    Planted(within("paragraph", 1, starts("Dear")), starts("Hello"), ("Dear", "Hello")),
    Planted(within("line", -1, ends_with("bye.")), ends_with("end."), ("bye.", "end.")),
    Planted(within("paragraph", "every", LOWER), within("paragraph", 2, UPPER), ("capital", "small")),
    Planted(within("line", 2, contains("SEA")), LOWER, ("SEA", "lower")),
    # A few texts to choose from
    Planted(copy("Name a colour."), copy("Name a day."), ("Name a ",)),
    Planted(copy("Name a colour."), exist("sea"), ("Name a colour.",)),
    Planted(copy("Name a colour."), NO_DOT, ("Name a colour.",)),
    Planted(copy("Name a colour."), starts("Dear"), ("Name a colour.",)),
    Planted(copy("Name a colour."), words("at least", 10), ("copy:copy", "number_words")),
    Planted(copy("Name a colour."), letter("z", "at least", 1), ("Name a colour.",)),
    Planted(copy("What is a colour?"), JSON, ("What is a colour?",)),
    Planted(copy("Name a colour."), QUOTED, ("Name a colour.",)),
    Planted(copy("1, 2, 3"), UPPER, ("1, 2, 3",)),
    Planted({"kind": "repeat:repeat_simple"}, exist("sea"), ("sentence here",)),
    Planted({"kind": "repeat:repeat_simple"}, words("at least", 20), ("repeat_simple", "number_words")),
]

COMPATIBLE = [
    # The same thing counted, and the like
    Compatible(words("at least", 3), words("less than", 4), "One two three."),
    Compatible(sentences("at least", 2), sentences("less than", 3), "It rains. We row."),
    Compatible(letter("e", "at least", 2), letter("e", "less than", 3), "Eve."),
    Compatible(often("sea", "at least", 2), often("sea", "less than", 3), "Sea by sea."),
    Compatible(often("sea", "at least", 1), often("lake", "less than", 1), "The sea."),
    Compatible(paragraphs(2), nth(3, 1, "we"), "We row.\n\nWe\n***\nsing.\n\nBye."),
    Compatible(paragraphs(2), counted("paragraph", max=1), "One. *** Two."),
    Compatible(nth(1, 1, "we"), counted("paragraph", min=2), "We row.\n \nWe sing."),
    Compatible(nth(1, 1, "we"), counted("paragraph", min=3, unit="line"), "We\nrow\non."),
    # What one definition takes for many is one to another
    Compatible(words("at least", 9), counted("word", max=2), "a.a.a.a.a.a.a.a.a.a"),
    Compatible(words("less than", 3), counted("word", min=9), "天气天气天气天气天气天气"),
    Compatible(words("at least", 9), counted("word", unit="whitespace", max=2), "a-a-a-a-a-a-a-a-a-a"),
    Compatible(words("less than", 2), counted("word", unit="whitespace", min=9), "- - - - - - - - - a"),
    Compatible(words("less than", 1), sentences("at least", 3), "! ! !"),
    Compatible(words("less than", 1), counted("paragraph", min=3), "!\n\n!\n\n!"),
    Compatible(sentences("less than", 2), counted("sentence", min=3), "- tea\n- milk\n- bread"),
    Compatible(sentences("at least", 3), counted("sentence", max=1), "It rains. ! !"),
    Compatible(words("at least", 3), counted("character", unit="codepoint", max=5), "a b c"),
    Compatible(counted("word", min=3), counted("character", unit="codepoint", max=3), "天气好"),
    Compatible(
        counted("character", unit="codepoint", min=7),
        counted("character", max=1),
        "👨\u200d👩\u200d👧\u200d👦",
    ),
    # Required and forbidden
    Compatible(exist("sea"), forbid("sea"), "At the seaside."),
    Compatible(exist("sea"), forbid("seaside"), "The sea."),
    Compatible(often("sea", "at least", 2), forbid("sea"), "Seaside seals."),
    Compatible(exist("the deep sea"), forbid("the sea"), "The deep sea."),
    Compatible(exist("deep sea"), forbid("sea"), "A deep seal."),
    Compatible(exist("sleep"), letter("e", "less than", 3), "Sleep."),
    Compatible(exist("sear", "area"), letter("a", "less than", 3), "A searea: xsearea".replace("A ", "")[:8]),
    Compatible(exist("tide", "ideal"), letter("d", "less than", 2), "Tideal"),
    Compatible(exist("sea", "ear"), letter("a", "less than", 2), "sear"),
    Compatible(exist("sea", "lake"), words("less than", 2), "sealake"),
    Compatible(exist("far away", "away game"), words("less than", 4), "far away game"),
    Compatible(often("far away", "at least", 2), words("less than", 4), "far awayfar away"),
    Compatible(often("sea", "at least", 3), words("less than", 2), "seaseasea"),
    Compatible(exist("sea"), no(exist("lake")), "The sea."),
    Compatible(exist("c.t"), forbid("c.t"), "scatter"),
    Compatible(nth(2, 1, "we"), forbid("us"), "We row.\n\nBye."),
    # Languages and cases
    Compatible(language("en"), LOWER, "the weather is lovely in the city today."),
    Compatible(UPPER, capitals("at least", 3), "THE WEATHER IS LOVELY IN THE CITY TODAY."),
    Compatible(LOWER, capitals("less than", 1), "the weather is lovely in the city today."),
    Compatible(UPPER, exist("weather"), "THE WEATHER IS LOVELY IN THE CITY TODAY."),
    Compatible(
        language("fr"), exist("weather"), "Il fait beau aujourd'hui, « weather », à Paris, et nous sortons."
    ),
    # Forms, edges
    Compatible(JSON, exist("sea"), '{"a": "sea"}'),
    Compatible(JSON, bullets(2), "[\n-1,\n-2]"),
    Compatible(JSON, TITLE, '{"title": "<<Tea>>"}'),
    Compatible(JSON, QUOTED, '"Tea."'),
    Compatible(JSON, ends("the end."), '"This is the end."'),
    Compatible(JSON, paragraphs(2), '{"a": "one *** two"}'),
    Compatible(QUOTED, ends("the end."), '"This is the end."'),
    Compatible(QUOTED, TITLE, '"<<Tea>> is good."'),
    Compatible(QUOTED, starts('"Tea'), '"Tea is good."'),
    Compatible(ends("the end."), ends("is the end."), "This is the end."),
    Compatible(ends("the end."), ends_with('the end."'), '"This is the end."'),
    Compatible(ends("the end."), ends_with("END."), "This is the END."),
    Compatible(ends_with("straße", ignore_case=True), ends_with("STRASSE", ignore_case=True), "Die Strasse"),
    Compatible(starts("Dear"), starts("Dear Ana"), "Dear Ana, come."),
    Compatible(starts("Dear"), NO_COMMA, "Dear Ana"),
    Compatible(
        repeat("Name a colour."), language("en"), "Name a colour. The colour that I like best is blue."
    ),
    Compatible(repeat("Name a colour."), NO_COMMA, "Name a colour. Blue."),
    Compatible(
        copy("The weather is lovely in the city today."), LOWER, "the weather is lovely in the city today."
    ),
    Compatible(copy("Name a colour."), words("less than", 4), "Name a colour."),
    Compatible(copy("Name a colour."), ends("COLOUR."), "Name a colour."),
    Compatible(contains("Sea"), exist("sea"), "Sea."),
    Compatible(contains("sea", whole_word=True), words("less than", 2), "sea"),
    Compatible(TWO, words("at least", 4), "One two\n******\nthree four"),
    Compatible(
        TWO,
        sections("Part", 2),
        "Part 1 ****** Part 2",
    ),
    Compatible({"kind": "custom:european_capitals_sort"}, NO_COMMA, "，".join(EUROPEAN_CAPITALS)),
    Compatible({"kind": "format:options", "options": "1/2"}, JSON, "1"),
    Compatible(MARKS, words("less than", 3), "a?!.,?!;:b"),
    # Composites and sections
    Compatible(any_of(words("at least", 50), exist("sea")), words("less than", 9), "The sea."),
    Compatible(if_then(exist("sea"), words("at least", 50)), words("less than", 9), "The lake."),
    Compatible(
        if_then(exist("sea"), words("less than", 9), words("at least", 50)), words("less than", 9), "The sea."
    ),
    Compatible(no(all_of(exist("sea"), exist("lake"))), exist("sea"), "The sea."),
    Compatible(no(words("at least", 4)), words("less than", 4), "One two."),
    Compatible(
        within("paragraph", 2, words("less than", 3)), words("at least", 4), "One two three.\n\nFour."
    ),
    Compatible(
        within("paragraph", 1, exist("sea")), within("paragraph", 2, no(exist("sea"))), "Sea.\n\nLake."
    ),
    Compatible(within("line", "every", words("less than", 3)), words("at least", 4), "One two\nthree four"),
    Compatible(within("line", 1, forbid("sea")), exist("sea"), "Lake\nsea"),
    Compatible(
        within("code_block", "every", words("at least", 9)),
        within("code_block", "every", words("less than", 9)),
        "No code.",
    ),
    Compatible(within("sentence", "every", exist("sea")), letter("s", "less than", 1), "!!!"),
    Compatible(within("word", "every", words("less than", 2)), words("at least", 3), "One two three."),
    Compatible(first(2, "word", contains("sea lion")), no(contains("sea lion")), "sea\nlion"),
    Compatible(within("paragraph", -1, starts("Bye")), starts("Hello"), "Hello.\n\nBye."),
]

UNLIKELY = [
    Planted(words("at least", 300), counted("word", max=100), ("300", "100")),
    Planted(words("at least", 300), counted("character", max=400), ("300", "400", "characters")),
    Planted(sentences("at least", 20), words("less than", 10), ("20", "9", "words")),
    Planted(counted("paragraph", min=20), words("less than", 10), ("20", "9", "words")),
    Planted(nth(20, 1, "we"), words("less than", 10), ("20", "9", "words")),
    Planted(exist("sea"), forbid("sea"), ('"sea"', "as a word")),
    Planted(UPPER, capitals("less than", 3), ("2", "capital words")),
    Planted(LOWER, {"kind": "count:lowercase_counting", "N": 3}, ("3", "lower-case words")),
    Planted(JSON, bullets(3), ("json", "bullet points")),
    Planted(
        JSON, {"kind": "detectable_content:postscript", "postscript_marker": "P.S."}, ("json", "postscript")
    ),
    Planted(CITIES, bullets(3), ("table", "bullet points")),
    Planted(CITIES, starts("Dear"), ("table", "Dear")),
    Planted(JSON, ends("Thank you."), ("json", "Thank you.")),
    Planted(JSON, starts("The"), ("json", "The")),
    Planted({"kind": "format:options", "options": "yes/no"}, JSON, ("json", "options")),
    Planted(copy("Name a colour."), TITLE, ("copy:copy", "title")),
    Planted(copy("Name a colour."), capitals("at least", 9), ("copy:copy", "capital_word")),
    Planted(exist("tide", "moon", "ebb"), words("less than", 3), ("tide", "moon", "ebb", "2")),
    Planted(all_of(exist("sea"), exist("lake")), any_of(forbid("sea"), forbid("lake")), ("sea", "lake")),
]

# What follows, and from what.
FOLLOWING = [
    Planted(NO_COMMA, NO_COMMA, ()),
    Planted(words("at least", 50), words("at least", 60), ()),
    Planted(words("less than", 60), words("less than", 50), ()),
    Planted(exist("sea"), exist("seaside"), ()),
    Planted(exist("sea"), exist("lake", "sea"), ()),
    Planted(exist("sea"), often("sea", "at least", 2), ()),
    Planted(exist("sea"), nth(2, 1, "seaside"), ()),
    Planted(forbid("sea"), no(exist("sea")), ()),
    Planted(forbid("sea"), forbid("lake", "sea"), ()),
    Planted(forbid("sea lion"), no(exist("sea")), ()),
    Planted(counted("paragraph", min=3), nth(3, 1, "we"), ()),
    Planted(counted("character", unit="codepoint", min=99), words("at least", 50), ()),
    Planted(words("at least", 50), all_of(words("at least", 60), NO_COMMA), ()),
    Planted(words("at least", 50), any_of(words("at least", 60), words("at least", 70)), ()),
    Planted(any_of(exist("sea"), exist("lake")), exist("lake"), ()),
    Planted(no(words("less than", 50)), words("at least", 50), ()),
    Planted(no(no(NO_COMMA)), NO_COMMA, ()),
    Planted(words("at least", 50), within("paragraph", 1, words("at least", 50)), ()),
    Planted(exist("sea"), within("line", 2, exist("sea")), ()),
    Planted(no(exist("sea")), within("line", "every", no(exist("sea"))), ()),
    Planted(counted("paragraph", min=3), within("paragraph", 3, exist("sea")), ()),
    Planted(if_then(exist("sea"), words("at least", 50)), words("at least", 60), ()),
]

# What does not follow, from what, and a text that shows it.
NOT_FOLLOWING = [
    Compatible(words("at least", 3), words("at least", 2), "One two."),
    Compatible(exist("sea"), exist("se"), "Sewing"),
    Compatible(often("sea", "at least", 2), exist("sea"), "The sea."),
    Compatible(no(exist("sea")), forbid("sea"), "The seaside."),
    Compatible(no(forbid("c.t")), exist("c.t"), "scatter"),
    Compatible(exist("sea", "lake"), exist("sea"), "The sea."),
    Compatible(words("at least", 2), counted("word", min=2), "天气"),
    Compatible(exist("sea"), any_of(exist("sea"), exist("lake")), "The lake."),
    Compatible(all_of(exist("sea"), exist("lake")), exist("lake"), "The lake."),
    Compatible(words("less than", 3), within("line", "every", words("less than", 3)), "One two\nthree four"),
    Compatible(exist("sea"), within("sentence", "every", exist("sea")), "!!!"),
    Compatible(no(exist("sea")), within("line", 1, no(exist("sea"))), "Lake\nsea"),
]
