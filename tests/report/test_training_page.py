"""The pages of loops and trainings: their data, of whole, interrupted and older ones, and in a browser."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from browser import browser, needs_chromium
from pages import HOSTILE, data_of, verifications

from hir_data.cli.main import app
from hir_data.errors import RecordError
from hir_data.report.training_page import MOST_STEPS, looped, trained
from hir_data.runs.report import write_report

EXAMPLE = Path(__file__).parents[2] / "examples" / "loop"


def share(value: float) -> dict[str, float]:
    return {"value": value, "low": value / 2, "high": min(1, 2 * value)}


def evaluated(value: float) -> dict[str, Any]:
    measures = ("ila_strict", "ila_loose", "cla_strict", "cla_loose")
    kinds = {"word_count": {"constraints": 4, "strict": 1, "loose": 1, "undetermined": 0}}
    return {"verified": 4, "rejected": 0, "kinds": kinds, **dict.fromkeys(measures, share(value))}


def steps(*kls: float | str) -> list[dict[str, Any]]:
    return [{"step": number, "figures": {"kl": kl, "loss": -1.0}} for number, kl in enumerate(kls, 1)]


def written(folder: Path, iterations: list[dict[str, Any]]) -> Path:
    """The folder of a loop with these stages, the first of iteration 0."""
    folder.mkdir(parents=True)
    ledger = {
        "digest": "0",
        "configuration": {"hir_data": "0.1", "model": HOSTILE, "train": {"lora": 4, "report_to": []}},
        "iterations": [{"iteration": at, "stages": stages} for at, stages in enumerate(iterations)],
    }
    (folder / "loop.json").write_text(json.dumps(ledger))
    return folder


ROLLOUT = {"responses": 10, "tokens": 200, "rejected": 1, "cut_off_share": 0.5, "entropy": 1.5}
REPLAY = {
    "ila": 0.25, "cla": 0.5, "replays": 3, "candidates": 4,
    "groups_before": {"mixed": {"groups": 1, "share": 0.1}},
    "groups_after": {"mixed": {"groups": 4, "share": 0.4}},
}  # fmt: skip
TRAIN = {"learnt": True, "plan": {"steps": 4}, "steps": 2, "stopped": "too far", "history": steps(0.1, 0.2)}
STAGES = {"rollout": ROLLOUT, "replay": REPLAY, "train": TRAIN, "evaluate": evaluated(0.4)}


def line(page: dict[str, Any], chart: str, name: str) -> list[tuple[float, ...]]:
    """The points of a line: iteration, rollouts, tokens, and value."""
    lines = next(each["lines"] for each in page["charts"] if each["title"] == chart)
    points = next(each["points"] for each in lines if each["name"] == name)
    return [(*point["at"].values(), point["value"]) for point in points]


def test_the_curves_of_a_loop(tmp_path: Path):
    folder = written(tmp_path / "loop", [{"evaluate": evaluated(0.2)}, STAGES, STAGES])
    page = looped("loop", folder, 10)
    assert line(page, "Held-out ILA", "strict") == [(0, 0, 0, 0.2), (1, 10, 200, 0.4), (2, 20, 400, 0.4)]
    # Steps are spread over their iteration: those that were planned, of which only two of four were done.
    assert line(page, "KL", "all") == [
        (0.25, 2.5, 50, 0.1), (0.5, 5, 100, 0.2), (1.25, 12.5, 250, 0.1), (1.5, 15, 300, 0.2),
    ]  # fmt: skip
    assert line(page, "Length of responses", "rollouts") == [(1, 10, 200, 20), (2, 20, 400, 20)]
    assert line(page, "Informative groups", "after replay") == [(1, 10, 200, 0.4), (2, 20, 400, 0.4)]
    assert page["notes"] == ["Iteration 1: too far.", "Iteration 2: too far."]
    assert [each["name"] for each in page["kinds"]] == ["Start", "Iteration 1", "Iteration 2"]
    assert ("train.lora", "4") in page["settings"] and ("train.report_to", "none") in page["settings"]
    assert page["versions"] == [("hir-data", "0.1")]
    assert [row["rejected"] for row in page["iterations"]] == [0, 1, 1]


def test_what_is_not_done_makes_no_point_and_is_said(tmp_path: Path):
    cut = {"rollout": ROLLOUT}
    page = looped("loop", written(tmp_path / "loop", [{"answer": ROLLOUT}, STAGES, cut]), 10)
    assert line(page, "Held-out ILA", "strict") == [(1, 10, 200, 0.4)]
    assert page["notes"] == [
        "The evaluation after iteration 0 is not done.",
        "Iteration 1: too far.",
        "Iteration 2 is not done: replay, train missing.",
    ]
    nothing = looped("loop", written(tmp_path / "nothing", []), 10)
    assert (nothing["charts"], nothing["answers"]["items"]) == ([], [])


def test_what_is_infinite_or_unknown_makes_no_point(tmp_path: Path):
    train = TRAIN | {"history": steps("NaN", "Infinity", 0.5)}
    page = looped("loop", written(tmp_path / "loop", [{}, STAGES | {"train": train}]), 10)
    assert [point[-1] for point in line(page, "KL", "all")] == [0.5]
    assert len(line(page, "Loss", "loss")) == 3


def test_a_loop_without_a_history_has_the_figures_of_its_last_steps(tmp_path: Path):
    older = {"learnt": True, "plan": {"steps": 4}, "steps": 4, "figures": {"kl": 0.3}}
    page = looped("loop", written(tmp_path / "loop", [{}, STAGES | {"train": older}]), 10)
    assert line(page, "KL", "all") == [(1, 10, 200, 0.3)]


def test_long_trainings_are_thinned_out_and_end_with_their_last_step(tmp_path: Path):
    train = TRAIN | {"history": steps(*[0.1] * 5_000), "plan": {"steps": 5_000}}
    page = looped("loop", written(tmp_path / "loop", [{}, STAGES | {"train": train}]), 10)
    points = line(page, "KL", "all")
    assert MOST_STEPS / 3 < len(points) <= MOST_STEPS / 2 + 1 and points[-1][0] == 1


@pytest.fixture
def with_answers(tmp_path: Path) -> Path:
    """A loop whose evaluations are there, but for one answer."""
    folder = written(tmp_path / "loop", [{"evaluate": evaluated(0.2)}, STAGES, {"rollout": ROLLOUT}])
    for iteration, responses in enumerate(
        (["One, two.", HOSTILE], ["One two three four.", "x"], ["Not whole."])
    ):
        path = folder / f"iteration-{iteration:02}"
        path.mkdir()
        verifications(path / "evaluation.jsonl.gz", responses)
    return folder


def test_answers_to_the_same_prompts_stand_side_by_side(with_answers: Path):
    verifications(with_answers / "iteration-01" / "evaluation.jsonl.gz", ["One two three four."])
    answers = looped("loop", with_answers, 10)["answers"]
    assert (answers["names"], answers["number"]) == (["Start", "Iteration 1"], 2)
    first, second = answers["items"]
    assert [answer["response"] for answer in first["answers"]] == ["One, two.", "One two three four."]
    places = [answer["results"][0]["places"] for answer in first["answers"]]
    assert [list(map(list, each)) for each in places] == [[[3, 4]], []]
    assert second["answers"][1] is None
    assert len(looped("loop", with_answers, 2)["answers"]["items"]) == 1  # two answers of one prompt


def test_several_samples_of_a_prompt_are_apart(tmp_path: Path):
    folder = written(tmp_path / "loop", [{"evaluate": evaluated(0.2)}, STAGES])
    for iteration in (0, 1):
        path = folder / f"iteration-{iteration:02}"
        path.mkdir()
        verifications(path / "one.jsonl", [f"{iteration} first."])
        text = (path / "one.jsonl").read_text()
        with gzip.open(path / "evaluation.jsonl.gz", "wt") as file:
            file.write(text + text.replace("first", "second"))
    items = looped("loop", folder, 10)["answers"]["items"]
    assert [[answer["response"] for answer in item["answers"]] for item in items] == [
        ["0 first.", "1 first."],
        ["0 second.", "1 second."],
    ]
    assert [item["sample"] for item in items] == [0, 1]


def test_a_training(tmp_path: Path):
    figures = {"kl": 0.1, "tokens": 50.0, "rollout/rows": 3.0, "replay/rows": 1.0, "rollout/kl": 0.2}
    history = [{"step": step, "figures": figures} for step in (1, 2)]
    identity = {"data": "0", "model": "m", "settings": {"lora": 0}}
    (tmp_path / "run.json").write_text(json.dumps(identity))
    assert trained("t", tmp_path)["notes"] == ["Not done."]
    for step in (1, 10, 9):  # the last one by its step, not by its name
        (tmp_path / f"checkpoint-{step}").mkdir()
        state = {"step": step, "figures": figures, "history": history[:1] if step < 10 else history}
        (tmp_path / f"checkpoint-{step}" / "hir_data.json").write_text(json.dumps(state))
    going = trained("t", tmp_path)
    assert going["notes"] == ["Not done; its last checkpoint has the figures up to step 2."]
    outcome = {
        "steps": 2,
        "stopped": None,
        "figures": figures,
        "history": history,
        "versions": {"torch": "2"},
    }
    (tmp_path / "outcome.json").write_text(json.dumps(outcome))
    done = trained("t", tmp_path)
    assert done["notes"] == ["2 steps."]
    for page in (going, done):
        assert line(page, "KL", "all") == [(1, 4, 50, 0.1), (2, 8, 100, 0.1)]
        assert [axis for axis, _ in page["axes"]] == ["step", "rows", "tokens"]
    assert done["versions"] == [("torch", "2")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is no JSON"),
        ("[]", "is no JSON object"),
        ('{"digest": "0"}', "is no ledger of a loop: Field required"),
    ],
)
def test_a_ledger_that_is_none(text: str, problem: str, tmp_path: Path):
    (tmp_path / "loop.json").write_text(text)
    with pytest.raises(RecordError, match=problem):
        write_report([str(tmp_path)], tmp_path / "r.html")


def test_the_command_counts_what_is_no_verification(with_answers: Path, tmp_path: Path, capsys):
    path = with_answers / "iteration-01" / "evaluation.jsonl.gz"
    with gzip.open(path, "at") as file:
        file.write("[1]\n")
    with pytest.raises(SystemExit) as end:
        app(args=["report", str(with_answers), "-o", str(tmp_path / "r.html")])
    said = capsys.readouterr().err
    assert end.value.code == 1 and "evaluation.jsonl.gz:3" in said and "1 record was rejected" in said


@needs_chromium
def test_in_a_browser(with_answers: Path, tmp_path: Path):
    """Curves follow the axis and have a table, answers are marked, hostile text stays text."""
    (tmp_path / "example").mkdir()  # with its ledger alone
    shutil.copy(EXAMPLE / "loop.json", tmp_path / "example")
    write_report([str(with_answers), str(tmp_path / "example")], tmp_path / "report.html")
    with browser(tmp_path) as page:
        page.open(tmp_path / "report.html")
        page.wait_for("document.body?.dataset.ready == 'Training'")
        line = "document.querySelector('figure polyline').getAttribute('points')"
        before = page.eval(line)
        assert page.eval("document.querySelectorAll('h2').length") == 2
        names = (
            "[...document.querySelectorAll('figure > div > svg')].map(svg => svg.getAttribute('aria-label'))"
        )
        assert "Held-out ILA, strict from 20.0 % to 40.0 %; loose from 20.0 % to 40.0 %" in page.eval(names)
        page.eval("document.querySelectorAll('input[type=radio]')[2].click()")
        axis = "[...document.querySelectorAll('figure svg text')].map(text => text.textContent)"
        assert "tokens of rollouts" in page.eval(axis)
        assert page.eval(line) == before  # the same shape: each iteration has drawn as many tokens
        page.eval("document.querySelector('figure details').open = true")
        page.wait_for("document.querySelector('figure details table') !== null")
        cells = "[...document.querySelectorAll('figure details tbody tr')].map(row => row.textContent)"
        assert page.eval(cells)[1] == "11020040.0 % (20.0 % to 80.0 %)40.0 %"
        page.eval("open('Answers')")
        page.eval("document.querySelectorAll('tr.row')[0].click()")
        heads = "[...document.querySelectorAll('.answers h4')].map(head => head.textContent)"
        assert page.eval(heads) == ["Start ✗", "Iteration 1 ✓"]
        assert page.eval("[...document.querySelectorAll('.answers mark')].map(mark => mark.textContent)") == [
            ","
        ]
        select = "document.querySelector('select')"
        page.eval(f"{select}.value = 'better'; {select}.dispatchEvent(new Event('change'))")
        assert page.eval("document.querySelectorAll('tr.row').length") == 1
        assert page.eval("document.title") == "Report of loop and example"
        assert page.problems == []
    names = [each["name"] for each in data_of(tmp_path / "report.html")["trained"]]
    assert names == ["loop", "example"]
