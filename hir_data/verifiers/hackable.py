"""What kinds of the references let through that nobody means by them, and what to use in their place."""

from typing import NamedTuple


class Hackable(NamedTuple):
    """A kind that can be satisfied without doing what it asks for.

    Attributes:
        lets_through: what satisfies it.
        instead: the id of a kind that means the same and does not; empty if there is none.
    """

    lets_through: str
    instead: str = ""


HACKABLE: dict[str, Hackable] = {
    "ratio:sentence_words": Hackable('the same sentence three times: "Cat. Cat. Cat."', "equal_sentences"),
    "count:words_japanese": Hackable("fewer words than wanted, and all words in Japanese", "japanese_words"),
    "ratio:sentence_type": Hackable("no statement and no question", "statements_per_question"),
    "ratio:sentence_balance": Hackable("no sentence that ends with a mark"),
    "format:sub-bullets": Hackable("no list; a hyphen behind any asterisk", "sub_bullets"),
    "length_constraints:nth_paragraph_first_word": Hackable(
        "nothing; but a blank line too many shifts the paragraphs, and markup hides the word",
        "paragraph_first_word",
    ),
    "change_case:capital_word_frequency": Hackable('with "less than", a text without capitals'),
    "count:count_unique": Hackable("one word without a full stop"),
    "count:lowercase_counting": Hackable("few words, and words in capitals or in another script"),
    "detectable_format:bigram_wrapping": Hackable("one word"),
    "detectable_format:sentence_hyphens": Hackable("one sentence without a hyphen"),
    "detectable_format:constrained_response": Hackable("the option anywhere in other text"),
    "detectable_format:json_format": Hackable("a number, a string, NaN", "json"),
    "detectable_content:number_placeholders": Hackable("empty brackets, links, checkboxes"),
    "detectable_format:title": Hackable("double angle brackets anywhere"),
    "format:emoji": Hackable("an emoji that opens the next sentence"),
    "format:line_indent": Hackable("one line"),
    "format:list": Hackable("the separator twice, anywhere: two hyphens in words"),
    "format:newline": Hackable("as many lines as words, wherever the words stand"),
    "format:no_whitespace": Hackable("one word"),
    "format:quote_unquote": Hackable("a text without quotation marks"),
    "format:quotes": Hackable("apostrophes"),
    "format:title_case": Hackable("digits, capitals, scripts without case"),
    "keywords:exclude_word_harder": Hackable("the word beside punctuation, at the start or the end"),
    "keywords:existence": Hackable('the keyword inside of other words: "art" in "start"', "contains"),
    "keywords:forbidden_words": Hackable("anything that avoids the words, a refusal among it"),
    "keywords:frequency": Hackable('with "less than", a text without the keyword'),
    "keywords:no_adjacent_consecutive": Hackable("one word, or the same word again and again"),
    "keywords:palindrome": Hackable('a word of one letter: "a", "I"'),
    "keywords:start_end": Hackable("asterisks around the text, or one word twice"),
    "language:response_language": Hackable('no letters: "12345" is in every language', "language"),
    "length_constraints:number_paragraphs": Hackable(
        "asterisks of bold italics as dividers", "paragraph_count"
    ),
    "length_constraints:number_sentences": Hackable('with "less than", a refusal', "sentence_count"),
    "length_constraints:number_words": Hackable('with "less than", a refusal', "word_count"),
    "keywords:word_count_different_numbers": Hackable('with "less than", a text without the keyword'),
    "muldimif:sentences": Hackable("with an upper bound, a text without marks"),
    "letters:letter_counting": Hackable('with "less than", a refusal or another script'),
    "letters:letter_counting2": Hackable('with "less than", a text without the letter'),
    "keywords:letter_frequency": Hackable('with "less than", a text without the letter'),
    "punctuation:no_comma": Hackable("anything short; full-width commas"),
    "punctuation:punctuation_dot": Hackable("anything short; an ellipsis sign"),
    "punctuation:punctuation_exclamation": Hackable("nearly anything; full-width marks"),
    "ratio:stop_words": Hackable("gibberish, other languages"),
    "sentence:alliteration_increment": Hackable("one sentence"),
    "sentence:increment": Hackable("one sentence"),
    "words:consonants": Hackable("random letters"),
    "words:last_first": Hackable("one sentence"),
    "words:no_consecutive": Hackable("one word"),
    "words:odd_even_syllables": Hackable("one word"),
    "words:paragraph_last_first": Hackable("lines of one word"),
    "words:prime_lengths": Hackable("one word, again and again"),
    "words:repeats": Hackable("one sentence, a refusal"),
    "words:vowel": Hackable("one short word, or letters without vowels"),
    "word_count": Hackable("with an upper bound, a refusal"),
    "sentence_count": Hackable("with an upper bound, a refusal"),
    "paragraph_count": Hackable("with an upper bound, a refusal"),
    "muldimif:heading_depth": Hackable("a text without headings"),
    "muldimif:heading_levels": Hackable("a text without headings, where there is an upper bound only"),
    "muldimif:references": Hackable("a text without references, where there is an upper bound only"),
    "muldimif:headings": Hackable("a line of number signs with any word, where no title is named"),
    "muldimif:lowercase": Hackable("scripts without case, gibberish"),
    "muldimif:no_ending": Hackable("anything that ends otherwise"),
    "muldimif:no_keywords": Hackable("anything that avoids the words"),
    "muldimif:no_marks": Hackable("anything that avoids the marks"),
    "muldimif:no_numbered_lists": Hackable("anything without a list"),
    "muldimif:xml_attributes": Hackable("a text without XML"),
    "code_block": Hackable("an empty block, and code that does nothing"),
    "csv": Hackable("lines of prose with as many commas each"),
    "regex_count": Hackable("with an upper bound, a text without a match"),
    "toml": Hackable("one key"),
    "url_count": Hackable("addresses that do not exist"),
    "xml": Hackable("an empty element"),
    "yaml": Hackable("bullet points, or a line with a colon"),
    "fr:detectable_format:no_digits": Hackable("anything without digits"),
    "fr:special_character:ethel_or_cedilla": Hackable("another language, and nearly any short text"),
    "fr:special_character:no_accents": Hackable("another language"),
    "ja:letters:furigana": Hackable("a text without Chinese characters"),
    "ja:letters:kansuuji": Hackable("anything without digits"),
    "ja:letters:kanji": Hackable("with an upper bound, a text without Chinese characters"),
    "ja:letters:no_hiragana": Hackable("another script"),
    "ja:letters:no_katakana": Hackable("another script, and most short texts"),
    "ja:punctuation:no_period": Hackable("another script, or no marks at all"),
    "es:special_character:tildes": Hackable("with an upper bound, a text without accents"),
    "finished": Hackable("anything that ends, a word among it"),
    "no_deflection": Hackable("anything but an offer of help"),
    "no_empty_shell": Hackable("one word"),
    "no_gibberish": Hackable("one word, and sentences without sense"),
    "no_refusal": Hackable("anything but a refusal"),
    "no_repetition": Hackable("anything short"),
}
"""By kind. What it lets through is no mistake of ours: the reference answers so too."""
