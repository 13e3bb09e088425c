"""Which values each arm is run with: the same procedure, over as many points, for all of them.

First every rate of learning is tried with every weight of KL; then the best of these with each of two
alternatives of what else matters to the arm. The highest mean ILA on the development seeds decides, then the
highest CLA. A choice that is written is never made again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.hir_mini.arms import Arm, first_points, further_points
from benchmarks.hir_mini.starts import Setting
from benchmarks.hir_mini.work import Look, Piece, label, mean, replace

Looks = Mapping[tuple[str, ...], Sequence[Look]]
Choices = dict[str, dict[str, dict[str, Any]]]
"""By setting and arm: the point that was chosen, and what all points came to."""


def read(folder: Path) -> Choices:
    """The choices that were made."""
    file = folder / "chosen.json"
    return json.loads(file.read_text()) if file.exists() else {}


def freeze(
    folder: Path, setting: Setting, arms: Sequence[Arm], seeds: Sequence[int], looks: Looks
) -> set[str]:
    """Write the choice for those of the arms whose points are all known; the arms that have one."""
    choices = read(folder)
    of_setting = choices.setdefault(str(setting), {})
    for arm in arms:
        if arm.tuned_as or arm.name in of_setting or pieces(setting, arm, seeds, looks):
            continue
        first = first_points(arm)
        points = [*first, *further_points(arm, best(setting, arm, first, seeds, looks))]
        scores = {label(point): _score(setting, arm, point, seeds, looks) for point in points}
        of_setting[arm.name] = {
            "point": best(setting, arm, points, seeds, looks),
            "seeds": list(seeds),
            "scores": {name: {"ila": ila, "cla": cla} for name, (ila, cla) in scores.items()},
        }
        replace(folder / "chosen.json", json.dumps(dict(sorted(choices.items())), indent=1) + "\n")
    return set(of_setting)


def pieces(setting: Setting, arm: Arm, seeds: Sequence[int], looks: Looks) -> list[Piece]:
    """What is still to be done before a choice can be made, as far as that is known by now."""
    return _missing(setting, arm, first_points(arm), seeds, looks) or _missing(
        setting, arm, further_points(arm, best(setting, arm, first_points(arm), seeds, looks)), seeds, looks
    )


def best(
    setting: Setting, arm: Arm, points: Sequence[dict[str, Any]], seeds: Sequence[int], looks: Looks
) -> dict[str, Any]:
    """The point with the highest score; the first one where scores are equal."""
    return max(points, key=lambda point: _score(setting, arm, point, seeds, looks))


def _score(
    setting: Setting, arm: Arm, point: dict[str, Any], seeds: Sequence[int], looks: Looks
) -> tuple[float, float]:
    """Where the point ends on the mean: its ILA, then its CLA."""
    ends = [looks[piece.key][-1] for piece in _each(setting, arm, [point], seeds)]
    return round(mean(end.ila for end in ends), 5), round(mean(end.cla for end in ends), 5)


def _missing(
    setting: Setting, arm: Arm, points: Sequence[dict[str, Any]], seeds: Sequence[int], looks: Looks
) -> list[Piece]:
    return [piece for piece in _each(setting, arm, points, seeds) if piece.key not in looks]


def _each(
    setting: Setting, arm: Arm, points: Sequence[dict[str, Any]], seeds: Sequence[int]
) -> Iterator[Piece]:
    return (Piece(setting, "tune", arm.name, point, seed) for seed in seeds for point in points)
