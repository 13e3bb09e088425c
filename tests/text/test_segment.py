"""The splitters behind the views: tables of what each finds, and what holds for any text."""

import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable

import pytest
import regex
from cases.sentences import SENTENCES
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import run_program

from hir_data.text import segment, words
from hir_data.text.sentences import sentences

TEXTS = st.lists(
    st.sampled_from(
        [" ", "\n", "\r\n", ". ", "! ", "。", "。」", "।", "...", '"', "'", "``", "''", "can't", "cannot"]
    )
    | st.sampled_from(
        ["Dr.", "U.S.", "3.5", "天气", "ไทย", "👋🏽", "🇫🇷", "e\u0301", "Word", "--", "*", "[x]"]
    )
    | st.text(max_size=4),
    max_size=12,
).map("".join)


RULES = str.maketrans("", "", "-*_")


def cases(**rows: tuple[str, list[str]]) -> pytest.MarkDecorator:
    """One test a row; its name says what the row shows."""
    named = [pytest.param(text, pieces, id=name.replace("_", " ")) for name, (text, pieces) in rows.items()]
    return pytest.mark.parametrize(("text", "pieces"), named)


# IFEval


@cases(
    plain=("One two, three.", ["One", "two", "three"]),
    contraction=("don't", ["don", "t"]),
    hyphen=("e-mail", ["e", "mail"]),
    number=("3.5 1,000", ["3", "5", "1", "000"]),
    underscore=("a_b _", ["a_b", "_"]),
    accents=("Łódź né", ["Łódź", "né"]),
    combining_accent=("ne\u0301e", ["ne", "e"]),
    chinese=("天气很好，今天", ["天气很好", "今天"]),
    vowel_signs=("नमस्ते", ["नमस", "त"]),
    variation_selector=("❤\ufe0f ok", ["ok"]),
    nothing=("?! …", []),
    empty=("", []),
)
def test_ifeval_words(text: str, pieces: list[str]):
    assert segment.ifeval_words(text) == pieces


@cases(
    plain=("It rains. We stay!", ["It rains.", "We stay!"]),
    abbreviations=("Dr. Lee came at 5 p.m. on Monday.", ["Dr. Lee came at 5 p.m. on Monday."]),
    initials=("J. R. Roe left. She stayed.", ["J. R. Roe left.", "She stayed."]),
    number=("It costs 3.50 today. Fine.", ["It costs 3.50 today.", "Fine."]),
    list_without_stops=("- tea\n- milk\n- oil", ["- tea\n- milk\n- oil"]),
    ellipsis=("Well... he left. Then she left.", ["Well... he left.", "Then she left."]),
    two_marks=("What?! No way.", ["What?!", "No way."]),
    quotation=('"It rains." "Yes." We stay.', ['"It rains."', '"Yes."', "We stay."]),
    bracket=("(It rains.) We stay.", ["(It rains.)", "We stay."]),
    curly_quotation=("“It rains.” We stay.", ["“It rains.” We stay."]),
    chinese=("下雨了。我们在家。", ["下雨了。我们在家。"]),
    spaced_ellipsis=("The end.\xa0.\xa0. So", ["The end.\xa0.\xa0.", "So"]),
    no_break_space=("The end.\xa0So it is.", ["The end.", "So it is."]),
    empty=("", []),
)
def test_punkt_sentences(text: str, pieces: list[str]):
    assert segment.punkt_sentences(text) == pieces


