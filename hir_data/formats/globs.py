"""Names of files and folders that stand for several."""

import glob
from collections.abc import Callable, Iterable
from pathlib import Path

from hir_data.errors import RecordError


def _nothing(path: Path) -> bool:
    return False


def expanded(sources: Iterable[str], but: Callable[[Path], bool] = _nothing) -> list[str]:
    """The sources, patterns such as ``replayed-*`` replaced by what they match, in the order of the names.

    What is there under just this name is no pattern.

    Args:
        sources: names and patterns.
        but: what no pattern stands for, such as the files that a run writes itself.

    Raises:
        RecordError: a pattern matches nothing, or a file or folder comes twice.
    """
    found: dict[str, str] = {}
    for source in sources:
        is_pattern = glob.has_magic(source) and not Path(source).exists()
        matches = [source]
        if is_pattern:
            there = glob.glob(source)  # noqa: PTH207  # Path.glob refuses absolute patterns
            matches = sorted(match for match in there if not but(Path(match)))
        if not matches:
            raise RecordError("matches no file and no folder", source)
        for match in matches:
            known = str(Path(match).resolve())
            if known in found:
                raise RecordError(f"is given twice, as {found[known]} too", match)
            found[known] = match
    return list(found.values())
