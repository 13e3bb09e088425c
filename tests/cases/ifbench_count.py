"""IFBench's kinds ``count:*`` and ``ratio:*``: one row for each quirk of the reference that is kept."""

from cases import Case

ALL_NAMES = "Emma and Liam and Sophia"
FIVE = {f"keyword{n}": word for n, word in enumerate(("tea", "sea", "oak", "sun", "elm"), start=1)}


def often(*times: int) -> str:
    """The five keywords, each so many times."""
    return " ".join(" ".join([word] * number) for word, number in zip(FIVE.values(), times, strict=True))


COUNTS = [
    Case("count:word_count_range", {"min_words": 2, "max_words": 3}, "It rains.", True, "the least"),
    Case("count:word_count_range", {"min_words": 2, "max_words": 3}, "It rains here.", True, "the most"),
    Case("count:word_count_range", {"min_words": 2, "max_words": 3}, "Rain.", False, "too few"),
    Case("count:word_count_range", {"min_words": 2, "max_words": 3}, "It rains all day.", False, "too many"),
    Case("count:word_count_range", {"min_words": 2.0, "max_words": 2.0}, "don't", True, "don and t"),
    Case("count:word_count_range", {"min_words": 9, "max_words": 9}, "हिन्दी में एक वाक्य है", True,
         "vowel signs divide words, as in NLTK 3.9"),
    Case("count:word_count_range", {"min_words": 2, "max_words": 2}, "Ok ❤\ufe0f", False, "a lone sign"),
    Case("count:unique_word_count", {"N": 3}, "The sea, the endless sea!", True, "repeated words once"),
    Case("count:unique_word_count", {"N": 4}, "The sea, the endless sea!", False, "one too few"),
    Case("count:unique_word_count", {"N": 2}, "sea -", True, "punctuation leaves an empty word"),
    Case("count:unique_word_count", {"N": 2}, "Sea sea, SEA", False, "case and punctuation aside"),
    Case("count:conjunctions", {"small_n": 2}, "Row and sing, but rest.", True, "two different ones"),
    Case("count:conjunctions", {"small_n": 3}, "Row and sing, but rest.", False, "two of three"),
    Case("count:conjunctions", {"small_n": 3}, "And and and, we row", True, "as they are written"),
    Case("count:conjunctions", {"small_n": 2}, "row and sing and rest", False, "the same one twice"),
    Case("count:conjunctions", {"small_n": 1}, "a band or-else", False, "inside of words"),
    Case("count:person_names", {"N": 3}, ALL_NAMES, True, "three"),
    Case("count:person_names", {"N": 4}, ALL_NAMES, False, "three of four"),
    Case("count:person_names", {"N": 1}, "Miami and Leonardo", False, "inside of names"),
    Case("count:person_names", {"N": 1}, "emma", False, "in another case"),
    Case("count:person_names", {"N": 2}, "Emma, Emma", False, "the same one twice"),
    Case("count:numbers", {"N": 3}, "1 2 3", True, "as many"),
    Case("count:numbers", {"N": 3}, "1 2 3 4", False, "one more"),
    Case("count:numbers", {"N": 1}, "1,000", True, "a comma inside"),
    Case("count:numbers", {"N": 1}, "3.5", True, "a point inside"),
    Case("count:numbers", {"N": 1}, "1-2", True, "a hyphen between two"),
    Case("count:numbers", {"N": 1}, "w12", True, "inside of a word"),
    Case("count:numbers", {"N": 0}, "one two", True, "none in words"),
    Case("count:punctuation", {}, "Wow?! a, b; c: d! e? f.", True, "all"),
    Case("count:punctuation", {}, "Wow!? a, b; c: d! e? f.", True, "an interrobang the other way round"),
    Case("count:punctuation", {}, "Wow‽ a, b; c: d! e? f.", True, "an interrobang in one"),
    Case("count:punctuation", {}, "Wow?! a, b; c: d!", False, "its own marks do not count"),
    Case("count:punctuation", {}, "Wow‽?! a, b; c: d.", False, "?! is taken out before ‽"),
    Case("count:punctuation", {}, "a, b; c: d! e? f.", False, "no interrobang"),
    Case("count:words_japanese", {"N": 2}, "good 朝 dear 友", True, "every second"),
    Case("count:words_japanese", {"N": 2}, "good morning dear 友", False, "one is not"),
    Case("count:words_japanese", {"N": 5}, "good morning", True, "too short to prove"),
    Case("count:words_japanese", {"N": 2}, "good 12 dear --", True, "numbers and punctuation pass"),
    Case("count:words_japanese", {"N": 1}, "今天", True, "Chinese passes"),
    Case("count:words_japanese", {"N": 1}, "カタカナ。", True, "kana"),
    Case("count:pronouns", {"N": 3}, "I know that she rows.", True, "personal and demonstrative"),
    Case("count:pronouns", {"N": 4}, "I know that she rows.", False, "one too few"),
    Case("count:pronouns", {"N": 3}, "she/her/hers", True, "divided by slashes"),
    Case("count:pronouns", {"N": 1}, "It's raining.", True, "in a contraction"),
    Case("count:pronouns", {"N": 9}, "Both, either, neither, each, some, whoever, whomever, whatever, what",
         True, "indefinite and relative"),
    Case("count:pronouns", {"N": 2}, "They, THEY", True, "each time, in any case"),
    Case("count:pronouns", {"N": 1}, "The other one", False, "other and one are none"),
    Case("count:keywords_multiple", FIVE, often(1, 2, 3, 5, 7), True, "1, 2, 3, 5 and 7 times"),
    Case("count:keywords_multiple", FIVE, often(1, 2, 3, 5, 8), False, "once too often"),
    Case("count:keywords_multiple", FIVE, often(0, 2, 3, 5, 7), False, "one is missing"),
    Case("count:keywords_multiple", FIVE, "teacup" + often(0, 2, 3, 5, 7), True, "inside of words"),
    Case("count:keywords_multiple", FIVE, often(1, 2, 3, 5, 7).upper(), True, "in any case"),
]  # fmt: skip

