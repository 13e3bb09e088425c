"""The loop: rollouts, replays and training, round and round, and a held-out evaluation before and after each.

Every stage writes to its place in the folder of its iteration, and its figures to ``loop.json``, which is how
one that is whole is known; the stages resume themselves. So a loop that was killed goes on when it is called
again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hir_data import __version__
from hir_data.engine.judge import Judge
from hir_data.errors import RecordError
from hir_data.formats.atomic import locked, writing
from hir_data.models.local_samplers import LocalSamplers
from hir_data.models.sampling import seed_of
from hir_data.replays.rewriting.rewriter import Rewriter
from hir_data.report.training_folders import EVALUATION, iteration_folder
from hir_data.runs.versions import versions
from hir_data.schemas.english import number_of
from hir_data.training.folder import remove_model
from hir_data.training.loop import figures, prompts, stages
from hir_data.training.loop.buffer import Buffered, choose
from hir_data.training.loop.config import LoopConfig
from hir_data.training.loop.ledger import Ledger, LoopStage, StageFigures
from hir_data.training.loop.prompts import Prompts
from hir_data.training.loop.redraws import DrawFiles
from hir_data.training.loop.stages import StageObserver, Verifier


@dataclass(slots=True)
class Loop:
    """A loop, which begins or goes on when it is called.

    Attributes:
        config: what it does.
        judge: who decides soft constraints.
        rewriter: who writes the prompts of replays, where the configuration says that a model does.
        watch: told how each stage goes.
        on_begin: told which stage of which iteration begins.
        on_end: told its figures when it is whole.
    """

    config: LoopConfig
    judge: Judge | None = None
    rewriter: Rewriter | None = None
    watch: StageObserver = field(default_factory=StageObserver)
    on_begin: Callable[[int, LoopStage], None] = lambda iteration, stage: None
    on_end: Callable[[int, LoopStage, StageFigures], None] = lambda iteration, stage, figures: None
    prompts: Prompts = field(init=False)
    ledger: Ledger = field(init=False)
    _samplers: LocalSamplers = field(init=False, repr=False, default_factory=LocalSamplers)

    def __post_init__(self) -> None:
        config = self.config
        self.prompts = Prompts.of(
            prompts.read_prompts(config.instructions, config.split, needs_pass_rates=config.needs_pass_rates),
            prompts.read_prompts(config.held_out, config.held_out_split),
            config.min_pass,
            config.max_pass,
        )
        if config.prompts > (there := len(self.prompts.training)):
            within = ", with a pass rate from min_pass to max_pass" if self.prompts.outside else ""
            problem = (
                f"has {number_of(there, 'instruction')} not held out{within}, too few for "
                f"{config.prompts} an iteration"
            )
            raise RecordError(problem, config.instructions)
        records = {
            "training": prompts.digest(self.prompts.training),
            "held_out": prompts.digest(self.prompts.held_out),
        }
        told = {"hir_data": __version__, **config.told(), "records": records}
        self.ledger = Ledger.resumed(config.output, told)

    def __call__(self) -> Ledger:
        """Do whatever is not done yet.

        Returns:
            The figures of all stages.

        Raises:
            HirDataError: a stage cannot be done; those before it are kept.
        """
        with locked(self.config.output), self._samplers:
            return self._go()

    def _go(self) -> Ledger:
        with writing(str(self.config.output)):
            self.config.output.mkdir(parents=True, exist_ok=True)
            self.ledger.versions = dict(versions())
            self.ledger.write(self.config.output)
        for iteration in range(self.config.iterations + 1):
            if iteration:
                self._learn(iteration)
            if self.config.evaluates(iteration):
                self._evaluate(iteration)
            self._tidy(iteration)
        return self.ledger

    # Where everything is

    def folder(self, iteration: int) -> Path:
        """That of an iteration."""
        return self.config.output / iteration_folder(iteration)

    def model(self, iteration: int) -> str:
        """The model after an iteration: that of the last one so far in which something was learnt."""
        while iteration and not (self.ledger.figures(iteration, "train") or {}).get("learnt"):
            iteration -= 1
        return str(self.folder(iteration) / "model") if iteration else self.config.model

    # One time round

    def _learn(self, iteration: int) -> None:
        config, folder, digest = self.config, self.folder(iteration), self.ledger.digest
        before = self.model(iteration - 1)
        replayed, redraws = folder / "replayed", config.rollout.redraws > 0
        self._once(iteration, "rollout", lambda seed: self._draw(iteration, before, seed))
        drawn = list(DrawFiles.all(folder)) if redraws else [DrawFiles.of(folder, 0)]
        self._once(
            iteration,
            "replay",
            lambda seed: stages.replay(
                [each.verified if redraws else each.rollouts for each in drawn],
                replayed,
                config.replaying(iteration - 1, seed),
                verifier=self._verifier,
                verified=redraws,
                rewriter=self.rewriter,
                digest=digest,
                watch=self.watch,
            ),
        )
        self._once(
            iteration,
            "train",
            lambda seed: self._train(iteration, replayed, before, seed),
        )

    def _draw(self, iteration: int, model: str, seed: int) -> StageFigures:
        config, folder = self.config, self.folder(iteration)
        asked = prompts.drawn(self.prompts.training, config.prompts, iteration, config.seed, config.order)
        given: Any = {"seed": seed, "digest": self.ledger.digest, "watch": self.watch}
        if not config.rollout.redraws:
            output = DrawFiles.of(folder, 0).rollouts
            return stages.draw(asked, model, output, config.rollout, self._samplers, **given)
        return stages.draw_and_redraw(
            asked,
            model,
            folder,
            config.rollout,
            self._samplers,
            score=config.train.reward,
            verifier=self._verifier,
            **given,
        )

    def _train(self, iteration: int, replayed: Path, before: str, seed: int) -> StageFigures:
        self._samplers.close()  # training needs the memory
        return stages.train(
            replayed,
            before,
            self.folder(iteration) / "model",
            self.config.training(seed),
            buffered=self._buffered(iteration, seed),
            iteration=iteration,
            watch=self.watch,
        )

    def _buffered(self, iteration: int, seed: int) -> list[Buffered]:
        """The replays of earlier iterations that an iteration trains on."""
        if not self.config.buffer.size:
            return []
        earlier = [(iteration - other, self.folder(other) / "replayed") for other in range(1, iteration)]
        return choose(earlier, self.config.buffer, seed)

    def _evaluate(self, iteration: int) -> None:
        config, folder, digest = self.config, self.folder(iteration), self.ledger.digest
        responses = folder / "held_out.jsonl.gz"
        self._once(
            iteration,
            "answer",
            lambda _: stages.draw(
                [asked.row for asked in self.prompts.held_out],
                self.model(iteration),
                responses,
                config.evaluate.completed(config.rollout),
                self._samplers,
                seed=self._seed(
                    0, "answer"
                ),  # the same chance each time, so that models differ by themselves
                digest=digest,
                watch=self.watch,
            ),
        )
        self._once(
            iteration,
            "evaluate",
            lambda _: stages.evaluate(
                responses,
                folder / EVALUATION,
                verifier=self._verifier,
                digest=digest,
                watch=self.watch,
            ),
        )
        with writing(str(config.output)):
            figures.report(self.ledger, config.output)

    def _tidy(self, iteration: int) -> None:
        """Remove the models that no stage needs any more."""
        if self.config.keep_models == "last":
            kept = self.model(iteration)
            for model in (self.folder(earlier) / "model" for earlier in range(1, iteration)):
                if str(model) != kept:
                    remove_model(model)

    def _once(self, iteration: int, stage: LoopStage, work: Callable[[int], StageFigures]) -> None:
        """Do a stage, unless it is whole."""
        if self.ledger.figures(iteration, stage) is not None:
            return
        self.on_begin(iteration, stage)
        began = time.perf_counter()
        found = work(self._seed(iteration, stage))
        found["seconds"] = round(time.perf_counter() - began, 3)
        with writing(str(self.config.output)):
            self.ledger.note(iteration, stage, found, self.config.output)
        self.on_end(iteration, stage, found)

    def _seed(self, iteration: int, stage: LoopStage) -> int:
        return seed_of(self.config.seed, iteration, stage)

    @property
    def _verifier(self) -> Verifier:
        return Verifier(self.config.verify, self.judge)
