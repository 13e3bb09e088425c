"""Constraints in other languages: composed, read back from their prompts, and replayed in their language."""

import itertools
import re
from pathlib import Path
from random import Random

import pytest
from strategies import KINDS

import hir_data as hir
from hir_data.errors import RecordError
from hir_data.formats.questions import read_seeds
from hir_data.instructions.compose import Composed, compose, select
from hir_data.instructions.languages.catalogue import WORDINGS, language_of, parts_of
from hir_data.instructions.languages.wordings import Wordings
from hir_data.replays.rewriting.conversation import rewritten
from hir_data.replays.rewriting.rewriter import CriteriaRewriter, RewriteRefusal
from hir_data.replays.rewriting.spans import SpanRewriter
from hir_data.schemas.replay import Change

EXAMPLES = Path(__file__).parents[2] / "examples" / "compose"

each_language = pytest.mark.parametrize("wordings", WORDINGS.values(), ids=WORDINGS)


def composed(wordings: Wordings, number: int = 40, **options) -> list[hir.Instruction]:
    seeds = [*read_seeds(str(EXAMPLES / f"questions.{wordings.code}.txt"))]
    options = {"least": 2, "most": 4} | options
    made = list(compose(seeds, number, language=wordings.code, **options))
    assert all(isinstance(each, Composed) for each in made)
    return [each.instruction for each in made]


def said(wordings: Wordings, kind: str, **parameters) -> tuple[str, ...]:
    return wordings.all(hir.parse({"kind": kind, **parameters}))


@each_language
def test_each_kind_that_is_worded_can_be_drawn_in_it(wordings: Wordings):
    for kind in wordings.phrasings:
        assert kind in KINDS
        for seed in range(20):
            drawn = hir.lookup(kind).sample(Random(seed), "Q?")
            localized = wordings.localized(drawn, Random(seed))
            if localized is not None:
                texts = wordings.all(localized)
                assert len(set(texts)) == len(texts) >= 2
                assert not any(re.search(r"[{}]|\b(the|words|at least|and)\b", text) for text in texts)
                assert localized == wordings.localized(drawn, Random(seed))


@each_language
def test_no_keyword_is_a_part_of_another(wordings: Wordings):
    pairs = itertools.permutations(wordings.keywords, 2)
    assert [pair for pair in pairs if pair[0].lower() in pair[1].lower()] == []
    assert len(wordings.keywords) >= 20


@pytest.mark.parametrize(
    ("code", "record", "sentence"),
    [
        ("es", {"kind": "word_count", "min": 1}, "Escribe al menos 1 palabra."),
        ("es", {"kind": "sentence_count", "min": 3, "max": 5}, "Escribe entre 3 y 5 frases."),
        (
            "es",
            {"kind": "keywords:existence", "keywords": ["mar"]},
            "Incluye la palabra «mar» en tu respuesta.",
        ),
        ("fr", {"kind": "paragraph_count", "max": 1}, "Écrivez au plus 1 paragraphe."),
        (
            "fr",
            {"kind": "keywords:existence", "keywords": ["mer", "ciel"]},
            "Employez les mots « mer » et « ciel » dans votre réponse.",
        ),
        ("de", {"kind": "sentence_count", "min": 2, "max": 2}, "Schreibe genau 2 Sätze."),
        ("de", {"kind": "sentence_count", "min": 5, "max": 6}, "Schreibe 5 oder 6 Sätze."),
        ("fr", {"kind": "sentence_count", "min": 5, "max": 6}, "Écrivez 5 ou 6 phrases."),
        ("fr", {"kind": "sentence_count", "min": 7, "max": 10}, "Écrivez entre 7 et 10 phrases."),
        ("es", {"kind": "sentence_count", "min": 5, "max": 6}, "Escribe entre 5 y 6 frases."),
        ("de", {"kind": "word_count", "max": 1}, "Schreibe höchstens 1 Wort."),
        (
            "de",
            {"kind": "ends_with", "text": "Das ist alles."},
            "Setze „Das ist alles.“ ans Ende deiner Antwort.",
        ),
        ("zh", {"kind": "word_count", "min": 50, "max": 90}, "请写50到90个字。"),
        (
            "zh",
            {"kind": "keywords:existence", "keywords": ["海", "山", "河"]},
            "请在回答中用上“海”、“山”和“河”这些词。",
        ),
        ("ja", {"kind": "character_count", "min": 300}, "300文字以上で書いてください。"),
        ("ja", {"kind": "paragraph_count", "min": 2, "max": 4}, "2段落以上4段落以内に分けて書いてください。"),
    ],
)
def test_numbers_and_words_agree(code: str, record: dict, sentence: str):
    assert WORDINGS[code].all(hir.parse(record))[0] == sentence


@pytest.mark.parametrize(
    ("relation", "frequency", "times"),
    [
        ("at least", 1, "mindestens einmal"),
        ("at least", 3, "mindestens 3-mal"),
        ("less than", 3, "höchstens zweimal"),
        ("less than", 6, "höchstens 5-mal"),
    ],
)
def test_how_often_is_said(relation: str, frequency: int, times: str):
    parameters = {"keyword": "Meer", "relation": relation, "frequency": frequency}
    (first, _) = said(WORDINGS["de"], "keywords:frequency", **parameters)
    assert first == f"Verwende das Wort „Meer“ {times}."


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "word_count", "min": 3, "unit": "whitespace"},
        {"kind": "character_count", "min": 3, "spaces": False},
        {"kind": "paragraph_count", "min": 3, "unit": "line"},
        {"kind": "json", "json_schema": {"type": "object"}},
        {"kind": "keywords:frequency", "keyword": "mar", "relation": "less than", "frequency": 1},
        {"kind": "detectable_format:multiple_sections", "section_spliter": "Part", "num_sections": 3},
        {"kind": "not", "constraint": {"kind": "contains", "text": "mar"}},
        {"kind": "words:vowel"},
    ],
)
def test_what_a_wording_would_not_say_is_not_worded(record: dict):
    assert WORDINGS["es"].all(hir.parse(record)) == ()


