"""What is compared: ways to learn from the same responses, and the points that each of them is tuned over."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Self

from hir_data.replays.config import ReplayConfig
from hir_data.training.settings import TrainConfig


class Arm(NamedTuple):
    """A way to learn.

    Attributes:
        name: what it is called in commands and files.
        title: what it is called in tables.
        replays: how replays are made; None for none.
        train: what is learnt from responses and replays.
        alternatives: two other values of what else matters to this arm, tried once rate and KL are chosen.
        rate: of learning.
        epochs: how often each row is learnt from.
        kl_in: where the KL divergence that ``train.kl`` weighs is: in the ``loss``, from the policy that drew
            the responses; or in the ``reward`` of each token, from the first policy.
        skip_equal: whether groups with equal rewards are left out.
        by_pmi: which replays are learnt from, by the pointwise mutual information of the response with the
            instruction that the replay has in place of its source's: the ``positive``, the ``best-two`` of
            each prompt, or all of them if empty.
        tuned_as: the arm whose choice this one takes over; its own if empty.
        fixed: values that it has whatever the point says.
        longer: how many times as many steps as others it learns for.
    """

    name: str
    title: str
    replays: ReplayConfig | None
    train: TrainConfig
    alternatives: tuple[dict[str, Any], ...] = ()
    rate: float = 1e-3
    epochs: int = 1
    kl_in: Literal["loss", "reward"] = "loss"
    skip_equal: bool = False
    by_pmi: Literal["", "positive", "best-two"] = ""
    tuned_as: str = ""
    fixed: Mapping[str, Any] = MappingProxyType({})
    longer: int = 1

    def at(self, point: Mapping[str, Any]) -> Self:
        """The arm with other values: of ``rate``, ``epochs``, ``k``, and any option of the trainer."""
        point = {**point, **self.fixed}
        own = {name: point[name] for name in ("rate", "epochs") if name in point}
        of_replays = {name: point[name] for name in ("k",) if name in point}
        of_trainer = {name: value for name, value in point.items() if name not in own | of_replays}
        if of_replays and self.replays is not None:
            own["replays"] = self.replays.model_copy(update=of_replays)
        return self._replace(train=self.train.model_copy(update=of_trainer), **own)


def _train(**given: Any) -> TrainConfig:
    return TrainConfig(**given)


def _replays(**given: Any) -> ReplayConfig:
    """The defaults of ``hir-data replay`` without guards, which know refusals and echoes in English only."""
    return ReplayConfig(**{"guards": "none"} | given)


_AS_IN_THE_PAPER = {"advantage": "reinforce++", "statistics": "all", "replay_weight": 1.0}
_LONGER = ({"epochs": 2}, {"epochs": 3})
_REPLAYS = ({"replay_weight": 1.0}, {"epochs": 2})

CLAIM = (
    Arm("cla", "CLA reward", None, _train(reward="cla", **_AS_IN_THE_PAPER), _LONGER),
    Arm(
        "paper",
        "HiR as in the paper",
        _replays(select="paper", k=2, relabel="drop", min_bits=0, background=0),
        _train(reward="ila", old_logprobs="paper", **_AS_IN_THE_PAPER),
        ({"k": 1}, {"epochs": 2}),
        kl_in="reward",
    ),
    Arm("no-replays", "our defaults without replays", None, _train(), _LONGER),
    Arm("ours", "our defaults", _replays(), _train(), _REPLAYS),
)
"""Those that the claim is about; they are tuned and run first."""

RIVALS = (
    Arm("ila", "ILA reward", None, _train(reward="ila", **_AS_IN_THE_PAPER), _LONGER),
    Arm("degree", "degree reward", None, _train(reward="degree"), _LONGER),
    Arm(
        "grpo",
        "GRPO, groups of equal reward skipped",
        None,
        _train(reward="cla", advantage="grpo"),
        ({"reward": "ila"}, {"epochs": 2}),
        skip_equal=True,
    ),
    Arm("drop", "HiR with informative drop", _replays(relabel="drop"), _train(), _REPLAYS),
)
"""The others that are tuned, each over as many points as any."""

MAIN = (*CLAIM, *RIVALS)

PARTS = tuple(
    Arm(name, f"our defaults, {options}", replays, train, tuned_as="ours", fixed=MappingProxyType(fixed))
    for name, options, replays, train, fixed in (
        ("no-flips", "--relabel nearest", _replays(relabel="nearest"), _train(), {}),
        ("no-bits", "--min-bits 0 --background 0", _replays(min_bits=0, background=0), _train(), {}),
        ("weight-1", "--replay-weight 1", _replays(), _train(), {"replay_weight": 1.0}),
        ("two", "-k 2", _replays(k=2), _train(), {}),
        ("ila-reward", "--reward ila", _replays(), _train(reward="ila"), {}),
        ("imitation", "--loss sft", _replays(), _train(loss="sft"), {}),
        ("paper-ratio", "--old-logprobs paper", _replays(), _train(old_logprobs="paper"), {}),
    )
)
"""Our defaults without one of their parts each, at the values chosen for our defaults."""

CHOSEN = tuple(
    Arm(name, f"our defaults, {what}", _replays(), _train(), tuned_as="ours", by_pmi=which)
    for name, what, which in (
        ("pmi", "replays of positive PMI alone", "positive"),
        ("pmi-two", "two replays a prompt by PMI", "best-two"),
    )
)
"""Our defaults with replays chosen by what the policy itself says of them, at the values of our defaults."""

LONGER = tuple(
    arm._replace(
        name=f"{arm.name}-4",
        title=f"{arm.title}, four times the rollouts",
        alternatives=(),
        tuned_as=arm.name,
        longer=4,
    )
    for arm in CLAIM
    if arm.name in ("cla", "no-replays")
)
"""Rivals that train on as many tokens as our defaults do, at the values chosen for them at equal rollouts."""

ARMS = {arm.name: arm for arm in (*MAIN, *LONGER, *PARTS, *CHOSEN)}

RATES = (1e-3, 2e-3, 4e-3)
KLS = {"loss": (0.0, 0.02), "reward": (0.001, 0.02)}


def first_points(arm: Arm) -> list[dict[str, Any]]:
    """Every rate with every weight of KL."""
    return [{"rate": rate, "kl": weight} for rate in RATES for weight in KLS[arm.kl_in]]


def further_points(arm: Arm, best: dict[str, Any]) -> list[dict[str, Any]]:
    """The best of the first points with each of the arm's alternatives."""
    return [best | other for other in arm.alternatives]
