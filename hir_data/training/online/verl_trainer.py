"""The synchronous trainer of verl with replays in each update.

verl imports this module where ``VERL_USE_EXTERNAL_MODULES`` of the environment names it, and takes the
trainer with ``trainer.v1.trainer_mode=hir_replay``.
"""

from typing import Any

import transfer_queue as tq
from verl.trainer.ppo.v1 import PPOTrainerSync, register_trainer
from verl.utils.tensordict_utils import list_of_dict_to_tensordict

from hir_data.errors import TrainingError
from hir_data.training.online.batch import COUNTED, BatchReplayer
from hir_data.training.online.verl import ESTIMATOR, REPLAY, ReplaySettings, register, replay_rows

register()


@register_trainer(ESTIMATOR)
class ReplayPPOTrainer(PPOTrainerSync):
    """Adds the replays of a batch to it, after its rewards and before old log-probabilities are computed.

    Its configuration says how replays are made, as
    :meth:`hir_data.training.online.verl.ReplaySettings.of` reads it.

    Raises:
        RecordError: one of our settings is none.
        TrainingError: another estimator is chosen, or engine log-probabilities are corrected for, of which
            replays have none; or a setting does not go with verl.
    """

    def __init__(self, config: Any) -> None:
        if config.algorithm.adv_estimator != ESTIMATOR:
            raise TrainingError(f"trainer_mode={ESTIMATOR} needs algorithm.adv_estimator={ESTIMATOR}")
        if config.algorithm.get("rollout_correction"):
            raise TrainingError("algorithm.rollout_correction: no engine has drawn replays for their prompts")
        self._replayer = BatchReplayer(ReplaySettings.of(config.algorithm).replay)
        super().__init__(config)

    def _balance_batch(self, batch: Any, metrics: dict[str, Any], *more: Any, **options: Any) -> Any:
        return super()._balance_batch(self._with_replays(batch, metrics), metrics, *more, **options)

    def _with_replays(self, batch: Any, metrics: dict[str, Any]) -> Any:
        stored = tq.kv_batch_get(keys=batch.keys, partition_id=batch.partition_id)
        rows = [{name: each[name] for name in each.keys()} for each in stored]  # noqa: SIM118 of a TensorDict
        options = self.config.data.get("apply_chat_template_kwargs") or {}
        new, made = replay_rows(rows, self._replayer, self.tokenizer, template_options=options)
        metrics.update({f"replay/{name}": made.counts[name] for name in COUNTED})
        if not new:
            return batch
        keys, tags = [], []
        for row, place in zip(new, sorted(made.replays), strict=True):
            uid, session, index = batch.keys[place].rsplit("_", 2)
            keys.append(f"{uid}{REPLAY}_{session}_{index}")
            lengths = {"prompt_len": len(row["prompts"]), "seq_len": len(row["input_ids"])}
            tags.append(dict(batch.tags[place]) | lengths)
        fields = list_of_dict_to_tensordict(new)
        tq.kv_batch_put(keys=keys, partition_id=batch.partition_id, fields=fields, tags=tags)
        return type(batch)(
            partition_id=batch.partition_id,
            keys=[*batch.keys, *keys],
            tags=[*batch.tags, *tags],
            fields=batch.fields,
            extra_info=batch.extra_info,
        )
