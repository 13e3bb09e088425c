"""Log-probabilities under the starting model, kept on disk so that an interrupted run goes on with them."""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from hir_data.errors import OutputError
from hir_data.formats.atomic import replacing
from hir_data.training.rows import TrainingRow


def write_logprobs(
    path: Path, reference: Sequence[Tensor], old: Sequence[Tensor], teacher: Sequence[Tensor] = ()
) -> None:
    """Write the log-probabilities of all rows."""
    tensors = {"reference": torch.cat(list(reference)), "old": torch.cat(list(old))}
    if any(map(len, teacher)):
        tensors["teacher"] = torch.cat(list(teacher))
    with replacing(path) as temporary:
        temporary.write_bytes(
            save(tensors)
        )  # save_file has a temporary file of its own, which a kill would leave


def read_logprobs(path: Path, rows: Sequence[TrainingRow]) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """The log-probabilities of all rows: the reference, the old ones, and those given feedback.

    Raises:
        OutputError: they are not there, or are not those of these rows.
    """
    lengths = [len(row.response) for row in rows]
    try:
        found = load_file(path)
        taught = [
            length if row.teacher_prompt is not None else 0 for row, length in zip(rows, lengths, strict=True)
        ]
        teacher = found["teacher"] if any(taught) else torch.zeros(0)
        reference, old = found["reference"].split(lengths), found["old"].split(lengths)
        return list(reference), list(old), list(teacher.split(taught))
    except (OSError, SafetensorError, RuntimeError, KeyError) as error:
        raise OutputError(f"{path}: the run cannot be resumed without it: {error}") from None
