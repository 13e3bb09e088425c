"""The guard that looks for English in a response that is to be in another language."""

import re

from hir_data.replays.fitness.answer import english_share, foreign_share
from hir_data.replays.fitness.attempt import GuardedResponse, leaves
from hir_data.schemas.claims import Language
from hir_data.text.excerpt import excerpt
from hir_data.text.quality.prose import MARKUP, plain

_LABEL = re.compile(
    r"(?m)^[\s*_#(>-]*(?:(?:english )?(?:translation|meaning)(?: (?:in|to|into) english)?|in "
    r"english)\b[^\n:]{0,30}[:*)]"
)
_LATIN_RUN = re.compile(r"[a-z][a-z'’]*(?:[ ,;\"“”-]+[a-z][a-z'’]*){5,}")
_ENGLISH_IN_OTHER_SCRIPT = 2  # usual English words in a run of Latin ones
_LINE = 6  # words
_ENGLISH_LINE = 0.25  # share of the words of a line, that usual ones of English are
_MANY_MORE = 2  # times as many as of the language of the rest


def mixed_language(attempt: GuardedResponse) -> str | None:
    """The response is to be in another language, and has a translation or other sentences in English."""
    codes = {
        claim.code
        for each in leaves(attempt.instruction.constraints)
        for claim in each.claims()
        if isinstance(claim, Language)
    }
    if not codes or "en" in codes:
        return None
    said = MARKUP.sub(" ", plain(attempt.text.raw))
    if label := _LABEL.search(said):
        return f"has a translation: {label.group().strip()!r}"
    for line in re.split(r"\n|(?<=[.!?।]) ", said):
        if (found := _english_part(line)) and found.strip() not in attempt.asked:
            return f"has English beside it: {excerpt(found.strip(), 60)!r}"
    return None


def _english_part(line: str) -> str | None:
    """What is English in a line; None where nothing is."""
    if foreign_share(line):
        run = _LATIN_RUN.search(line)
        return run.group() if run and english_share(run.group())[0] >= _ENGLISH_IN_OTHER_SCRIPT else None
    ours, theirs, number = english_share(line)
    is_english = number >= _LINE and ours >= _ENGLISH_LINE * number and ours >= _MANY_MORE * theirs + 1
    return line if is_english else None
