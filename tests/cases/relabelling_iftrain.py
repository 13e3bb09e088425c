"""Hindsight of IFTrain's kinds."""

from cases.relabelling import Relabelled, at, no

HILL = "over the hill"
PROMPT = "Name a colour."
SPAN = {"prompt_to_repeat": PROMPT, "n_start": 0, "n_end": 4}
POSITION = "keywords:keyword_specific_position"
DIFFERENT = "keywords:word_count_different_numbers"
LETTER = "letters:letter_counting2"

COPIES = [
    Relabelled("copy:repeat_phrase", {"phrase": HILL, "small_n": 3},
               "Some live over a hill and some over that hill.", {"phrase": HILL, "small_n": 2}, None),
    Relabelled("copy:repeat_phrase", {"phrase": HILL, "small_n": 1}, "We live over the hill.", None,
               None),
    Relabelled("copy:copying_multiple", {"prompt_to_repeat": PROMPT, "N": 3}, f"{PROMPT}\n******\n{PROMPT}",
               {"prompt_to_repeat": PROMPT, "N": 2}, None),
    Relabelled("copy:copying_multiple", {"prompt_to_repeat": PROMPT, "N": 3}, "Blue.", None, None),
    Relabelled("copy:copying_multiple", {"prompt_to_repeat": PROMPT, "N": 3}, PROMPT, None, None),
    Relabelled("new:copy_span_idx", SPAN, "a colour",
               {"prompt_to_repeat": PROMPT, "n_start": 5, "n_end": 13}, None),
    Relabelled("new:copy_span_idx", SPAN, "Blue.", None, None),
]  # fmt: skip

WORDS = [
    Relabelled("keywords:word_once", {"keyword": "sea"}, "The lake.", None,
               at("keywords:forbidden_words", forbidden_words=["sea"])),
    Relabelled("keywords:word_once", {"keyword": "sea"}, "The sea, oh the sea!",
               at("keywords:frequency", keyword="sea", frequency=2, relation="at least"),
               None),
    Relabelled(DIFFERENT, {"keyword": "sea", "frequency": 4, "relation": "at least"}, "The sea, oh the sea!",
               {"keyword": "sea", "frequency": 2, "relation": "at least"},
               None),
    Relabelled("keywords:exclude_word_harder", {"keyword": "sea"}, "We saw the sea and waves.", None,
               at("contains", text="sea")),
    Relabelled("keywords:palindrome", {}, "We took the boat out.", None, None),
    Relabelled(POSITION, {"keyword": "tea", "n": 1, "m": 2}, "It rains. We drink tea.",
               {"keyword": "tea", "n": 2, "m": 3}, None),
    Relabelled(POSITION, {"keyword": "milk", "n": 2, "m": 3}, "It rains. We drink tea.",
               {"keyword": "tea", "n": 2, "m": 3}, no("contains", text="milk")),
    Relabelled(POSITION, {"keyword": "milk", "n": 3, "m": 3}, "It rains. We drink tea.", None,
               no("contains", text="milk")),
    Relabelled("first_word:first_word_sent", {"first_word": "they"}, "We row. We sing.", {"first_word": "We"},
               None),
    Relabelled("first_word:first_word_sent", {"first_word": "they"}, "We row. You sing.", None, None),
    Relabelled("first_word:first_word_answer", {"first_word": "today"}, "It rains.", {"first_word": "It"},
               None),
    Relabelled("first_word:first_word_answer", {"first_word": "today"}, "**It** rains.", None,
               None),
    Relabelled("last_word:last_word_sent", {"last_word": "lake"}, "I see the sea. You hear the sea!",
               {"last_word": "sea"}, None),
    Relabelled("last_word:last_word_answer", {"last_word": "lake"}, "I see the sea.", {"last_word": "sea"},
               None),
    Relabelled("last_word:last_word_answer", {"last_word": "lake"}, "No, we don't.", None,
               None),
]  # fmt: skip

COUNTS = [
    Relabelled("paragraphs:paragraphs", {}, "a\n***\nb\n***\nc",
               at("length_constraints:number_paragraphs", num_paragraphs=3),
               None),
    Relabelled("paragraphs:paragraphs", {}, "all in one", None, None),
    Relabelled("paragraphs:paragraphs2", {}, "a\n\nb\n\nc", at("paragraph_count", min=3, max=3), None),
    Relabelled("punctuation:punctuation_exclamation", {}, "We are here!", None, at("contains", text="!")),
    Relabelled("count:lowercase_counting", {"N": 2}, "Tea or milk, please, my dear.", {"N": 5}, None),
    Relabelled("count:counting_composition", {"n_sent": 2, "n_words": 3},
               "It rains.\n***\nWe wait.\n***\nSun comes.", {"n_sent": 1, "n_words": 3}, None),
    Relabelled("count:count_increment_word", {"keyword1": "sea", "keyword2": "sun"},
               "The sun, the sea, the sea!", {"keyword1": "sun", "keyword2": "sea"},
               None),
    Relabelled("count:count_increment_word", {"keyword1": "sea", "keyword2": "lake"}, "The sea.", None,
               None),
    Relabelled("letters:letter_counting", {"N": 9, "relation": "at least"}, "We row.",
               {"N": 5, "relation": "at least"}, None),
    Relabelled("letters:letter_counting", {"N": 9, "relation": "at least"}, "1. a", None,
               at("letters:letter_counting", N=9, relation="less than")),
    Relabelled(LETTER, {"letter": "e", "let_frequency": 9, "let_relation": "at least"}, "A bee sees.",
               {"letter": "e", "let_frequency": 4, "let_relation": "at least"},
               at(LETTER, letter="e", let_frequency=9, let_relation="less than")),
]  # fmt: skip

ROWS = [*COPIES, *WORDS, *COUNTS]
