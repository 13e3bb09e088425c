"""Constraints that contradict each other for whoever reads them, and constraints that go together.

Short names stand for kinds; every entry is a list of ``(kind, parameters)``.
"""

from typing import Any

Asked = list[tuple[str, dict[str, Any]]]

JSON: tuple[str, dict[str, Any]] = ("json", {})
UPPER: tuple[str, dict[str, Any]] = ("change_case:english_capital", {})
LOWER: tuple[str, dict[str, Any]] = ("change_case:english_lowercase", {})
BARE: tuple[str, dict[str, Any]] = ("format:no_whitespace", {})
LINES: tuple[str, dict[str, Any]] = ("format:newline", {})
ALPHABET: tuple[str, dict[str, Any]] = ("words:alphabet", {})
PRIME: tuple[str, dict[str, Any]] = ("words:prime_lengths", {})
VOWELS: tuple[str, dict[str, Any]] = ("words:vowel", {})
CONSONANTS: tuple[str, dict[str, Any]] = ("words:consonants", {})
UNIQUE: tuple[str, dict[str, Any]] = ("count:count_unique", {})
TITLE_CASE: tuple[str, dict[str, Any]] = ("format:title_case", {})
BALANCE: tuple[str, dict[str, Any]] = ("ratio:sentence_balance", {})
EMOJI: tuple[str, dict[str, Any]] = ("format:emoji", {})
NO_COMMA: tuple[str, dict[str, Any]] = ("punctuation:no_comma", {})
TITLE: tuple[str, dict[str, Any]] = ("detectable_format:title", {})
THESIS: tuple[str, dict[str, Any]] = ("format:thesis", {})
QUOTED: tuple[str, dict[str, Any]] = ("startend:quotation", {})
TWO: tuple[str, dict[str, Any]] = ("paragraphs:paragraphs2", {})
BRACKETS: tuple[str, dict[str, Any]] = ("detectable_format:square_brackets", {})
PAIRS: tuple[str, dict[str, Any]] = ("detectable_format:bigram_wrapping", {})
STAIRS: tuple[str, dict[str, Any]] = ("format:line_indent", {})
TEMPLATE: tuple[str, dict[str, Any]] = ("format:output_template", {})
SUB_BULLETS: tuple[str, dict[str, Any]] = ("sub_bullets", {})
HYPHENS: tuple[str, dict[str, Any]] = ("detectable_format:sentence_hyphens", {})
TABLE: tuple[str, dict[str, Any]] = ("markdown_table", {})
CODE: tuple[str, dict[str, Any]] = ("code_block", {})
EASY: tuple[str, dict[str, Any]] = ("reading_level", {"formula": "flesch_kincaid_grade", "max": 6})
TWO_BY_STARS: tuple[str, dict[str, Any]] = ("paragraphs:paragraphs", {})
POINTS_LAST: tuple[str, dict[str, Any]] = ("format:no_bullets_bullets", {})
COMPOSITION: tuple[str, dict[str, Any]] = ("count:counting_composition", {"n_sent": 3, "n_words": 7})
JAPANESE: tuple[str, dict[str, Any]] = ("japanese_words", {"every": 4})
EQUAL: tuple[str, dict[str, Any]] = ("equal_sentences", {"number": 4})
GROWING: tuple[str, dict[str, Any]] = ("sentence:increment", {"small_n": 1})
FEW_CAPITALS: tuple[str, dict[str, Any]] = (
    "change_case:capital_word_frequency",
    {"capital_frequency": 4, "capital_relation": "less than"},
)
TWICE: tuple[str, dict[str, Any]] = ("combination:two_responses", {})


def words(low: int | None = None, high: int | None = None) -> tuple[str, dict[str, Any]]:
    return "word_count", {"min": low, "max": high}


def sentences(low: int | None = None, high: int | None = None) -> tuple[str, dict[str, Any]]:
    return "sentence_count", {"min": low, "max": high}


def paragraphs(low: int | None = None, high: int | None = None) -> tuple[str, dict[str, Any]]:
    return "paragraph_count", {"min": low, "max": high}


def characters(low: int | None = None, high: int | None = None) -> tuple[str, dict[str, Any]]:
    return "character_count", {"min": low, "max": high}


def keyword(*texts: str) -> tuple[str, dict[str, Any]]:
    return "keywords:existence", {"keywords": list(texts)}


