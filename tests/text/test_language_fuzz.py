"""The language of short texts in all scripts is the one that langdetect itself finds.

A few by default, some thousands in the slow run; ``HIR_DATA_FUZZ=100000`` compares so many texts.
"""

import json
import os
import random
import unicodedata
from pathlib import Path

import langdetect
import numpy as np
import pytest
from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.lang_detect_exception import LangDetectException

from hir_data.text import language, language_profiles

MANY = int(os.environ.get("HIR_DATA_FUZZ", "4000"))
BLOCKS = [
    (0x20, 0x7F), (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x58F), (0x590, 0x5FF),
    (0x600, 0x6FF),
    (0x900, 0x97F), (0x980, 0x9FF), (0xA00, 0xA7F), (0xA80, 0xAFF), (0xB80, 0xBFF), (0xC00, 0xC7F),
    (0xC80, 0xCFF), (0xD00, 0xD7F), (0xE00, 0xE7F), (0xE80, 0xEFF), (0x1000, 0x109F), (0x10A0, 0x10FF),
    (0x1780, 0x17FF), (0x1E00, 0x1EFF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0xFF00, 0xFFEF),
    (0x1F300, 0x1F6FF),
]  # fmt: skip


def ngrams() -> dict[str, list[str]]:
    """The longer n-grams that langdetect knows of each language, which look like pieces of its words."""
    profiles = [path for path in Path(PROFILES_DIRECTORY).iterdir() if path.name[0] != "." and path.is_file()]
    found = {}
    for path in sorted(profiles):
        profile = json.loads(path.read_text(encoding="utf-8"))
        found[profile["name"]] = sorted(ngram for ngram in profile["freq"] if len(ngram) > 1)
    return found


def short_text(rng: random.Random, pieces: dict[str, list[str]]) -> str:
    """Up to 120 characters: of one language, of two, of any script, in any case."""
    if rng.random() < 0.6:
        languages = rng.choices(sorted(pieces), k=rng.choice((1, 1, 2)))
        text = "".join(
            rng.choice(pieces[rng.choice(languages)]) + rng.choice(("", "", " "))
            for _ in range(rng.randint(1, 24))
        )
    else:
        blocks = rng.choices(BLOCKS, k=rng.choice((1, 1, 2, 3)))
        letters = (chr(rng.randint(*rng.choice(blocks))) for _ in range(rng.randint(1, 40)))
        text = "".join(" " if rng.random() < 0.15 else letter for letter in letters)
    change = rng.choice(
        (str, str, str.upper, str.lower, str.title, lambda text: unicodedata.normalize("NFD", text))
    )
    return change(text)[:120]


def reference(text: str) -> str | None:
    try:
        return str(langdetect.detect(text))
    except LangDetectException:
        return None


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("number", [150, pytest.param(MANY, marks=pytest.mark.slow)])
def test_the_language_of_short_texts_is_langdetects(number: int, monkeypatch):
    monkeypatch.setattr(langdetect.DetectorFactory, "seed", 0)
    rng, pieces = random.Random(number), ngrams()
    texts = [short_text(rng, pieces) for _ in range(number)]
    assert [text for text in texts if language.detect(text) != reference(text)] == []


@pytest.mark.parametrize(
    "text",
    ["MODEL CHAINS. ON HOTEL OF VARIETY", "AIR OF TIME ON A CAR", "ab", "\u1e03 \u1e0b", "A B C D E F"],
)
@pytest.mark.parametrize("usual", [1, 4, 5, 60, 120, 333, 2048])
def test_a_text_that_needs_more_random_words_gets_them(text: str, usual: int, monkeypatch):
    monkeypatch.setattr(langdetect.DetectorFactory, "seed", 0)
    monkeypatch.setattr(language, "_USUAL_WORDS", usual)
    assert language.detect(text) == reference(text)


def test_the_file_of_profiles_holds_those_of_langdetect():
    with np.load(language_profiles.FILE) as file:
        held = dict(file)
    packed = language_profiles.packed(Path(PROFILES_DIRECTORY))
    assert held.keys() == packed.keys()
    for name, values in packed.items():
        assert np.array_equal(held[name], values), f"{name}: run .ci/language-profiles"
    profiles = language_profiles.load_profiles()
    columns = dict(zip(profiles.languages, profiles.likelihoods.T, strict=True))
    for path in Path(PROFILES_DIRECTORY).glob("[a-z]*"):
        profile = json.loads(path.read_text(encoding="utf-8"))
        column, (number, *others) = columns[profile["name"]], profile["n_words"]
        for ngram, value in zip(profiles.ngrams, column.tolist(), strict=True):
            assert value == profile["freq"].get(ngram, 0) / [number, *others][len(ngram) - 1]


def test_texts_as_a_whole_and_word_by_word_have_the_same_ngrams():
    rng, pieces = random.Random(11), ngrams()
    profiles, both = language_profiles.load_profiles(), 0
    texts = [short_text(rng, pieces) for _ in range(2000)] + ["", " ", "  a ", "A", "ABC dE  F", "Œu Éé ÉÉ 1"]
    for text in texts:
        whole = language._ngrams(text, profiles)
        assert whole.tolist() == language._ngrams_by_word(text).tolist(), text
        both += language_profiles.OTHER not in language._coded(text) and len(whole) > 0
    assert both > 300
