"""Responses of several files to the same prompts, side by side: by their data and in a browser."""

import json
import random
import re
from importlib.resources import files as package_files
from pathlib import Path

import pytest
from browser import browser, needs_chromium
from pages import HOSTILE, data_of, verifications

import hir_data as hir
from hir_data.replays.guards import GUARDS as GUARDS_THERE
from hir_data.report import replay_figures, words
from hir_data.report.answers import side_by_side
from hir_data.report.page_data import verified
from hir_data.runs.report import write_report

NO_COMMA, LOWER = {"kind": "punctuation:no_comma"}, {"kind": "change_case:english_lowercase"}


def rollout(key: str, response: str, *constraints: dict, prompt: str = "Write.") -> hir.Rollout:
    instruction = hir.Instruction(id=key, prompt=prompt, constraints=constraints or [NO_COMMA])
    return hir.Rollout(instruction=instruction, response=response)


def beside(*columns: list[hir.Rollout], most: int = 100) -> dict:
    names = [f"file {number}" for number in range(len(columns))]
    found = [
        verified(name, hir.verify(rollouts, workers=0), most)["answers"]
        for name, rollouts in zip(names, columns, strict=True)
    ]
    return json.loads(json.dumps(side_by_side(names, found)))


def texts(item: dict) -> list[str | None]:
    return [answer and answer["response"] for answer in item["answers"]]


def test_each_response_stands_beside_those_to_its_prompt():
    """In any order, several to a prompt, and where a file has none."""
    before = [rollout("a", "a 0"), rollout("a", "a 1"), rollout("b", "b, 0")]
    after = [rollout("b", "b 0"), rollout("c", "c 0"), rollout("a", "A 0"), rollout("a", "A 1")]
    found = beside(before, after)
    assert [(item["key"], item["sample"], texts(item)) for item in found["items"]] == [
        ("a", 0, ["a 0", "A 0"]),
        ("a", 1, ["a 1", "A 1"]),
        ("b", 0, ["b, 0", "b 0"]),
        ("c", 0, [None, "c 0"]),
    ]
    assert (found["names"], found["number"]) == (["file 0", "file 1"], 4)
    assert [answer["ila"] for answer in found["items"][2]["answers"]] == [False, True]


def test_results_are_in_the_order_of_the_constraints_whatever_each_prompt_has():
    before = [rollout("a", "One, Two", NO_COMMA, LOWER)]
    after = [rollout("a", "one two three", LOWER, {"kind": "word_count", "max": 1}, prompt="Write anew.")]
    (item,) = beside(before, after)["items"]
    assert [each["kind"] for each in item["constraints"]] == [NO_COMMA["kind"], LOWER["kind"], "word_count"]
    verdicts = [[each and each["strict"] for each in answer["results"]] for answer in item["answers"]]
    assert verdicts == [[False, False, None], [None, True, False]]
    first, second = item["answers"]
    assert "messages" not in first and second["messages"] == [["user", "Write anew."]]
    assert item["messages"] == [["user", "Write."]]


def test_the_same_constraint_twice_has_two_results():
    (item,) = beside([rollout("a", "x, y", NO_COMMA, NO_COMMA)], [rollout("a", "x", NO_COMMA, NO_COMMA)])[
        "items"
    ]
    assert len(item["constraints"]) == 2
    assert [[each["strict"] for each in answer["results"]] for answer in item["answers"]] == [
        [False, False],
        [True, True],
    ]


def test_a_sample_has_the_same_prompts_of_every_file():
    before = [rollout(f"{number}", f"before {number}") for number in range(60)]
    after = [rollout(f"{number}", f"after {number}") for number in range(60)]
    random.Random(1).shuffle(after)
    found = beside(before, after, most=10)
    assert (len(found["items"]), found["number"]) == (10, 60)
    for item in found["items"]:
        assert texts(item) == [f"before {item['key']}", f"after {item['key']}"]


def test_no_response_is_missing_since_another_file_has_more_prompts():
    """What is left out of the sample of a file is left out of the page."""
    before = [rollout(f"{number}", f"before {number}") for number in range(12)]
    after = [rollout(f"{number}", f"after {number}") for number in range(200)]
    found = beside(before, after, most=10)
    assert len(found["items"]) == 10 and found["number"] == 200
    for item in found["items"]:
        assert (item["answers"][0] is None) == (int(item["key"]) >= 12)


def test_everything_that_a_report_names_is_explained():
    assert list(words.FATES) == list(replay_figures.FATES)
    assert set(words.GUARDS) == set(GUARDS_THERE)
    scripts = [
        path.read_text(encoding="utf-8")
        for path in (package_files("hir_data.report") / "static").iterdir()
        if path.name.endswith(".js")
    ]
    named = {
        name
        for script in scripts
        for call in re.findall(r"words\(data, \[(.*?)\]\s*[,)]", script)
        for name in re.findall(r'"([^"]+)"', call)
    }
    assert {"ILA", "bits", "near miss", "group"} <= named <= set(words.WORDS)