def forbidden(*texts: str) -> tuple[str, dict[str, Any]]:
    return "keywords:forbidden_words", {"forbidden_words": list(texts)}


def starts(text: str) -> tuple[str, dict[str, Any]]:
    return "starts_with", {"text": text}


def ends(text: str) -> tuple[str, dict[str, Any]]:
    return "ends_with", {"text": text}


def bullets(number: int) -> tuple[str, dict[str, Any]]:
    return "detectable_format:number_bullet_lists", {"num_bullets": number}


def sections(number: int, name: str = "Part") -> tuple[str, dict[str, Any]]:
    return "detectable_format:multiple_sections", {"num_sections": number, "section_spliter": name}


def placeholders(number: int) -> tuple[str, dict[str, Any]]:
    return "detectable_content:number_placeholders", {"num_placeholders": number}


def highlights(number: int) -> tuple[str, dict[str, Any]]:
    return "detectable_format:number_highlighted_sections", {"num_highlights": number}


def each_first(word: str) -> tuple[str, dict[str, Any]]:
    return "first_word:first_word_sent", {"first_word": word}


def each_last(word: str) -> tuple[str, dict[str, Any]]:
    return "last_word:last_word_sent", {"last_word": word}


def last(word: str) -> tuple[str, dict[str, Any]]:
    return "last_word:last_word_answer", {"last_word": word}


def often(word: str, number: int) -> tuple[str, dict[str, Any]]:
    return "keywords:frequency", {"keyword": word, "frequency": number, "relation": "at least"}


def once(word: str) -> tuple[str, dict[str, Any]]:
    return "keywords:word_once", {"keyword": word}


def letter(letter: str, number: int, relation: str = "less than") -> tuple[str, dict[str, Any]]:
    return "keywords:letter_frequency", {
        "letter": letter,
        "let_frequency": number,
        "let_relation": relation,
    }


def language(code: str) -> tuple[str, dict[str, Any]]:
    return "language:response_language", {"language": code}


def position(word: str, sentence: int, number: int) -> tuple[str, dict[str, Any]]:
    return "words:keywords_specific_position", {"keyword": word, "n": sentence, "m": number}


def in_sentence(word: str, sentence: int) -> tuple[str, dict[str, Any]]:
    return "sentence:keyword", {"word": word, "N": sentence}


def code(language: str) -> tuple[str, dict[str, Any]]:
    return "code_block", {"language": language}


def listed(separator: str) -> tuple[str, dict[str, Any]]:
    return "format:list", {"sep": separator}


def uses(number: int) -> tuple[str, dict[str, Any]]:
    return "words:repeats", {"small_n": number}


def dividers(number: int) -> tuple[str, dict[str, Any]]:
    return "length_constraints:number_paragraphs", {"num_paragraphs": number}


PHRASE: tuple[str, dict[str, Any]] = (
    "copy:repeat_phrase",
    {"phrase": "Brave hearts find a way through every storm", "small_n": 4},
)

