"""What is compared: ways to learn from the same number of rollouts, as tables of ``hir-data loop``."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Point = Mapping[str, Any]
"""Values of what is tuned: options of the trainer."""


class Arm(NamedTuple):
    """A way to learn.

    Attributes:
        name: what it is called in commands and files.
        title: what it is called in tables.
        replay: the table ``replay`` of its loop.
        train: the table ``train`` of its loop, without what is tuned.
        tuned_as: the arm whose choice it takes over; its own if empty.
    """

    name: str
    title: str
    replay: Mapping[str, Any]
    train: Mapping[str, Any]
    tuned_as: str = ""


_AS_IN_THE_PAPER = {"advantage": "reinforce++", "statistics": "all", "replay_weight": 1.0}
_NO_REPLAYS = {"k": 0}

MAIN = (
    Arm("cla", "CLA reward", _NO_REPLAYS, {"reward": "cla", **_AS_IN_THE_PAPER}),
    Arm("ours", "our defaults", {}, {}),
    Arm(
        "paper",
        "HiR as in the paper",
        {
            "select": "paper",
            "k": 2,
            "relabel": "drop",
            "min_bits": 0,
            "background": 0,
            "guards": "none",
        },
        {"reward": "ila", "old_logprobs": "paper", **_AS_IN_THE_PAPER},
    ),
    Arm("ila", "ILA reward", _NO_REPLAYS, {"reward": "ila", **_AS_IN_THE_PAPER}),
)
"""Those that are tuned, each over as many points as any; the two that the claim is about come first."""

PARTS = (
    Arm("no-replays", "our defaults without replays", _NO_REPLAYS, {}, tuned_as="ours"),
    Arm("drop", "our defaults, --relabel drop", {"relabel": "drop"}, {}, tuned_as="ours"),
    Arm("no-guards", "our defaults, --guards none", {"guards": "none"}, {}, tuned_as="ours"),
)
"""Our defaults without one of their parts, at the values chosen for our defaults."""

ARMS = {arm.name: arm for arm in (*MAIN, *PARTS)}


def first_points(rates: Sequence[float]) -> list[Point]:
    """Every rate of learning."""
    return [{"learning_rate": rate} for rate in rates]


def further_points(best: Point, epochs: Sequence[float]) -> list[Point]:
    """The best of the first points with more passes over the same rollouts."""
    return [{**best, "epochs": each} for each in epochs]


def label(point: Point) -> str:
    """A point in words that can name a file, such as ``learning_rate=0.0005,epochs=2``."""
    return ",".join(f"{name}={value:g}" for name, value in point.items())