SEVERAL = ["One, two, three.", "One two three.", HOSTILE, "One two, three four."]
BETTER = ["One two three.", "One, two three.", f"{HOSTILE} and more", "One two, three five."]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    files = [
        verifications(tmp_path / name, texts) for name, texts in (("a.jsonl", SEVERAL), ("b.jsonl", BETTER))
    ]
    write_report(files, tmp_path / "report.html")
    return tmp_path / "report.html"


CHOOSE = """(label, value) => { const select = [...document.querySelectorAll('form label')]
    .find((each) => each.firstChild.textContent === label).querySelector('select');
    select.value = [...select.options].find((option) => option.textContent === value).value;
    select.dispatchEvent(new Event('change')); return document.querySelectorAll('tr.row').length; }"""


@needs_chromium
def test_in_a_browser(report: Path, tmp_path: Path):
    """Both answers with verdicts and marks; filters look at one file or at any; narrow screens stack."""
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        page.resize(1000, 800)
        page.eval("open('Responses')")
        page.eval("document.querySelectorAll('tr.row')[0].click()")
        columns = "[...document.querySelectorAll('.answers > div')]"
        assert page.eval(f"{columns}.map((each) => each.querySelector('h4').textContent)") == [
            "a.jsonl ✗",
            "b.jsonl ✓",
        ]
        texts = "[...each.querySelectorAll('.text mark')].map((mark) => mark.textContent)"
        marks = f"{columns}.map((each) => {texts})"
        assert page.eval(marks) == [[",", ","], []]
        reasons = "document.querySelector('.constraints button').textContent"
        assert all(f"{name}: " in page.eval(reasons) for name in ("a.jsonl", "b.jsonl"))
        tops = f"{columns}.map((each) => Math.round(each.getBoundingClientRect().top))"
        first, second = page.eval(tops)
        assert first == second
        page.resize(360, 800)
        first, second = page.eval(tops)
        assert first < second, "they are stacked"
        assert page.eval("document.documentElement.scrollWidth") <= 360
        page.resize(1000, 800)

        def chosen(label: str, value: str) -> int:
            return page.eval(f"({CHOOSE})({json.dumps(label)}, {json.dumps(value)})")

        assert chosen("Verdict", "violated") == 4  # in the one file or in the other
        assert chosen("Of the response in", "a.jsonl") == 3
        assert chosen("Of the response in", "b.jsonl") == 3
        assert chosen("Verdict", "all") == 4
        assert chosen("Of the response in", "any file") == 4
        assert chosen("All constraints", "violated first, satisfied last") == 1
        assert chosen("All constraints", "satisfied first, violated last") == 1
        assert chosen("All constraints", "all") == 4
        search = "document.querySelector('input[type=search]')"
        page.eval(f"{search}.value = 'three five'; {search}.dispatchEvent(new Event('input'))")
        assert page.eval("document.querySelectorAll('tr.row').length") == 1, "of the second file's answer"
        page.eval("document.querySelectorAll('tr.row')[0].click()")
        assert "no response to this prompt" not in page.eval("document.querySelector('section').textContent")
        assert page.problems == []


@needs_chromium
def test_the_figures_say_what_they_are(report: Path, tmp_path: Path):
    """What was read and by what; each word once; bars that are seen on a phone."""
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        about = page.eval("document.getElementById('about').textContent")
        assert f"hir-data {hir.__version__}" in about
        assert "a.jsonl: 4 responses to 4 prompts, 8 constraints" in about
        text = page.eval("document.getElementById('page').textContent")
        assert text.count("so that each prompt counts once") == 1
        assert re.search(r"punctuation:no_comma\s*4 each", text)
        fold = "document.querySelector('details.words')"
        assert page.eval(f"{fold}.querySelector('dt').textContent") == "ILA"
        assert page.eval(f"{fold}.open") is False
        page.resize(360, 800)
        bars = page.eval(
            "[...document.querySelectorAll('.bar')].map((bar) => [bar.getBoundingClientRect().left, "
            "bar.getBoundingClientRect().right])"
        )
        assert len(bars) == 8
        for left, right in bars:
            assert left >= 0 and right <= 360 and right - left >= 60
        assert page.problems == []


def test_equal_input_gives_an_equal_page_whenever_it_was_written(report: Path, tmp_path: Path):
    """The date of a page is that of its file."""
    files = [str(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]
    for path in files:
        Path(path).touch()
    write_report(files, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == report.read_bytes()
    assert not re.search(r"\b20\d\d-\d\d-\d\d", json.dumps(data_of(report)))


def test_the_title_says_what_was_read(tmp_path: Path):
    names = [verifications(tmp_path / f"{number}.jsonl", ["x"]) for number in range(6)]
    for number, title in (
        (1, "Report of 0.jsonl"),
        (4, "Report of 0.jsonl, 1.jsonl, 2.jsonl and 3.jsonl"),
        (6, "Report of 0.jsonl, 1.jsonl, 2.jsonl and 3 more"),
    ):
        write_report(names[:number], tmp_path / "report.html")
        assert f"<title>{title}</title>" in (tmp_path / "report.html").read_text()
