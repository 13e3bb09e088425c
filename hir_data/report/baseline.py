"""A run beside an earlier one: whether a kind, ILA or CLA got significantly worse."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hir_data.report.prompt_shares import Z95
from hir_data.report.significance import effective_trials, holm, paired_p_value, two_proportion_p_value
from hir_data.schemas.result import Verification

ACCURACIES = ("ila_strict", "cla_strict")
"""What is compared besides the kinds."""


@dataclass(slots=True)
class Outcomes:
    """How often ILA, all constraints and those of each kind are satisfied, strictly.

    Attributes:
        trials: by name of the measure, how many there are and how many are satisfied.
        prompts: the same for each prompt; empty where only a summary is known.
    """

    trials: dict[str, tuple[float, float]] = field(default_factory=dict)
    prompts: dict[str, dict[bytes, list[int]]] = field(default_factory=dict)

    @classmethod
    def of_verifications(cls, verifications: Iterable[Verification]) -> "Outcomes":
        """Count verifications, prompt by prompt."""
        prompts: dict[str, dict[bytes, list[int]]] = {}
        for each in verifications:
            key = _key(each)
            hits = [result.strict.satisfied is True for result in each.results]
            counted = [("ila_strict", each.ila), *(("cla_strict", hit) for hit in hits)]
            kinds = (result.constraint.kind for result in each.results)
            for name, hit in [*counted, *zip(kinds, hits, strict=True)]:
                counts = prompts.setdefault(name, {}).setdefault(key, [0, 0])
                counts[0] += 1
                counts[1] += hit
        return cls({name: _sums(of.values()) for name, of in prompts.items()}, prompts)

    @classmethod
    def of_summary(cls, summary: Mapping[str, Any]) -> "Outcomes":
        """What the summary of a verification says of them.

        ILA and CLA count as many trials as their intervals are of: responses of one prompt go together.
        """
        trials = {
            kind: (each["constraints"], each["strict"])
            for kind, each in summary["kinds"].items()
            if each["constraints"]
        }
        for name in ACCURACIES:
            if share := summary[name]:
                number = effective_trials(share["value"], share["low"], share["high"], Z95)
                trials[name] = (number, number * share["value"])
        return cls(trials)


def _key(verification: Verification) -> bytes:
    """What tells a prompt, with its key, from any other."""
    instruction = verification.rollout.instruction
    text = f"{'' if instruction.id is None else instruction.id}\n{instruction.conversation_key}"
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=12).digest()


def compared(before: Outcomes, after: Outcomes, significance: float) -> dict[str, Any]:
    """What became of each measure, and which got significantly worse.

    Where both have a measure prompt by prompt, and at least half of the prompts of the smaller are in both,
    the prompts that both have are compared in pairs; else the two shares are.

    Args:
        before: of the earlier run.
        after: of this one.
        significance: the probability, at most, that anything is called worse by chance.
    """
    names = sorted(before.trials.keys() & after.trials.keys(), key=_accuracies_first)
    measures = {name: _compared(name, before, after) for name in names}
    adjusted = holm({name: each["p_value"] for name, each in measures.items()})
    for name, each in measures.items():
        each["p_adjusted"] = round(adjusted[name], 6)
        each["p_value"] = round(each["p_value"], 6)
        each["worse"] = adjusted[name] < significance
    return {
        "significance": significance,
        "correction": "holm",
        "measures": measures,
        "worse": [name for name, each in measures.items() if each["worse"]],
        "only_before": sorted(before.trials.keys() - after.trials.keys()),
        "only_after": sorted(after.trials.keys() - before.trials.keys()),
    }


def _accuracies_first(name: str) -> tuple[bool, str]:
    return name not in ACCURACIES, "" if name == ACCURACIES[0] else name


def _compared(name: str, before: Outcomes, after: Outcomes) -> dict[str, Any]:
    old, new = before.prompts.get(name, {}), after.prompts.get(name, {})
    shared = sorted(old.keys() & new.keys())
    if shared and 2 * len(shared) >= min(len(old), len(new)):
        was, became = _sums(old[key] for key in shared), _sums(new[key] for key in shared)
        p_value = paired_p_value([_share(*new[key]) - _share(*old[key]) for key in shared])
        return {"method": "paired", "prompts": len(shared), **_shares(was, became), "p_value": p_value}
    was, became = before.trials[name], after.trials[name]
    return {
        "method": "two-proportion",
        **_shares(was, became),
        "p_value": two_proportion_p_value(was, became),
    }


def _sums(counts: Iterable[list[int]]) -> tuple[float, float]:
    number = satisfied = 0
    for n, s in counts:
        number, satisfied = number + n, satisfied + s
    return number, satisfied


def _share(number: float, satisfied: float) -> float:
    return satisfied / number


def _shares(was: tuple[float, float], became: tuple[float, float]) -> dict[str, float]:
    return {"before": round(_share(*was), 6), "after": round(_share(*became), 6)}
