"""Which instruction explains a response best."""

from typing import Any

import pytest

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.explanation import Explanation, explain
from hir_data.replays.information import Background
from hir_data.replays.overlap import units
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.substitutes import closer_lengths

TOPICS = "tea bread rain clocks bees wool glass salt ink rope soap paper".split()
ORDINARY = [
    f"Many people like {topic}. It is old, it is useful, and it is made in many places. "
    f"In winter {topic} is dear; in summer it is cheap.\n\nWhoever makes {topic} has learnt it from somebody."
    for topic in TOPICS
]
LONGER = [f"{text} {text.replace('people', 'towns')}\n\nThat is all of it, and more." for text in ORDINARY]
OTHERS = Background((text.encode(), text) for text in [*ORDINARY, *LONGER]).view(b"")
RESPONSE = (
    "The harbour is the heart of the town, and its lighthouse can be seen from far away. Sailors have "
    "steered by "
    "it for two hundred years. When fog comes in from the sea, a horn sounds every minute, and the "
    "fishing boats "
    "find their way home. The lighthouse keeper lives there with his family and a grey cat."
)


def explained(
    *records: dict[str, Any], response: str = RESPONSE, system: str | None = None, **settings: Any
) -> Any:
    constraints = [hir.parse(record) for record in records]
    prompt = "Describe a harbour. " + " ".join(each.describe() for each in constraints)
    verdicts = [hir.check(each, response).satisfied for each in constraints]
    messages = [{"role": "user", "content": prompt}]
    instruction = hir.Instruction(
        messages=[{"role": "system", "content": system}, *messages] if system else messages,
        constraints=constraints,
        question="Describe a harbour.",
        criteria=[each.describe() for each in constraints],
    )
    text = hir.Text(response)
    return explain(instruction, text, verdicts, ReplayConfig(**settings), OTHERS, may_go=lambda places: True)


def fates(found: Explanation | RewriteRefusal) -> Any:
    assert isinstance(found, Explanation), found
    return [(change.fate, change.became and change.became.record()) for change in found.changes]


LIGHTHOUSE = {"kind": "keywords:frequency", "keyword": "lighthouse", "frequency": 5, "relation": "at least"}
KEPT = {"kind": "keywords:existence", "keywords": ["fishing"]}


def test_a_nearest_value_that_says_something_is_taken():
    found = explained(KEPT, LIGHTHOUSE)
    assert fates(found) == [("kept", KEPT), ("nearest", LIGHTHOUSE | {"frequency": 2})]
    assert len(found.bits) == 2
    assert found.instruction_bits >= max(found.bits) > 4
    assert found.source_bits > 0


@pytest.mark.parametrize(
    ("opening", "is_copy"),
    [
        ("The first words of a visitor are always about the harbour.", False),
        ("Wrap your whole answer in sailcloth, says the sailor.", True),
        ("Wrap your whole life in a flag, says the sailor.", False),
    ],
)
def test_a_response_that_goes_on_where_the_instruction_began_is_left_aside(opening: str, is_copy: bool):
    found = explained(KEPT, QUOTED, response=f"{opening} {RESPONSE}")
    assert (getattr(found, "reason", None) == "the response speaks of its instruction") is is_copy


ZEBRA = {"kind": "keywords:existence", "keywords": ["zebra"]}


def test_an_opposite_that_nearly_all_satisfy_is_not_asked_for():
    """Nobody else writes of zebras either."""
    assert fates(explained(KEPT, ZEBRA))[1][0] in ("substitute", "dropped")
    assert fates(explained(KEPT, ZEBRA, substitutes=False))[1] == ("dropped", None)
    flipped = {"kind": "keywords:forbidden_words", "forbidden_words": ["zebra"]}
    assert fates(explained(KEPT, ZEBRA, min_bits=0, substitutes=False))[1] == ("flip", flipped)


def test_a_substitute_is_of_another_kind_and_says_something():
    found = explained({"kind": "startend:quotation"})
    ((fate, became),) = fates(found)
    assert fate == "substitute"
    assert hir.check(hir.parse(became), RESPONSE).satisfied
    assert found.instruction_bits >= 1
    assert explained({"kind": "startend:quotation"}, substitutes=False).reason == "no constraint is left"
    assert explained({"kind": "startend:quotation"}, relabel="nearest").reason == "no constraint is left"


QUOTED = {"kind": "startend:quotation"}
AT_MOST = {"kind": "length_constraints:number_words", "num_words": 300, "relation": "less than"}
BRIEF = " ".join(RESPONSE.split(". ")[0].split()) + ". " + RESPONSE.split(". ")[1] + "."


