"""The HTML report, by its data and in a browser."""

import json
import time
from pathlib import Path

import pytest
from browser import browser, needs_chromium
from files import native, write
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import HOSTILE, data_of, verifications

import hir_data as hir
from hir_data.cli.main import app
from hir_data.report.answers import side_by_side
from hir_data.report.compared import _difference
from hir_data.report.page_data import LONGEST, _pair, paired, verified
from hir_data.report.record_view import Marking, pair_blocks
from hir_data.report.replay_examples import ReplayPair
from hir_data.runs.report import write_report
from hir_data.schemas import registry
from hir_data.schemas.replay import Change, ReplaySample


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    return [
        verifications(
            tmp_path / "first.jsonl", [HOSTILE, "One, two and three.", "One two three.", "x" * 30_000]
        ),
        verifications(tmp_path / "second.jsonl", ["One two three."] * 4),
    ]


def test_what_the_page_has(files, tmp_path: Path):
    write_report(files, tmp_path / "report.html", title="<b>Two</b> & more")
    data = data_of(tmp_path / "report.html")
    first, second = data["verified"]
    assert [file["figures"]["verified"] for file in (first, second)] == [4, 4]
    assert second["figures"]["ila_strict"]["value"] == 1
    assert [(file["name"], file["prompts"]) for file in (first, second)] == [
        ("first.jsonl", 4),
        ("second.jsonl", 4),
    ]
    items = data["responses"]["items"]
    comma, satisfied = (answer["results"][0] for answer in items[1]["answers"])
    assert (comma["strict"], comma["places"]) == (False, [[3, 4]])
    assert (satisfied["strict"], satisfied["places"]) == (True, [])
    assert [len(each["answers"][0]["response"]) for each in items[3:]] == [
        LONGEST + len("\n[... 10,000 more characters]")
    ]
    difference = data["paired"][0]
    assert (difference["prompts"], difference["beside"]) == (4, "first.jsonl")
    # By hand: 1, 1, 1, 0 have mean 0.75 and variance 0.25, so 1.96 sqrt(0.25 / 4) on each side. Of the eight
    # sign patterns of three ones, one gives 3 and one -3, which is 0.25, and there are two measures.
    assert difference["ila"] == pytest.approx([0.75, 0.75 - 0.48999, 0.75 + 0.48999], abs=1e-5)
    assert difference["p"] == {"ila": 0.5, "cla": 0.5}
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<h1>&lt;b&gt;Two&lt;/b&gt; &amp; more</h1>" in page and "taken over" not in page


def test_equal_input_gives_an_equal_page(files, tmp_path: Path):
    for name in ("a", "b"):
        write_report(files, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_places_are_counted_as_scripts_count(tmp_path: Path):
    path = verifications(tmp_path / "v.jsonl", ["👋, 👋👋, end"])
    write_report([path], tmp_path / "report.html")
    (item,) = data_of(tmp_path / "report.html")["responses"]["items"]
    result, _ = item["answers"][0]["results"]
    units = "👋, 👋👋, end".encode("utf-16-le")
    assert [units[2 * a : 2 * b].decode("utf-16-le") for a, b in result["places"]] == [",", ","]


def test_a_sample_is_shown_where_there_are_many_and_the_figures_are_of_all():
    instruction = hir.Instruction(prompt="Go.", constraints=[{"kind": "punctuation:no_comma"}])
    rollouts = [hir.Rollout(instruction=instruction, response=f"{n}") for n in range(50)]
    found = [verified("v", hir.verify(rollouts, workers=0), 10) for _ in range(2)]
    assert found[0] == found[1]
    assert found[0]["figures"]["verified"] == 50
    responses = side_by_side(["v"], [found[0]["answers"]])
    shown = [int(item["answers"][0]["response"]) for item in responses["items"]]
    assert len(shown) == 10 and shown == sorted(shown) and shown != list(range(10))
    assert responses["number"] == 50


def test_files_without_a_prompt_in_common_are_not_compared():
    files = [{"name": name, "prompts": {name: [1, 1, 1]}} for name in "ab"]
    assert paired(files) == [{"name": "b", "beside": "a", "prompts": 0, "ila": None, "cla": None}]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["report", "missing.jsonl", "-o", "r.html"], "missing.jsonl: there is no such file"),
        (["report", "empty.jsonl", "-o", "r.html"], "empty.jsonl: there are no records in it"),
        (
            ["report", "some.jsonl", "-o", "r.html"],
            "some.jsonl: has no verification; `hir-data verify some.jsonl -o FILE` writes some",
        ),
        (["verify", "some.jsonl", "-o", "-", "--report", "r.html"], "--report needs an output file"),
        (["report", "some.jsonl", "-o", "some.jsonl"], "some.jsonl: cannot be written: it is the input"),
        (["report", "some.jsonl", "-o", "-"], "a page needs a file"),
        (
            ["report", "folder", "-o", "folder/a.jsonl"],
            "folder/a.jsonl: cannot be written: it is a file of the",
        ),
        (
            ["verify", "some.jsonl", "-o", "v.jsonl", "--report", "v.rejected.jsonl"],
            "v.rejected.jsonl: cannot be written: it is the output",
        ),
        (
            ["verify", "some.jsonl", "-o", "v.jsonl", "--report", "r.html", "--summary", "r.html"],
            "r.html: cannot be written: --summary writes it",
        ),
        (
            ["verify", "some.jsonl", "-o", "v.jsonl", "--report", "folder"],
            "folder: cannot be written: a page is",
        ),
        (
            ["verify", "some.jsonl", "-o", "v.jsonl", "--report", "-"],
            "-: cannot be written: a page is a file",
        ),
        (
            ["replay", "some.jsonl", "-o", "set", "--report", "set/manifest.json"],
            "set/manifest.json: cannot be written: it is the output",
        ),
        (
            ["verify", "some.jsonl", "-o", "r.html", "--report", "r.html"],
            "r.html: cannot be written: it is the output",
        ),
        (
            ["verify", "some.jsonl", "-o", "v.jsonl", "--report", "some.jsonl"],
            "some.jsonl: cannot be written: it is the input",
        ),
    ],
)
def test_what_cannot_be_shown(arguments, problem, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(Path("some.jsonl"), [native(0)])
    Path("empty.jsonl").write_text("")
    Path("folder").mkdir()
    write(Path("folder/a.jsonl"), [native(0)])
    with pytest.raises(SystemExit) as end:
        app(args=arguments)
    assert (end.value.code, problem in capsys.readouterr().err) == (2, True)
    assert not Path("r.html").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [native(0), native(1)],
            "hir-data: error: v.jsonl: has no verification; `hir-data verify v.jsonl -o FILE` writes some\n",
        ),
        (
            [{"x": 1}, native(1)],
            "hir-data: error: v.jsonl: has no verification; `hir-data verify v.jsonl -o FILE` writes some\n",
        ),
        (
            [native(0) | {"results": 3}],
            "hir-data: rejected: v.jsonl:1: results: there are no verdicts in this record; "
            "hir-data verify writes them\nhir-data: error: v.jsonl: has no verification that can be read\n",
        ),
    ],
)
def test_a_file_without_verdicts_is_said_to_be_not_verified(lines, said, tmp_path: Path, monkeypatch, capsys):
    """First and alone, without advice on options that this command has not."""
    monkeypatch.chdir(tmp_path)
    write(Path("v.jsonl"), lines)
    with pytest.raises(SystemExit) as end:
        app(args=["report", "v.jsonl", "-o", "r.html"])
    assert (end.value.code, capsys.readouterr().err) == (2, said)