CONTRADICTIONS: list[Asked] = [
    # shares of sentences, and phrases without a Japanese word
    [("statements_per_question", {"number": 3}), BALANCE],
    [("ratio:sentence_type", {}), BALANCE],
    [("ratio:sentence_type", {}), ("statements_per_question", {"number": 3})],
    [JAPANESE, ("contains", {"text": "the sea and the sky"})],
    [JAPANESE, ("startend:end_checker", {"end_phrase": "I hope this helps."})],
    [("japanese_words", {"every": 3}), PHRASE],
    # lengths
    [words(high=20), sentences(low=10)],
    [words(high=20), paragraphs(low=8)],
    [words(low=300), characters(high=500)],
    [words(low=300), sentences(high=3)],
    [sentences(high=2), paragraphs(low=4)],
    [sentences(high=3), bullets(5)],
    [sentences(high=3), sections(5)],
    [paragraphs(high=2), sections(4)],
    [words(high=5), bullets(8)],
    [words(high=20), sentences(low=10), paragraphs(high=3)],
    [words(high=30), ("count:unique_word_count", {"N": 60})],
    [words(high=30), ("count:pronouns", {"N": 25})],
    [characters(high=100), sentences(low=20)],
    [words(low=100), ("length_constraints:number_words", {"num_words": 80, "relation": "less than"})],
    [sentences(high=2), in_sentence("sea", 4)],
    [sentences(high=2), position("sea", 3, 4)],
    # white space and lines
    [BARE, paragraphs(low=3)],
    [BARE, sentences(low=4)],
    [BARE, highlights(3)],
    [BARE, placeholders(5)],
    [BARE, starts("In short")],
    [BARE, words(low=50)],
    [BARE, LINES],
    [LINES, paragraphs(low=3)],
    [LINES, bullets(4)],
    [LINES, PHRASE],
    [LINES, BALANCE],
    [LINES, position("sea", 2, 4)],
    [STAIRS, bullets(3)],
    [HYPHENS, paragraphs(low=3)],
    # formats
    [JSON, ("detectable_format:json_format", {})],
    [JSON, bullets(3)],
    [JSON, sections(3)],
    [JSON, placeholders(3)],
    [JSON, TITLE],
    [JSON, NO_COMMA],
    [JSON, sentences(low=5)],
    [JSON, paragraphs(low=2)],
    [JSON, EMOJI],
    [JSON, each_first("We")],
    [JSON, position("sea", 2, 3)],
    [JSON, listed("SEPARATOR")],
    [JSON, TEMPLATE],
    [JSON, ends("Thank you for reading.")],
    [listed("-->"), paragraphs(low=3)],
    [listed("-->"), bullets(3)],
    [TEMPLATE, starts("To begin with")],
    [TEMPLATE, sections(3)],
    [BRACKETS, PAIRS],
    [BRACKETS, highlights(3)],
    [PAIRS, placeholders(3)],
    [("format:no_bullets_bullets", {}), ends("Thank you for reading.")],
    # words
    [PRIME, keyword("garden")],
    [PRIME, often("ocean", 2), keyword("window")],
    [CONSONANTS, keyword("banana")],
    [VOWELS, keyword("education")],
    [VOWELS, ends("Thank you for reading.")],
    [UNIQUE, often("sea", 3)],
    [UNIQUE, each_first("We")],
    [uses(3), often("sea", 5)],
    [uses(2), ("count:keywords_multiple", {
        "keyword1": "sea", "keyword2": "lake", "keyword3": "pond", "keyword4": "reef", "keyword5": "tide",
    })],
    [TITLE_CASE, UPPER],
    [TITLE_CASE, LOWER],
    [keyword("sea"), forbidden("sea")],
    [once("sea"), often("sea", 3)],
    [letter("e", 1), keyword("sea")],
    [letter("e", 2), keyword("sea", "reef")],
    # case and language
    [UPPER, LOWER],
    [UPPER, language("de")],
    [LOWER, ("contains", {"text": "Sea"})],
    [UPPER, ends("I hope this helps.")],
    [language("de"), language("fr")],
    [language("de"), ("language", {"language": "fr"})],
    # where words stand
    [each_first("It"), starts("In short")],
    [each_first("It"), ("first_word:first_word_answer", {"first_word": "We"})],
    [each_first("It"), ends("And that is the whole story.")],
    [each_first("It"), ("paragraph_first_word", {"paragraphs": 3, "number": 2, "word": "danger"})],
    [each_last("home"), ends("Thank you for reading.")],
    [each_last("home"), last("today")],
    [each_last("home"), EMOJI],
    [EMOJI, ends("Thank you for reading.")],
    [starts("In short"), starts("To begin with")],
    [starts("In short"), position("sea", 1, 2)],
    [ends("I hope this helps."), ("words:words_position", {"keyword": "sea"})],
    [position("sea", 2, 3), position("lake", 2, 3)],
    [each_first("It"), position("sea", 2, 1)],
    [starts("In short"), QUOTED],
    [last("today"), last("home")],
    # punctuation
    [BALANCE, ("punctuation:punctuation_exclamation", {})],
    [BALANCE, ("punctuation:punctuation_dot", {})],
    [("statements_per_question", {"number": 2}), ("punctuation:punctuation_dot", {})],
    [NO_COMMA, ("count:punctuation", {})],
    [NO_COMMA, ends("Thank you, bye.")],
    [("punctuation:punctuation_dot", {}), ends("I hope this helps.")],
    # a layout, and what is no part of it
    [LINES, TABLE],
    [LINES, dividers(3)],
    [BARE, TABLE],
    [BARE, CODE],
    [BARE, EASY],
    [BRACKETS, TABLE],
    [BRACKETS, dividers(2)],
    [PAIRS, TWO_BY_STARS],
    [HYPHENS, TABLE],
    [STAIRS, TABLE],
    [STAIRS, CODE],
    [POINTS_LAST, TABLE],
    [COMPOSITION, TABLE],
    [COMPOSITION, bullets(3)],
    [QUOTED, ("format:quote_unquote", {})],
    [VOWELS, TABLE],
    [paragraphs(low=1, high=1), TABLE],
    [paragraphs(low=1, high=1), bullets(3)],
    # documents
    [JSON, CODE],
    [JSON, code("python")],
    [JSON, code("yaml")],
    [("detectable_format:json_format", {}), CODE],
    [("yaml", {}), CODE],
    [("yaml", {}), TABLE],
    [("xml", {}), PHRASE],
    # languages
    [language("fr"), last("today")],
    [language("ko"), ends("Thank you for reading.")],
    [language("de"), ends("Have a nice day and all the best to you.")],
    [("language", {"language": "zh-Hant"}), starts("To begin with")],
    [language("pl"), starts("In short")],
    [language("de"), each_first("The")],
    [language("de"), ("first_word:first_word_answer", {"first_word": "Today"})],
    [language("de"), PHRASE],
    [language("es"), ("count:pronouns", {"N": 10})],
    [language("es"), ("count:conjunctions", {"small_n": 3})],
    [language("zh"), letter("e", 20, "at least")],
    [language("ru"), ("letters:letter_counting", {"N": 400, "relation": "at least"})],
    [UPPER, JAPANESE],
    [language("de"), JAPANESE],
    # a rule for every word, and words and marks that have to be there
    [ALPHABET, ends("I hope this helps.")],
    [ALPHABET, starts("To begin with")],
    [ALPHABET, PHRASE],
    [("words:no_consecutive", {}), starts("Tom tells")],
    [("keywords:no_adjacent_consecutive", {}), ends("All boats sail.")],
    [("words:odd_even_syllables", {}), starts("In short")],
    [PRIME, PHRASE],
    [TITLE_CASE, ("contains", {"text": "sea"})],
    [TITLE_CASE, ends("I hope this helps.")],
    [TITLE_CASE, PHRASE],
    [UNIQUE, TABLE],
    [UNIQUE, dividers(2)],
    [UNIQUE, ("format:quotes", {})],
    [UNIQUE, ("url_count", {"min": 1})],
    [UNIQUE, highlights(2)],
    [UNIQUE, PHRASE],
    [UNIQUE, sections(2)],
    [UNIQUE, TEMPLATE],
    # counts
    [sections(5), ("count:numbers", {"N": 3})],
    [("regex_count", {"pattern": r"\d{4}", "min": 4}), ("count:numbers", {"N": 2})],
    [("regex_count", {"pattern": r"\d+", "max": 2}), sections(4)],
    [sections(5, "SECTION"), FEW_CAPITALS],
    [listed("SEPARATOR"), ("change_case:capital_word_frequency", {
        "capital_frequency": 2, "capital_relation": "less than",
    })],
    [words(high=10), ("markdown_table", {"columns": 4, "min_rows": 4})],
    [PHRASE, ("count:lowercase_counting", {"N": 15})],
    [PHRASE, letter("e", 3)],
    [("regex_count", {"pattern": r"\w+ing\b", "min": 2}), UPPER],
    [("regex_count", {"pattern": r"\b[A-Z]\w+", "min": 2}), LOWER],
    [("regex_count", {"pattern": r"\b[A-Z]\w+", "min": 1, "max": 5}), UPPER],
    [("regex_count", {"pattern": r"\b[a-z]+\b", "max": 4}), LOWER],
    [UPPER, code("python")],
    [("punctuation:punctuation_dot", {}), ("url_count", {"min": 2})],
    # sentences
    [("sentence:alliteration_increment", {}), ends("I hope this helps.")],
    [EQUAL, PHRASE],
    [EQUAL, ("keywords:start_end", {})],
    [EQUAL, each_first("We")],
    [EQUAL, ("words:last_first", {})],
    [EQUAL, ("words:words_position", {"keyword": "sea"})],
    [COMPOSITION, GROWING],
    [UNIQUE, BRACKETS],
    [UNIQUE, QUOTED],
    [UNIQUE, listed("-->")],
    [BARE, last("today")],
    [ALPHABET, ("keywords:no_adjacent_consecutive", {})],
    [ALPHABET, language("ru")],
    [language("zh"), ("regex_count", {"pattern": r"\w+ing\b", "min": 2})],
    # one thing by two names
    [("keywords:palindrome", {}), ("words:palindrome", {})],
    [language("de"), ("language", {"language": "de"})],
    [UPPER, ("language", {"language": "en"})],
    # triples
    [VOWELS, starts("Let us see"), last("today")],
    [VOWELS, keyword("sea"), once("sky"), letter("i", 5, "at least"), letter("o", 5, "at least")],
    [UNIQUE, starts("The"), ends("And that is the whole story.")],
    [EMOJI, ("emoji_count", {"max": 2}), sentences(low=5)],
    [GROWING, ends("I hope this helps."), words(low=50)],
    [GROWING, ends("I hope this helps."), starts("Here is what I think")],
    [EASY, words(low=280), sentences(high=5)],
    [("keywords:start_end", {}), starts("We"), last("today")],
    [("reading_level", {"formula": "flesch_reading_ease", "min": 70}), words(low=300), sentences(high=6)],
    [("ratio:stop_words", {"percentage": 20}), ("count:pronouns", {"N": 25}), words(high=60)],
    [each_first("We"), sentences(low=5), ("keywords:frequency", {
        "keyword": "we", "frequency": 4, "relation": "less than",
    })],
    [words(low=50), NO_COMMA, ("contains", {"text": "sea, lake"})],
    [paragraphs(low=5), words(high=10), keyword("sea")],
    [UPPER, sentences(low=3), language("fr")],
]  # fmt: skip