@cases(
    plain=("It rains.", ["It", "rains", "."]),
    inner_full_stop=("It rains. We stay.", ["It", "rains.", "We", "stay", "."]),
    contractions=(
        "I can't, we're, he'll, DON'T",
        ["I", "ca", "n't", ",", "we", "'re", ",", "he", "'ll", ",", "DO", "N'T"],
    ),
    written_together=(
        "I cannot, gimme, gonna go",
        ["I", "can", "not", ",", "gim", "me", ",", "gon", "na", "go"],
    ),
    possessive=("Ann's and the dogs' food", ["Ann", "'s", "and", "the", "dogs", "'", "food"]),
    quotation_marks=('"So," she said, "go"', ["``", "So", ",", "''", "she", "said", ",", "``", "go", "''"]),
    curly_marks=("“So” ‘it’ «is»", ["“", "So", "”", "‘", "it", "’", "«", "is", "»"]),
    abbreviation=("the U.S. team", ["the", "U.S.", "team"]),
    number=("3.50, 1,000: 5%", ["3.50", ",", "1,000", ":", "5", "%"]),
    hyphen_and_dash=("well-known--or not", ["well-known", "--", "or", "not"]),
    long_dash=("here—there", ["here—there"]),
    marks=("Oh?! #1 & $5 @me; ok...", ["Oh", "?", "!", "#", "1", "&", "$", "5", "@", "me", ";", "ok", "..."]),
    two_dots=("well..yes", ["well", "..", "yes"]),
    brackets_and_stars=(
        "[a](b) **c** <d>",
        ["[", "a", "]", "(", "b", ")", "*", "*", "c", "*", "*", "<", "d", ">"],
    ),
    bracketed_end=('He said "go.")', ["He", "said", "``", "go", ".", "''", ")"]),
    empty=("", []),
)
def test_penn_tokens(text: str, pieces: list[str]):
    assert segment.penn_tokens(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("I cannot go", ["I", "can", "not", "go"]),
        ("how d'ye do", ["how", "d", "'ye", "do"]),
        ("GIMME it", ["GIM", "ME", "it"]),
        ("we gonna go", ["we", "gon", "na", "go"]),
        ("I gotta go", ["I", "got", "ta", "go"]),
        ("lemme go", ["lem", "me", "go"]),
        ("more'n two", ["more", "'n", "two"]),
        ("I wanna go", ["I", "wan", "na", "go"]),
        ("so 'tis late", ["so", "'t", "is", "late"]),
        ("so 'twas late", ["so", "'t", "was", "late"]),
        ("the wannabe", ["the", "wannabe"]),
    ],
)
def test_penn_tokens_of_words_written_as_one(text: str, pieces: list[str]):
    assert segment.penn_tokens(text) == pieces


def without_quotes(text: str) -> str:
    return "".join(text.split()).translate(dict.fromkeys(map(ord, "\"'`")))


@given(TEXTS)
def test_penn_tokens_lose_nothing_but_space_and_rewrite_only_quotation_marks(text: str):
    tokens = segment.penn_tokens(text)
    assert without_quotes("".join(tokens)) == without_quotes(text)
    assert all(token and not regex.search(r"\s", token) for token in tokens)


@pytest.fixture(scope="module")
def nltk_sentences() -> Callable[[str], list[str]]:
    """NLTK's own tokenizer, whichever version is installed: the same on texts with no typographic marks."""
    import punkt as parameters_package
    from nltk.tokenize import punkt

    model = parameters_package.load_model("english")
    parameters = punkt.PunktParameters()
    parameters.abbrev_types = set(model.abbrev_types)
    parameters.collocations = {tuple(pair) for pair in model.collocations}
    parameters.sent_starters = set(model.sent_starters)
    parameters.ortho_context = defaultdict(int, model.ortho_context)
    return punkt.PunktSentenceTokenizer(parameters).tokenize


SIGNS = [*".?!,:;*()[]\"'aJ3é天    \n\t\v\xa0"]
PIECES = ["...", ".)", "?!", "--", "he", "It", "2.5", "Mr", "U.S", "e.g", "etc", "No", "Ph.D"]


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(SIGNS + PIECES), max_size=30).map("".join))
def test_punkt_sentences_are_those_of_nltk_around_marks(
    nltk_sentences: Callable[[str], list[str]], text: str
):
    assert segment.punkt_sentences(text) == nltk_sentences(text)


def test_punkt_sentences_are_those_of_nltk_behind_words_that_the_model_knows(
    nltk_sentences: Callable[[str], list[str]],
):
    import punkt

    model, rng = punkt.load_model("english"), random.Random(0)
    pairs = [" ".join(pair) for pair in sorted(model.collocations)]
    kinds = [sorted(model.abbrev_types), pairs, sorted(model.sent_starters), sorted(model.ortho_context)]
    kinds.append("J I 3 3.5 -1,000 x-co mining-etc Smith .. ... -- snake_case".split())
    cases = [str, str.capitalize, str.upper, str.title]
    different = []
    for _ in range(20_000):
        words = [rng.choice(cases)(rng.choice(rng.choice(kinds))) for _ in range(rng.choice((2, 3)))]
        text = "".join(word + rng.choice((". ", ".", ".\n", "? ", ".) ", ", ", ". . . ")) for word in words)
        if text.isascii() and segment.punkt_sentences(text) != nltk_sentences(text):
            different.append(text)
    assert different == []


