"""Plain questions, of which instructions are composed."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Seed(NamedTuple):
    """A question without constraints.

    Attributes:
        question: what is asked.
        metadata: what else its record said, its ``id`` among it.
    """

    question: str
    metadata: Mapping[str, Any] = {}
