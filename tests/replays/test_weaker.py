"""What of a violated constraint a response satisfies."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hir_data as hir
from hir_data.replays.information import Background
from hir_data.replays.weaker import weaker

SLIP = "THE SEA IS WIDE AND COLD, THE Wind IS STRONG, AND THE GULLS CRY ALL DAY OVER THE OLD GREY TOWN."
DATA = 'Here is the JSON:\n\n```json\n{"boat": "Ann"}\n```\n\nIt has one field.'
CASED = "change_case:english_capital"
REQUEST, TWO = "Name two colours, please.", "Blue is one and green is the other."
FIVE = {f"keyword{n}": word for n, word in enumerate(("sea", "wind", "gull", "town", "day"), start=1)}
FIVE_USED = "The sea, the wind and the gull. A town by day. The town at night is another one by far."
CAPITALS = "change_case:capital_word_frequency"
LONG = "It rains on the roof. We row home. " * 6

TABLE: list[tuple[dict[str, Any], str, dict[str, Any] | None]] = [
    ({"kind": CASED}, SLIP, {"kind": CAPITALS, "capital_frequency": 20, "capital_relation": "at least"}),
    ({"kind": CASED}, "THE SEA IS WIDE. So.", None),
    ({"kind": CASED}, SLIP.replace("GULLS CRY", "gulls cry"), None),
    (
        {"kind": CASED},
        f"{SLIP} " + "SO IT IS. " * 30,
        {"kind": CAPITALS, "capital_frequency": 110, "capital_relation": "at least"},
    ),
    ({"kind": "change_case:english_lowercase"}, "The sea is wide and cold. The wind is strong.", None),
    (
        {"kind": "change_case:english_lowercase"},
        f"{'the sea is wide and cold. ' * 9} so is the DDR.",
        {"kind": "letter_case", "case": "lower", "abbreviations": True},
    ),
    ({"kind": "change_case:english_lowercase"}, f"{'the sea is wide and cold. ' * 9} So it is.", None),
    (
        {"kind": "format:title_case"},
        SLIP.replace("AND", "and", 1).replace("Wind", "WIND") + " SO IT IS",
        {"kind": CAPITALS, "capital_frequency": 23, "capital_relation": "at least"},
    ),
    ({"kind": "format:title_case"}, "The sea is Wide.", None),
    (
        {"kind": "detectable_format:json_format"},
        DATA,
        {"kind": "code_block", "min": 1, "language": "json", "parses": True},
    ),
    ({"kind": "json"}, DATA, {"kind": "code_block", "min": 1, "language": "json", "parses": True}),
    ({"kind": "json"}, DATA.replace("}", ""), None),
    ({"kind": "json"}, "There is no JSON here.", None),
    (
        {"kind": "sentence:keyword", "word": "gull", "N": 3},
        f"A gull cries. {LONG}",
        {"kind": "keywords:existence", "keywords": ["gull"]},
    ),
    ({"kind": "sentence:keyword", "word": "gull", "N": 3}, "It rains. We row. It ends.", None),
    (
        {"kind": "words:keywords_specific_position", "keyword": "gull", "n": 9, "m": 30},
        f"A gull cries. {LONG}",
        {"kind": "keywords:existence", "keywords": ["gull"]},
    ),
    (
        {"kind": "words:words_position", "keyword": "gull"},
        f"A grey gull cries. {LONG}",
        {"kind": "keywords:existence", "keywords": ["gull"]},
    ),
    (
        {"kind": "keywords:keyword_specific_position", "keyword": "gull", "n": 2, "m": 3},
        f"A grey gull cries. {LONG}",
        {"kind": "keywords:existence", "keywords": ["gull"]},
    ),
    ({"kind": "words:words_position", "keyword": "gull"}, "Cries of gull after gull at sea.", None),
    (
        {"kind": "keywords:forbidden_words", "forbidden_words": ["bark", "run"]},
        "A dog runs, and never barks, but does run.",
        None,
    ),
    (
        {"kind": "keywords:forbidden_words", "forbidden_words": ["bark", "run"]},
        "A dog runs, but does run.",
        {"kind": "keywords:forbidden_words", "forbidden_words": ["bark"]},
    ),
    (
        {"kind": "startend:end_checker", "end_phrase": "at sea."},
        "We live at sea",
        {"kind": "startend:end_checker", "end_phrase": "at sea"},
    ),
    ({"kind": "startend:end_checker", "end_phrase": "at sea."}, "We live on land", None),
    (
        {"kind": "count:keywords_multiple", **FIVE},
        f"{FIVE_USED} {LONG}",
        {"kind": "keywords:existence", "keywords": [*FIVE.values()]},
    ),
    ({"kind": "count:keywords_multiple", **FIVE}, f"{FIVE_USED} Sea, sea, sea. {LONG}", None),
    ({"kind": "count:keywords_multiple", **FIVE}, FIVE_USED, None),
    ({"kind": "count:keywords_multiple", **FIVE}, FIVE_USED.replace("gull", "bird"), None),
    (
        {"kind": "keywords:existence", "keywords": ["correlated", "experiencing"]},
        "They correlate with what we are experiencing.",
        {"kind": "keywords:existence", "keywords": ["correlate", "experiencing"]},
    ),
    ({"kind": "keywords:existence", "keywords": ["artist", "sea"]}, "The artful sea.", None),
    ({"kind": "keywords:existence", "keywords": ["sea.*"]}, "The oceans.", None),
    (
        {"kind": "keywords:frequency", "keyword": "bombs", "frequency": 1, "relation": "at least"},
        "The force of a bomb.",
        {"kind": "keywords:frequency", "keyword": "bomb", "frequency": 1, "relation": "at least"},
    ),
    (
        {"kind": "keywords:frequency", "keyword": "boats", "frequency": 3, "relation": "at least"},
        "A boat by a boat.",
        {"kind": "keywords:frequency", "keyword": "boat", "frequency": 2, "relation": "at least"},
    ),
    (
        {"kind": "keywords:frequency", "keyword": "boats", "frequency": 1, "relation": "less than"},
        "Boats by a boat.",
        None,
    ),
    (
        {"kind": "ratio:sentence_words"},
        "It rains. We row home. All is well.",
        {"kind": "sentence_count", "min": 3, "max": 3},
    ),
    (
        {"kind": "equal_sentences", "number": 2},
        "It rains. We row home.",
        {"kind": "sentence_count", "min": 2, "max": 2},
    ),
    ({"kind": "ratio:sentence_words"}, "It rains. We row home.", None),
    ({"kind": "format:emoji"}, "It rains 🌧. We row. It ends 🚣.", {"kind": "emoji_count", "min": 2}),
    ({"kind": "format:emoji"}, "It rains 🌧. We row. " * 13, {"kind": "emoji_count", "min": 10}),
    ({"kind": "format:emoji"}, "It rains 🌧. We row.", None),
    (
        {"kind": "format:thesis"},
        "*The sea is wide.*\n\nSo it is.",
        {
            "kind": "within",
            "unit": "paragraph",
            "index": 1,
            "constraint": {"kind": "detectable_format:number_highlighted_sections", "num_highlights": 1},
        },
    ),
    ({"kind": "format:thesis"}, "The sea is wide.\n\n*So it is.*", None),
    (
        {"kind": "combination:repeat_prompt", "prompt_to_repeat": REQUEST},
        f"name two colours, please!\n{TWO}",
        {"kind": "combination:repeat_prompt", "prompt_to_repeat": "name two colours, please!"},
    ),
    ({"kind": "combination:repeat_prompt", "prompt_to_repeat": REQUEST}, "Name two colours please!", None),
    ({"kind": "combination:repeat_prompt", "prompt_to_repeat": REQUEST}, f"Name two colours! {TWO}", None),
    ({"kind": "punctuation:no_comma"}, "The sea, too.", None),
]


@pytest.mark.parametrize(("record", "text", "wanted"), TABLE)
def test_what_is_left_of_a_violated_constraint_is_offered(record, text, wanted):
    constraint = hir.parse(record)
    assert hir.check(constraint, text).satisfied is False
    found = [one for one in weaker(constraint, hir.Text(text)) if hir.check(one, text).satisfied]
    assert (found[0] if found else None) == (wanted and hir.parse(wanted))


PLACED = {"kind": "sentence:keyword", "word": "gull", "N": 9}


@pytest.mark.parametrize(
    ("text", "unit", "index"),
    [
        (f"{LONG} A gull cries.", "sentence", -1),
        (f"A gull cries. {LONG}", "sentence", 1),
        (f"{LONG}\n\nIt rains. A gull cries. It ends.\n\n{LONG}", "paragraph", 2),
        (f"{LONG}\n\nIt rains. A gull cries. It ends.", "paragraph", -1),
        (f"It rains. A gull cries. {LONG}", None, None),  # nobody counts sentences
    ],
)
def test_a_word_that_nobody_else_has_is_asked_for_where_it_stands(text, unit, index):
    others = Background((bytes([i]), f"It rains in town {i}.") for i in range(40)).view(b"")
    found = [
        one for one in weaker(hir.parse(PLACED), hir.Text(text), others) if hir.check(one, text).satisfied
    ]
    word = {"kind": "keywords:existence", "keywords": ["gull"]}
    wanted = {"kind": "within", "unit": unit, "index": index, "constraint": word}
    assert (found[0] if found else None) == (hir.parse(wanted) if unit else None)
    known = Background((bytes([i]), f"A gull cries in town {i}.") for i in range(40)).view(b"")
    assert [*weaker(hir.parse(PLACED), hir.Text(text), known)] == [hir.parse(word)]


@settings(deadline=None)  # the table of emojis is read with the first
@given(st.sampled_from([record for record, _, _ in TABLE]), st.text(max_size=80))
def test_what_is_offered_is_another_constraint_for_any_text(record, text):
    constraint = hir.parse(record)
    offered = [*weaker(constraint, hir.Text(text))]
    assert constraint not in offered
    assert len(offered) <= 5
