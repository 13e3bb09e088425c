"""Commands that tests kill: each small, in a folder, with what an earlier run has left there.

Batches are small, every batch is noted, and clocks tick once a call, so that equal runs give equal bytes.
"""

import contextlib
import importlib
import io
import itertools
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

Run = Callable[[Path, bool], int]
"""Does a command into a folder, or goes on with it, and says its exit code."""


class Command(NamedTuple):
    """A command that is killed.

    Attributes:
        run: it.
        old: a folder with what an earlier run has left where the command writes.
        refuses: a file that says that a run is there that only ``--resume`` goes on with; None where a run
            without it begins anew.
        resumes: whether there is a ``--resume``; without one each run goes on with the one before.
    """

    run: Run
    old: Path
    refuses: str | None = None
    resumes: bool = True


def prepare(name: str, folder: Path) -> Command:
    """Make a command, in an empty folder, and import all that it needs, so that its processes need not."""
    given, old = folder / "given", folder / "old"
    given.mkdir()
    old.mkdir()
    command = _MODELS[name](given, old) if name in _MODELS else _of_records(name, given, old)
    warm = folder / "warm"
    shutil.copytree(old, warm)
    if name in _MODELS:  # a process that has trained cannot be forked
        _import(_imported_by(lambda: command.run(warm, False)))
    else:
        with contextlib.redirect_stderr(io.StringIO()):
            command.run(warm, False)
    return command


def _imported_by(work: Callable[[], int]) -> list[str]:
    """What work imports, in a process of its own."""
    reading, writing = os.pipe()

    def noted() -> int:
        before = set(sys.modules)
        code = work()
        with open(writing, "w") as pipe:  # noqa: PTH123
            pipe.write("\n".join(name for name in sys.modules if name not in before))
        return code

    child = os.fork()
    if child == 0:
        os.close(reading)
        quietly(noted)
    os.close(writing)
    with open(reading) as pipe:  # noqa: PTH123
        names = pipe.read().split()
    os.waitpid(child, 0)
    return names