def test_a_constraint_that_is_gone_is_marked_where_view_marks_it(tmp_path: Path):
    """Whatever became of it: the places of what it became, else of what it was."""
    comma, contains = (
        registry.parse({"kind": "punctuation:no_comma"}),
        registry.parse({"kind": "contains", "text": "b"}),
    )
    long = registry.parse({"kind": "word_count", "min": 2})
    changes = [
        Change(constraint=comma, fate="dropped"),
        Change(constraint=comma, fate="substitute", became=contains),
        Change(constraint=comma, fate="substitute", became=long),
        Change(constraint=long, fate="dropped"),
    ]
    asked = [
        {"instruction": hir.Instruction(prompt="Go.", constraints=constraints), "response": "a, b, c"}
        for constraints in ([comma, comma, comma, long], [contains, long])
    ]
    common = {"group": "0", "reward": 0.0, "cla": 0.0}
    source = ReplaySample(id="0/0", origin="rollout", verdicts=(False,) * 4, **asked[0], **common)
    replay = ReplaySample(
        id="0/0/replay",
        origin="replay",
        source_id="0/0",
        verdicts=(True,) * 2,
        changes=changes,
        **asked[1],
        **common,
    )
    shown = _pair(source, replay)["changes"]
    assert [[list(span) for span in each["places"]] for each in shown] == [
        [[1, 2], [4, 5]],
        [[3, 4]],
        [[1, 2], [4, 5]],
        [],
    ]
    plain = pair_blocks(ReplayPair(source, replay), Marking(colours=False))[-1].columns[0].plain
    assert plain == "a\u27e6,\u27e7 \u27e6b\u27e7\u27e6,\u27e7 c"


def test_what_is_no_verification_is_counted_and_said(files, tmp_path: Path, capsys):
    with Path(files[0]).open("a", encoding="utf-8") as file:
        file.write("[1, 2]\n")
    page = tmp_path / "r.html"
    for allowed, code in (("0", 1), ("1", 0)):
        with pytest.raises(SystemExit) as end:
            app(args=["report", files[0], "-o", str(page), "--max-rejected", allowed])
        said = capsys.readouterr().err
        assert end.value.code == code
        assert "first.jsonl:5" in said and "1 record was rejected\n" in said
    assert data_of(page)["verified"][0]["figures"]["rejected"] == 1


