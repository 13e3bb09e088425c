"""The claim of the method in miniature: what is learnt from failures where hardly any response succeeds.

``tune`` tries the points of every arm on development seeds and freezes the choice in ``chosen.json``; ``run``
has every arm learn on fresh seeds at its choice; ``parts`` does so with our defaults without each of their
parts; ``report`` makes a table and plots of what there is. ``all``, the default, does one after the other: in
each setting first the arms that the claim is about, then those of them that learn for longer, then one other
rival after the other; at last the parts. What is done already is not done again, so the command can be
stopped and started at any time, and several of it can work side by side.
"""

import argparse
import gc
import itertools
import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import torch

from benchmarks.hir_mini import report, tuning
from benchmarks.hir_mini.arms import ARMS, CHOSEN, CLAIM, LONGER, MAIN, PARTS, RIVALS, Arm
from benchmarks.hir_mini.evaluation import evaluate
from benchmarks.hir_mini.languages.long import LONG
from benchmarks.hir_mini.languages.short import SHORT
from benchmarks.hir_mini.learning import Schedule, learn
from benchmarks.hir_mini.starts import RECIPES, REGIMES, Setting, prompts_for, start
from benchmarks.hir_mini.work import Folder, Look, Piece, replace

LANGUAGES = (SHORT, LONG)
SETTINGS = {
    str(setting): setting
    for setting in (
        Setting(language, recipe, regime)
        for regime, recipe, language in itertools.product(REGIMES, RECIPES, LANGUAGES)
    )
}
RESULTS = Path(__file__).parent / "results"


class Size(NamedTuple):
    """How much of everything.

    Attributes:
        name: in files.
        schedule: of learning.
        tuned_on: development seeds.
        seeds: fresh ones.
        held_out: instructions that are only asked to see what was learnt.
        every: steps between two looks on the way, at two responses to each of them; four at the end.
        steps: of the first training, at most; those of the recipe if None.
    """

    name: str
    schedule: Schedule
    tuned_on: tuple[int, ...]
    seeds: tuple[int, ...]
    held_out: int
    every: int
    steps: int | None = None


FULL = Size("full", Schedule(), tuned_on=(100, 101), seeds=tuple(range(8)), held_out=512, every=8)
BRIEF = Size("brief", Schedule(8, 32, 6, 4), tuned_on=(100,), seeds=(0, 1, 2), held_out=256, every=4)
QUICK = Size("quick", Schedule(2, 4, 3, 2), tuned_on=(100,), seeds=(0, 1), held_out=8, every=1, steps=3)