@each_language
def test_an_instruction_is_in_its_language_and_is_read_back(wordings: Wordings):
    for instruction in composed(wordings):
        assert instruction.presentation != "numbered"
        assert hir.present(instruction.question, instruction.criteria, instruction.presentation) == (
            instruction.prompt
        )
        assert language_of(instruction.constraints, instruction.criteria) is wordings
        assert hir.conflicts(instruction.constraints) == []
        parts = parts_of(instruction.prompt, instruction.constraints)
        if parts is not None:  # two constraints may be worded alike, such as two that name a word
            found = hir.present(parts.question, parts.criteria, parts.presentation)
            assert (parts.wordings, found) == (wordings, instruction.prompt)


@each_language
def test_most_prompts_show_their_parts_and_none_that_was_touched(wordings: Wordings):
    instructions = composed(wordings)
    known = [each for each in instructions if parts_of(each.prompt, each.constraints)]
    assert len(known) >= 0.8 * len(instructions)
    for instruction in known:
        criterion = instruction.criteria[0]
        for prompt in (
            instruction.prompt.replace(criterion, criterion[:-2]),
            f"{instruction.prompt} {criterion}",
        ):
            assert parts_of(prompt, instruction.constraints) is None


@each_language
@pytest.mark.parametrize("bare", [False, True], ids=["with parts", "without parts"])
def test_a_prompt_is_rewritten_in_its_language(wordings: Wordings, bare: bool):
    rewriter = SpanRewriter() if bare else CriteriaRewriter()
    rewritings = 0
    for instruction in composed(wordings):
        old = instruction.constraints[0]
        new = old.try_replace(min=2, max=None) if hasattr(old, "min") else None
        if new is None or (bare and parts_of(instruction.prompt, instruction.constraints) is None):
            continue
        asked = hir.Instruction(prompt=instruction.prompt, constraints=instruction.constraints)
        changes = [Change(fate="kept", constraint=each, became=each) for each in instruction.constraints]
        changes[0] = Change(fate="nearest", constraint=old, became=new)
        found, _ = rewritten(asked if bare else instruction, changes, rewriter, "seed")
        assert found.prompt in {
            hir.present(instruction.question, [text, *instruction.criteria[1:]], instruction.presentation)
            for text in wordings.all(new)
        }
        rewritings += 1
    assert rewritings >= 2


def test_what_has_no_wording_is_left_out():
    instruction = composed(WORDINGS["fr"], 1)[0]
    other = hir.parse({"kind": "words:vowel"})
    changes = [Change(fate="kept", constraint=each, became=each) for each in instruction.constraints]
    changes[0] = Change(fate="nearest", constraint=instruction.constraints[0], became=other)
    assert rewritten(instruction, changes, CriteriaRewriter(), "seed") == RewriteRefusal(
        "no wording in the language of the prompt", "words:vowel"
    )


FOREIGN = [
    (
        "Escribe una carta. Asegúrate de que tenga un mínimo de 350 palabras.",
        {"kind": "word_count", "min": 350},
    ),
    ("Rédigez une histoire. N'utilisez pas de virgules.", {"kind": "punctuation:no_comma"}),
    ("Erzähl von Oma. Mindestens 50 Wörter, bitte!", {"kind": "word_count", "min": 50}),
    ("请写一篇关于海洋的文章，至少用50个字。", {"kind": "word_count", "min": 50}),
    (
        "日本の祭りについて、5つの箇条書きで説明してください。",
        {"kind": "detectable_format:number_bullet_lists", "num_bullets": 5},
    ),
    (
        "Describe el mar. Escribe al menos 50 palabras. O escribe al menos 50 palabras más.",
        {"kind": "word_count", "min": 50},
    ),
]


@pytest.mark.parametrize(("prompt", "record"), FOREIGN, ids=[row[0][:20] for row in FOREIGN])
def test_a_prompt_of_which_it_is_not_sure_is_left_out(prompt: str, record: dict):
    instruction = hir.Instruction(prompt=prompt, constraints=[hir.parse(record), hir.parse({"kind": "json"})])
    assert isinstance(SpanRewriter().objection(instruction, [0]), RewriteRefusal)


def test_what_cannot_be_composed_is_said():
    seeds = [hir.Seed("¿Por qué?")]
    with pytest.raises(RecordError, match="numbered has a heading in English, not in Spanish"):
        list(compose(seeds, 1, language="es", presentations=["numbered"]))
    with pytest.raises(RecordError, match="system messages and earlier turns are in English"):
        list(compose(seeds, 1, language="es", system=0.5))
    with pytest.raises(RecordError, match="none of these kinds is worded in Japanese; there are"):
        select(["word_count"], language="ja")
    with pytest.raises(RecordError, match="there is no language 'tlh'"):
        list(compose(seeds, 1, language="tlh"))


def test_what_suits_few_questions_is_drawn_only_where_it_is_named():
    drawn = {cls.kind for cls in select(language="de")}
    assert drawn == {*WORDINGS["de"].phrasings} - {"json", "detectable_content:number_placeholders"}
    assert [cls.kind for cls in select(["json"], language="de")] == ["json"]
