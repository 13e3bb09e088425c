"""Verify language-model responses against typed constraints, and turn failures into training data.

>>> import hir_data as hir
>>> instruction = hir.Instruction(
...     prompt="Describe the sea in fewer than 8 words and without commas.",
...     constraints=[
...         {"kind": "length_constraints:number_words", "relation": "less than", "num_words": 8},
...         {"kind": "punctuation:no_comma"},
...     ],
... )
>>> for result in hir.verify([hir.Rollout(instruction=instruction, response="Blue, wide, restless.")]):
...     print(result.ila, result.cla, [r.strict.reason for r in result.results])
False 0.5 ['found 3 words, wanted less than 8', 'found 2 commas, wanted none']
"""

import importlib
from typing import TYPE_CHECKING, Any

from hir_data.version import __version__ as __version__

if TYPE_CHECKING:
    from hir_data.engine.checks import verify_one
    from hir_data.engine.judge import Judge, Question
    from hir_data.engine.verify import verify
    from hir_data.errors import (
        HirDataError,
        JudgeError,
        KindError,
        MissingExtraError,
        ModelError,
        OutputError,
        RecordError,
        UnknownKindError,
        WorkerError,
    )
    from hir_data.instructions.compose import Composed, compose
    from hir_data.instructions.conflicts import Conflict, conflicts
    from hir_data.instructions.questions import Seed
    from hir_data.models.openai_judge import OpenAIJudge
    from hir_data.replays.hindsight import in_hindsight
    from hir_data.rewards.score import reward
    from hir_data.rewards.trl import ConstraintReward
    from hir_data.schemas.constraint import Constraint, Example, Part, Verdict, check
    from hir_data.schemas.presentation import present
    from hir_data.schemas.registry import (
        AnyConstraint,
        json_schema,
        kinds,
        load_plugin,
        lookup,
        parse,
        register,
    )
    from hir_data.schemas.result import ConstraintResult, Verification
    from hir_data.schemas.rollout import Instruction, Rollout
    from hir_data.text.text import Text

_HOMES = {
    "hir_data.instructions.compose": ("Composed", "compose"),
    "hir_data.instructions.conflicts": ("Conflict", "conflicts"),
    "hir_data.engine.checks": ("verify_one",),
    "hir_data.engine.verify": ("verify",),
    "hir_data.errors": (
        "HirDataError",
        "JudgeError",
        "KindError",
        "MissingExtraError",
        "ModelError",
        "OutputError",
        "RecordError",
        "UnknownKindError",
        "WorkerError",
    ),
    "hir_data.instructions.questions": ("Seed",),
    "hir_data.schemas.presentation": ("present",),
    "hir_data.engine.judge": ("Judge", "Question"),
    "hir_data.models.openai_judge": ("OpenAIJudge",),
    "hir_data.replays.hindsight": ("in_hindsight",),
    "hir_data.rewards.score": ("reward",),
    "hir_data.rewards.trl": ("ConstraintReward",),
    "hir_data.schemas.constraint": ("Constraint", "Example", "Part", "Verdict", "check"),
    "hir_data.schemas.result": ("ConstraintResult", "Verification"),
    "hir_data.schemas.rollout": ("Instruction", "Rollout"),
    "hir_data.text.text": ("Text",),
    "hir_data.schemas.registry": (
        "AnyConstraint",
        "json_schema",
        "kinds",
        "load_plugin",
        "lookup",
        "parse",
        "register",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AnyConstraint",
    "Composed",
    "Conflict",
    "Constraint",
    "ConstraintResult",
    "ConstraintReward",
    "Example",
    "HirDataError",
    "Instruction",
    "Judge",
    "JudgeError",
    "KindError",
    "MissingExtraError",
    "ModelError",
    "OpenAIJudge",
    "OutputError",
    "Part",
    "Question",
    "RecordError",
    "Rollout",
    "Seed",
    "Text",
    "UnknownKindError",
    "Verdict",
    "Verification",
    "WorkerError",
    "check",
    "compose",
    "conflicts",
    "in_hindsight",
    "json_schema",
    "kinds",
    "load_plugin",
    "lookup",
    "parse",
    "present",
    "register",
    "reward",
    "verify",
    "verify_one",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562), so that the command line starts fast."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value = getattr(importlib.import_module(_HOME_OF[name]), name)
    return value


def __dir__() -> list[str]:
    return __all__
