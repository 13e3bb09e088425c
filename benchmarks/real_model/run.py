"""A real model learns to follow instructions, from its failures or without them.

``tune`` tries the points of every arm on a development seed and prompts of its own, and freezes the
choice in ``chosen.json``; ``run`` has every arm learn on fresh seeds at its choice, and looks at it on
held-out prompts; ``parts`` does so with our defaults without one of their parts each; ``check`` has the
models at the start and at the end answer IFEval's prompts; ``report`` makes tables, a plot and answers to
read of what there is. ``all``, the default, does one after the other, arm by arm. What is done is not
done again, so the command can be stopped and started at any time: with ``--minutes``, by a key, or by a
kill. Several can work side by side, on different arms.
"""

import argparse
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import transformers

import hir_data as hir
from benchmarks.real_model import measures, prompts, report
from benchmarks.real_model.arms import ARMS, MAIN, PARTS, Arm, Point, first_points, further_points, label
from benchmarks.real_model.learning import (
    Clock,
    Machine,
    Piece,
    TimeIsOverError,
    learn,
    loop_of,
    sampling,
)
from benchmarks.real_model.results import START, Results, alone
from benchmarks.real_model.sizes import SIZES, Size
from hir_data.training.loop.config import LoopConfig

RESULTS = Path(__file__).parent / "results"
IFEVAL = Path(os.environ.get("HIR_DATA_SHARED", "../shared/data")) / "ifeval" / "prompts.jsonl"

TUNED_ON = 100
DEVELOPED_BY, SEEN_BY = 2, 4  # responses to a prompt
LOOK_SEED = 7


