"""``hir-data loop`` from end to end, with a trainer that stands in for the real one."""

import csv
import json
import math
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import looping
import pytest
import tiny_model
from pages import data_of
from samples import SAMPLES

from hir_data.formats.reader import read_rollouts
from hir_data.models import batch_sampler
from hir_data.replays import dataset
from hir_data.schemas.english import number_of
from hir_data.training import run
from hir_data.training.loop import figures, stages
from hir_data.training.loop import run as loop_run
from hir_data.training.loop.buffer import Buffered
from hir_data.training.loop.ledger import Ledger

SHARES = ("ila_strict", "ila_loose", "cla_strict", "cla_loose")
STAGES = ["draw", "replay", "train", "evaluate"]


@pytest.fixture(autouse=True)
def quiet():
    """As the command has it where nothing has imported the library before."""
    tiny_model.transformers.utils.logging.disable_progress_bar()


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def calls(monkeypatch) -> list[dict[str, Any]]:
    """The calls of the trainer."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(run, "train", looping.trainer(found))
    return found


@pytest.fixture
def config(tmp_path: Path, model: str, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return looping.write_loop(tmp_path, model)


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch):
    stand_in(monkeypatch)


def stand_in(patch: pytest.MonkeyPatch) -> None:
    """Curves are written in words, as drawing takes time, and each batch of rollouts is written by itself."""
    patch.setattr(figures, "plot", looping.plot)
    patch.setattr(batch_sampler, "_WINDOW", 1)


@pytest.fixture(scope="session")
def whole(tmp_path_factory, model: str) -> dict[str, Any]:
    """What a loop writes that nothing interrupts."""
    from typer.testing import CliRunner

    from hir_data.cli.main import app

    folder = tmp_path_factory.mktemp("whole")
    path = looping.write_loop(folder, model)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(run, "train", looping.trainer([]))
        stand_in(patch)
        assert CliRunner().invoke(app, ["loop", str(path)], catch_exceptions=False).exit_code == 0
    return looping.files(folder / "out")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_an_iteration_trains_on_replays_of_those_before(command, config, calls, monkeypatch):
    """The tiny model says nothing that is worth a replay, so the buffer has one from elsewhere."""
    asked = []
    kept = next(each for each in SAMPLES if each.origin == "replay")

    def chosen(folders, config, seed):
        asked.append(list(folders))
        return [Buffered(kept, age) for age, _ in asked[-1]]

    monkeypatch.setattr(loop_run, "choose", chosen)
    config.write_text(config.read_text().replace("[train]", "[buffer]\nsize = 2\n[train]"))
    assert command("loop", config).exit_code == 0
    first, second = (Path(f"out/iteration-0{number}") for number in (1, 2))
    assert asked == [[], [(1, first / "replayed")]]
    assert [call["data"] for call in calls] == [first / "replayed", second / "with_buffer"]
    own, both = (list(dataset.read_samples(second / name)) for name in ("replayed", "with_buffer"))
    assert both[:-1] == own and both[-1].id == f"iteration-01/{kept.id}"
    ledger = json.loads(Path("out/loop.json").read_text())
    trained = [each["stages"].get("train", {}) for each in ledger["iterations"]]
    assert [each.get("buffered") for each in trained] == [None, None, 1]
    assert trained[2]["mean_age"] == 1


def test_groups_of_equal_rewards_are_drawn_again(command, config, calls):
    """Nothing that the tiny model says satisfies all, so what differs are the shares."""
    config.write_text(config.read_text().replace("n = 3", "n = 3\nredraws = 2", 1))
    planned = command("loop", config, "--dry-run").stdout
    assert "12 rollouts, up to 36 with redraws of groups of equal rewards" in planned
    assert "iterations    2: 24 to 72 rollouts" in planned
    result = command("loop", config)
    assert result.exit_code == 0
    ledger = json.loads(Path("out/loop.json").read_text())
    spent = 0
    for number in (1, 2):
        figures = ledger["iterations"][number]["stages"]
        redraws = figures["rollout"]["redraws"]
        assert redraws and all(each["responses"] == 3 * each["prompts"] for each in redraws)
        assert figures["rollout"]["responses"] == 12 + sum(each["responses"] for each in redraws)
        assert figures["rollout"]["prompts"] == 4
        assert figures["replay"]["rollouts"] == figures["rollout"]["responses"]
        samples = list(dataset.read_samples(Path(f"out/iteration-0{number}/replayed")))
        equal = Counter(len({each.cla for each in samples if each.group == name}) == 1
                        for name in {each.group for each in samples})  # fmt: skip
        assert equal[True] == redraws[-1]["prompts"] - redraws[-1]["resolved"]
        spent += figures["rollout"]["responses"]
        first = redraws[0]
        prompts = number_of(first["prompts"], "prompt")
        shown = f"; {first['responses']} more responses to {prompts} of equal rewards, of which "
        assert f"{shown}{first['resolved']} differ now" in result.stdout
    assert rows(Path("out/evaluation.csv"))[-1]["rollouts"] == str(spent)


def test_two_iterations(command, config, calls, model, whole):
    result = command("loop", config, "--summary", "summary.json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert looping.files(Path("out")) == whole
    assert sorted({name.partition("/")[0] for name in whole}) == [
        "curve.png", "evaluation.csv", "iteration-00", "iteration-01", "iteration-02", "loop.json",
    ]  # fmt: skip
    ledger = json.loads(Path("out/loop.json").read_text())
    assert json.loads(Path("summary.json").read_text()) == ledger
    assert [list(each["stages"]) for each in ledger["iterations"]] == [
        ["answer", "evaluate"],
        *[["rollout", "replay", "train", "answer", "evaluate"]] * 2,
    ]

    # Each iteration trains the model of the one before on what was made of its own rollouts.
    assert [call["model"] for call in calls] == [model, "out/iteration-01/model"]
    assert [call["data"] for call in calls] == [Path(f"out/iteration-0{i}/replayed") for i in (1, 2)]
    assert len({call["settings"].seed for call in calls}) == 2
    assert {call["settings"].learning_rate for call in calls} == {0.01}
    for number, call in enumerate(calls, 1):
        folder = Path(f"out/iteration-0{number}")
        rollouts = list(read_rollouts(str(folder / "rollouts.jsonl.gz")))
        assert len(rollouts) == 12
        assert {one.sampling.model for one in rollouts} == {call["model"]}
        samples = list(dataset.read_samples(folder / "replayed"))
        assert [one.response for one in samples if one.origin == "rollout"] == [
            one.response for one in rollouts
        ]
        configured = dataset.read_manifest(folder / "replayed").configuration
        assert configured["step"] == number - 1

    # Table and plot have a row for each evaluation, and the figures are those of the ledger.
    table = rows(Path("out/evaluation.csv"))
    assert [(row["iteration"], row["rollouts"], row["responses"]) for row in table] == [
        ("0", "0", "6"), ("1", "12", "6"), ("2", "24", "6"),
    ]  # fmt: skip
    for row, iteration in zip(table, ledger["iterations"], strict=True):
        for name in SHARES:
            assert float(row[name]) == iteration["stages"]["evaluate"][name]["value"]
    assert Path("out/curve.png").read_text() == f"plot of {figures.points(Ledger(**ledger))}"
    shown = result.stdout.splitlines()
    assert [line.split()[:3] for line in shown[:3]] == [
        ["iteration", "0", "answer"], ["iteration", "0", "evaluate"], ["iteration", "1", "rollout"],
    ]  # fmt: skip
    assert shown[-4].split()[:2] == ["0", "0"]
    assert shown[-2].split()[:2] == ["2", "24"]


def test_the_page_of_a_loop(command, config, calls):
    for page, problem in (
        ("loop.toml", "the loop reads or writes it"),
        ("out/loop.json", "it is for a file of the loop"),
        ("out/iteration-00/page.html", "it is for a file of the loop"),
        ("-", "a page is a file"),
    ):
        result = command("loop", config, "--report", page)
        assert (result.exit_code, problem in result.stderr, calls) == (2, True, [])
    assert command("loop", config, "--report", "page.html").exit_code == 0
    (shown,) = data_of(Path("page.html"))["trained"]
    assert [row["rollouts"] for row in shown["iterations"]] == [0, 12, 24]
    assert [len(item["answers"]) for item in shown["answers"]["items"]] == [3] * 6
    assert dict(shown["versions"])["hir-data"]


@pytest.mark.parametrize("lora", [0, 4])
def test_with_the_trainer_itself(command, config, model, monkeypatch, lora):
    """And once with a training that is killed at its second step, when there is a checkpoint of the first."""
    text = config.read_text().replace("iterations = 2", "iterations = 1").replace("0.01", "0.0001")
    config.write_text(text.replace("[train]", f"[train]\nlora = {lora}\nbatch_size = 4\nsave_steps = 1"))
    result = command("loop", config)
    assert result.exit_code == 0, result.stderr
    ledger = json.loads(Path("out/loop.json").read_text())
    trained = ledger["iterations"][1]["stages"]["train"]
    assert (trained["learnt"], trained["steps"] > 2) == (True, True)
    assert math.isfinite(trained["figures"]["loss"])
    assert f"{trained['steps']} steps, loss " in result.stdout
    whole = tiny_model.transformers.AutoModelForCausalLM.from_pretrained(
        "out/iteration-01/model"
    ).state_dict()
    before = tiny_model.transformers.AutoModelForCausalLM.from_pretrained(model).state_dict()
    assert whole.keys() == before.keys()
    assert any(not tiny_model.torch.equal(whole[name], before[name]) for name in whole)
    assert not list(Path("out/iteration-01/model").glob("checkpoint-*"))
    if not lora:
        return
    written = looping.files(Path("out"))
    shutil.rmtree("out")
    train = run.train

    def dying(*given: Any, **more: Any) -> Any:
        def on_progress(progress: run.TrainingProgress) -> None:
            if progress.step == 2:
                raise KeyboardInterrupt

        return train(*given, **more | {"on_progress": on_progress})

    monkeypatch.setattr(run, "train", dying)
    assert command("loop", config).exit_code == 130
    assert list(Path("out/iteration-01/model").glob("checkpoint-*"))
    monkeypatch.setattr(run, "train", train)
    assert command("loop", config).exit_code == 0
    resumed = looping.files(Path("out"))
    assert resumed.keys() == written.keys()
    weights = "iteration-01/model/model.safetensors"
    assert resumed[weights] == written[weights]
    assert resumed["evaluation.csv"] == written["evaluation.csv"]


def test_held_out_prompts_are_never_trained_on(command, config, calls):
    train, held_out = Path("train.jsonl"), Path("held_out.jsonl")
    first, second = held_out.read_text().splitlines()[:2]
    shared = first.replace('"Sea 0?', '" Sea 0?')  # white space is no difference
    train.write_text("\n".join([shared, second, *train.read_text().splitlines()[:2]]) + "\n")
    config.write_text(config.read_text().replace("prompts = 4", "prompts = 2"))
    result = command("loop", config)
    assert result.exit_code == 0
    assert result.stderr == "hir-data: 2 of the instructions are held out, and not trained on\n"
    for number in (1, 2):
        drawn = read_rollouts(f"out/iteration-0{number}/rollouts.jsonl.gz")
        assert {one.instruction.question for one in drawn} == {"Tea 0?", "Tea 1?"}


@pytest.mark.parametrize(
    ("stage", "after"), [(stage, True) for stage in STAGES] + [("train", False)], ids=str
)
def test_a_loop_that_was_killed_goes_on(command, config, calls, whole, monkeypatch, stage, after):
    """Before a stage did anything, or when it was done and nobody had noted it yet."""
    work, left = getattr(stages, stage), 2

    def dying(*given: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        if left:
            return work(*given, **more)
        if after:
            work(*given, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(stages, stage, dying)
    result = command("loop", config)
    assert result.exit_code == 130
    assert "interrupted; what is done is kept, the same command goes on from there" in result.stderr
    monkeypatch.setattr(stages, stage, work)
    done = sum(len(one["stages"]) for one in json.loads(Path("out/loop.json").read_text())["iterations"])
    result = command("loop", config)
    assert result.exit_code == 0
    assert looping.files(Path("out")) == whole
    lines = [line for line in result.stdout.splitlines() if line.startswith("iteration ")]
    assert len(lines) == 1 + 12 - done  # the heading of the table, and what was not done
    assert all(call["resume"] for call in calls)


def test_a_stage_that_was_killed_goes_on(command, config, calls, whole, monkeypatch):
    """Rollouts are drawn two prompts at a time, and a stage that is cut off keeps what was drawn together."""
    from hir_data.runs import rollout as rollout_run

    answered, count = rollout_run._answered, 0

    def dying(*given: Any) -> Any:
        nonlocal count
        for answer in answered(*given):
            count += 1
            if count == 6:  # of the 4 prompts of the first iteration, after 3 held-out ones
                raise KeyboardInterrupt
            yield answer

    monkeypatch.setattr(rollout_run, "_answered", dying)
    assert command("loop", config).exit_code == 130
    assert Path("out/iteration-01/rollouts.jsonl.gz.partial").stat().st_size
    monkeypatch.setattr(rollout_run, "_answered", answered)
    assert command("loop", config).exit_code == 0
    assert looping.files(Path("out")) == whole
    assert len(list(read_rollouts("out/iteration-01/rollouts.jsonl.gz"))) == 12


def test_a_loop_that_is_done_can_go_on_longer(command, config, calls, whole):
    text = config.read_text()
    config.write_text(text.replace("iterations = 2", "iterations = 1"))
    assert command("loop", config).exit_code == 0
    assert len(rows(Path("out/evaluation.csv"))) == 2
    config.write_text(text)
    assert command("loop", config).exit_code == 0
    assert looping.files(Path("out")) == whole
    Path("out/curve.png").unlink()
    assert command("loop", config, "--quiet").stdout == ""
    assert looping.files(Path("out")) == whole
    assert len(calls) == 2


def test_another_configuration_is_refused_with_the_difference(command, config, calls):
    config.write_text(config.read_text().replace("iterations = 2", "iterations = 1"))
    assert command("loop", config).exit_code == 0
    config.write_text(config.read_text().replace("n = 3", "n = 4").replace("k = 1", "k = 1.5"))
    result = command("loop", config)
    assert result.exit_code == 2
    assert result.stderr == (
        "hir-data: error: out: is a loop of another configuration: "
        "rollout.n was 3, not 4; replay.k was 1.0, not 1.5\n"
    )
    config.write_text(config.read_text().replace("n = 4", "n = 3").replace("k = 1.5", "k = 1"))
    with Path("held_out.jsonl").open("a") as lines:
        lines.write(looping.TRAINING[0].model_dump_json() + "\n")
    assert "records.held_out was " in command("loop", config).stderr
    assert len(calls) == 1


@pytest.mark.parametrize("keep", ["all", "last"])
def test_models_that_are_kept(command, config, calls, keep):
    assert command("loop", config, "--keep-models", keep).exit_code == 0
    kept = [number for number in (1, 2) if Path(f"out/iteration-0{number}/model").exists()]
    assert kept == ([1, 2] if keep == "all" else [2])


def test_a_file_of_the_user_in_a_model_is_kept(command, config, calls, monkeypatch):
    train = run.train

    def noting(data: Path, model: str, output: Path, *given: Any, **more: Any) -> Any:
        trained = train(data, model, output, *given, **more)
        (output / "notes.txt").write_text("mine")
        return trained

    monkeypatch.setattr(run, "train", noting)
    assert command("loop", config, "--keep-models", "last").exit_code == 0
    assert [path.name for path in Path("out/iteration-01/model").iterdir()] == ["notes.txt"]


def test_an_iteration_in_which_nothing_can_be_learnt(command, config, monkeypatch):
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(run, "train", looping.trainer(calls, lambda data: "iteration-01" in str(data)))
    config.write_text(config.read_text().replace("iterations = 2", "iterations = 3"))
    result = command("loop", config, "--keep-models", "last")
    assert result.exit_code == 0
    assert "nothing was learnt: all rewards are equal" in result.stdout
    assert [Path(call["model"]) for call in calls[1:]] == [Path("out/iteration-01/model")] * 2
    assert Path("out/iteration-01/model").exists()
    before, after = (
        [one.response for one in read_rollouts(f"out/iteration-0{number}/held_out.jsonl.gz")]
        for number in (1, 3)
    )
    assert before == after


def test_a_plan(command, config, calls, model):
    result = command("loop", config, "--dry-run")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"model         {model}",
        "instructions  train.jsonl: 10",
        "held out      held_out.jsonl: 3, 2 responses each, temperature 1, up to 12 tokens",
        "iteration     4 prompts, 3 responses each, temperature 1, up to 12 tokens: 12 rollouts",
        "iterations    2: 24 rollouts",
        "lambda        2, 2.1",
        "replay        balanced, k 1, hindsight",
        "train         learning_rate 0.01",
        "output        out: 0 of 12 stages are done",
    ]
    assert (Path("out").exists(), calls) == (False, [])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("n = 3", "m = 3", "loop.toml: rollout.m: there is no such key"),
        ("max-new-tokens", "max-new-token", "rollout.max_new_token: there is no such key; did you mean max_"),
        ("learning_rate", "learning_rat", "loop.toml: train.learning_rat: there is no such option; did you"),
        ("[train]", "[train]\nseed = 1", "train.seed cannot be set here: seed decides about it"),
        ("[train]", '[train]\nsystem = "x"', "train.system cannot be set here: rollout.system decides"),
        ("prompts = 4", "prompt = 4", "loop.toml: prompts: this key is missing"),
        ("prompts = 4", "prompts = 11", "train.jsonl: has 10 instructions not held out, too few"),
        ("prompts = 4", "prompts = 0", "loop.toml: prompts: Input should be greater than or equal to 1"),
        ("k = 1", "k = -1", "loop.toml: replay.k: Input should be"),
        ("k = 1", 'rewriter = "llm"', "replay: the rewriter llm needs a rewriter model"),
        ("k = 1", 'rewriter_url = "http://x"', "replay: a rewriter model or URL needs the rewriter llm"),
        ("temperature = 1", "temperature = 0", "at temperature 0 all 2 responses to a prompt would be the"),
        ("train.jsonl", "nothing.jsonl", "nothing.jsonl: there is no such file"),
        ("MODEL", "no/such/model", "no/such/model: cannot be loaded"),
        ('output = "out"', 'output = "."', ".: cannot be written: there is something else than a loop"),
        ("[train]", "[train", "loop.toml: is no TOML: "),
    ],
)
def test_what_cannot_be_done(command, tmp_path, model, monkeypatch, calls, old, new, told):
    monkeypatch.chdir(tmp_path)
    path = looping.write_loop(tmp_path, model, looping.CONFIG.replace(old, new))
    result = command("loop", path)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert calls == []


def test_a_record_that_cannot_be_read_stops_it_at_once(command, config, calls):
    with Path("train.jsonl").open("a") as lines:
        lines.write('{"prompt": "Tea?", "constraints": [{"kind": "no:such_kind"}]}\n')
    result = command("loop", config)
    assert result.exit_code == 2
    assert "train.jsonl:11: constraints[0]: unknown constraint kind 'no:such_kind'" in result.stderr
    assert not Path("out").exists()


def test_yaml_says_the_same(command, config, calls):
    yaml = pytest.importorskip("yaml")
    import tomllib

    told = command("loop", config, "--dry-run").stdout
    Path("loop.yaml").write_text(yaml.safe_dump(tomllib.loads(config.read_text())))
    assert command("loop", "loop.yaml", "--dry-run").stdout == told


def test_a_broken_ledger_is_named(command, config, calls):
    Path("out").mkdir()
    Path("out/loop.json").write_text("{}")
    result = command("loop", config)
    assert result.exit_code == 2
    assert "out/loop.json: is no ledger of a loop: digest: Field required" in result.stderr
    shutil.rmtree("out")


def test_a_prompt_that_does_not_fit_is_rejected(command, config, calls):
    config.write_text(config.read_text().replace("iterations = 2", "iterations = 1"))
    long = looping.asking("Sea " * 100, *looping.TRAINING[0].constraints)
    with Path("held_out.jsonl").open("a") as lines:
        lines.write(long.model_dump_json() + "\n")
    result = command("loop", config)
    assert result.exit_code == 1
    assert "hir-data: 2 records were rejected (see out/*/*.rejected.jsonl)" in result.stderr
    assert Path("out/iteration-01/held_out.rejected.jsonl").exists()
    assert command("loop", config, "--max-rejected", 2).exit_code == 0


def test_kinds_of_a_plugin(command, config, calls):
    plugin = Path(__file__).parents[2] / "examples" / "own_kind.py"
    config.write_text(config.read_text().replace("[verify]", f'[verify]\nplugin = ["{plugin}"]'))
    with Path("train.jsonl").open("a") as lines:
        record = {
            "prompt": "Tea?",
            "constraints": [{"kind": "example:sentence_length", "max_words": 4}],
        }
        lines.write(json.dumps(record) + "\n")
    assert "train.jsonl: 11" in command("loop", config, "--dry-run").stdout