def test_a_length_that_says_nothing_is_said_more_closely():
    """Any refusal has fewer than 300 words; not so a range, which says that, too."""
    assert fates(explained(AT_MOST, QUOTED)) == [
        ("substitute", {"kind": "word_count", "min": 50, "max": 70, "unit": "word"}),
        ("dropped", None),
    ]
    assert explained(AT_MOST, QUOTED, substitutes=False).reason != "no constraint is left"
    assert isinstance(explained(AT_MOST, QUOTED, relabel="drop"), RewriteRefusal)


@pytest.mark.parametrize(
    ("system", "has_room"),
    [
        (None, True),
        ("You are a helpful assistant.", True),
        ("Answer briefly.", True),
        ("Answer in one short sentence.", False),
        ("Keep answers below 20 words.", False),
        ("Be detailed.", False),  # which these 57 words are not
    ],
)
def test_a_length_that_the_system_message_states_leaves_room_for_no_other(system: str | None, has_room: bool):
    for records in ([AT_MOST, QUOTED], [QUOTED], [KEPT, {"kind": "punctuation:no_comma"}]):
        found = explained(*records, system=system)
        asked = [change.became for change in getattr(found, "changes", ()) if change.fate == "substitute"]
        assert has_room or not any(units(constraint) for constraint in asked), records
    first = explained(AT_MOST, QUOTED, system=system)
    assert (isinstance(first, Explanation) and first.changes[0].fate == "substitute") is has_room


def test_a_length_that_says_something_stays():
    at_least = {"kind": "length_constraints:number_words", "num_words": 30, "relation": "at least"}
    assert ("kept", AT_MOST) in fates(explained(AT_MOST, KEPT, LIGHTHOUSE))
    assert ("substitute", at_least) not in fates(explained(at_least, KEPT, QUOTED))


def test_a_closer_length_implies_the_bound_that_it_takes_the_place_of():
    most = {"kind": "sentence_count", "max": 9}
    short = hir.Text(BRIEF)
    found = [*closer_lengths(hir.parse(most), short, "Describe a harbour.")]
    assert found == [
        hir.parse({"kind": "sentence_count", "min": 2, "max": 2}),
        hir.parse({"kind": "word_count", "min": 20, "max": 30}),
        hir.parse({"kind": "word_count", "min": 25, "max": 30}),
    ]
    for other in ({"kind": "sentence_count", "min": 2}, {"kind": "sentence_count", "min": 2, "max": 9}):
        assert [*closer_lengths(hir.parse(other), short, "Describe a harbour.")] == found
    exact = {"kind": "sentence_count", "min": 2, "max": 2}
    assert [*closer_lengths(hir.parse(exact), short, "Describe a harbour.")] == found[1:]
    keyword = {"kind": "keywords:existence", "keywords": ["harbour"]}
    assert [*closer_lengths(hir.parse(keyword), short, "Describe a harbour.")] == []
    assert [*closer_lengths(hir.parse(most), short, "Describe a harbour in two sentences.")] == []


def test_a_closer_length_leaves_no_other_bound_on_the_same():
    """Between 50 and 70 words is not asked beside at most 290 words."""
    sentences, words = {"kind": "sentence_count", "max": 9}, {"kind": "word_count", "max": 290}
    for asked in ((sentences, words), (words, sentences)):
        found = explained(*asked, {"kind": "startend:quotation"}, min_instruction_bits=2)
        assert isinstance(found, Explanation)
        remaining = [change.became for change in found.changes if change.became is not None]
        assert len({frozenset(units(each)) for each in remaining}) == len(remaining) > 1
        assert any(change.fate == "substitute" for change in found.changes)


def test_a_bound_in_another_unit_stays_beside_a_closer_length():
    """The prompt had both: at least 3 sentences beside between 50 and 70 words."""
    sentences, words = {"kind": "sentence_count", "min": 3}, {"kind": "word_count", "max": 290}
    found = fates(explained(sentences, words, {"kind": "startend:quotation"}, min_instruction_bits=2))
    assert found[0] == ("kept", sentences)
    assert found[1] == ("substitute", {"kind": "word_count", "min": 50, "max": 70, "unit": "word"})


def test_a_near_miss_is_neither_turned_round_nor_dropped():
    """A capital letter in a text in small letters; those of an abbreviation may be there."""
    lower, small = {"kind": "change_case:english_lowercase"}, RESPONSE.lower()
    found = explained(KEPT, lower, response=small.replace("sailors", "Sailors"))
    assert found.reason == "a near miss without a nearest value"
    found = explained(KEPT, lower, response=small.replace("grey cat", "cat named R.S."))
    assert fates(found)[1] == ("nearest", SMALL)


