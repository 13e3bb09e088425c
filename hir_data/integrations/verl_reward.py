"""The file that verl loads by its path: ``reward.custom_reward_function.path=.../verl_reward.py``."""

from hir_data.rewards import compute_score

__all__ = ["compute_score"]
