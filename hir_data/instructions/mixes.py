"""Which kinds instructions are composed of."""

from typing import Literal, get_args

Mix = Literal["everyday", "benchmark", "all"]
MIXES: tuple[Mix, ...] = get_args(Mix)

EVERYDAY = (
    "change_case:english_capital",
    "change_case:english_lowercase",
    "character_count",
    "code_block",
    "contains",
    "detectable_content:number_placeholders",
    "detectable_content:postscript",
    "detectable_format:multiple_sections",
    "detectable_format:number_bullet_lists",
    "detectable_format:number_highlighted_sections",
    "emoji_count",
    "ends_with",
    "first_word:first_word_answer",
    "json",
    "keywords:forbidden_words",
    "keywords:frequency",
    "keywords:word_once",
    "language",
    "markdown_table",
    "paragraph_count",
    "punctuation:no_comma",
    "punctuation:punctuation_exclamation",
    "reading_level",
    "sentence_count",
    "startend:end_checker",
    "starts_with",
    "word_count",
    "yaml",
)
"""What people ask for: lengths, keywords, language, case, and the layout of an answer.

Of two kinds of which one is the sound variant of the other it is the sound one.
"""

BENCHMARK_SUITES = ("ifeval", "ifbench", "iftrain")
"""Whose kinds the mix of the benchmarks has."""

DEMANDING = frozenset(
    {
        "combination:two_responses",
        "count:count_unique",
        "count:counting_composition",
        "count:punctuation",
        "count:words_japanese",
        "csv",
        "detectable_format:bigram_wrapping",
        "detectable_format:sentence_hyphens",
        "detectable_format:square_brackets",
        "first_word:first_word_sent",
        "format:emoji",
        "format:line_indent",
        "format:newline",
        "format:no_bullets_bullets",
        "format:no_whitespace",
        "format:output_template",
        "format:quote_unquote",
        "format:title_case",
        "json",
        "detectable_format:json_format",
        "equal_sentences",
        "japanese_words",
        "keywords:no_adjacent_consecutive",
        "keywords:start_end",
        "last_word:last_word_sent",
        "ratio:sentence_balance",
        "ratio:sentence_type",
        "ratio:sentence_words",
        "sentence:alliteration_increment",
        "sentence:increment",
        "statements_per_question",
        "toml",
        "words:alphabet",
        "words:consonants",
        "words:last_first",
        "words:no_consecutive",
        "words:odd_even_syllables",
        "words:palindrome",
        "words:paragraph_last_first",
        "words:prime_lengths",
        "words:repeats",
        "words:vowel",
        "words:words_position",
        "xml",
        "yaml",
    }
)
"""Kinds that govern every word, every sentence or the whole answer: two of them hardly ever go together."""

COMPANIONS: dict[str, frozenset[str]] = {
    "format:quote_unquote": frozenset({"format:quotes"}),
}
"""Kinds that say nothing by themselves, and the kinds of which one gives them something to say."""