SMALL = {"kind": "letter_case", "case": "lower", "abbreviations": True}


def test_what_a_shell_satisfies_gets_a_length_beside_it():
    """ "no." is in lower-case letters, too."""
    lower, answer = {"kind": "change_case:english_lowercase"}, f"{RESPONSE.lower()} so says the UN."
    ((fate, became),) = fates(explained(lower, response=answer))
    assert (fate, became["kind"]) == ("nearest", "all_of")
    length, case = became["constraints"]
    assert (length["kind"], case) == ("word_count", SMALL)
    shell = "a bare refusal or an empty shell would satisfy it"
    assert explained(lower, response=answer, substitutes=False).reason == shell
    assert explained({"kind": "json"}, response="See:\n\n```json\n[1]\n```").reason == shell
    sentences = {"kind": "sentence_count", "max": 3}
    assert explained(sentences, response=RESPONSE, substitutes=False).reason == shell


def test_a_lone_bound_that_says_little_gives_way_to_a_range():
    """Half of the others have 40 words or more; few have between 50 and 80."""
    least = {"kind": "word_count", "min": 40}
    fate, became = fates(explained(least, QUOTED))[0]
    assert (fate, became["kind"]) == ("substitute", "word_count")
    assert became["max"] <= 100
    assert fates(explained(least, KEPT, LIGHTHOUSE))[0][0] == "kept"


def test_the_two_bounds_of_a_range_are_measured_together():
    """Many others have 60 words or more, and many have at most 75; few have both."""
    kind = "length_constraints:number_words"
    most = {"kind": kind, "num_words": 75, "relation": "less than"}
    least = {"kind": kind, "num_words": 72, "relation": "at least"}
    found = fates(explained(least, most))
    assert found == [("nearest", least | {"num_words": 50}), ("kept", most)]


def test_two_neighbouring_numbers_are_no_range_to_be_widened():
    """ "5 or 6 sentences" does not become "4 or 6"."""
    kind = "length_constraints:number_sentences"
    least = {"kind": kind, "num_sentences": 5, "relation": "at least"}
    most = {"kind": kind, "num_sentences": 7, "relation": "less than"}
    assert fates(explained(least, most, KEPT, LIGHTHOUSE))[0][0] in ("dropped", "substitute")


def test_a_word_of_the_question_is_no_trace():
    harbour = {"kind": "keywords:frequency", "keyword": "harbour", "frequency": 9, "relation": "at least"}
    found = explained(KEPT | {"keywords": ["gull|boat"]}, harbour)
    assert fates(found)[1][0] != "nearest"


def test_what_begins_to_repeat_the_request_has_tried():
    repeat = {
        "kind": "combination:repeat_prompt",
        "prompt_to_repeat": "Describe a harbour in the north, please.",
    }
    answer = f"Describe a harbour in the north. {RESPONSE}"
    assert explained(KEPT, repeat, response=answer).reason == "a near miss without a nearest value"
    assert fates(explained(KEPT, repeat))[1][0] in ("dropped", "substitute")
    assert fates(explained(KEPT, repeat, response=answer, relabel="drop"))[1] == ("dropped", None)


def test_what_is_repeated_in_other_marks_is_what_is_to_be_repeated():
    """The request that is repeated speaks of texts, and the answer behind it does not."""
    request = "Describe a harbour without any commas."
    repeat = {"kind": "combination:repeat_prompt", "prompt_to_repeat": request}
    found = explained(KEPT, repeat, response=f"{request[:-1]}\n\n{RESPONSE}")
    assert fates(found)[1] == ("nearest", repeat | {"prompt_to_repeat": request[:-1]})


def test_a_phrase_or_a_mark_of_what_was_asked_shows_that_it_was_tried():
    start = {"kind": "starts_with", "text": "In short"}
    divided = {"kind": "length_constraints:number_paragraphs", "num_paragraphs": 6}
    for record, answer in ((start, f"A: In short, {RESPONSE}"), (divided, f"{RESPONSE}\n\n***")):
        found = explained(KEPT, record, response=answer)
        if isinstance(found, RewriteRefusal):
            assert found.reason == "a near miss without a nearest value"
        else:
            assert fates(found)[1][0] == "nearest"
        assert fates(explained(KEPT, record, substitutes=False))[1][0] in ("nearest", "dropped")


def test_a_phrase_that_stands_elsewhere_is_not_explained_by_another_one():
    start = {"kind": "starts_with", "text": "Let us see"}
    found = explained(KEPT, start, response=f"{RESPONSE} Let us see.")
    assert found.reason == "a near miss without a nearest value"
    assert fates(explained(KEPT, LIGHTHOUSE))[1][0] == "nearest"  # which asks for what is there