def test_sentences_and_tokens_are_had_without_nltk():
    code = "from hir_data import Text; Text('Dr. No. Oh.').tokens; import sys; print(*sys.modules)"
    done = run_program([sys.executable, "-c", code])
    assert done.returncode == 0, done.stderr
    assert "nltk" not in done.stdout.split()


def test_punkt_sentences_are_those_of_nltk(shared_data, nltk_sentences: Callable[[str], list[str]]):
    compared, different = 0, []
    for name in ("ifeval/responses_qwen25_7b.jsonl", "ifbench/responses_qwen3_4b.jsonl"):
        with (shared_data / name).open(encoding="utf-8") as lines:
            responses = [json.loads(line)["response"] for line in lines]
        for response in responses:
            if not regex.search("[‘’“”«»]", response):
                compared += 1
                if nltk_sentences(response) != segment.punkt_sentences(response):
                    different.append(response)
    assert different == []
    assert compared > 500


# Our own


@cases(
    plain=("One two, three.", ["One", "two", "three"]),
    contraction=("don't l'amour", ["don't", "l'amour"]),
    curly_apostrophe=("don’t", ["don’t"]),
    hyphen=("a well-known e-mail - yes", ["a", "well-known", "e-mail", "yes"]),
    number=("3.5 1,000 2nd", ["3.5", "1,000", "2nd"]),
    dates_and_times=("2024-05-06 12/31/2024 10:30", ["2024-05-06", "12/31/2024", "10:30"]),
    range_of_numbers=("5–10 pages", ["5–10", "pages"]),
    address=("see https://a.b/c?d=e-f, ok", ["see", "https://a.b/c?d=e-f,", "ok"]),
    address_without_scheme=("at www.a.com or a.com/b", ["at", "www.a.com", "or", "a.com/b"]),
    address_before_chinese=("见https://a.b/c。好", ["见", "https://a.b/c", "好"]),
    mail=("write to a.b+c@d-e.org.", ["write", "to", "a.b+c@d-e.org"]),
    numbered_items=("1. Buy milk\n 2) Go\n- 3. x", ["Buy", "milk", "Go", "x"]),
    lettered_items=("a) Buy\nA. Smith", ["Buy", "A", "Smith"]),
    checkboxes=("- [x] Buy milk\n* [ ] Go", ["Buy", "milk", "Go"]),
    slash=("and/or", ["and", "or"]),
    dash=("here—there--now", ["here", "there", "now"]),
    thai=("ภาษาไทย สวย", ["ภาษาไทย", "สวย"]),
    two_scripts=("ใช้Python", ["ใช้", "Python"]),
    chinese_hyphen=("天-地", ["天", "地"]),
    underscore=("a_b _ __", ["a_b"]),
    combining_accent=("ne\u0301e", ["ne\u0301e"]),
    vowel_signs=("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
    hebrew=('צה"ל שלום', ['צה"ל', "שלום"]),
    korean=("안녕 하세요", ["안녕", "하세요"]),
    katakana=("カタカナ", ["カタカナ"]),
    chinese=("天气", ["天", "气"]),
    lines=("one\ntwo\r\nthree", ["one", "two", "three"]),
    emoji=("👋🏽 🇫🇷 ❤\ufe0f", []),
    nothing=("?! — …", []),
    empty=("", []),
    quoted_vowel=("the 'other' one", ["the", "other", "one"]),
    quoted_vowel_beside_accents=("the 'other' café", ["the", "other", "café"]),
    quoted_vowel_behind_a_digit=("1'a é", ["1", "a", "é"]),
    elided=("l'été, c'est", ["l'été", "c'est"]),
)
def test_words(text: str, pieces: list[str]):
    assert words.words(text) == pieces


@given(st.text(st.sampled_from("aeB1_.,:;'\"- \n()/*"), max_size=30))
def test_words_of_ascii_are_those_of_any_text(text: str):
    assert [*words.words(text), "é"] == words.words(f"{text}\né")  # "1. é" would be an item of a list


@cases(
    chinese=("天气，好。", ["天", "气", "好"]),
    japanese=("今日はカ", ["今", "日", "は", "カ"]),
    thai=("น้ำ", ["น", "ำ"]),
    lao=("ລາວ", ["ລ", "າ", "ວ"]),
    khmer=("ខ្មែរ", ["ខ", "ម", "រ"]),
    burmese=("မြန်မာ", ["မ", "န", "မ"]),
    digits_are_none=("๑๒三", ["三"]),
    rare_character=("𠀀", ["𠀀"]),
    spaced_scripts=("word слово 말 नम", []),
    empty=("", []),
)
def test_unspaced_letters(text: str, pieces: list[str]):
    assert words.unspaced_letters(text) == pieces


@given(TEXTS)
def test_the_rest_is_what_is_left_of_the_unspaced_letters(text: str):
    rest = words.without_unspaced(text)
    letters = iter(words.unspaced_letters(text))
    assert len(rest) == len(text)
    assert (
        "".join(left if left == own else next(letters) for left, own in zip(rest, text, strict=True)) == text
    )
    assert words.unspaced_letters(rest) == []


@cases(
    plain=("It rains. We stay!", ["It rains.", "We stay!"]),
    abbreviation=("Dr. Lee left.", ["Dr. Lee left."]),
    lines=("# To buy\n- tea\n- milk", ["# To buy", "- tea", "- milk"]),
    windows_lines=("One\r\nTwo", ["One", "Two"]),
    wrapped_line=("The line\nwraps here. Yes.", ["The line\nwraps here.", "Yes."]),
    wrapped_long_line=(
        "It is a long line that somebody wrapped before\nMary came.",
        ["It is a long line that somebody wrapped before\nMary came."],
    ),
    item_of_two_lines=("- It is\n  so.\n- Yes.", ["- It is\n  so.", "- Yes."]),
    code=("Do this.\n```python\nprint('Hi. Ho.')\n```\nDone.", ["Do this.", "Done."]),
    chinese=("下雨了。我们在家！好吗？", ["下雨了。", "我们在家！", "好吗？"]),
    many_stops=("好。。。走！！", ["好。。。", "走！！"]),
    japanese_quotation=("「はい。」と彼は言った。", ["「はい。」と彼は言った。"]),
    two_scripts=("Hi there! 你好。Bye.", ["Hi there!", "你好。", "Bye."]),
    no_stop=("下雨了", ["下雨了"]),
    signs_alone=("...\n---\n?! 。", []),
    digits=("1\n2", ["1", "2"]),
    empty=("", []),
)
def test_sentences(text: str, pieces: list[str]):
    assert sentences(text) == pieces


@pytest.mark.parametrize(
    ("text", "count"),
    [pytest.param(*row, id=f"{code}: {row[0]}") for code, rows in SENTENCES.items() for row in rows],
)
def test_sentences_are_those_that_a_reader_sees(text: str, count: int):
    found = sentences(text)
    assert len(found) == count, found


@given(TEXTS)
def test_sentences_hold_each_letter_outside_of_code(text: str):
    if "`" not in text and "~" not in text:
        assert regex.findall(r"[\p{L}\p{N}]", "".join(sentences(text))) == regex.findall(
            r"[\p{L}\p{N}]", text
        )


@pytest.mark.parametrize(
    "text",
    ["e.g. " * 5000, "! " * 20000, "A. " * 5000, "“" * 20000, "a" * 50000 + ".", "1. " * 9000, '."' * 9000],
)
def test_sentences_of_a_long_text_take_no_time(text: str):
    start = time.process_time()
    sentences(text)
    assert time.process_time() - start < 2


@cases(
    digits=("1. Buy milk\n2. Go home", ["1. Buy milk", "2. Go home"]),
    letters=("A. Buy milk\nB. Go home", ["A. Buy milk", "B. Go home"]),
)
def test_a_numbered_item_is_one_sentence(text: str, pieces: list[str]):
    assert sentences(text) == pieces


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param("\u3002", id="ideographic"),
        pytest.param("\uff01", id="full-width exclamation mark"),
        pytest.param("\uff1f", id="full-width question mark"),
        pytest.param("\u0964", id="Devanagari"),
        pytest.param("\u061f", id="Arabic question mark"),
        pytest.param("\u06d4", id="Urdu"),
        pytest.param("\u1362", id="Ethiopic"),
        pytest.param("\u0f0d", id="Tibetan"),
        pytest.param("\u104b", id="Burmese"),
        pytest.param("\u17d4", id="Khmer"),
    ],
)
def test_sentences_end_at_the_full_stops_of_other_scripts(stop: str):
    assert [sentence.strip() for sentence in sentences(f"a{stop} b{stop}c")] == [
        f"a{stop}",
        f"b{stop}",
        "c",
    ]


