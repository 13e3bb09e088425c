"""The HTML report of files that other runs have written."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hir_data.errors import RecordError, UnverifiedError
from hir_data.formats.atomic import replacing, writing
from hir_data.replays.dataset import MANIFEST, read_manifest, read_samples
from hir_data.replays.verifications import is_unverified, read_verifications
from hir_data.report.answers import side_by_side
from hir_data.report.page import page
from hir_data.report.page_data import paired, replayed, verified
from hir_data.report.training_folders import is_loop, is_training
from hir_data.report.training_page import looped, trained
from hir_data.schemas.rejected import Rejected


def write_report(
    inputs: Sequence[str],
    output: Path,
    *,
    title: str | None = None,
    records: int = 10_000,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
) -> int:
    """Write one HTML file about verifications, data sets of replay, loops and trainings.

    Args:
        inputs: files that verify has written, and folders that replay, loop or train have written.
        output: the file to write; it is whole or as it was.
        title: of the page. Default: what it is of.
        records: how many responses of a file, and replays of a data set, are shown at most.
        on_rejected: is called with each record that is no verification.

    Returns:
        How many records were rejected.

    Raises:
        UnverifiedError: a file has records without verdicts alone.
        RecordError: an input cannot be read, or has nothing to show.
        OutputError: the file cannot be written.
    """
    files, sets, trainings = [], [], []
    names = _short(inputs)
    for source, name in zip(inputs, names, strict=True):
        if (Path(source) / MANIFEST).is_file():
            folder = Path(source)
            sets.append(replayed(name, read_manifest(folder), read_samples(folder), records))
            continue
        if is_loop(Path(source)):
            trainings.append(looped(name, Path(source), records, on_rejected))
            continue
        if is_training(Path(source)):
            trainings.append(trained(name, Path(source)))
            continue
        unverified = Counter[bool]()

        def see(rejected: Rejected, kinds: Counter[bool] = unverified) -> None:
            kinds[is_unverified(rejected)] += 1
            on_rejected(rejected)

        found = verified(name, read_verifications(source), records, see)
        if not found["figures"]["verified"]:
            if unverified.keys() == {True}:
                raise UnverifiedError(source)
            raise RecordError("has no verification that can be read", source)
        files.append(found)
    data: dict[str, Any] = {
        "verified": [
            {"name": file["name"], "prompts": len(file["prompts"]), "figures": file["figures"]}
            for file in files
        ],
        "responses": side_by_side([file["name"] for file in files], [file["answers"] for file in files]),
        "paired": paired(files),
        "replayed": sets,
        "trained": trainings,
    }
    with writing(str(output)):
        output.parent.mkdir(parents=True, exist_ok=True)
        with replacing(output) as temporary:
            temporary.write_text(page(data, title or _title(names)), encoding="utf-8")
    shown = [file["figures"] for file in files] + [each["answers"] for each in trainings if each["loop"]]
    return sum(figures["rejected"] for figures in shown)


def _title(names: Sequence[str]) -> str:
    """What the page is of, in a few names."""
    more = [f"{len(names) - 3} more"] if len(names) > 4 else []
    *others, last = [*(names[:3] if more else names), *more]
    return f"Report of {', '.join(others)} and {last}" if others else f"Report of {last}"


def _short(inputs: Sequence[str]) -> list[str]:
    """The ends of paths, as short as tells them apart."""
    paths = [Path(source).absolute().parts for source in inputs]
    for length in range(1, max(map(len, paths), default=1)):
        names = ["/".join(parts[-length:]) for parts in paths]
        if len(set(names)) == len(names):
            return names
    return list(inputs)
