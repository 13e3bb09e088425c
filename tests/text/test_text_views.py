"""Views of a text are computed once; the language is langdetect's, always the same, from any thread."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import langdetect
import pytest
from cases import eight_readings
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from hir_data.text import language, segment
from hir_data.text.text import Text

# Readings


@pytest.mark.parametrize(
    ("raw", "readings"),
    [
        pytest.param(
            "*a*\n*b* \n*c*",
            ["*a*\n*b* \n*c*", "a\nb \nc", "*b* \n*c*", "*a*\n*b*", "*b*", "b \nc", "a\nb", "b"],
            id="all eight",
        ),
        pytest.param("a\nb\nc", ["a\nb\nc", "b\nc", "a\nb", "b"], id="no asterisks"),
        pytest.param("a\nb", ["a\nb", "b", "a"], id="two lines"),
        pytest.param("a", ["a"], id="one line"),
        pytest.param("*a*", ["*a*", "a"], id="one line with asterisks"),
        pytest.param("a\n\n", ["a\n\n", "a"], id="equal ones but once"),
        pytest.param(" a ", [" a "], id="the text itself is not stripped"),
        pytest.param("a\n b\t\nc", ["a\n b\t\nc", "b\t\nc", "a\n b", "b"], id="the others are"),
        pytest.param("a\r\nb", ["a\r\nb", "b", "a"], id="a Windows line"),
        pytest.param("a\x0bb\u2028c", ["a\x0bb\u2028c"], id="other line breaks are none"),
        pytest.param("***", ["***"], id="nothing but asterisks"),
        pytest.param("__a__ #b", ["__a__ #b"], id="other marks stay"),
        pytest.param(" \n\t", [], id="blank"),
        pytest.param("", [], id="empty"),
    ],
)
def test_the_readings_of_a_text(raw: str, readings: list[str]):
    assert [reading.raw for _, reading in Text(raw).readings] == readings


@given(st.text(alphabet="ab* \n\r\t", max_size=30))
def test_readings_leave_out_only_blank_ones_and_repetitions(raw: str):
    readings = [reading.raw for _, reading in Text(raw).readings]
    assert set(readings) == {reading for reading in eight_readings(raw) if reading.strip()}
    assert len(set(readings)) == len(readings)


EDGES = [
    "*", "**", "\n", "\n\n", " ", "\xa0", "\x85", "\t", "\r", ".", "?", "?!", "...", '"', "'", ")", "(", "]",
    "a", "B", "Dr.", "e.g.", "U.S.", "Mr", "foo", "Bar", "J.", "3", "3.5", "No.", "--", "“", "”", "ΑΣ", "İ",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(EDGES), max_size=30).map("".join), st.randoms(use_true_random=False))
def test_readings_that_share_their_views_have_those_of_their_own_text(raw: str, rng: random.Random):
    readings = list(Text(raw).readings)
    rng.shuffle(readings)  # whichever is asked first
    for _, reading in readings:
        for view in ("words", "sentences", "tokens", "pieces", "bare_words"):
            assert getattr(reading, view) == getattr(Text(reading.raw), view), view


def test_readings_of_a_response_share_its_views(monkeypatch):
    split: list[str] = []
    monkeypatch.setattr(segment, "_punkt_ends", lambda context: split.append(context) or True)
    text = Text("Sure!\n" + "It rains. We stay. " * 50 + "\nThat is all.\nBye.")
    assert [len(reading.sentences) for _, reading in text.readings] == [103, 102, 102, 101]
    assert len(split) < 110


def test_a_reading_says_what_was_removed():
    removed = {reading.raw: name for name, reading in Text("*a*\nb\n*c*").readings}
    assert removed == {
        "*a*\nb\n*c*": "",
        "b\n*c*": "the first line",
        "*a*\nb": "the last line",
        "b": "the first and the last line",
        "a\nb\nc": "asterisks",
        "b\nc": "the first line and asterisks",
        "a\nb": "the last line and asterisks",
    }


def test_the_first_reading_is_the_text_itself():
    text = Text("*a*\nb")
    assert text.readings[0][1] is text


# Views

VIEWS = [
    "stripped", "is_blank", "lower", "words", "sentences", "tokens", "pieces", "bare", "bare_words",
    "rule_sentences", "language", "readings", "headings",
]  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_computed_once(view: str):
    text = Text("One day. *Two* days!\nThree.")
    assert getattr(text, view) is getattr(text, view)
    assert view in vars(text)


def test_no_view_is_computed_before_it_is_asked_for():
    assert vars(Text("One day.")) == {"raw": "One day.", "answers": {}}


@pytest.mark.parametrize(
    ("view", "value"),
    [
        ("stripped", "One day. Don't go!"),
        ("is_blank", False),
        ("lower", " one day. don't go!\n"),
        ("words", ["One", "day", "Don", "t", "go"]),
        ("sentences", [" One day.", "Don't go!"]),
        ("tokens", ["One", "day", ".", "Do", "n't", "go", "!"]),
    ],
)
def test_the_views_of_a_text(view: str, value):
    assert getattr(Text(" One day. Don't go!\n"), view) == value


@pytest.mark.parametrize("raw", ["", " ", "\n\t\r\n", "\u00a0\u2003\u3000"])
def test_white_space_is_blank(raw: str):
    assert Text(raw).is_blank


@pytest.mark.parametrize("raw", [".", "\u200b", "\ufeff"])
def test_anything_else_is_not(raw: str):
    assert not Text(raw).is_blank


# Language

TEXTS = [
    "The weather is lovely in the city today.",
    "THE WEATHER IS LOVELY IN THE CITY TODAY.",
    "hi",
    "Il fait très beau aujourd'hui à Paris.",
    "Das Wetter ist heute wirklich sehr schön.",
    "El tiempo es muy bueno hoy en la ciudad.",
    "O tempo está muito bom hoje na cidade.",
    "Vremea este frumoasă astăzi și mâine, țara întreagă.",
    "Pogoda jest dziś naprawdę piękna w całym mieście.",
    "Bugün şehirde hava gerçekten çok güzel.",
    "Hôm nay thời tiết ở thành phố rất đẹp.",
    "Thời tiết hôm nay đe\u0323p qua\u0301.",
    "Сегодня в городе прекрасная погода.",
    "Сьогодні в місті чудова погода.",
    "Ο καιρός είναι πολύ καλός σήμερα.",
    "الطقس جميل جدا في المدينة اليوم.",
    "هوا امروز در شهر بسیار خوب است.",
    "מזג האוויר היום נהדר בעיר.",
    "आज शहर में मौसम बहुत अच्छा है।",
    "আজ শহরের আবহাওয়া খুব সুন্দর।",
    "આજે શહેરમાં હવામાન ખૂબ સરસ છે.",
    "இன்று நகரத்தில் வானிலை மிகவும் நன்றாக இருக்கிறது.",
    "今天天气很好，我们一起去公园散步。",
    "今天天氣很好，我們一起去公園散步。",
    "今日は天気がとても良いです。",
    "오늘 도시의 날씨가 정말 좋아요.",
    "วันนี้อากาศในเมืองดีมาก",
    "Wetter 天气 weather погода",
    "Read https://example.com/the/very/long/english/path: es ist schön.",
    "Escribe a somebody.with.english.words@example.com por favor.",
    "Привет, see you in the office, пока",
    "a1b2c3 x\ty\nz",
    "word " * 3000,
    "Das Wetter " * 1000 + "le temps est beau " * 2000,
]
WITHOUT_LETTERS = [
    "",
    "   ",
    "\n",
    "12 + 30 = 42",
    "?!…",
    "https://example.com/path",
    "me@example.com",
    "😀 👋🏽",
]
VIETNAMESE_AND = ["rất tốt спасибо", "Hà Nội ขอบคุณ", "bạn مرحب", "ḃ ḋ ḟ ṁ ṗ ṡ ṫ a"]


@pytest.fixture(scope="module")
def reference():
    """langdetect with seed 0, from a factory of its own that leaves the global one alone."""
    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = sorted(
        path for path in Path(PROFILES_DIRECTORY).iterdir() if path.name[0] != "." and path.is_file()
    )
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in profiles])

    def detect(text: str) -> str | None:
        detector = factory.create()
        detector.append(text)
        try:
            return detector.detect()
        except LangDetectException:
            return None

    return detect


@pytest.mark.parametrize("text", TEXTS)
def test_the_language_is_langdetects(text: str, reference):
    assert language.detect(text) == reference(text) is not None


@pytest.mark.parametrize("text", VIETNAMESE_AND)
def test_the_language_of_vietnamese_beside_another_script_is_langdetects(text: str, reference):
    assert language.detect(text) == reference(text)


def test_the_languages_of_the_table_are_many(reference):
    assert len({reference(text) for text in TEXTS}) >= 20


# Vietnamese letters come in the tests above.
SCRAPS = st.sampled_from(
    [text[:12] for text in TEXTS if "ế" not in text] + [" ", "\n", ". ", "http://a.b/", "X@y.zz"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SCRAPS | st.text(max_size=4), max_size=8).map("".join))
def test_the_language_of_any_text_is_langdetects(reference, text: str):
    assert language.detect(text) == reference(text)


@pytest.mark.parametrize("text", WITHOUT_LETTERS)
def test_a_text_without_letters_has_no_language(text: str, reference):
    assert language.detect(text) is None
    assert reference(text) is None


def test_a_language_is_detected_alike_in_many_threads():
    texts = [f"{text} {more}" for text in TEXTS[:-2] for more in ("", "Bonjour!", "день")] * 3
    alone = [language.detect(text) for text in texts]
    language._word_ngrams.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(language.detect, texts)) == alone


def test_the_codes_are_those_of_langdetect(reference):
    codes = language.language_codes()
    assert {language.detect(text) for text in TEXTS} <= set(codes)
    assert len(codes) == 55
    assert list(codes) == sorted(codes)


def test_langdetect_itself_is_left_alone(monkeypatch):
    monkeypatch.setattr(langdetect.DetectorFactory, "seed", 7)
    random.seed(5)
    state = random.getstate()
    language.detect(TEXTS[0])
    assert langdetect.DetectorFactory.seed == 7
    assert random.getstate() == state
    assert language.detect(TEXTS[0]) == "en"