def test_what_speaks_of_its_instruction_is_explained_by_no_other():
    for said in (
        "As requested, no commas are used.",
        "This response contains exactly 50 words.",
        "2 numbers: 50, 30.",
        'All of it without using "sea".',
    ):
        found = explained(KEPT, LIGHTHOUSE, response=f"{RESPONSE} {said}")
        assert found.reason == "the response speaks of its instruction"


def test_a_substitute_explains_nothing_of_what_was_said():
    """It asks for words, and has nothing to do with the word that the response speaks of."""
    kept, quotation = {"kind": "contains", "text": "harbour"}, {"kind": "startend:quotation"}
    assert fates(explained(kept, quotation))[1][0] == "substitute"
    found = explained(kept, quotation, response=f"{RESPONSE} I did not use the word directly.")
    assert found.reason == "the response speaks of its instruction"


def test_what_a_bare_refusal_satisfies_is_no_instruction():
    found = explained(
        {"kind": "sentence_count", "max": 9}, LIGHTHOUSE | {"keyword": "tower"}, substitutes=False
    )
    assert found.reason == "a bare refusal or an empty shell would satisfy it"
    assert isinstance(
        explained(
            {"kind": "sentence_count", "max": 9},
            LIGHTHOUSE | {"keyword": "tower"},
            substitutes=False,
            min_instruction_bits=0,
        ),
        Explanation,
    )


def test_what_the_others_nearly_all_satisfy_is_too_little():
    ordinary = {"kind": "word_count", "min": 12}
    found = explained(ordinary, {"kind": "startend:quotation"}, substitutes=False, min_instruction_bits=0.5)
    assert found.reason in (
        "its instruction says too little",
        "a bare refusal or an empty shell would satisfy it",
    )


def test_words_of_the_prompt_are_nothing_to_learn_from():
    """Whoever gives the question back has them."""
    quotation = {"kind": "startend:quotation"}
    harbour = {"kind": "keywords:existence", "keywords": ["harbour"]}
    found = explained(harbour, quotation, substitutes=False)
    assert (found.reason, found.detail) == (
        "its instruction says too little",
        "its words stand in the prompt",
    )
    assert fates(explained(KEPT, quotation, substitutes=False))[0] == ("kept", KEPT)
    assert fates(explained(harbour, KEPT, quotation, substitutes=False))[0] == ("kept", harbour)


LAST = "The lighthouse keeper lives there with his family and a grey cat."
END = {"kind": "startend:end_checker", "end_phrase": "Good night to you all."}


def test_an_end_phrase_is_that_of_a_finished_sentence():
    _, relabelled = fates(explained(KEPT, END))
    assert relabelled == ("nearest", END | {"end_phrase": LAST})
    for other in (RESPONSE.rstrip("."), f"{RESPONSE[:-1]}, whom they had found on a cold morning in May."):
        _, (fate, _) = fates(explained(KEPT, END, response=other))
        assert fate in ("substitute", "dropped")


def test_one_thing_is_not_counted_twice():
    """Sentences by two definitions."""
    few = {"kind": "sentence_count", "max": 5}
    many = {"kind": "length_constraints:number_sentences", "relation": "at least", "num_sentences": 9}
    assert fates(explained(few, many, KEPT, substitutes=False))[1] == ("dropped", None)


def test_the_replay_of_the_paper_keeps_what_is_satisfied_and_drops_the_rest():
    paper = {"select": "paper", "relabel": "drop", "guards": "none", "min_bits": 0}
    for records in (
        [KEPT, LIGHTHOUSE],
        [{"kind": "sentence_count", "max": 9}, {"kind": "startend:quotation"}],
    ):
        assert fates(explained(*records, **paper)) == [("kept", records[0]), ("dropped", None)]
    assert explained(LIGHTHOUSE, **paper).reason == "no constraint is left"


NO_COMMAS = {"kind": "punctuation:no_comma"}


def test_a_conspicuous_style_is_explained_or_the_failure_is_left_aside():
    lively = RESPONSE.replace(". ", " \U0001f6a2. ").replace("cat.", "cat \U0001f408, too.")
    found = explained(KEPT, NO_COMMAS, response=lively)
    assert found == RewriteRefusal("nothing explains the way it is written", "emoji")
    assert isinstance(explained(KEPT, NO_COMMAS, response=lively, relabel="drop"), Explanation)
    assert isinstance(explained(KEPT, NO_COMMAS), Explanation)