RATIOS = [
    Case("ratio:stop_words", {"percentage": 50}, "the sea is blue", True, "just few enough"),
    Case("ratio:stop_words", {"percentage": 49}, "the sea is blue", False, "too many"),
    Case("ratio:stop_words", {"percentage": 66}, "don't panic", False, "don't is two of them"),
    Case("ratio:stop_words", {"percentage": 67}, "don't panic", True, "two of three"),
    Case("ratio:stop_words", {"percentage": 100}, "?!", False, "no words"),
    Case("ratio:stop_words", {"percentage": 0}, "THE sea", False, "in any case"),
    Case("ratio:sentence_type", {}, "It rains. We row. Do you?", True, "two to one"),
    Case("ratio:sentence_type", {}, "It rains. Do you row?", False, "one to one"),
    Case("ratio:sentence_type", {}, "no marks at all", True, "none of either"),
    Case(
        "ratio:sentence_type", {}, "We row (often.) We do. We did. Really?", True, "no full stop at its end"
    ),
    Case("ratio:sentence_balance", {}, "It rains. Do you row? We do!", True, "one of each"),
    Case("ratio:sentence_balance", {}, "It rains. Do you row?", False, "no exclamation"),
    Case("ratio:sentence_balance", {}, "no marks at all", True, "none of each"),
    Case("ratio:overlap", {"reference_text": "the sea", "percentage": 100}, "the sea", True, "all"),
    Case(
        "ratio:overlap", {"reference_text": "abcd", "percentage": 50}, "abcx", True, "a half, of characters"
    ),
    Case("ratio:overlap", {"reference_text": "abcd", "percentage": 52}, "abcx", True, "two percent less"),
    Case("ratio:overlap", {"reference_text": "abcd", "percentage": 53}, "abcx", False, "three percent less"),
    Case(
        "ratio:overlap", {"reference_text": "abcd", "percentage": 0}, "ab", False, "too short for a trigram"
    ),
    Case("ratio:overlap", {"reference_text": "aaa", "percentage": 50}, "aaaab", True, "repeated ones once"),
    Case("ratio:sentence_words", {}, "It rains. We drift. You swim!", True, "equally long"),
    Case("ratio:sentence_words", {}, "It rains. We drift.", False, "two"),
    Case("ratio:sentence_words", {}, "Cats. Cats. Cats.", True, "the same words"),
    Case("ratio:sentence_words", {}, "We row. It's us. You ran.", False, "one longer"),
]

CASES = [*COUNTS, *RATIOS]
