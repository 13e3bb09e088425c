"""Hindsight of IFBench's kinds."""

from cases.relabelling import Relabelled, at, no

PROMPT = "Name a colour."
SPAN = {"prompt_to_repeat": PROMPT, "n_start": 0, "n_end": 3}
TEA = "It rains. Tea helps."
RANGE = "count:word_count_range"
WORDS = "length_constraints:number_words"
FORBIDDEN = "keywords:forbidden_words"
POSITION = "words:keywords_specific_position"
FIVE = {f"keyword{n}": word for n, word in enumerate(("sun", "moon", "tide", "rain", "salt"), start=1)}
NINE = "One two three four five six seven eight nine. "

COUNTS = [
    Relabelled(RANGE, {"min_words": 50, "max_words": 80}, NINE * 5, {"min_words": 45, "max_words": 80},
               None),
    Relabelled(RANGE, {"min_words": 20, "max_words": 40}, NINE * 5, {"min_words": 20, "max_words": 45},
               None),
    Relabelled("count:unique_word_count", {"N": 20}, NINE * 5, None, None),
    Relabelled("count:unique_word_count", {"N": 50}, " ".join(map(str, range(23))), {"N": 20}, None),
    Relabelled("count:conjunctions", {"small_n": 4}, "Row and sing, but rest.", {"small_n": 2}, None),
    Relabelled("count:conjunctions", {"small_n": 4}, "Row and sing.", None, None),
    Relabelled("count:person_names", {"N": 4}, "Emma met Liam.", {"N": 2}, None),
    Relabelled("count:person_names", {"N": 4}, "She met him.", None, None),
    Relabelled("count:numbers", {"N": 4}, "From 3 to 1,000 birds.", {"N": 2}, None),
    Relabelled("count:numbers", {"N": 4}, "3 birds.", None, None),
    Relabelled("count:punctuation", {}, "Wow! One, two.", None, no("contains", text=":")),
    Relabelled("count:punctuation", {}, "Wow?! One, two; three: four.", None, None),
    Relabelled("count:keywords_multiple", FIVE, "The sun, the moon, the rain.", None,
               at(FORBIDDEN, forbidden_words=["tide", "salt"])),
    Relabelled("count:keywords_multiple", FIVE, "sun moon tide rain... salt", None, None),
    Relabelled(RANGE, {"min_words": 20, "max_words": 40}, "Yes.", None,
               at(WORDS, relation="less than", num_words=20)),
    Relabelled("count:pronouns", {"N": 10}, "She rows.", None, None),
    Relabelled("count:pronouns", {"N": 10}, "I know that she rows.", None, None),
    Relabelled("count:pronouns", {"N": 10}, "I know that she rows, and you know it.", {"N": 5}, None),
]  # fmt: skip

RATIOS = [
    Relabelled("ratio:stop_words", {"percentage": 30}, "The sea is far from home.", None, None),
    Relabelled("ratio:stop_words", {"percentage": 30}, "The sea is on the map.", None, None),
    Relabelled("ratio:sentence_type", {}, "It rains. We row.", None, no("contains", text="?")),
    Relabelled("ratio:sentence_type", {}, "It rains. Do you row?", None, None),
    Relabelled("ratio:sentence_balance", {}, "It rains. Do you row?", None, no("contains", text="!")),
    Relabelled("ratio:sentence_balance", {}, "It rains. We row! Do we? Do you?", None,
               None),
    Relabelled("ratio:sentence_words", {}, "It rains. We row. You swim.", None, None),
    Relabelled("ratio:stop_words", {"percentage": 30}, "?!", None, None),
    Relabelled("ratio:overlap", {"reference_text": "abcd", "percentage": 90}, "abcx", None, None),
    Relabelled("ratio:overlap", {"reference_text": "abcd", "percentage": 90}, "xyz", None, None),
    Relabelled("repeat:repeat_span", SPAN, "a colour",
               {"prompt_to_repeat": PROMPT, "n_start": 5, "n_end": 12}, None),
    Relabelled("repeat:repeat_span", SPAN, "Blue.", None, None),
]  # fmt: skip

LOOKS = [
    Relabelled("format:parentheses", {}, "So (it is).", None, None),
    Relabelled("format:quotes", {}, '"Yes," she said.', None, None),
    Relabelled("format:newline", {}, "It rains.", None, None),
    Relabelled("format:emoji", {}, "It rains.", None, None),
    Relabelled("format:line_indent", {}, "It rains.\nWe row.", None, None),
    Relabelled("format:thesis", {}, "*Tea is good.* It warms.", None, None),
    Relabelled("format:sub-bullets", {}, "* Tea\n* Milk", None, None),
    Relabelled("format:no_bullets_bullets", {}, "* Tea\n* Milk", None, None),
    Relabelled("format:title_case", {}, "The sea is calm.", None, None),
    Relabelled("format:output_template", {}, "My Answer: Tea.", None, None),
    Relabelled("format:list", {"sep": "..."}, "tea, milk", None, None),
    Relabelled("format:list", {"sep": "..."}, "tea ... milk", None, None),
    Relabelled("format:list", {"sep": "..."}, "* tea\n* milk", {"sep": "*"}, None),
]  # fmt: skip

PLACES = [
    Relabelled("sentence:increment", {"small_n": 3}, "It rains. It rains again.", {"small_n": 1}, None),
    Relabelled("sentence:increment", {"small_n": 3}, "It rains. It rains.", None, None),
    Relabelled("sentence:keyword", {"word": "tea", "N": 1}, TEA, {"word": "tea", "N": 2}, None),
    Relabelled("sentence:keyword", {"word": "well-known", "N": 1}, TEA, None, None),
    Relabelled("sentence:keyword", {"word": "milk", "N": 1}, TEA, None,
               at(FORBIDDEN, forbidden_words=["milk"])),
    Relabelled("words:repeats", {"small_n": 2}, "Tea, tea, tea and milk.", {"small_n": 3}, None),
    Relabelled("words:repeats", {"small_n": 2}, "tea " * 13, None, None),
    Relabelled(POSITION, {"keyword": "Tea", "n": 1, "m": 2}, "It rains. We drink tea.", None, None),
    Relabelled(POSITION, {"keyword": "Tea", "n": 2, "m": 2}, "It rains. We drink tea.",
               {"keyword": "Tea", "n": 2, "m": 3}, None),
    Relabelled(POSITION, {"keyword": "milk", "n": 2, "m": 3}, "It rains. We drink tea.",
               {"keyword": "tea", "n": 2, "m": 3}, at(FORBIDDEN, forbidden_words=["milk"])),
    Relabelled(POSITION, {"keyword": "tea", "n": 2, "m": 3}, "so " * 40 + "tea", None, None),
    Relabelled("words:words_position", {"keyword": "milk"}, "Hot tea, cold tea forever.", {"keyword": "tea"},
               at(FORBIDDEN, forbidden_words=["milk"])),
    Relabelled("words:words_position", {"keyword": "tea"}, "Hot tea forever and ever.", None, None),
    Relabelled("words:start_verb", {}, "This is a rainy day.", None, None),
]  # fmt: skip

ROWS = [*COUNTS, *RATIOS, *LOOKS, *PLACES]
