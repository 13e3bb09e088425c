"""The site of the documentation: how its pages are laid out, and what a reader's browser makes of it."""

import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from browser import browser, needs_chromium
from programs import run_program

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site_source(tmp_path_factory) -> Path:
    """What the generator of the site reads."""
    folder = tmp_path_factory.mktemp("site") / "out" / "site-source"
    run = run_program([sys.executable, ROOT / "docs" / "layout.py", folder], cwd=ROOT)
    assert (run.returncode, run.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def layout(site_source: Path) -> Any:
    """The module that lays out pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs")
        import layout

        yield layout
    del sys.modules["layout"]


@pytest.mark.parametrize(
    ("page", "text", "on_the_site"),
    [
        ("docs/how-to/loop.md", "[a](train.md#rows)", "[a](train.md#rows)"),
        ("docs/how-to/loop.md", "[a](../reference/cli.md)", "[a](../reference/cli.md)"),
        ("docs/how-to/loop.md", "[a](../../CONTRIBUTING.md)", "[a](../contributing.md)"),
        ("docs/how-to/loop.md", "[a](../../examples/loop/loop.toml)", "[a](../examples/loop/loop.toml)"),
        ("docs/how-to/loop.md", "![a](../../examples/loop/curve.png)", "![a](../examples/loop/curve.png)"),
        ("docs/how-to/loop.md", "see [the `Makefile`](../../Makefile).", "see the `Makefile`."),
        ("docs/how-to/loop.md", "[a](../../examples/nothing.md)", "a"),
        ("docs/how-to/loop.md", "[a](#an-iteration) [b](https://example.org)", None),
        ("docs/how-to/loop.md", "```text\n[a](../../Makefile)\n```\n", None),
        ("CONTRIBUTING.md", "[a](docs/how-to/loop.md#the-file)", "[a](how-to/loop.md#the-file)"),
        ("CONTRIBUTING.md", "[engine](hir_data/engine/config.py)", "engine"),
        (
            "docs/index.md",
            '<picture>\n  <source media="dark" srcset="pictures/idea-dark.svg">\n'
            '  <img alt="The idea" src="pictures/idea-light.svg">\n</picture>',
            "![The idea](pictures/idea-light.svg#only-light)\n![The idea](pictures/idea-dark.svg#only-dark)",
        ),
    ],
)
def test_links_lead_to_what_the_site_has(layout: Any, page: str, text: str, on_the_site: str | None):
    assert layout.relinked(text, ROOT / page)[0] == (text if on_the_site is None else on_the_site)


def test_what_pages_link_to_is_there(site_source: Path):
    for page in site_source.rglob("*.md"):
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            assert re.match(r"[a-z]+:", target) or (page.parent / target).exists(), f"{page.name}: {target}"
    assert not list(site_source.rglob("*.pyc"))
    assert not (site_source / "generate.py").exists()


@pytest.fixture(scope="module")
def site(site_source: Path) -> Path:
    """The site, as make docs builds it."""
    if find_spec("zensical") is None:
        pytest.skip("needs the extra docs")
    project = site_source.parents[1]
    shutil.copy(ROOT / "zensical.toml", project)  # where it is, the site is
    for name in ("docs", "hir_data"):
        (project / name).symlink_to(ROOT / name)
    run = run_program([sys.executable, "-m", "zensical", "build", "--strict"], cwd=project, limit=500)
    assert run.returncode == 0, run.stdout + run.stderr
    return project / "out" / "site"


@pytest.mark.slow
def test_nothing_of_the_site_is_elsewhere(site: Path):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 35
    for page in pages:
        text = page.read_text(encoding="utf-8")
        fetched = re.findall(
            r"<(?:script|img|iframe|source)\b[^>]*\bsrc(?:set)?=[\"']?(?:https?:)?//[^>]*", text
        )
        fetched += re.findall(r"<link\b(?![^>]*rel=[\"']?canonical)[^>]*href=[\"']?(?:https?:)?//[^>]*", text)
        assert fetched == [], page


@pytest.mark.slow
def test_the_reference_of_the_api_has_every_argument_and_no_markup_of_another_language(site: Path):
    text = (site / "reference" / "api.html").read_text(encoding="utf-8")
    assert 'id="hir_data.verify"' in text
    assert 'id="hir_data.TrainConfig.learning_rate"' in text
    assert not re.search(r":(?:class|func|meth|mod|data|attr):", text)
    assert "_DEFAULTS" not in text


@pytest.mark.slow
@needs_chromium
def test_axe_has_no_serious_finding(site: Path, tmp_path: Path):
    axe = Path(pytest.importorskip("axe_core_python").__file__).parent / "axe.min.js"
    run = """axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations
        .filter(({impact}) => impact === 'serious' || impact === 'critical')
        .map(({id, nodes}) => [id, nodes.length, nodes[0].html.slice(0, 200)]))"""
    with browser(tmp_path) as page:
        for name in ("index", "tutorials/score", "how-to/loop", "reference/cli", "explanation/results"):
            page.open(site / f"{name}.html")
            page.resize(1280, 900)
            page.wait_for("document.readyState === 'complete'")
            page.eval("document.querySelectorAll('*').forEach((it) => { it.style.transition = 'none'; })")
            page.eval(f"{axe.read_text(encoding='utf-8')};0")
            for width, height, dark in ((1280, 900, False), (390, 844, True)):
                page.resize(width, height, dark=dark)
                assert page.eval(run) == [], (name, width, dark)
                assert page.eval("document.documentElement.scrollWidth") <= width, (name, width)
        assert page.problems == []


@pytest.mark.slow
@needs_chromium
def test_a_reader_opens_the_site_from_a_disk_and_searches(site: Path, tmp_path: Path):
    with browser(tmp_path) as page:
        page.open(site / "index.html")
        page.resize(1200, 800)
        page.wait_for("document.readyState === 'complete'")
        shown = "[...document.querySelectorAll('article img')].filter(i => i.offsetParent && i.naturalWidth)"
        page.wait_for(f"{shown}.length === 1")
        assert "idea-light.svg" in page.eval(f"{shown}[0].src")
        page.resize(1200, 800, dark=True)
        page.wait_for(f"{shown}.length === 1 && {shown}[0].src.includes('idea-dark.svg')")
        page.eval("window.example = document.querySelector('.language-console code')")
        page.eval("example.setAttribute('data-md-copying', '')")  # as the copy button does while it reads
        copied = page.eval("example.innerText").split("\n")
        assert [line.split()[:2] for line in copied if line] == [
            ["hir-data", "verify"],
            ["hir-data", "check"],
        ]
        page.eval("example.removeAttribute('data-md-copying')")
        page.resize(390, 800)
        page.wait_for("document.documentElement.scrollWidth <= innerWidth")
        page.resize(1200, 800)
        page.eval("document.querySelector('.md-search__button').click()")
        page.wait_for("document.activeElement.shadowRoot?.activeElement?.tagName === 'INPUT'")
        page.call("Input.insertText", text="bare refusal")
        page.wait_for("document.activeElement.shadowRoot.textContent.includes('What a constraint says')")
        assert page.problems == []