@cases(
    one=("One.", ["One."]),
    two=("One.\n\nTwo.", ["One.", "Two."]),
    a_line_break=("One.\nTwo.", ["One.\nTwo."]),
    a_line_of_spaces=("One.\n \t\u3000\nTwo.", ["One.", "Two."]),
    spaces_stay=("One. \n\n  Two.", ["One. ", "Two."]),
    windows=("One.\r\nTwo.\r\n\r\nThree.", ["One.\r\nTwo.", "Three."]),
    old_mac=("One.\rTwo.\r\rThree.", ["One.\rTwo.", "Three."]),
    around=("\n\nOne.\n\n\n\nTwo.\n\n", ["One.", "Two."]),
    rule=("One.\n\n---\n\nTwo.\n***\n", ["One.", "Two."]),
    rule_between=("One.\n* * *\nTwo.", ["One.", "Two."]),
    code=("One.\n\n```\na\n\n---\n```\n\nTwo.", ["One.", "```\na\n\n---\n```", "Two."]),
    tildes=("~~~~\na\n~~~\n\nb\n~~~~", ["~~~~\na\n~~~\n\nb\n~~~~"]),
    open_fence=("```\na\n\nb", ["```\na\n\nb"]),
    quotation=("> One.\n>\n> Two.", ["> One.", "> Two."]),
    blank=(" \n\n ", []),
    empty=("", []),
)
def test_paragraphs(text: str, pieces: list[str]):
    assert segment.paragraphs(text) == pieces


