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


def write_logprobs(path: Path, reference: Sequence[Tensor], old: Sequence[Tensor]) -> None:
    """Write the log-probabilities of all rows."""
    tensors = {"reference": torch.cat(list(reference)), "old": torch.cat(list(old))}
    with replacing(path) as temporary:
        temporary.write_bytes(
            save(tensors)
        )  # save_file has a temporary file of its own, which a kill would leave


def read_logprobs(path: Path, rows: Sequence[TrainingRow]) -> tuple[list[Tensor], list[Tensor]]:
    """The log-probabilities of all rows: the reference, and the old ones.

    Raises:
        OutputError: they are not there, or are not those of these rows.
    """
    lengths = [len(row.response) for row in rows]
    try:
        found = load_file(path)
        return list(found["reference"].split(lengths)), list(found["old"].split(lengths))
    except (OSError, SafetensorError, RuntimeError, KeyError) as error:
        raise OutputError(f"{path}: the run cannot be resumed without it: {error}") from None
