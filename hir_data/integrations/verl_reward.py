"""The old place of verl's reward function, until 0.2: it is ``hir_data/rewards/verl.py`` now."""

import warnings

from hir_data.rewards.verl import compute_score

__all__ = ["compute_score"]

warnings.warn(
    "hir_data.integrations.verl_reward is hir_data.rewards.verl now; the old name goes with 0.2",
    DeprecationWarning,
    stacklevel=2,
)