@cases(
    two=("One.\nTwo.", ["One.", "Two."]),
    blank_lines=("One.\n\n \t\nTwo.\n", ["One.", "Two."]),
    windows=("One.\r\nTwo.", ["One.", "Two."]),
    other_breaks=("a\vb\fc\u0085d\u2028e\u2029f", ["a", "b", "c", "d", "e", "f"]),
    spaces_stay=(" One. \n", [" One. "]),
    empty=("", []),
)
def test_lines(text: str, pieces: list[str]):
    assert segment.lines(text) == pieces


@cases(
    plain=("Hi!", ["H", "i", "!"]),
    accent=("e\u0301a", ["e\u0301", "a"]),
    skin_tone=("👋🏽!", ["👋🏽", "!"]),
    flags=("🇫🇷🇩🇪", ["🇫🇷", "🇩🇪"]),
    family=("👨\u200d👩\u200d👧x", ["👨\u200d👩\u200d👧", "x"]),
    variation_selector=("❤\ufe0f", ["❤\ufe0f"]),
    keycap=("1\ufe0f\u20e3", ["1\ufe0f\u20e3"]),
    korean_letters=("\u1112\u1161\u11ab", ["\u1112\u1161\u11ab"]),
    thai=("น้ำ", ["น้ำ"]),
    line_break=("a\r\nb", ["a", "\r\n", "b"]),
    chinese=("天气", ["天", "气"]),
    empty=("", []),
)
def test_graphemes(text: str, pieces: list[str]):
    assert segment.graphemes(text) == pieces


@pytest.mark.parametrize(
    "split",
    [
        segment.ifeval_words,
        segment.punkt_sentences,
        words.words,
        words.unspaced_letters,
        sentences,
        segment.paragraphs,
        segment.lines,
        segment.graphemes,
    ],
)
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_pieces_stand_in_the_text_in_their_order(split: Callable[[str], list[str]], text: str):
    if split is sentences:  # a sentence over two lines has one kind of break, whatever it was
        text = regex.sub(r"\R", "\n", text)
    end = 0
    for piece in split(text):
        start = text.find(piece, end)
        assert piece
        assert start >= end, f"{piece!r} does not follow in {text!r}"
        end = start + len(piece)


@given(TEXTS)
def test_graphemes_make_up_the_whole_text(text: str):
    assert "".join(segment.graphemes(text)) == text


@given(TEXTS)
def test_lines_hold_everything_but_white_space_and_paragraphs_all_but_rules(text: str):
    written = "".join(text.split())
    assert "".join("".join(segment.lines(text)).split()) == written
    rest = "".join("".join(segment.paragraphs(text)).split())
    assert rest.translate(RULES) == written.translate(RULES)
