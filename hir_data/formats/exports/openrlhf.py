"""Prompts for OpenRLHF: ``--input_key input --label_key label --apply_chat_template``."""

from collections.abc import Iterable

from pydantic_core import to_json

from hir_data.formats.exports.rows import MESSAGES, Form, LeftOut, Rows, asked, distinct
from hir_data.formats.files import Sort
from hir_data.schemas.replay import ReplaySample

PROMPTS: dict[str, Sort] = {"id": "string", "input": MESSAGES, "label": "string"}


def prompts(samples: Iterable[ReplaySample], form: Form) -> Rows:
    """Each instruction once; the label holds its constraints, for a reward function."""
    for each in distinct(samples):
        if isinstance(each, LeftOut):
            yield each
        else:
            label = to_json({"constraints": each.instruction.constraints}).decode()
            yield {"id": each.id, "input": asked(each, form), "label": label}
