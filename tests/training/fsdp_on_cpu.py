"""``python -m hir_data`` where FSDP also works on processors: accelerate takes it for GPUs alone.

For ``torchrun``: it shards a model among its processes as it would among GPUs.
"""

from typing import Any

from accelerate.state import AcceleratorState
from accelerate.utils import DistributedType

from hir_data.cli.main import run

_begin = AcceleratorState.__init__


def _begin_with_fsdp(self: AcceleratorState, *arguments: Any, **options: Any) -> None:
    _begin(self, *arguments, **options)
    plugin = options.get("fsdp_plugin") or self.__dict__.get("fsdp_plugin")  # each call begins from the start
    if plugin and self.distributed_type == DistributedType.MULTI_CPU:
        self.distributed_type, self.fsdp_plugin = DistributedType.FSDP, plugin


AcceleratorState.__init__ = _begin_with_fsdp

if __name__ == "__main__":
    run()
