"""Properties that are computed once, without a lock that a fork could find held for ever."""

import functools
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property as cached_property  # noqa: TID251
else:

    class cached_property(functools.cached_property):  # noqa: TID251  # it stands where the original would
        """The one of functools as Python has it from 3.12 on.

        Python 3.11's takes a lock for all objects of a class. A process that is forked while another thread
        computes a value would wait for that lock without end. Without it, threads at worst compute a value
        twice, and all get the same object afterwards.
        """

        def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
            if instance is None:
                return self
            values = instance.__dict__
            if self.attrname not in values:
                return values.setdefault(self.attrname, self.func(instance))  # what came first stays
            return values[self.attrname]
