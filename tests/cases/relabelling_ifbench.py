"""Hindsight of IFBench's kinds."""

from cases.relabelling import Relabelled, at, no

PROMPT = "Name a colour."
SPAN = {"prompt_to_repeat": PROMPT, "n_start": 0, "n_end": 3}
TEA = "It rains. Tea helps."
RANGE = "count:word_count_range"
WORDS = "length_constraints:number_words"
FORBIDDEN = "keywords:forbidden_words"
POSITION = "words:keywords_specific_position"
NINE = "One two three four five six seven eight nine. "

COUNTS = [
    Relabelled(RANGE, {"min_words": 50, "max_words": 80}, NINE * 5, {"min_words": 45, "max_words": 80},
               at(WORDS, relation="less than", num_words=50)),
    Relabelled(RANGE, {"min_words": 20, "max_words": 40}, NINE * 5, {"min_words": 20, "max_words": 45},
               at(WORDS, relation="at least", num_words=41)),
    Relabelled("count:unique_word_count", {"N": 20}, NINE * 5, {"N": 9}, None),
    Relabelled("count:conjunctions", {"small_n": 4}, "Row and sing, but rest.", {"small_n": 2}, None),
    Relabelled("count:conjunctions", {"small_n": 4}, "Row and sing.", None, None),
    Relabelled("count:person_names", {"N": 4}, "Emma met Liam.", {"N": 2}, None),
    Relabelled("count:person_names", {"N": 4}, "She met him.", None, None),
    Relabelled("count:numbers", {"N": 4}, "From 3 to 1,000 birds.", {"N": 2}, None),
    Relabelled("count:numbers", {"N": 4}, "Many birds.", None, None),
    Relabelled("count:pronouns", {"N": 10}, "I know that she rows.", {"N": 3}, None),
]  # fmt: skip

RATIOS = [
    Relabelled("ratio:stop_words", {"percentage": 30}, "The sea is on the map.", {"percentage": 70}, None),
    Relabelled("ratio:stop_words", {"percentage": 30}, "?!", None, None),
    Relabelled("ratio:overlap", {"reference_text": "abcd", "percentage": 90}, "abcx",
               {"reference_text": "abcd", "percentage": 50}, None),
    Relabelled("ratio:overlap", {"reference_text": "abcd", "percentage": 90}, "xyz", None, None),
    Relabelled("repeat:repeat_span", SPAN, "a colour",
               {"prompt_to_repeat": PROMPT, "n_start": 5, "n_end": 12}, None),
    Relabelled("repeat:repeat_span", SPAN, "Blue.", None, None),
]  # fmt: skip

PLACES = [
    Relabelled("sentence:increment", {"small_n": 3}, "It rains. It rains again.", {"small_n": 1}, None),
    Relabelled("sentence:increment", {"small_n": 3}, "It rains. It rains.", None, None),
    Relabelled("sentence:keyword", {"word": "tea", "N": 1}, TEA, {"word": "tea", "N": 2}, None),
    Relabelled("sentence:keyword", {"word": "milk", "N": 1}, TEA, None,
               at(FORBIDDEN, forbidden_words=["milk"])),
    Relabelled("words:repeats", {"small_n": 2}, "Tea, tea, tea and milk.", {"small_n": 3}, None),
    Relabelled("words:repeats", {"small_n": 2}, "tea " * 13, None, None),
    Relabelled(POSITION, {"keyword": "Tea", "n": 1, "m": 2}, "It rains. We drink tea.",
               {"keyword": "Tea", "n": 2, "m": 3}, None),
    Relabelled(POSITION, {"keyword": "milk", "n": 2, "m": 3}, "It rains. We drink tea.",
               {"keyword": "tea", "n": 2, "m": 3}, None),
    Relabelled("words:words_position", {"keyword": "milk"}, "Hot tea, cold tea forever.", {"keyword": "tea"},
               None),
    Relabelled("words:words_position", {"keyword": "milk"}, "Hot tea forever and ever.", None, None),
    Relabelled("words:start_verb", {}, "This is a rainy day.", None, no("words:start_verb")),
    Relabelled("format:list", {"sep": "..."}, "tea, milk", None, no("contains", text="...")),
    Relabelled("format:list", {"sep": "..."}, "tea ... milk", None, None),
]  # fmt: skip

ROWS = [*COUNTS, *RATIOS, *PLACES]