COMPATIBLE: list[Asked] = [
    [("statements_per_question", {"number": 2}), ("ratio:sentence_type", {})],
    [("statements_per_question", {"number": 1}), BALANCE],
    [JAPANESE, ("contains", {"text": "the sea"})],
    [("japanese_words", {"every": 7}), PHRASE],
    [words(low=100), sentences(low=5)],
    [words(low=100, high=200), sentences(low=5, high=12)],
    [words(high=200), paragraphs(low=3)],
    [words(low=100), characters(high=1500)],
    [sentences(low=8), paragraphs(high=3)],
    [sentences(high=8), paragraphs(low=2)],
    [sentences(high=8), bullets(4)],
    [sections(3), paragraphs(low=3)],
    [sections(3), sentences(low=6)],
    [bullets(5), words(low=100)],
    [bullets(5), paragraphs(low=2)],
    [bullets(3), highlights(2)],
    [bullets(3), TITLE],
    [bullets(3), starts("In short")],
    [bullets(3), keyword("sea")],
    [bullets(3), placeholders(2)],
    [JSON, words(low=50)],
    [JSON, keyword("sea", "lake")],
    [JSON, forbidden("sea")],
    [JSON, LOWER],
    [JSON, UPPER],
    [JSON, language("de")],
    [JSON, characters(high=800)],
    [JSON, ("punctuation:punctuation_exclamation", {})],
    [UPPER, keyword("sea")],
    [UPPER, words(low=100)],
    [UPPER, bullets(3)],
    [LOWER, keyword("sea")],
    [LOWER, NO_COMMA],
    [LOWER, paragraphs(low=2)],
    [LOWER, highlights(2)],
    [language("de"), words(low=100)],
    [language("de"), bullets(3)],
    [language("de"), TITLE],
    [language("de"), NO_COMMA],
    [language("de"), QUOTED],
    [starts("In short"), ends("I hope this helps.")],
    [starts("In short"), paragraphs(low=3)],
    [starts("In short"), keyword("sea")],
    [ends("I hope this helps."), NO_COMMA],
    [ends("I hope this helps."), sentences(low=3)],
    [each_first("We"), sentences(low=4)],
    [each_first("We"), keyword("sea")],
    [each_last("home"), sentences(low=4)],
    [each_last("home"), starts("In short")],
    [position("sea", 2, 4), sentences(low=3)],
    [position("sea", 2, 4), position("lake", 2, 6)],
    [in_sentence("sea", 2), position("lake", 3, 4)],
    [in_sentence("sea", 2), in_sentence("lake", 2)],
    [PRIME, keyword("ocean", "sea")],
    [PRIME, words(high=100)],
    [CONSONANTS, keyword("spring")],
    [VOWELS, keyword("sea")],
    [UNIQUE, keyword("sea")],
    [UNIQUE, words(high=50)],
    [uses(5), often("sea", 3)],
    [uses(5), words(low=100)],
    [TITLE_CASE, keyword("sea")],
    [TITLE_CASE, words(low=50)],
    [BALANCE, sentences(low=3)],
    [BALANCE, NO_COMMA],
    [EMOJI, sentences(low=3)],
    [EMOJI, paragraphs(low=2)],
    [THESIS, words(low=100)],
    [TITLE, paragraphs(low=3)],
    [LINES, words(high=50)],
    [LINES, keyword("sea")],
    [BARE, keyword("sea", "lake")],
    [BRACKETS, words(low=20)],
    [STAIRS, keyword("sea")],
    [listed("-->"), words(low=50)],
    [listed("-->"), keyword("sea")],
    [TEMPLATE, words(low=100)],
    [TEMPLATE, keyword("sea")],
    [HYPHENS, sentences(low=3)],
    [TWICE, NO_COMMA],
    [dividers(3), keyword("sea")],
    [dividers(3), words(low=100)],
    [PHRASE, words(low=100)],
    [letter("z", 3), keyword("sea")],
    [letter("e", 20, "at least"), words(low=100)],
    [once("sea"), often("lake", 3)],
    [keyword("sea"), forbidden("lake")],
    [SUB_BULLETS, words(low=50)],
    [LINES, ("emoji_count", {"min": 2})],
    [LINES, sentences(high=8)],
    [BARE, ("url_count", {"min": 1})],
    [TEMPLATE, TABLE],
    [TWICE, TABLE],
    [dividers(3), TABLE],
    [paragraphs(high=4), TABLE],
    [COMPOSITION, highlights(2)],
    [JSON, code("json")],
    [("yaml", {}), code("yaml")],
    [JSON, ("url_count", {"min": 2})],
    [JSON, ("emoji_count", {"min": 2})],
    [CODE, TABLE],
    [LOWER, code("python")],
    [UPPER, code("sql")],
    [language("de"), keyword("garden")],
    [language("de"), ends("Vielen Dank.")],
    [language("nl"), starts("In de zomer")],
    [language("fr"), last("fin")],
    [language("fr"), last("distance")],
    [language("zh"), ("letters:letter_counting", {"N": 400, "relation": "less than"})],
    [language("de"), letter("e", 20, "at least")],
    [language("de"), code("python")],
    [("language", {"language": "en-GB"}), ends("I hope this helps.")],
    [EASY, ends("I hope this helps.")],
    [EASY, UPPER],
    [ALPHABET, keyword("sea")],
    [("words:no_consecutive", {}), starts("In short")],
    [("keywords:no_adjacent_consecutive", {}), ends("I hope this helps.")],
    [("words:odd_even_syllables", {}), starts("Happy dogs")],
    [PRIME, ends("Thank you for reading.")],
    [TITLE_CASE, bullets(3)],
    [UNIQUE, starts("In short"), ends("And that is the whole story.")],
    [UNIQUE, ("count:numbers", {"N": 3})],
    [UNIQUE, ("emoji_count", {"min": 1})],
    [uses(3), starts("The"), ends("And that is the whole story.")],
    [VOWELS, starts("Let us see")],
    [VOWELS, starts("Let us see"), letter("e", 5, "at least")],
    [sections(3), ("count:numbers", {"N": 5})],
    [sections(5, "Part"), FEW_CAPITALS],
    [("regex_count", {"pattern": r"\w+ing\b", "min": 2}), LOWER],
    [("regex_count", {"pattern": r"\w+ing\b", "min": 2, "ignore_case": True}), UPPER],
    [("regex_count", {"pattern": r"\d{4}", "min": 2}), UPPER],
    [("punctuation:punctuation_dot", {}), sentences(low=3)],
    [EMOJI, ("emoji_count", {"max": 5}), sentences(low=3)],
    [GROWING, starts("In short"), words(low=50)],
    [EASY, words(low=100), sentences(low=10, high=20)],
    [EQUAL, keyword("sea")],
    [EQUAL, position("sea", 1, 2)],
    [("keywords:start_end", {}), words(low=100), keyword("sea")],
    [ALPHABET, language("en")],
    [language("de"), ("regex_count", {"pattern": r"\d{4}", "min": 2})],
    [("keywords:palindrome", {}), keyword("level")],
    [PHRASE, ("count:lowercase_counting", {"N": 60})],
    [each_first("We"), sentences(low=5), often("we", 3)],
    [TWO, sentences(low=4)],
]  # fmt: skip
