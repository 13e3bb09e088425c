"""The moments of training that the library tells of, passed on to our trainer."""

from typing import Any

import transformers


class TrainerMoments(transformers.TrainerCallback):
    """Calls the trainer at the moments that the library tells of."""

    def __init__(self, trainer: Any) -> None:
        self._trainer = trainer

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """The rows are measured under the starting model."""
        self._trainer.learn_from_start()

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """All gradients of a step are there."""
        self._trainer.before_update()

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """An update is done; training may end with it."""
        if self._trainer.after_update():
            control.should_training_stop = True
            control.should_save = args.save_strategy != "no"
        if control.should_training_stop:
            control.should_log = True  # of the last steps, however few

    def on_save(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """A checkpoint has been written."""
        self._trainer.after_save()
