"""Float32 copies of parameters that are held in bfloat16: what the optimizer works on.

A parameter in bfloat16 has 8 bits of precision, so that an update of less than a 256th of it is lost. The
optimizer therefore has float32 copies (master weights) with a state in float32; after each update the
parameters are what the copies round to.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor
from torch.nn import Parameter
from torch.optim import Optimizer

from hir_data.errors import OutputError
from hir_data.formats.atomic import replacing

MASTERS = "master_weights.safetensors"
"""The file of a checkpoint that has them."""


class MasterWeights:
    """The float32 copies of the trained parameters of a model, which are bfloat16 from here on.

    Args:
        model: whose trained parameters are float32, as they were loaded; their memory becomes the copies.
        optimizer: of these parameters; it has the copies from here on.
    """

    def __init__(self, model: torch.nn.Module, optimizer: Optimizer) -> None:
        self._parameters = {name: each for name, each in model.named_parameters() if each.requires_grad}
        self._masters = {name: Parameter(each.data) for name, each in self._parameters.items()}
        names = {each: name for name, each in self._parameters.items()}
        for group in optimizer.param_groups:
            for place, each in enumerate(group["params"]):
                master = self._masters[names[each]]
                group["params"][place] = master
                if each in optimizer.state:  # of optimizers that make it at once
                    optimizer.state[master] = optimizer.state.pop(each)
        self._round()
        optimizer.register_step_pre_hook(self._take_gradients)
        optimizer.register_step_post_hook(self._update)

    def write(self, folder: Path) -> None:
        """Write the copies into the folder of a checkpoint."""
        tensors = {name: each.detach().contiguous() for name, each in self._masters.items()}
        with replacing(folder / MASTERS) as temporary:
            temporary.write_bytes(save(tensors))

    def read(self, folder: Path) -> None:
        """Read the copies from the folder of a checkpoint, into the parameters too.

        Raises:
            OutputError: they are not there, or are those of another model.
        """
        path = folder / MASTERS
        try:
            found = load_file(path)
            for name, master in self._masters.items():
                master.data.copy_(found[name])
        except (OSError, SafetensorError, RuntimeError, KeyError) as error:
            raise OutputError(f"{path}: the run cannot be resumed without it: {error}") from None
        self._round()

    def restore(self) -> None:
        """Make the copies the parameters of the model, which are float32 again."""
        for name, parameter in self._parameters.items():
            parameter.grad = None
            parameter.data = self._masters[name].data

    @torch.no_grad()
    def _round(self) -> None:
        for name, parameter in self._parameters.items():
            rounded = self._masters[name].data.to(torch.bfloat16)
            if parameter.dtype == torch.bfloat16:
                parameter.data.copy_(rounded)  # in the memory that others may have noted
            else:
                parameter.data = rounded

    def _take_gradients(self, *_: Any) -> None:
        """Give the copies the gradients of the parameters, one by one: both are there of one at a time."""
        for name, parameter in self._parameters.items():
            gradient: Tensor | None = parameter.grad
            parameter.grad = None
            self._masters[name].grad = None if gradient is None else gradient.float()

    def _update(self, *_: Any) -> None:
        for master in self._masters.values():
            master.grad = None
        self._round()
