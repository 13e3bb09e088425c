"""Every page of the report is there for all: by axe's rules, and by the keyboard alone."""

from pathlib import Path

import pytest
from browser import Page, browser, needs_chromium
from pages import HOSTILE, verifications

from hir_data.cli.main import app
from hir_data.runs.report import write_report

SCREENS = [(1280, 900, False), (390, 844, True)]
"""Each width once and each colour scheme once: colours do not depend on the width."""

EXAMPLE = Path(__file__).parents[2] / "examples"

RUN = """axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations.map(
    ({impact, id, nodes}) => [impact, id, nodes.length, nodes[0].html.slice(0, 200)]))"""
OPEN_ALL = """document.querySelector('tr.row')?.click();
    document.querySelectorAll('details').forEach((details) => { details.open = true; });
    new Promise((done) => setTimeout(done, 100))"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report with every page, two of most things among them."""
    with pytest.raises(SystemExit) as end:
        rollouts = str(EXAMPLE / "replay" / "rollouts.jsonl.gz")
        app(args=["replay", rollouts, "-o", str(tmp_path / "set"), "--limit", "36", "-q", "--workers", "0"])
    assert end.value.code == 0
    loop = tmp_path / "loop"
    loop.mkdir()
    (loop / "loop.json").write_bytes((EXAMPLE / "loop" / "loop.json").read_bytes())
    for iteration in (0, 1):
        folder = loop / f"iteration-{iteration:02}"
        folder.mkdir()
        verifications(folder / "evaluation.jsonl.gz", [HOSTILE, f"One, two, {iteration}."])
    files = [verifications(tmp_path / f"{name}.jsonl", [HOSTILE, f"{name}, and so on."]) for name in "ab"]
    write_report([*files, str(tmp_path / "set"), str(loop), str(EXAMPLE / "loop")], tmp_path / "report.html")
    return tmp_path / "report.html"


def tabs(page: Page) -> list[str]:
    return page.eval("[...document.querySelectorAll('#tabs button')].map((tab) => tab.textContent)")


@needs_chromium
def test_axe_complains_of_nothing(report: Path, tmp_path: Path):
    axe = Path(pytest.importorskip("axe_core_python").__file__).parent / "axe.min.js"
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready")
        page.eval(f"{axe.read_text(encoding='utf-8')};0")
        assert tabs(page) == ["Figures", "Responses", "Replay figures", "Replays", "Training", "Answers"]
        for name in tabs(page):
            page.eval(f"open('{name}')")
            page.eval(OPEN_ALL)
            for width, height, dark in SCREENS:
                page.resize(width, height, dark=dark)
                assert page.eval(RUN) == [], (name, width, dark)
                assert page.eval("document.documentElement.scrollWidth") <= width, (name, width)
        page.eval("open('Replays')")
        page.eval("document.querySelector('tr.row').click()")
        whose = "[...document.querySelectorAll('.two .role')].map((each) => each.textContent.split(' (')[0])"
        assert page.eval(whose)[:2] == ["user, source", "user, replay"], (
            "also where they are below each other"
        )
        assert page.problems == []


def press(page: Page, key: str) -> None:
    typed = {"text": "\r"} if key == "Enter" else {}
    code = {"Tab": 9, "Enter": 13, "ArrowRight": 39, "ArrowLeft": 37, " ": 32}[key]
    for kind in ("keyDown", "keyUp"):
        page.call(
            "Input.dispatchKeyEvent",
            type=kind,
            key=key,
            code=key,
            windowsVirtualKeyCode=code,
            **(typed if kind == "keyDown" else {}),
        )


@needs_chromium
def test_the_keyboard_is_enough(report: Path, tmp_path: Path):
    """Arrows change the page, the tab key goes through it, and enter opens a record and goes there."""
    focused = "document.activeElement"
    with browser(tmp_path) as page:
        page.open(report)
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        press(page, "Tab")
        assert page.eval(f"{focused}.textContent") == "Figures"
        press(page, "ArrowRight")
        page.wait_for("document.body.dataset.ready == 'Responses'")
        assert page.eval(f"[{focused}.textContent, {focused}.getAttribute('aria-selected')]") == [
            "Responses",
            "true",
        ]
        press(page, "ArrowLeft")
        press(page, "ArrowLeft")  # round to the last one
        page.wait_for("document.body.dataset.ready == 'Answers'")
        passed = []
        for _ in range(12):
            press(page, "Tab")
            passed.append(page.eval(f"{focused}.tagName"))
            if page.eval(f"{focused}.closest('tr.row') !== null"):
                break
        assert passed[:3] == ["INPUT", "SELECT", "SELECT"]
        assert passed[-1] == "BUTTON"
        press(page, "Enter")
        page.wait_for("document.querySelector('.answers') !== null")
        assert page.eval(f"{focused}.tagName") == "SECTION"
        seen = []
        for _ in range(20):
            press(page, "Tab")
            seen.append(page.eval(f"{focused}.getAttribute('aria-label') ?? {focused}.textContent"))
            assert page.eval(f"getComputedStyle({focused}).outlineStyle") == "solid", seen
            if seen[-1].startswith("response,"):
                break
        assert seen[0] == "Next" and seen[-1] == "response, Start"