def main() -> None:
    """Do what is asked for, and report."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.real_model",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "what", nargs="?", choices=("tune", "run", "parts", "check", "report", "all"), default="all"
    )
    parser.add_argument("-m", "--model", default="out/SmolLM2-135M-Instruct",
                        help="a folder, or a name on the Hugging Face hub; "
                        "examples/replay/small_model.py makes the default")  # fmt: skip
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("-o", "--output", type=Path, help="small files; default: "
                        "benchmarks/real_model/results/SIZE for the default model")  # fmt: skip
    parser.add_argument("--work", type=Path, default=Path("out/real_model"), help="models and responses")
    parser.add_argument("--arms", nargs="+", choices=ARMS, metavar="NAME", help=", ".join(ARMS))
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--device", help="such as cpu; default: a GPU if there is one")
    parser.add_argument("--dtype", default="bfloat16", help="of computation; default: bfloat16")
    parser.add_argument("--batch-size", type=int, default=96, help="responses that are drawn at a time")
    parser.add_argument("--micro-batch", type=int, default=8, help="rows that are trained on at a time")
    parser.add_argument("--ifeval", type=Path, default=IFEVAL, help="IFEval's prompts, for check")
    parser.add_argument("--ifeval-tokens", type=int, default=512, help="of a response to them, at most")
    options = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    machine = Machine(options.model, options.device, options.dtype, options.batch_size, options.micro_batch)
    size = SIZES[options.size]
    output = options.output or _results(parser, options.model, options.size)
    arms = [ARMS[name] for name in options.arms] if options.arms else [*MAIN, *PARTS]
    folder = options.work / Path(options.model).name / size.name
    work = Work(Results(output), folder, machine, size, Clock(options.minutes))
    try:
        if options.what in ("tune", "all", "run", "parts"):
            work.do(options.what, arms)
        if options.what in ("check", "all"):
            check(work, arms, options.ifeval, options.ifeval_tokens)
    except TimeIsOverError:
        print("the time is over; the same command goes on from here")
    except hir.HirDataError as error:
        raise SystemExit(f"{parser.prog}: {error}") from None
    with work.results.alone():
        report.write(work.results, work.answers(arms))


def _results(parser: argparse.ArgumentParser, model: str, size: str) -> Path:
    if model != parser.get_default("model") and Path(model).name != Path(parser.get_default("model")).name:
        parser.error("another model needs an --output of its own")
    return RESULTS / size


def check(work: "Work", arms: Sequence[Arm], asked: Path, tokens: int) -> None:
    """Have the models at the start and at the end answer prompts of another benchmark, greedily.

    Args:
        work: what was done.
        arms: whose models.
        asked: IFEval's prompts.
        tokens: of a response, at most.

    Raises:
        TimeIsOverError: the rest is for later.
    """
    if not asked.exists():
        print(f"{asked}: there is no such file, so that unchanged skills are not checked (--ifeval)")
        return
    purpose = f"ifeval_{tokens}"
    settings = sampling(work.machine, work.size, 1, 0.0, max_new_tokens=tokens, system=None)
    for name, model in work.models(arms).items():
        if name not in work.results.seen(purpose):
            print(f"{name}: IFEval", flush=True)
            file = work.folder / "looks" / purpose / f"{name}.jsonl.gz"
            measures.look(model, asked, file, settings, on_progress=work.clock.check_sampling)
            work.results.add_seen(purpose, name, measures.seen(file))


class Work:
    """What is to be done.

    Args:
        results: what is found.
        folder: of models and responses.
        machine: what it is done with.
        size: how much of everything.
        clock: when to stop.
    """

    def __init__(self, results: Results, folder: Path, machine: Machine, size: Size, clock: Clock) -> None:
        self.results, self.folder, self.machine, self.size, self.clock = results, folder, machine, size, clock
        results.fix(
            "size.json", {"model": Path(machine.model).name, "dtype": machine.dtype, **size._asdict()}
        )
        numbers: dict[prompts.Purpose, int] = {
            "train": size.train, "development": size.development, "held out": size.held_out
        }  # fmt: skip
        self.asked: dict[str, Path] = {
            purpose: prompts.write(
                prompts.compose(purpose, number), folder / "prompts" / f"{purpose.replace(' ', '_')}.jsonl"
            )
            for purpose, number in numbers.items()
        }

    def do(self, what: str, arms: Sequence[Arm]) -> None:
        """Do what is left of it.

        Raises:
            TimeIsOverError: the rest is for later.
        """
        for arm in arms:
            is_part = bool(arm.tuned_as)
            if what in ("tune", "all") and not is_part:
                self._tune(arm)
            if what == "all" or what == ("parts" if is_part else "run"):
                self._run(arm)

    # Looking

    def _start(self, purpose: prompts.Purpose) -> None:
        """Look at the model that all arms start from."""
        with alone(self.folder / "start.lock"):
            if START not in self.results.seen(purpose):
                file = self._look(self.machine.model, purpose, START)
                self.results.add_seen(purpose, START, measures.seen(file))

    def _look(self, model: str, purpose: prompts.Purpose, name: str) -> Path:
        n = DEVELOPED_BY if purpose == "development" else SEEN_BY
        file = self._file(purpose, name)
        print(f"{name}: {purpose}", flush=True)
        return measures.look(
            model,
            self.asked[purpose],
            file,
            sampling(self.machine, self.size, n),
            seed=LOOK_SEED,
            on_progress=self.clock.check_sampling,
        )

    def _file(self, purpose: str, name: str) -> Path:
        return self.folder / "looks" / purpose.replace(" ", "_") / f"{name.replace(' ', '_')}.jsonl.gz"

    # Learning

    def _learn(self, piece: Piece, iterations: int, purpose: prompts.Purpose) -> None:
        """Go on to a number of iterations, and look at the model."""
        if self.results.has(self._name(piece, iterations)):
            return
        model, spent = learn(self._config(piece, iterations), self.clock)
        file = self._look(model, purpose, self._name(piece, iterations))
        self.results.add(piece, spent, purpose, measures.seen(file))

    def _config(self, piece: Piece, iterations: int) -> LoopConfig:
        return loop_of(piece, self.machine, self.size, self.asked, self._loop(piece), iterations)

    def _loop(self, piece: Piece) -> Path:
        return self.folder / "loops" / piece.name.replace(" ", "_")

    def _name(self, piece: Piece, iterations: int) -> str:
        """What the prompts of a model are listed under."""
        return f"{piece.name} rollouts={iterations * self.size.prompts * self.size.n}"

    def _tune(self, arm: Arm) -> None:
        """Try the points of an arm, and freeze the best."""
        if arm.name in self.results.choices:
            return
        self._start("development")
        first = first_points(self.size.rates)
        scores = {label(point): self._score(arm, point) for point in first}
        best = max(first, key=lambda point: scores[label(point)])
        points = [*first, *further_points(best, self.size.epochs)]
        scores |= {label(point): self._score(arm, point) for point in points}
        best = max(points, key=lambda point: scores[label(point)])
        shown = {name: {"cla": cla, "ila": ila} for name, (cla, ila) in scores.items()}
        self.results.freeze(arm.name, {"point": dict(best), "seed": TUNED_ON, "scores": shown})

    def _score(self, arm: Arm, point: Point) -> tuple[float, float]:
        """Where a point ends on development prompts: CLA, then ILA."""
        piece = Piece("tune", arm.name, point, TUNED_ON)
        self._learn(piece, self.size.tuning, "development")
        for model in self._loop(piece).glob("iteration-*/model"):
            shutil.rmtree(model)  # half a gigabyte, which nothing needs any more
        rows = self.results.seen("development")[self._name(piece, self.size.tuning)]
        return (
            round(sum(row.cla for row in rows) / len(rows), 5),
            round(sum(row.ila for row in rows) / len(rows), 5),
        )

    def _run(self, arm: Arm) -> None:
        """Have an arm learn on fresh seeds.

        Raises:
            SystemExit: nothing is chosen for it yet.
        """
        self._start("held out")
        for piece in self._fresh(arm):
            for iterations in range(self.size.every, self.size.iterations + 1, self.size.every):
                self._learn(piece, iterations, "held out")

    def _fresh(self, arm: Arm) -> Iterator[Piece]:
        choice = self.results.choices.get(arm.tuned_as or arm.name)
        if choice is None:
            raise SystemExit(f"nothing is chosen for {arm.tuned_as or arm.name} yet; tune first")
        for seed in self.size.seeds:
            yield Piece("run", arm.name, choice["point"], seed)

    # What came out

    def _finals(self, arms: Sequence[Arm]) -> Iterator[Piece]:
        """The pieces of the first fresh seed that are done."""
        for arm in arms:
            if (arm.tuned_as or arm.name) in self.results.choices:
                piece = next(self._fresh(arm))
                if self.results.has(self._name(piece, self.size.iterations)):
                    yield piece

    def models(self, arms: Sequence[Arm]) -> dict[str, str]:
        """The models at the start, and at the end of the first fresh seed of the arms that are done."""
        iterations = self.size.iterations
        return {START: self.machine.model} | {
            piece.arm: hir.Loop(self._config(piece, iterations)).model(iterations)
            for piece in self._finals(arms)
        }

    def answers(self, arms: Sequence[Arm]) -> dict[str, Path]:
        """Their verified responses to held-out prompts, as far as they are here."""
        found = {START: self._file("held out", START)} | {
            piece.arm: self._file("held out", self._name(piece, self.size.iterations))
            for piece in self._finals(arms)
        }
        return {name: file for name, file in found.items() if file.exists()}