def _import(names: list[str]) -> None:
    """Import modules, but for those that are none of their own."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _main(*line: object) -> int:
    from hir_data.cli.main import app

    try:
        app([str(word) for word in line], standalone_mode=True)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _into(output: str, name: str, *line: object) -> Run:
    """A command of the command line with an output."""

    def run(place: Path, resume: bool) -> int:
        return _main(name, *line, "-o", place / output, "-q", *(["--resume"] if resume else []))

    return run


# Of records


def _of_records(name: str, given: Path, old: Path) -> Command:
    import hir_data.runs.convert
    import hir_data.runs.lines
    import hir_data.runs.replay_part
    import hir_data.runs.sinks
    import hir_data.runs.verify

    hir_data.runs.sinks._NOTE_EVERY = -1.0
    hir_data.runs.verify.BATCH = hir_data.runs.replay_part.BATCH = 2
    hir_data.runs.convert._BATCH = hir_data.runs.lines._BATCH = 2
    source, questions, data = given / "in.jsonl", given / "questions.txt", given / "data"
    source.write_text(_records(), encoding="utf-8")
    lines = _records().splitlines(keepends=True)
    for number in range(2):
        (given / f"part-{number}.jsonl").write_text("".join(lines[number::2]), encoding="utf-8")
    questions.write_text("Why is tea hot?\n\nWhat is a sea?\n", encoding="utf-8")
    plain = ["--workers", 0]
    replaying = _into("out", "replay", source, *plain, "-k", 2, "--shard-size", 2)
    runs = {
        "verify": _into("out.jsonl", "verify", source, *plain),
        "verify-parquet": _into("out.parquet", "verify", source, *plain),
        "rollout": _echoing(source),
        "convert": _into("out.jsonl.gz", "convert", source, "--to", "ifeval"),
        "compose": _into("out.jsonl", "compose", questions, "--n", 5),
        "export": _into("out.parquet", "export", data, "--to", "trl-kto"),
        "export-folder": _into("out", "export", data, "--to", "trl-kto", "--shard-rows", 2),
        "replay": replaying,
        "replay-files": _into("out", "replay", given / "part-?.jsonl", *plain, "-k", 2, "--shard-size", 2),
        "replay-verified": _into("out", "replay", given / "verified.jsonl", *plain, "-k", 2),
    }
    code_of(lambda: _into("verified.jsonl", "verify", source, *plain)(given, False))
    code_of(lambda: replaying(given, False))
    (given / "out").rename(data)
    if name.startswith("replay"):
        other = _into("out", "replay", source, *plain, "-k", 0, "--limit", 5)
        code_of(lambda: other(old, False))
    elif name != "export-folder":
        (old / "out.rejected.jsonl").write_text("{}\n")
    return Command(runs[name], old)


def _records() -> str:
    """Six rollouts, and a line that is none."""
    commas = {"kind": "punctuation:no_comma"}
    words = {"kind": "length_constraints:number_words", "relation": "less than", "num_words": 4}
    records = [
        {
            "id": number,
            "prompt": f"Why is tea {number // 2}? Use no commas. Use fewer than 4 words.",
            "question": f"Why is tea {number // 2}?",
            "criteria": ["Use no commas.", "Use fewer than 4 words."],
            "constraints": [commas, words],
            "response": "Tea, hot." if number % 2 else "Tea is a hot leaf.",
        }
        for number in range(6)
    ]
    lines = [json.dumps(record) for record in records]
    return "\n".join([*lines[:3], '{"id": 9,', *lines[3:]]) + "\n"


def _echoing(source: Path) -> Run:
    """A rollout of a model that answers with the prompt."""

    def rollout(place: Path, resume: bool) -> int:
        from hir_data.formats.reader import read_units
        from hir_data.models.sampling import Response
        from hir_data.runs.parquet import write_rollouts
        from hir_data.runs.rollout import RolloutState, sample_into
        from hir_data.runs.sinks import sink_of
        from hir_data.schemas.rollout import Sampling

        class Echo:
            tokens = 0

            def sample(self, requests: Any) -> Iterator[Any]:
                for request in requests:
                    yield [Response(request.prompt, Sampling(model="echo", seed=request.seed), 1)]

        sink = sink_of(
            RolloutState, write_rollouts, str(place / "out.jsonl"), io.BytesIO(), identity={}, resume=resume
        )
        return 1 if sample_into(sink, read_units(str(source)), Echo()).rejected else 0

    return rollout


# Of models


def _train(*options: object) -> Callable[[Path, Path], Command]:
    def prepared(given: Path, old: Path) -> Command:
        import samples

        from hir_data.replays import dataset
        from hir_data.training import run

        model = _model(given)
        dataset.write(given / "data", samples.SAMPLES)
        line = ["train", given / "data", "-m", model, "--device", "cpu", "--batch-size", 4, *options]
        run.plan(given / "data", model, run.TrainConfig())
        return Command(_into("out", *map(str, line)), old, refuses="out/run.json")

    return prepared


def _loop(given: Path, old: Path) -> Command:
    import looping

    from hir_data.models.transformers_sampler import TransformersSampler
    from hir_data.training.loop import figures

    class Drawing:
        def __init__(self, points: Any) -> None:
            self.points = points

        def savefig(self, file: Path, **options: Any) -> None:
            file.write_text(f"{self.points}")

    figures.curves = Drawing  # type: ignore[assignment,misc]
    training = '[train]\nbatch_size = 4\nmax_steps = 2\nsave_steps = 1\ndevice = "cpu"\nmax_kl = 1e9'
    config = looping.CONFIG.replace("[train]", training).replace("prompts = 4", "prompts = 2")
    config = config.replace("iterations = 2", 'iterations = 2\nkeep_models = "last"')
    path = looping.write_loop(given, _model(given), config)
    for name in ("train", "held_out"):
        path.write_text(path.read_text().replace(f'"{name}.jsonl"', f'"{given / name}.jsonl"'))
    assert TransformersSampler

    def run(place: Path, resume: bool) -> int:
        os.chdir(place)
        return _main("loop", path, "-q")

    return Command(run, old, resumes=False)


def _model(given: Path) -> str:
    """A tiny model, and a process that is ready to train it."""
    import peft
    import tiny_model

    import hir_data.training.loop.run
    import hir_data.training.trainer

    for module in (hir_data.training.trainer, hir_data.training.loop.run):
        ticks = itertools.count()
        module.time = SimpleNamespace(perf_counter=lambda ticks=ticks: float(next(ticks)))  # type: ignore[attr-defined]
    tiny_model.torch.set_num_threads(1)
    tiny_model.transformers.utils.logging.disable_progress_bar()
    tiny_model.transformers.utils.logging.set_verbosity_error()
    model = tiny_model.save(given / "model", layers=1)
    tiny_model.transformers.AutoModelForCausalLM.from_pretrained(model)
    assert peft
    return model


_SAVED = ("--max-steps", 3, "--save-steps", 1, "--keep", 1)
_MODELS: dict[str, Callable[[Path, Path], Command]] = {
    "train": _train(*_SAVED),
    "train-stopped": _train(*_SAVED, "--lora", 2, "--merge", "--learning-rate", 0.1, "--max-kl", 0.001),
    "loop": _loop,
}


def code_of(work: Callable[[], int]) -> int:
    """Do work in a process of its own, and say its exit code."""
    child = os.fork()
    if child == 0:
        quietly(work)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def quietly(work: Callable[[], int]) -> None:
    """Do work in this process, without a word, and end it with the exit code."""
    code = 70
    with contextlib.suppress(BaseException):
        if not os.environ.get("HIR_DATA_TEST_LOUD"):
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
        code = work()
    os._exit(code)
