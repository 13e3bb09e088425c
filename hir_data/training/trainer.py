"""A trainer of the transformers library with the losses of this package."""

import inspect
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
import transformers
from accelerate.utils import gather_object
from torch import Tensor
from torch.nn.utils import get_total_norm
from torch.utils.data import DataLoader

from hir_data.errors import TrainingError
from hir_data.text.cached import cached_property
from hir_data.training import checkpoints
from hir_data.training import loss as losses
from hir_data.training.behaviour import Behaviour
from hir_data.training.callback import TrainerMoments
from hir_data.training.checkpoints import CheckpointState
from hir_data.training.collator import (
    Collator,
    Sequences,
    TrainingTargets,
    batches_by_length,
    beside,
    sequences,
)
from hir_data.training.figures import Figures, LoggedFigures, figures_of, sums_of
from hir_data.training.folder import LOGPROBS
from hir_data.training.head import ChunkedHead
from hir_data.training.logprob_cache import read_logprobs, write_logprobs
from hir_data.training.master_weights import MasterWeights
from hir_data.training.objective import policy_loss, token_advantages
from hir_data.training.outcome import TrainingStage
from hir_data.training.rows import TrainingRow
from hir_data.training.settings import TrainConfig
from hir_data.training.steps import MicroBatch


class HirTrainer(transformers.Trainer):
    """Trains on rows in planned micro-batches; an update is the same however it is spread.

    Args:
        model: what is trained.
        args: of the library; a batch of theirs is one of our micro-batches.
        rows: all rows.
        batches: this process's micro-batches, in order.
        advantages: of each row, (N,).
        settings: how it is trained.
        on_figures: is called with the step and the figures of the steps since it was last called.
        on_stage: is called when rows are measured, and when the steps begin.
        tokenizer: is saved with the model.
        resumed: what the checkpoint knows that training goes on from; None to begin.
    """

    loss_is_scaled_for_ga = True

    def __init__(
        self,
        model: Any,
        args: transformers.TrainingArguments,
        *,
        rows: Sequence[TrainingRow],
        batches: Sequence[MicroBatch],
        advantages: Tensor,
        settings: TrainConfig,
        tokenizer: Any = None,
        on_figures: Callable[[int, Figures], None] = lambda step, figures: None,
        on_stage: Callable[[TrainingStage], None] = lambda stage: None,
        resumed: CheckpointState | None = None,
    ) -> None:
        self._head = (
            ChunkedHead(model, fused=settings.logits == "fused") if settings.logits != "full" else None
        )
        self._has_entropies = settings.logits != "fused"
        super().__init__(
            model=model,
            args=args,
            train_dataset=batches,
            processing_class=tokenizer,
            callbacks=[TrainerMoments(self)],
        )
        self.remove_callback(transformers.PrinterCallback)
        self.masters: MasterWeights | None = None
        self.model_accepts_loss_kwargs = False  # for versions without loss_is_scaled_for_ga
        self.rows: Sequence[TrainingRow] = rows
        self.settings: TrainConfig = settings
        self.advantages = advantages
        resumed = resumed or CheckpointState(step=0)
        self.stopped: str | None = resumed.stopped
        self.figures: Figures = dict(resumed.figures)
        self.history: list[LoggedFigures] = list(resumed.history)
        self._on_figures, self._on_stage = on_figures, on_stage
        self._sums = self._loss = torch.zeros(0)  # of the step so far, in this process
        self._logged = torch.tensor(resumed.sums, dtype=torch.float64)  # of the steps since the last log
        self._losses = list(resumed.losses)
        self._since = time.perf_counter()

    # Before the first step

    def learn_from_start(self) -> None:
        """Measure the rows under the starting model, or read what was measured when the run began."""
        self._try_model()
        path = Path(self.args.output_dir) / LOGPROBS
        if step := self.state.global_step:
            if self.settings.reference_steps:
                path = checkpoints.folder_of(path.parent, step) / LOGPROBS
            reference, old, teacher = read_logprobs(path, self.rows)
        else:
            self._on_stage("measuring")
            reference, teacher = self._measured(range(len(self.rows)))
            old = self._old(reference)
            if self.args.should_save:
                write_logprobs(path, reference, old, teacher)
        self.learned: TrainingTargets = TrainingTargets(self.advantages, old, reference, teacher)
        self._behaviour = Behaviour.of(self.rows, old, self.settings.behaviour_correction)
        self._since = time.perf_counter()
        self._on_stage("stepping")

    def _measured(self, places: Sequence[int]) -> tuple[list[Tensor], list[Tensor]]:
        """The log-probabilities of some rows at their own prompts, and at those with feedback."""
        rows = [self.rows[place] for place in places]
        reference = self.logprobs([(row.prompt, row.response) for row in rows], [row.read_as for row in rows])
        taught = [
            (row.teacher_prompt, row.response) if row.teacher_prompt is not None else None for row in rows
        ]
        measured = iter(self.logprobs([pair for pair in taught if pair is not None]))
        return reference, [torch.zeros(0) if pair is None else next(measured) for pair in taught]

    def _renew_reference(self) -> None:
        """Make the model as it is what divergence is measured from, for the rows that are still to come."""
        done = self.state.global_step * self.args.gradient_accumulation_steps
        own = {place for batch in self.train_dataset[done:] for place in batch.rows}
        places = sorted(set(gather_object(sorted(own))))
        if not places:
            return
        learned = self.learned
        reference, teacher = list(learned.reference), list(learned.teacher)
        for place, *found in zip(places, *self._measured(places), strict=True):
            reference[place], teacher[place] = found
        self.learned = TrainingTargets(learned.advantages, learned.old, reference, teacher)

    @torch.no_grad()
    def _try_model(self) -> None:
        """See on a few tokens, on the device and in the types of training, that the model can be trained so.

        Raises:
            TrainingError: rows behind each other would see each other, or the head is unknown.
        """
        model = self.model_wrapped.eval()
        if self.settings.without_padding and not self._keeps_rows_apart(model):
            raise TrainingError(
                f"{type(model).__name__}: rows behind each other would see each other: train it with padding"
            )
        if self._head is not None:
            read = self._on_device(sequences([_trial_row(0)], padding_free=False))
            names = self._takes - {"logits_to_keep"}
            self._head.measure(model, {name: each for name, each in read.inputs.items() if name in names})

    def _keeps_rows_apart(self, model: Any) -> bool:
        """Whether a row behind another gives the logits that it gives alone."""

        def logits(*rows: tuple[Tensor, Tensor]) -> Tensor:
            read = self._on_device(sequences(rows, padding_free=True))
            return model(**read.inputs, use_cache=False).logits[0, -5:].float()

        first, second = _trial_row(0), _trial_row(3)
        try:
            together, alone = logits(first, second), logits(second)
        except TypeError:  # of arguments that it does not take
            return False
        return bool((together - alone).abs().max() <= 0.02 * alone.abs().max())

    def _old(self, reference: list[Tensor]) -> list[Tensor]:
        if self.settings.old_logprobs == "stored":
            return [row.stored for row in self.rows if row.stored is not None]
        old = list(reference)
        elsewhere = [
            (place, row.source_prompt, row.response)
            for place, row in enumerate(self.rows)
            if row.source_prompt is not None
        ]
        measured = self.logprobs([(prompt, response) for _, prompt, response in elsewhere])
        for (place, _, _), found in zip(elsewhere, measured, strict=True):
            old[place] = found
        return old

    @torch.no_grad()
    def logprobs(
        self, pairs: Sequence[tuple[Tensor, Tensor]], read_as: Sequence[str] | None = None
    ) -> list[Tensor]:
        """The log-probabilities of responses, each given its prompt; the processes share the work.

        Args:
            pairs: prompts and responses.
            read_as: names; those of one name are read at once, as :func:`sequences` does it.
        """
        model, size = self.model_wrapped, self.settings.micro_batch
        model.eval()
        names = list(map(str, range(len(pairs)))) if read_as is None else read_as
        batches = batches_by_length(pairs, names, size)
        batches += [[]] * (-len(batches) % self.accelerator.num_processes)  # as many for every process
        found: list[tuple[int, Tensor]] = []
        for batch in batches[self.accelerator.process_index :: self.accelerator.num_processes]:
            read = sequences(
                [pairs[place] for place in batch],
                padding_free=self.settings.without_padding,
                read_as=[names[place] for place in batch],
            )
            logprobs, _ = self._read(model, self._on_device(read))
            for place, values in zip(batch, logprobs.cpu(), strict=False):
                found.append((place, values[: len(pairs[place][1])].clone()))
        gathered = dict(gather_object(found))
        return [gathered[place] for place in range(len(pairs))]

    def _on_device(self, read: Sequences) -> Sequences:
        return Sequences(**self._prepare_inputs(read._asdict()))

    def _read(self, model: Any, read: Sequences, *, entropy: bool = False) -> tuple[Tensor, Tensor]:
        """Log-probabilities and, if they are wanted, entropies of the tokens of responses, (N, R)."""
        inputs = {name: value for name, value in read.inputs.items() if name in self._takes}
        columns = None if "logits_to_keep" in self._takes else read.inputs["logits_to_keep"]
        temperature = self.settings.temperature
        if self._head is not None:
            values = self._head.logprobs(
                model,
                inputs,
                read.tokens,
                read.wanted,
                columns=columns,
                temperature=temperature,
                entropy=entropy,
            )
        else:
            logits = model(**inputs, use_cache=False).logits
            logits = logits if columns is None else logits[:, columns]
            logp = losses.token_logprobs(logits, read.tokens.masked_fill(~read.wanted, -100), temperature)
            spread = losses.entropy(logits, temperature) if entropy else torch.zeros_like(logp)
            values = logp[read.wanted], spread[read.wanted]
        place = partial(read.mask.new_zeros(read.mask.shape).masked_scatter, read.mask.bool())
        placed = [place(each.to(read.mask.dtype)) for each in values]
        return placed[0], placed[1]

    @cached_property
    def _takes(self) -> set[str]:
        model = self.accelerator.unwrap_model(self.model)
        model = model.get_base_model() if hasattr(model, "get_base_model") else model
        return set(inspect.signature(type(model).forward).parameters)

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """The optimizer; of float32 copies of the parameters where these are held in bfloat16."""
        is_new = self.optimizer is None
        optimizer = super().create_optimizer(model)
        if is_new and self.settings.param_dtype == "bfloat16":
            self.masters = MasterWeights(self.model if model is None else model, optimizer)
        return optimizer

    def _save_optimizer_and_scheduler(self, output_dir: str) -> None:
        super()._save_optimizer_and_scheduler(output_dir)
        if self.masters is not None and self.args.should_save:
            self.masters.write(Path(output_dir))

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        """Go on with the optimizer of a checkpoint; torch cannot load sharded ones that keep nothing."""
        if checkpoint is not None and self.masters is not None:
            self.masters.read(Path(checkpoint))
        own: Any = getattr(self.optimizer, "optimizer", self.optimizer)
        keeps_nothing = isinstance(own, torch.optim.SGD) and not any(
            group["momentum"] for group in own.param_groups
        )
        if checkpoint is None or not (self.is_fsdp_enabled and keeps_nothing):
            super()._load_optimizer_and_scheduler(checkpoint)
            return
        self.lr_scheduler.load_state_dict(torch.load(Path(checkpoint) / "scheduler.pt", weights_only=True))
        for group, rate in zip(own.param_groups, self.lr_scheduler.get_last_lr(), strict=True):
            group["lr"] = rate

    # A step

    def get_train_dataloader(self) -> DataLoader[Any]:
        """The micro-batches in their order, which is planned already."""
        collator = Collator(self.rows, self.settings.without_padding)
        return DataLoader(
            self.train_dataset, batch_size=1, collate_fn=lambda batches: collator(batches, self.learned)
        )

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Tensor:
        """The micro-batch's share of the loss of its step."""
        settings, read = self.settings, Sequences(**inputs["sequences"])
        logp, entropy = self._read(model, read, entropy=True)
        # The batch may have been collated before these were measured anew.
        reference, teacher = (
            beside(each, inputs["places"], read.mask)
            for each in (self.learned.reference, self.learned.teacher)
        )
        advantages = token_advantages(inputs["advantages"], teacher, inputs["taught"], logp, settings)
        if self._behaviour is not None:
            advantages = advantages * beside(self._behaviour.weights, inputs["places"], read.mask)
        found = policy_loss(logp, inputs["old"], advantages, read.mask, settings)
        divergence = losses.kl(logp, reference, "k3")
        total = found.loss + settings.kl * divergence if settings.kl else found.loss
        loss = losses.aggregate(
            total,
            read.mask,
            settings.aggregate,
            tokens=inputs["step_tokens"],
            rows=inputs["step_rows"],
            length=settings.constant_length,
        )
        gap = logp - reference
        sums = sums_of(inputs, read.mask, found, total, gap, divergence, entropy, advantages)
        self._sums = self._sums + sums if self._sums.numel() else sums
        own = loss.detach().double()
        self._loss = self._loss + own if self._loss.numel() else own
        return loss * self.accelerator.num_processes  # gradients of processes are averaged

    def before_update(self) -> None:
        """Add up the figures of a step over all processes; stop where the step would spoil the model.

        Raises:
            TrainingError: the loss or the gradient is no number.
        """
        sums, loss = (self.accelerator.reduce(each, "sum") for each in (self._sums, self._loss))
        self._sums = self._loss = torch.zeros(0)
        norm = get_total_norm([each.grad for each in self.model.parameters() if each.grad is not None])
        norm = norm.full_tensor() if hasattr(norm, "full_tensor") else norm
        for what, value in (("loss", sums), ("gradient", norm)):
            if not torch.isfinite(value).all():
                raise TrainingError(
                    f"the {what} of step {self.state.global_step + 1} is no number; {self._last_checkpoint()}"
                )
        self.step_figures: Figures = figures_of(sums, entropies=self._has_entropies)
        self._logged = self._logged.to(sums.device) + sums if self._logged.numel() else sums
        self._losses.append(float(loss))

    def _last_checkpoint(self) -> str:
        last = checkpoints.last_checkpoint(Path(self.args.output_dir))
        return f"the last good checkpoint is {last.folder}" if last else "there is no checkpoint yet"

    def after_update(self) -> bool:
        """Whether the model has gone too far from the reference; that is renewed where it is time to."""
        drift = self.step_figures["k1"]
        if abs(drift) <= self.settings.max_kl:
            every = self.settings.reference_steps
            if every and self.state.global_step % every == 0:
                self._renew_reference()
            return False
        self.stopped = f"mean k1 {drift:.3f} a token, more than {self.settings.max_kl:g} (--max-kl)"
        return True

    def after_save(self) -> None:
        """Make the checkpoint of this step whole, and remove those that are too old."""
        self.accelerator.wait_for_everyone()  # each process has its part in it
        if self.args.should_save:
            output, step = Path(self.args.output_dir), self.state.global_step
            state = CheckpointState(
                step=step,
                stopped=self.stopped,
                figures=self.figures,
                history=tuple(self.history),
                sums=tuple(map(tuple, self._logged.tolist())),
                losses=tuple(self._losses),
            )
            if self.settings.reference_steps:
                path, learned = checkpoints.folder_of(output, step) / LOGPROBS, self.learned
                write_logprobs(path, learned.reference, learned.old, learned.teacher)
            checkpoints.complete(checkpoints.folder_of(output, step), state)
            checkpoints.keep_last(output, self.settings.keep)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log our figures with those of the library."""
        if "loss" in logs and self._logged.numel():
            now = time.perf_counter()
            self.figures = figures_of(self._logged, entropies=self._has_entropies)
            self.figures["tokens_per_second"] = float(self._logged[:, 0].sum()) / (now - self._since)
            if self._behaviour is not None:
                self.figures |= self._behaviour.figures()
            logs["loss"] = sum(self._losses) / len(self._losses)  # the library's own forgets what was resumed
            self._logged, self._losses, self._since = torch.zeros(0), [], now
            logs |= {name: value for name, value in self.figures.items() if name != "loss"}
            self.figures |= {
                name: logs[name] for name in ("loss", "grad_norm", "learning_rate") if name in logs
            }
            self.history.append(LoggedFigures(step=self.state.global_step, figures=self.figures))
            self._on_figures(self.state.global_step, self.figures)
        super().log(logs, start_time)


def _trial_row(start: int) -> tuple[Tensor, Tensor]:
    """A short prompt and response that any vocabulary has."""
    return torch.arange(start, start + 4), torch.arange(start + 4, start + 9)
