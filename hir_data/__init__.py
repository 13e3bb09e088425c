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

import ast
import importlib
from pathlib import Path
from typing import Any

from hir_data.version import __version__ as __version__

# Every public name stands once, in the stub beside this file: type checkers read it there, and so do we. A
# name is imported when it is first asked for (PEP 562), so that the command line starts fast.
_STUB = ast.parse(Path(__file__).with_suffix(".pyi").read_bytes())
_IMPORTS = [node for node in _STUB.body if isinstance(node, ast.ImportFrom)]
_HOME_OF = {
    alias.name: f"{node.module}" for node in _IMPORTS for alias in node.names if alias.name != "__version__"
}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(_HOME_OF[name])
    if not hasattr(home, name):  # a module that is public as such
        importlib.import_module(f"{home.__name__}.{name}")
    globals()[name] = value = getattr(home, name)
    return value


def __dir__() -> list[str]:
    return __all__