def main() -> None:
    """Do what is asked for, and report."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hir_mini",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=("tune", "run", "parts", "report", "all"), default="all")
    parser.add_argument("-o", "--output", type=Path, help="default: benchmarks/hir_mini/results")
    parser.add_argument("--starts", type=Path, default=Path("out/hir_mini/starts"), help="first policies")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, metavar="NAME",
                        help=f"among {', '.join(SETTINGS)}; default: all, in this order, or with --brief "
                        "and --quick the first")  # fmt: skip
    parser.add_argument("--seeds", type=int, help="fresh seeds: 0 to this, without it; default: 8")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin nothing after so many")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument(
        "--brief", action="store_true", help="less of everything, a test of the code in minutes"
    )
    sizes.add_argument(
        "--quick", action="store_true", help="nearly nothing of everything, the same in seconds"
    )
    options = parser.parse_args()
    size = QUICK if options.quick else BRIEF if options.brief else FULL
    if options.seeds is not None:
        size = size._replace(seeds=tuple(range(options.seeds)))
    names = options.settings or (list(SETTINGS) if size.name == "full" else [next(iter(SETTINGS))])
    output = options.output or (RESULTS if size.name == "full" else Path("out/hir_mini") / size.name)
    work = Work(output, options.starts, size, [SETTINGS[name] for name in names])
    if options.what != "report":
        work.do(options.what, options.minutes)
    report.write(output)


class Work:
    """What is to be done in a folder.

    Args:
        output: the folder of what is found.
        starts: the folder of first policies.
        size: how much of everything.
        settings: where, in this order.
    """

    def __init__(self, output: Path, starts: Path, size: Size, settings: Sequence[Setting]) -> None:
        self.folder, self.starts, self.size, self.settings = Folder(output), starts, size, settings
        kept = json.dumps({"size": size.name, **size.schedule._asdict()}) + "\n"
        file = output / "size.json"
        if not file.exists():
            replace(file, kept)
        elif file.read_text() != kept:
            raise SystemExit(
                f"{file} says that this folder has figures of another size; use another --output"
            )

    def do(self, what: str, minutes: float = float("inf")) -> None:
        """Do what is left of it, beside others who do the same, until it is done or the time is over."""
        torch.set_num_threads(1)
        gc.set_threshold(100_000, 50, 50)
        torch.optim.AdamW([torch.zeros(1, requires_grad=True)])  # imports much, which is no arm's doing
        end = time.monotonic() + 60 * minutes
        while left := self.left(what):
            if not self._one_of(left, end):
                if time.monotonic() >= end:
                    return
                time.sleep(2)  # others are at all that is left for now

    def _one_of(self, pieces: Sequence[Piece], end: float) -> bool:
        """Do the first piece that nobody else is at; whether there was one, and time for it."""
        for piece in pieces:
            with self.folder.claimed(piece) as ours:
                if ours and time.monotonic() < end:
                    looks = list(curve(piece, self.starts, self.size))
                    self.folder.add(piece, looks)
                    last = looks[-1]
                    told = f"ILA {last.ila:.4f}, CLA {last.cla:.3f}, {last.seconds:.1f} s"
                    print(*piece.key, told, flush=True)
                    return True
        return False

    def left(self, what: str) -> list[Piece]:
        """What can be done now: that which comes first, and which waits for nothing else."""
        groups = [CLAIM, LONGER, *((arm,) for arm in RIVALS)]
        of_setting: dict[str, Sequence[Callable[[Setting], list[Piece]]]] = {
            "tune": [partial(self._tune, MAIN)],
            "run": [partial(self._fresh, (*MAIN, *LONGER))],
            "all": [partial(turn, arms) for arms in groups for turn in (self._tune, self._fresh)],
            "parts": [],
        }
        parts = [partial(self._fresh, (*PARTS, *CHOSEN))] if what in ("parts", "all") else []
        for turns in (of_setting[what], parts):
            for setting, turn in itertools.product(self.settings, turns):
                if found := turn(setting):
                    return found
        return []

    def _tune(self, arms: Sequence[Arm], setting: Setting) -> list[Piece]:
        """Pieces on development seeds that a choice is still waiting for."""
        looks, seeds = self.folder.looks(), self.size.tuned_on
        chosen = tuning.freeze(self.folder.path, setting, arms, seeds, looks)
        waiting = (
            tuning.pieces(setting, arm, seeds, looks)
            for arm in arms
            if arm.name not in chosen and not arm.tuned_as
        )
        return [piece for pieces in waiting for piece in pieces]

    def _fresh(self, arms: Sequence[Arm], setting: Setting) -> list[Piece]:
        """Pieces on fresh seeds that are not done yet.

        Raises:
            SystemExit: an arm has no frozen choice.
        """
        chosen = tuning.read(self.folder.path).get(str(setting), {})
        if missing := {arm.tuned_as or arm.name for arm in arms} - chosen.keys():
            raise SystemExit(f"{setting}: nothing is chosen for {', '.join(sorted(missing))} yet; tune first")
        looks = self.folder.looks()
        every = (
            Piece(setting, "run", arm.name, chosen[arm.tuned_as or arm.name]["point"], seed)
            for seed in self.size.seeds
            for arm in arms
        )
        return [piece for piece in every if piece.key not in looks]


def curve(piece: Piece, starts: Path, size: Size) -> Iterator[Look]:
    """What is seen of a policy as it learns; while it is tuned, at the end alone."""
    policy = start(piece.setting, starts, steps=size.steps)
    arm, language = ARMS[piece.arm].at(piece.point), piece.setting.language
    pool = list(prompts_for(language, "train", 2 * size.schedule.steps * size.schedule.prompts))
    Random(piece.seed).shuffle(pool)
    purpose = "held out" if piece.phase == "run" else "development"
    held_out = prompts_for(language, purpose, size.held_out)
    if piece.phase == "run":
        yield Look(0, 0, *evaluate(policy, held_out, 4, 1000 + piece.seed), 0.0)
    seconds, begin = 0.0, time.process_time()
    schedule = size.schedule._replace(steps=arm.longer * size.schedule.steps)
    for step, spent in enumerate(learn(policy, pool, arm, schedule, piece.seed), 1):
        last = step == schedule.steps
        if last or (piece.phase == "run" and step % size.every == 0):
            seconds += time.process_time() - begin
            found = evaluate(policy, held_out, 4 if last else 2, 1000 + piece.seed)
            yield Look(*spent, *found, round(seconds, 2))
            begin = time.process_time()
