"""What the site shows of the API: no roles in docstrings, no private names as defaults."""

import importlib
import re
from operator import attrgetter
from typing import Any

import griffe

ROLE = re.compile(r":\w+:`~?([^`]+)`")
"""Such as ``:class:`Rollout```; it is shown as code."""


class Roles(griffe.Extension):
    """An extension of griffe, which reads the docstrings."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of one object."""
        if obj.docstring:
            obj.docstring.value = ROLE.sub(r"`\1`", obj.docstring.value)

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Give the values of defaults that a private name stands for."""
        for parameter in func.parameters:
            if re.fullmatch(r"_[\w.]+", name := str(parameter.default)):
                module = importlib.import_module(func.module.path)
                parameter.default = repr(attrgetter(name)(module))
