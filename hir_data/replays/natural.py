"""Whether people would ask for what a violated constraint could become."""

import re

from hir_data.replays.traces import words_of
from hir_data.schemas.claims import Boundary, Language
from hir_data.schemas.constraint import Constraint
from hir_data.text.text import Text

_GUESSED_WORDS = 30  # below which the language of a text is a guess


def is_guessed(constraint: Constraint, text: Text) -> bool:
    """Whether the verdict rests on the language of a short text, which is a guess."""
    return len(text.pieces) < _GUESSED_WORDS and any(
        isinstance(claim, Language) for claim in constraint.claims()
    )


_FINISHED = re.compile(r"[.!?…。！？][\"'”’)\]*_]*\Z")
_LONGEST = 300  # characters of a relabelled constraint; more is a text that the prompt has already
_UNENDED = frozenset(
    "a an the of and or to with for from by in on at as is are was were be that which your our their "
    "its his her "
    "my into than because if but will would can could should this these those it we you i he she they "
    "not no".split()
)


def is_natural(new: Constraint, old: Constraint, text: Text) -> bool:
    """Whether people would ask for it: phrases end where sentences do, and start what can be said alone."""
    if len(new.describe()) > _LONGEST:
        return False
    known = {claim.text.lower() for claim in old.claims() if isinstance(claim, Boundary)}
    for claim in new.claims():
        if not isinstance(claim, Boundary) or claim.text.lower() in known or not claim.text.strip():
            continue
        words = words_of(claim.text)
        if claim.at == "end":
            if len(words) > 1 and not _FINISHED.search(text.stripped):
                return False
        elif len(words) > 1 and words[-1] in _UNENDED:
            return False
    return True
