"""What M-IFEval's ids become, in the records of its files."""

import pytest

import hir_data as hir
from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.formats.mifeval import LANGUAGES, has_language


def read(kind: str, **parameters) -> hir.Constraint:
    statement = STATEMENTS["instruction_id_list"]({"instruction_id_list": [kind], "kwargs": [parameters]})
    (constraint,) = statement.constraints
    return constraint


def of(kind: str, **parameters) -> dict:
    return {"kind": kind, **parameters}


ROWS = [
    (of("es:keywords:existence", keywords=["éxito"]), of("keywords:existence", keywords=["éxito"])),
    (
        of("es:length_constraints:number_words", relation="al menos", num_words=350),
        of("length_constraints:number_words", relation="at least", num_words=350),
    ),
    (
        of("es:length_constraints:number_words", relation="Como mucho", num_words=350),
        of("length_constraints:number_words", relation="less than", num_words=351),
    ),
    (
        of("fr:length_constraints:number_sentences", relation="tout au plus", num_sentences=3),
        of("sentence_count", max=3),
    ),
    (
        of("es:keywords:frequency", relation="como máximo", keyword="éxito", frequency=1),
        of("keywords:frequency", relation="less than", keyword="éxito", frequency=2),
    ),
    (
        of("fr:change_case:capital_word_frequency", capital_relation="moins de", capital_frequency=3),
        of("change_case:capital_word_frequency", capital_relation="less than", capital_frequency=3),
    ),
    (
        of("ja:keywords:letter_frequency", let_relation="未満", letter="か", let_frequency=5),
        of("keywords:letter_frequency", let_relation="less than", letter="か", let_frequency=5),
    ),
    (
        of("es:detectable_format:number_highlighted_sections", relation="al menos", num_highlights=3),
        of("detectable_format:number_highlighted_sections", num_highlights=3),
    ),
    (
        of("es:length_constraints:number_sentences", relation="como máximo", num_sentences=9),
        of("sentence_count", max=9),
    ),
    (
        of("fr:length_constraints:number_sentences", relation="moins de", num_sentences=6),
        of("sentence_count", max=5),
    ),
    (
        of("ja:length_constraints:number_letters", relation="以上", num_letters=600),
        of("character_count", min=600, spaces=False),
    ),
    (
        of(
            "es:length_constraints:nth_paragraph_first_word",
            num_paragraphs=5,
            nth_paragraph=2,
            first_word="Para",
        ),
        of("paragraph_first_word", paragraphs=5, number=2, word="Para"),
    ),
    (
        of(
            "ja:length_constraints:nth_paragraph_first_word",
            num_paragraphs=3,
            nth_paragraph=2,
            first_word="代謝",
        ),
        of(
            "all_of",
            constraints=[
                of("paragraph_count", min=3, max=3),
                of(
                    "within",
                    unit="paragraph",
                    index=2,
                    constraint=of("starts_with", text="代謝", ignore_case=True),
                ),
            ],
        ),
    ),
    (
        of("es:detectable_format:constrained_response"),
        of("any_of", constraints=[of("contains", text=option) for option in ("Sí.", "No.", "Quizás.")]),
    ),
    (
        of("ja:keywords:forbidden_words", forbidden_words=["肌"]),
        of("not", constraint=of("contains", text="肌", ignore_case=True)),
    ),
    (
        of("ja:letters:kanji", relation="以上", kanji_limit=50),
        of("ja:letters:kanji", relation="at least", kanji_limit=50),
    ),
    (of("ca:startend:quotation"), of("startend:quotation")),
    (of("en:punctuation:no_comma"), of("punctuation:no_comma")),
]


@pytest.mark.parametrize(("stated", "record"), ROWS, ids=[row[0]["kind"] for row in ROWS])
def test_an_id_with_a_language_is_a_kind_of_ours(stated: dict, record: dict):
    assert read(stated.pop("kind"), **stated) == hir.parse(record)


@pytest.mark.parametrize(
    ("kind", "fits", "fits_not"),
    [
        ("fr:detectable_format:title", "##Mon titre##\nIl pleut.", "## Mon titre\nIl pleut."),
        ("fr:startend:quotation", "« Il pleut.\nEncore. »", "« Il » pleut."),
        ("ja:detectable_format:title", "『海』\n静か。", "『 』海"),
        ("ja:startend:quotation", "「海です。」\n", "「海」です。"),
        ("ja:punctuation:no_comma", "海と山", "海、山"),
        ("ja:detectable_format:constrained_response", "はい、そうです。", "はい"),
        ("fr:detectable_format:constrained_response", "Peut-être.", "Si."),
    ],
)
def test_marks_and_options_are_those_of_the_language(kind: str, fits: str, fits_not: str):
    assert hir.check(read(kind), fits).satisfied is True
    assert hir.check(read(kind), fits_not).satisfied is False


@pytest.mark.parametrize(
    ("kind", "parameters", "problem"),
    [
        (
            "es:letters:kanji",
            {},
            "instruction_id_list[0]: nothing is known of M-IFEval's id 'es:letters:kanji'",
        ),
        ("es:special_character:enie", {}, "kwargs[0].let_frequency: es:special_character:enie needs"),
        (
            "es:length_constraints:number_words",
            {"relation": "unos", "num_words": 3},
            "kwargs[0].relation: is no bound that is known: 'unos' (known: at least, at most, less than, ",
        ),
        (
            "ja:length_constraints:number_sentences",
            {"relation": "以上", "num_sentences": "3"},
            "kwargs[0].num_sentences: has to be a whole number",
        ),
        ("ja:punctuation:no_comma", {"n": 1}, "kwargs[0].n: there is no such parameter"),
        (
            "ca:detectable_format:constrained_response",
            {},
            "options of a closed question are not known in Catalan",
        ),
        (
            "es:keywords:frequency",
            {"relation": "como máximo", "frequency": None},
            "kwargs[0].frequency: has to be",
        ),
    ],
)
def test_an_error_says_which_id_or_parameter(kind: str, parameters: dict, problem: str):
    with pytest.raises(RecordError) as caught:
        read(kind, **parameters)
    assert problem in str(caught.value)


def test_what_is_known_of_a_language_is_said():
    with pytest.raises(RecordError, match=r"Spanish there are IFEval's kinds with es: in front, and es:"):
        read("es:nothing:known")


def test_each_kind_of_a_language_has_it_in_front():
    ours = [kind for kind, cls in hir.kinds().items() if ".mifeval." in cls.__module__]
    assert len(ours) > 25
    assert all(has_language(kind) for kind in ours)
    assert {kind.partition(":")[0] for kind in ours} == {"es", "fr", "ja", "ca"} < {*LANGUAGES}
