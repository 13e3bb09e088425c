"""The report can be read: on a phone, from a row to its record and back, and in whole words."""

import json
from pathlib import Path

import pytest
from browser import browser, needs_chromium
from files import write

import hir_data as hir
from hir_data.cli.main import app
from hir_data.report.answers import side_by_side
from hir_data.report.page_data import _pair, verified
from hir_data.report.record_view import Marking, pair_blocks, verification_blocks
from hir_data.report.replay_examples import ReplayPair
from hir_data.runs.report import write_report
from hir_data.schemas.replay import ReplaySample

LONG_NAME = "responses-after-all-of-the-training"
SAID = (
    "The harbour was quiet, and the boats lay still, while gulls cried over the grey water. It was day {} of "
    "a long and rainy autumn in the north, as people remember."
)
REPEATED = "They are the heroes of the sea, and they are always there. " * 12


def run(*arguments: object) -> None:
    with pytest.raises(SystemExit) as end:
        app(args=[*map(str, arguments), "-q", "--workers", "0"])
    assert end.value.code == 0


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Two files with the same responses, three to each prompt, and their replays; a guard objects to one."""
    records = [
        {
            "id": f"the-very-long-name-of-a-prompt-{prompt}",
            "prompt": f"Describe harbour {prompt}. Do not use any commas. Use at least 300 words.",
            "constraints": [
                {"kind": "punctuation:no_comma"},
                {"kind": "length_constraints:number_words", "relation": "at least", "num_words": 300},
            ],
            "response": REPEATED if (prompt, sample) == (1, 2) else SAID.format(3 * prompt + sample),
            "sample": sample,
            "finish_reason": "length" if (prompt, sample) == (0, 1) else "stop",
        }
        for prompt in range(2)
        for sample in range(3)
    ]
    rollouts = write(tmp_path / "rollouts.jsonl", records)
    files = [tmp_path / f"{name}.jsonl" for name in ("responses-before", LONG_NAME)]
    for file in files:
        run("verify", rollouts, "-o", file)
    run("replay", rollouts, "-o", tmp_path / "set", "--min-bits", 0)
    write_report([*map(str, files), str(tmp_path / "set")], tmp_path / "report.html")
    return tmp_path / "report.html"


BROKEN = """(selector) => [...document.querySelectorAll(selector)].flatMap((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), broken = [];
    for (let text; (text = walker.nextNode());) for (const match of text.data.matchAll(/[^\\s-]+/g)) {
        const range = document.createRange();
        range.setStart(text, match.index);
        range.setEnd(text, match.index + match[0].length);
        const tops = [...range.getClientRects()].map((each) => Math.round(each.top));
        if (new Set(tops).size > 1) broken.push(match[0]);
    }
    return broken;
})"""
LINES = """(selector) => [...document.querySelectorAll(selector)].map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return new Set([...range.getClientRects()].map((each) => Math.round(each.top))).size;
})"""


@needs_chromium
def test_on_a_phone(report: Path, tmp_path: Path):
    """Words and intervals are whole, prompts have the width of the screen, and what scrolls says so."""
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        for width in (390, 1280):
            page.resize(width, 844)
            for name in ("Figures", "Responses", "Replays", "Replay figures"):
                page.eval(f"open('{name}')")
                assert page.eval(f"({BROKEN})('th, td')") == [], (width, name)
                assert page.eval("document.documentElement.scrollWidth") <= width, (width, name)
                page.eval("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
                wide = "[...document.querySelectorAll('.wide')]"
                scrolls = f"{wide}.map((each) => each.scrollWidth > each.clientWidth + 1)"
                shown = "getComputedStyle(each, '::before').content"
                said = f"{wide}.map((each) => {shown}.includes('to the right'))"
                assert page.eval(said) == page.eval(scrolls), (width, name)
        page.resize(390, 844)
        page.eval("open('Figures')")
        assert set(page.eval(f"({LINES})('td.number .small')")) == {1}
        page.eval("open('Responses')")
        prompts = "[...document.querySelectorAll('.row td:first-child')].map((each) => each.clientWidth)"
        assert min(page.eval(prompts)) > 300
        page.eval("open('Replays')")
        assert set(page.eval(f"({LINES})('.row button')")) == {1}
        fits = "(each) => each.scrollWidth <= each.clientWidth"
        changes = f"[...document.querySelectorAll('td.long')].every({fits})"
        assert page.eval(changes)
        assert page.problems == []


@needs_chromium
def test_what_scrolls_says_so(report: Path, tmp_path: Path):
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        page.resize(220, 844)
        page.wait_for("document.querySelector('.wide.scrolls') !== null")
        said = "getComputedStyle(document.querySelector('.wide.scrolls'), '::before').content"
        assert "goes on to the right" in page.eval(said)
        page.resize(1280, 844)
        page.wait_for("document.querySelector('.wide.scrolls') === null")


@needs_chromium
def test_from_a_row_to_its_record_and_back(report: Path, tmp_path: Path):
    """By a button at both ends of the record, and by the escape key; the focus goes along."""
    focused = "document.activeElement"
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        page.eval("open('Responses')")
        escape = "new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })"
        named = "(each) => each.textContent == 'Back to its row'"
        backs = f"[...document.querySelectorAll('section button')].filter({named})"
        for way in (f"{backs}[0].click()", f"{backs}[1].click()", f"{focused}.dispatchEvent({escape})"):
            page.eval("document.querySelectorAll('tr.row button')[4].click()")
            assert page.eval(f"{focused}.tagName") == "SECTION"
            page.eval(way)
            row = f"[...document.querySelectorAll('tr.row')].indexOf({focused}.closest('tr.row'))"
            assert page.eval(row) == 4, way
            top = page.eval(f"{focused}.getBoundingClientRect().top")
            assert 0 <= top < page.eval("innerHeight")
        assert page.problems == []


@needs_chromium
def test_counts_cases_and_ends_are_said(report: Path, tmp_path: Path):
    """Responses are counted as such, a case opens its response, and what a limit cut off is called so."""
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        text = "document.getElementById('page').textContent"
        assert page.eval(text).count("no prompt differs") == 2 and "p = 1" not in page.eval(text)
        page.eval("open('Responses')")
        count = "document.querySelector('[aria-live]').textContent"
        assert page.eval(count) == "6 of 6 pairs of responses to 2 prompts"
        page.eval("open('Replay figures')")
        links = "[...document.querySelectorAll('button.link')]"
        assert "the-very-long-name-of-a-prompt-1/2" in page.eval(f"{links}.map((each) => each.textContent)")
        link = f"{links}.find((each) => each.textContent.endsWith('1/2'))"
        page.eval(f"{link}.click()")
        page.wait_for("document.querySelector('section h2') !== null")
        shown = "document.querySelector('section').textContent"
        assert "(the-very-long-name-of-a-prompt-1/2)" in page.eval(
            "document.querySelector('section h2').textContent"
        )
        assert REPEATED[:50] in page.eval(shown) and "token limit" not in page.eval(shown)
        page.eval("document.querySelectorAll('tr.row')[1].click()")
        assert page.eval(shown).count("cut off at its token limit") == 2
        cut = [
            ["one two three", 20],
            ["one two three", 9],
            ["one, two", 5],
            ["x" * 9, 4],
            ["\U0001f600" * 3, 3],
        ]
        assert page.eval(f"{json.dumps(cut)}.map(([text, most]) => cut(text, most))") == [
            "one two three",
            "one two\u00a0…",
            "one\u00a0…",
            "xxxx\u00a0…",
            "\U0001f600\u00a0…",
        ]
        assert page.problems == []


@pytest.mark.parametrize(
    ("reason", "metadata", "is_cut_off"),
    [
        ("length", {}, True),
        ("stop", {}, False),
        (None, {"stop_reason": "max_tokens"}, True),
        (None, {}, False),
    ],
)
def test_a_response_that_ended_at_its_limit(reason, metadata, is_cut_off):
    instruction = hir.Instruction(prompt="Go.", constraints=[{"kind": "punctuation:no_comma"}])
    sampling = None if reason is None else hir.Sampling(finish_reason=reason)
    rollout = hir.Rollout(instruction=instruction, response="So", sampling=sampling, metadata=metadata)
    (verification,) = hir.verify([rollout], workers=0)
    answers = verified("v", [verification], 10)["answers"]
    (item,) = side_by_side(["v"], [answers])["items"]
    assert item["answers"][0].get("cut_off", False) is is_cut_off
    said = ", cut off at its token limit"
    titles = [block.title for block in verification_blocks(verification, Marking(colours=False))]
    assert (said in titles[-2]) is is_cut_off

    common = {"group": "0", "instruction": instruction, "response": "So", "verdicts": (True,), "cla": 1}
    source, replay = (
        ReplaySample(id=name, origin=origin, reward=1, sampling=sampling, metadata=metadata, **common)
        for name, origin in (("0/0", "rollout"), ("0/0/replay", "replay"))
    )
    assert _pair(source, replay).get("cut_off", False) is is_cut_off
    titles = [block.title for block in pair_blocks(ReplayPair(source, replay), Marking(colours=False))]
    assert (said in titles[-1]) is is_cut_off
