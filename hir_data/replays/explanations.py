"""The explanations of candidates as text, which is kept while some of the candidates are chosen.

To find one takes longer than all else that is done for a failure; so what the first reading has found is not
looked for again in the second.
"""

from pydantic_core import from_json, to_json

from hir_data.replays.explanation import Explanation
from hir_data.schemas import registry
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change


def packed(explanation: Explanation) -> str:
    """An explanation without the instruction that it is of; nothing where it cannot be kept."""
    changes = [
        (change.fate, None if change.fate == "kept" else change.became) for change in explanation.changes
    ]
    try:
        return to_json((changes, *explanation[1:])).decode()
    except Exception:  # whatever the parameters of a plugin may be
        return ""


def unpacked(kept: str, instruction: Instruction) -> Explanation | None:
    """What :func:`packed` was given; None where that could not be kept.

    Args:
        kept: what it gave.
        instruction: that of the source.
    """
    if not kept:
        return None
    try:
        changes, bits, *figures = from_json(kept)
        return Explanation(
            tuple(
                Change(
                    fate=fate,
                    constraint=constraint,
                    became=constraint if fate == "kept" else became and registry.parse(became),
                )
                for (fate, became), constraint in zip(changes, instruction.constraints, strict=True)
            ),
            tuple(bits),
            *figures,
        )
    except Exception:  # a parameter of a plugin that cannot be restored
        return None