def test_a_run_of_rejected_records_alone_writes_no_page(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(Path("some.jsonl"), [{"prompt": "Without constraints."}])
    with pytest.raises(SystemExit) as end:
        app(args=["verify", "some.jsonl", "-o", "v.jsonl", "--workers", "0", "-q", "--report", "r.html"])
    assert end.value.code == 1
    assert "r.html: is not written, as nothing was verified" in capsys.readouterr().err
    assert not Path("r.html").exists()


def test_a_run_writes_the_page_of_its_output(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(Path("some.jsonl"), [native(number) for number in range(6)])
    with pytest.raises(SystemExit) as end:
        app(args=["verify", "some.jsonl", "-o", "v.jsonl", "--workers", "0", "-q", "--report", "r.html"])
    assert end.value.code == 0
    assert data_of(Path("r.html"))["verified"][0]["figures"]["verified"] == 6


@needs_chromium
def test_in_a_browser(files, tmp_path: Path):
    """Filters work, places are marked, hostile text stays text, and nothing is fetched or complained of."""
    write_report(files, tmp_path / "report.html")
    with browser(tmp_path) as page:
        page.open(tmp_path / "report.html")
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        kinds = "[...document.querySelectorAll('tbody th button')]"
        page.eval(f"{kinds}.find(button => button.textContent == 'punctuation:no_comma').click()")
        page.wait_for("document.body.dataset.ready == 'Responses'")
        rows = "document.querySelectorAll('tr.row')"
        assert page.eval(f"{rows}.length") == 2  # that violate it
        page.eval(f"{rows}[1].click()")
        marks = "[...document.querySelectorAll('section .text mark')].map((mark) => mark.textContent)"
        assert page.eval(marks) == [","]
        page.eval("const chosen = document.querySelector('select'); chosen.value = ''")
        page.eval("chosen.dispatchEvent(new Event('change'))")
        page.eval(f"{rows}[0].click()")
        assert HOSTILE.replace("\0", "\ufffd").split("\0")[0][:60] in page.eval(
            "document.querySelector('section').textContent"
        )
        page.eval("const search = document.querySelector('input[type=search]'); search.value = 'TWO AND'")
        page.eval("search.dispatchEvent(new Event('input'))")
        assert page.eval("document.querySelector('[aria-live]').textContent").startswith("1 of 4 prompts")
        assert page.eval("document.title") == "Report of first.jsonl and second.jsonl"
        assert page.eval("getComputedStyle(document.body).display") == "block"
        assert page.problems == []


@needs_chromium
def test_ten_thousand_records_and_one_of_a_megabyte_open_at_once(tmp_path: Path):
    """Two seconds of the page's thread, however busy the machine is, and texts that break out of nothing."""
    source = Path(verifications(tmp_path / "v.jsonl", ["One two three."]))
    line = source.read_text()
    giant = f"{HOSTILE} \u202b\u2066" * 10_000  # more than a megabyte, with marks that turn the direction
    assert len(giant.encode()) > 1_000_000
    with source.open("w") as file:
        file.write(line.replace('"One two three."', json.dumps(giant)))
        file.writelines(line.replace("One two three.", f"One two {number}.") for number in range(9_999))
    write_report([str(source)], tmp_path / "report.html")
    with browser(tmp_path) as page:
        page.open(tmp_path / "report.html")
        page.call("Performance.enable", timeDomain="threadTicks")
        page.wait_for("document.body?.dataset.ready == 'Figures'")
        page.eval("open('Responses')")
        metrics = {each["name"]: each["value"] for each in page.call("Performance.getMetrics")["metrics"]}
        assert metrics["ScriptDuration"] + metrics["LayoutDuration"] + metrics["RecalcStyleDuration"] < 2
        assert (
            page.eval("document.querySelector('[aria-live]').textContent")
            == "10,000 of 10,000 responses to 1 prompt"
        )
        page.eval("document.querySelector('tr.row').click()")
        assert "more characters]" in page.eval("document.querySelector('section').textContent")
        parts = "[...document.querySelectorAll('.row, .pages, h3')]"
        heads = f"{parts}.map((part) => getComputedStyle(part).direction)"
        assert set(page.eval(heads)) == {"ltr"}
        assert page.eval("document.title") == "Report of v.jsonl" and page.problems == []
        isolated = "getComputedStyle(document.querySelector('section .text')).unicodeBidi"
        assert page.eval(isolated) == "plaintext"


@settings(max_examples=100, deadline=None)
@given(*[st.lists(st.sampled_from(["a", "b ", "sea ", ". ", "\n"]), max_size=12).map("".join)] * 2)
def test_the_parts_of_two_texts_give_both(before: str, after: str):
    parts = list(_difference(before, after))
    assert "".join(text for tag, text in parts if tag in "=-") == before
    assert "".join(text for tag, text in parts if tag in "=+") == after
    if before == after:
        assert {tag for tag, _ in parts} <= {"="}


def test_long_texts_of_the_same_words_are_compared_soon():
    """The pairs of equal words are a hundred million."""
    before = "Write of tea. " + "a. " * 6000 + "Use no commas. " + "a. " * 600
    began = time.process_time()
    parts = list(_difference(before, before.replace("tea", "the sea").replace("Use no commas. ", "")))
    assert time.process_time() - began < 5
    assert parts[0] == ["=", "Write of "]
    assert "".join(text for tag, text in parts if tag in "=-") == before
