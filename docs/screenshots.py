"""The pictures of the HTML report in docs/pictures are written by ``python docs/screenshots.py``.

It makes the report of the examples, as ``make demo`` does. It needs Chromium, which a module of the tests
drives.
"""

import os
import sys
import tempfile
from pathlib import Path

from hir_data.cli.main import app

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1100, 800
DATE = 1_767_268_800.0
"""The date that all pictures have, so that they are the same each time; 1 January 2026."""

ROW = "[...document.querySelectorAll('tr.row')].find((row) => row.textContent.includes('{}')).click();"
CONSTRAINT = (
    "[...document.querySelectorAll('.constraints button')].find((it) => /{}/.test(it.textContent)).click();"
)
BELOW = "document.querySelector('section').scrollIntoView()"
VIEWS = {
    "report-figures": ("Figures", "window.scrollTo(0, 0)"),
    "report-response": ("Responses", ROW.format("no_comma") + CONSTRAINT.format("comma") + BELOW),
    "report-replay": ("Replays", ROW.format("substitute") + BELOW),
    "report-training": ("Training", "window.scrollTo(0, 0)"),
    "report-answers": ("Answers", f"document.querySelectorAll('tr.row')[12].click(); {BELOW}"),
}
"""Each picture: the page of the report, and what is done on it."""


def run(*arguments: object) -> None:
    """Call hir-data."""
    try:
        app(args=[*map(str, arguments), "--quiet"])
    except SystemExit as end:
        if end.code:
            raise


def main() -> None:
    """Make the report, and write its pictures."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser import CHROMIUM, browser

    if CHROMIUM is None:
        sys.exit("chromium is not on the path")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, browser(Path(name)) as page:
        folder = Path(name)
        demo, rollouts = ROOT / "examples" / "demo", ROOT / "examples" / "replay" / "rollouts.jsonl.gz"
        run(
            "verify",
            demo / "prompts.jsonl",
            "--responses",
            demo / "responses.jsonl",
            "-o",
            folder / "demo.jsonl",
        )
        run("replay", rollouts, "-o", folder / "replayed")
        inputs = (folder / "demo.jsonl", folder / "replayed", "examples/loop")
        run("report", *inputs, "-o", folder / "report.html", "--title", "The examples")
        os.utime(folder / "report.html", (DATE, DATE))  # which the page shows
        page.open(folder / "report.html")
        page.wait_for("document.body?.dataset.ready")
        page.resize(WIDTH, HEIGHT)
        for picture, (tab, script) in VIEWS.items():
            page.eval(f"open('{tab}'); {script}")
            page.screenshot(PICTURES / f"{picture}.png")


if __name__ == "__main__":
    main()
