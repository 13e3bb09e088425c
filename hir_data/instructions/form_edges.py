"""What documents of a form such as JSON begin and end with."""

import re
from typing import Literal

from hir_data.schemas.claims import Boundary

# What JSON begins and ends with, in a code fence or not; NaN and Infinity are JSON to Python.
_JSON_STARTS = tuple('{["-0123456789tfni`~')
_JSON_ENDS = tuple('}]"0123456789elyn`~')
_MARKUP = {"xml": r"^\s*<|>\s*$", "yaml": r":|^\s*[-\[{]", "toml": r"=|^\s*\[", "csv": ","}


def may_be_json(text: str, at: Literal["start", "end"]) -> bool:
    """Whether JSON may start, or end, with a text."""
    text = text.lower()
    return text.startswith(_JSON_STARTS) if at == "start" else text.endswith(_JSON_ENDS)


def is_markup(edge: Boundary, form: str) -> bool:
    """Whether it is of the form's own signs, not the letters of "true" or what stands in a string."""
    if form != "json":
        return form in _MARKUP and re.search(_MARKUP[form], edge.text) is not None
    outermost = edge.text[:1] if edge.at == "start" else edge.text[-1:]
    return not outermost.isalpha() and may_be_json(edge.text, edge.at)
