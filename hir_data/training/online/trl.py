"""GRPO of TRL that learns from its failures in the same update: under instructions that they satisfy."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from accelerate.utils import broadcast_object_list, gather_object
from torch import Tensor

from hir_data.engine.judge import Judge
from hir_data.engine.verify import verify
from hir_data.errors import RecordError, TrainingError, needs_extra
from hir_data.replays.config import ReplayConfig
from hir_data.replays.rewriting.rewriter import Rewriter
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout, Sampling
from hir_data.training.models import context_of
from hir_data.training.online.batch import (
    COUNTED,
    BatchReplayer,
    BatchRow,
    ReplayedBatch,
    batch_advantages,
    check_settings,
    instruction_of,
    rollout_of,
)
from hir_data.training.settings import TrainConfig

with needs_extra("trl", "replays in GRPO of TRL"):
    from trl.models.utils import disable_gradient_checkpointing
    from trl.trainer.grpo_trainer import GRPOTrainer
    from trl.trainer.utils import pad, use_adapter

_COPIED = (
    "completion_ids",
    "completion_mask",
    "tool_mask",
    "old_per_token_logps",
    "sampling_per_token_logps",
    "importance_sampling_ratio",
    "ref_per_token_logps",
)
"""What a replay has of its source, each (N, T) or (N, 1), before it gets its own."""

_MEAN_OF_ROWS = ("grpo", "sapo", "dr_grpo", "luspo")
"""Losses of TRL that divide by the rows of a micro-batch."""


class _Added(NamedTuple):
    """A replay that is added to a batch.

    Attributes:
        source: the place of its source among the completions of all processes.
        prompt: its tokens.
        length: tokens of the completion that are trained.
        bits: how much its instruction says.
        advantage: of each of its tokens.
    """

    source: int
    prompt: tuple[int, ...]
    length: int
    bits: float | None
    advantage: float = 0.0


class ReplayGRPOTrainer(GRPOTrainer):
    """``GRPOTrainer`` with hindsight replay: failures of a batch also stand in its update as replays.

    After the rewards, the completions of the whole batch are verified against the constraints of their rows.
    Failures get replays by the same engine, guards and bits as those of ``hir-data replay``. A replay has the
    tokens of its source behind the new prompt, and is trained in the micro-batch of its source, with an
    advantage of its own. With no replay the update is that of ``GRPOTrainer``, number for number.

    Rollouts keep the advantages of TRL, unless ``train_config`` names an ``advantage``. Of a replay it is 1
    times ``replay_weight`` (or what ``statistics="all"``, ``replay_bits`` and ``replay_cap`` make of it).
    Statistics and cap are those of the whole generation batch. With ``old_logprobs="paper"`` the ratio of a
    replay is taken to the log-probabilities under the prompt of its source, else to those under its own.

    Losses are normalized over rollouts and replays together: by their tokens (``dapo``, ``cispo``,
    ``vespo``), by their rows (``grpo``, ``sapo``, ``dr_grpo``, ``luspo``), or by the tokens of each
    micro-batch (``bnpo``).

    What became of each batch is logged as ``replay/...``: see
    :data:`hir_data.training.online.batch.COUNTED`, further ``too_long`` (replays that the model cannot read),
    ``share`` of the absolute advantage, and ``bits``.

    Args:
        args: as ``GRPOTrainer`` takes them; keywords that are not below go there too.
        replay_config: how replays are made.
        train_config: what replays weigh, and how advantages are compared; everything else in it belongs to
            ``GRPOConfig``, and is refused.
        window: responses of earlier batches on which bits are measured too.
        column: the column with the constraints, as of :class:`hir_data.ConstraintReward`.
        strip_thinking: which reasoning is not verified, as there.
        judge: who decides soft constraints.
        workers: processes that verify, 0 for none.
        timeout: seconds that one check may take, with processes.
        rewriter: who writes new prompts, in place of the one that ``replay_config`` names.

    Attributes:
        replays: of the last batch, by the place of their source in it, the same in every process.

    Raises:
        TrainingError: the settings do not fit, or prompts do not come from the data set alone.
    """

    def __init__(
        self,
        *args: Any,
        replay_config: ReplayConfig | None = None,
        train_config: TrainConfig | None = None,
        window: int = 1024,
        column: str = "constraints",
        strip_thinking: str | None = "auto",
        judge: Judge | None = None,
        workers: int = 0,
        timeout: float = 10.0,
        rewriter: Rewriter | None = None,
        **keywords: Any,
    ) -> None:
        self.train_config: TrainConfig = train_config or TrainConfig()
        check_settings(self.train_config, "GRPOConfig")
        for name in ("environment_factory", "rollout_func"):
            if keywords.get(name) is not None:
                raise TrainingError(f"{name}: replays need prompts that stand in the data set as they are")
        self._replayer = BatchReplayer(replay_config, window=window, rewriter=rewriter)
        self._column, self._policy = column, strip_thinking
        self._verify: Callable[[Sequence[Rollout]], list[Verification]] = lambda rollouts: list(
            verify(rollouts, loose=False, judge=judge, workers=workers, timeout=timeout)
        )
        self._drawn: tuple[Any, ...] = ()
        self._added: list[_Added] | None = None
        self.replays: dict[int, ReplaySample] = {}
        super().__init__(*args, **keywords)

    # Between rewards and update

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any
    ) -> Tensor:
        rewards: Tensor = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        self._drawn = inputs, prompts, completions, completion_ids_list, rewards
        return rewards

    def _generate_and_score_completions(self, inputs: Any) -> dict[str, Any]:
        output: dict[str, Any] = super()._generate_and_score_completions(inputs)
        if self.model.training:
            if "pixel_values" in output:
                raise TrainingError("replays of prompts with images are not supported")
            self._replay_batch(output)
        self._drawn = ()
        return output

    def _replay_batch(self, output: dict[str, Any]) -> None:
        """Make the replays of a generation batch; they are put beside their sources once it is divided."""
        rows, prompts, completions, ids, rewards = self._drawn
        here, start = len(rows), self.accelerator.process_index * len(rows)
        verified = self._verified(rows, prompts, completions, ids)
        made = self._on_main(lambda every: self._replayer(every), gather_object(verified))
        self.replays = made.replays
        mask = output["completion_mask"] * output.get("tool_mask", 1)
        added = self._encoded(made.replays, prompts, mask, start)
        kept = gather_object([each._replace(prompt=()) for each in added])
        lengths = self.accelerator.gather(mask.sum(1)).tolist()
        group: Any = self.num_generations
        batch = [
            *(
                BatchRow(place // group, length, reward)
                for place, (length, reward) in enumerate(zip(lengths, self._reward(rewards), strict=True))
            ),
            *(BatchRow(each.source // group, each.length, replay=True, bits=each.bits) for each in kept),
        ]
        advantages = self._advantages(batch, output["advantages"])
        output["advantages"] = advantages[start : start + here].to(output["advantages"])
        logged: Any = self._logs["advantages"]  # holds those of one batch
        logged.extend(advantages[: len(lengths)].tolist())
        own = {each.source: value for each, value in zip(kept, advantages[len(lengths) :], strict=True)}
        self._added = [each._replace(advantage=float(own[each.source])) for each in added]
        output["place"] = torch.arange(start, start + here, device=mask.device)
        self._log_replays(made, batch, advantages)

    def _verified(
        self, rows: Sequence[Mapping[str, Any]], prompts: Any, completions: Any, ids: Any
    ) -> list[Verification | None]:
        """The verifications of this process's completions; None for what cannot be read."""
        rollouts: list[Rollout | None] = []
        before: tuple[Any, Instruction] | None = None  # the completions of a prompt lie together
        ends = {*self.eos_token_ids, self._tokenizer.pad_token_id}
        for row, prompt, completion, tokens in zip(rows, prompts, completions, ids, strict=True):
            try:
                if before is None or before[0] != (row, prompt):
                    before = (row, prompt), instruction_of(row, prompt, self._column)
                sampling = Sampling(
                    temperature=self.temperature, finish_reason="stop" if tokens[-1] in ends else "length"
                )
                rollouts.append(rollout_of(before[1], completion, sampling, self._policy))
            except RecordError:
                rollouts.append(None)
        found = iter(self._verify([each for each in rollouts if each is not None]))
        return [None if each is None else next(found) for each in rollouts]

    def _on_main(
        self, make: Callable[[list[Verification | None]], ReplayedBatch], batch: list[Verification | None]
    ) -> ReplayedBatch:
        """What the first process makes of a batch, for all of them; an error too."""
        made: list[Any] = [None]
        if self.accelerator.is_main_process:
            try:
                made = [make(batch)]
            except Exception as error:  # or the others would wait for ever
                made = [error]
        (result,) = broadcast_object_list(made)
        if not isinstance(result, ReplayedBatch):
            raise result
        return result

    def _encoded(
        self, replays: Mapping[int, ReplaySample], prompts: Sequence[Any], mask: Tensor, start: int
    ) -> list[_Added]:
        """The replays of this process's completions, without those that the model cannot read."""
        own = {place: each for place, each in replays.items() if start <= place < start + len(prompts)}
        if not own:
            return []
        asked = [
            each.instruction.prompt if isinstance(prompts[place - start], str) else each.instruction.chat()
            for place, each in own.items()
        ]
        limit = context_of(self.accelerator.unwrap_model(self.model).config)
        added = []
        for (place, sample), prompt in zip(own.items(), self._tokenize_prompts(asked)[0], strict=True):
            length = int(mask[place - start].sum())
            if limit is None or len(prompt) + length <= limit:
                added.append(_Added(place, tuple(prompt), length, sample.instruction_bits))
        return added

    def _reward(self, rewards: Tensor) -> list[float]:
        """The weighted sum of each completion's rewards; NaN where there are none."""
        total = (rewards * self.reward_weights.to(rewards.device)).nansum(1)
        values: list[float] = total.masked_fill(rewards.isnan().all(1), torch.nan).tolist()
        return values

    def _advantages(self, batch: Sequence[BatchRow], here: Tensor) -> Tensor:
        """Of all rows of the batch, over all processes: of rollouts by TRL, unless another kind is named."""
        if "advantage" in self.train_config.model_fields_set:
            return batch_advantages(batch, self.train_config)
        every = self.accelerator.gather(here).cpu()
        return batch_advantages(
            batch, self.train_config, torch.cat([every, torch.ones(len(batch) - len(every))])
        )

    def _log_replays(self, made: ReplayedBatch, batch: Sequence[BatchRow], advantages: Tensor) -> None:
        mass = advantages.abs() * torch.tensor([row.length for row in batch])
        replayed = torch.tensor([row.replay for row in batch])
        bits = [row.bits for row in batch if row.bits is not None]
        figures: dict[str, float] = {name: made.counts[name] for name in COUNTED}
        figures |= {
            "replays": int(replayed.sum()),
            "too_long": len(made.replays) - int(replayed.sum()),
            "share": float(mass[replayed].sum() / mass.sum().clamp(min=1e-12)),
            "bits": sum(bits) / len(bits) if bits else torch.nan,  # TRL leaves NaN out of its means
        }
        for name, value in figures.items():
            self._metrics["train"][f"replay/{name}"].append(float(value))

    # In the update

    def _prepare_inputs(self, generation_batch: Any) -> dict[str, Any]:
        inputs: dict[str, Any] = super()._prepare_inputs(generation_batch)
        if self._added is not None:  # the batch was drawn right now, and is divided
            divided: Any = self._buffered_inputs
            self._add_replays(divided, self._added)
            self._added = None
        return inputs

    def _add_replays(self, batches: Sequence[dict[str, Any]], added: Sequence[_Added]) -> None:
        """Put replays into the micro-batches of their sources, as many rows in each process."""
        by_source = {each.source: each for each in added}
        here = [
            [
                (row, by_source[place])
                for row, place in enumerate(batch.pop("place").tolist())
                if place in by_source
            ]
            for batch in batches
        ]
        device, processes = self.accelerator.device, self.accelerator.num_processes
        numbers = torch.tensor([len(each) for each in here], device=device)
        sizes = self.accelerator.gather(numbers).view(processes, -1).amax(0).tolist()
        tokens = torch.tensor(sum(each.length for each in added), device=device)
        tokens = self.accelerator.gather(tokens).sum()
        rollouts = len(batches) * len(batches[0]["prompt_ids"]) * processes
        rows = rollouts + int(self.accelerator.gather(numbers).sum())
        for batch, replays, size in zip(batches, here, sizes, strict=True):
            batch["num_items_in_batch"] = batch["num_items_in_batch"] + tokens
            self._add_rows(batch, replays, size)
            if self.loss_type in _MEAN_OF_ROWS:
                batch["loss_scale"] = len(batch["prompt_ids"]) * len(batches) * processes / rows

    def _add_rows(self, batch: dict[str, Any], replays: Sequence[tuple[int, _Added]], size: int) -> None:
        """Add replays to a micro-batch, and rows without a token that is trained, up to so many."""
        if not size:
            return
        paper = self.train_config.old_logprobs == "paper"
        if paper and batch.get("old_per_token_logps") is None:
            batch["old_per_token_logps"] = self._logps(self.model, batch)
        device = batch["prompt_ids"].device
        take = torch.tensor([*(row for row, _ in replays), *[0] * (size - len(replays))], device=device)
        new = {name: batch[name][take] for name in _COPIED if batch.get(name) is not None}
        new["completion_mask"] = new["completion_mask"].clone()
        new["completion_mask"][len(replays) :] = 0
        first = batch["prompt_ids"][0][batch["prompt_mask"][0] != 0]
        prompts = [torch.tensor(each.prompt) for _, each in replays] + [first] * (size - len(replays))
        filler = self._tokenizer.pad_token_id
        new["prompt_ids"] = self._padded(prompts, filler)
        new["prompt_mask"] = self._padded([torch.ones_like(each) for each in prompts])
        new["advantages"] = batch["advantages"].new_zeros(size)
        new["advantages"][: len(replays)] = torch.tensor([each.advantage for _, each in replays])
        if "ref_per_token_logps" in new:
            new["ref_per_token_logps"] = self._reference(new)
        if not paper and "old_per_token_logps" in new:
            new["old_per_token_logps"] = self._logps(self.model, new)
        if not paper and "importance_sampling_ratio" in new:  # of an engine at another prompt
            new["importance_sampling_ratio"] = torch.ones_like(new["importance_sampling_ratio"])
        for name, value in new.items():
            both = [batch[name], value]
            if name in ("prompt_ids", "prompt_mask"):
                rows = [row for each in both for row in each]
                batch[name] = self._padded(rows, filler if name == "prompt_ids" else 0)
            else:
                batch[name] = torch.cat(both)

    def _padded(self, rows: Sequence[Tensor], value: Any = 0) -> Tensor:
        """Rows with padding before them, as TRL pads prompts."""
        multiple: Any = self.pad_to_multiple_of
        padded: Tensor = pad(list(rows), value, "left", multiple)
        return padded.to(self.accelerator.device)

    @torch.no_grad()
    def _logps(self, model: Any, rows: Mapping[str, Any]) -> Tensor:
        """The log-probabilities of completions, (N, T), without a gradient."""
        with disable_gradient_checkpointing(self.model, self.args.gradient_checkpointing_kwargs):
            logps: Tensor = self._get_per_token_logps_and_entropies(
                model,
                torch.cat([rows["prompt_ids"], rows["completion_ids"]], 1),
                torch.cat([rows["prompt_mask"], rows["completion_mask"]], 1),
                rows["completion_ids"].shape[1],
                batch_size=self.args.per_device_train_batch_size,
            )[0]
        return logps

    def _reference(self, rows: Mapping[str, Any]) -> Tensor:
        """The same under the model to stay close to."""
        if self.ref_model is not None:
            return self._logps(self.ref_model, rows)
        model = self.accelerator.unwrap_model(self.model)
        with use_adapter(model, adapter_name="ref" if "ref" in model.peft_config else None):
            return self._logps(self.model, rows)

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Tensor:
        loss: Any = super()._compute_loss(model, inputs)  # type: ignore[no-untyped-call]
        scaled: Tensor = loss * inputs.get("loss_scale", 1.0)
        return scaled
