"""Records that ``datasets`` reads: data sets of the Hugging Face Hub, and folders that it saved.

It comes with the extra ``hub``. Nothing else of hir-data needs it but pushing rows to the Hub.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from hir_data.errors import RecordError, needs_extra


def named_records(name: str, split: str | None) -> Iterator[dict[str, Any]]:
    """The records of a data set of the Hub, streamed.

    Raises:
        RecordError: it cannot be loaded, or has several splits and no such one.
        MissingExtraError: ``datasets`` is not installed.
    """
    import logging

    with needs_extra("hub", f"{name}: is no file, and no data set of the Hugging Face Hub can be loaded"):
        import datasets

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # one line says what went wrong, not six
    try:
        loaded = datasets.load_dataset(name, streaming=True)
    except Exception as error:  # whatever the network, the hub and a data set's own files can do
        problem = f"is no file, and no data set that can be loaded: {type(error).__name__}: {error}"
        raise RecordError(problem.splitlines()[0], name) from error
    yield from _split(loaded, name, split)


def saved_records(folder: str, split: str | None) -> Iterator[dict[str, Any]]:
    """The records of a folder that ``save_to_disk`` of ``datasets`` wrote.

    Raises:
        RecordError: it has several splits and no such one.
        MissingExtraError: ``datasets`` is not installed.
    """
    with needs_extra("hub", f"{folder}: was saved by datasets"):
        import datasets

    yield from _split(datasets.load_from_disk(folder), folder, split)


def _split(loaded: Any, name: str, split: str | None) -> Iterable[dict[str, Any]]:
    """The records of a data set: of its one split, or of the one that was asked for."""
    splits: dict[str | None, Iterable[dict[str, Any]]] = (
        loaded if isinstance(loaded, dict) else {split: loaded}
    )
    if split is None and len(splits) == 1:
        return next(iter(splits.values()))
    if split not in splits:
        raise RecordError(f"has the splits {', '.join(map(str, splits))}; choose one with --split", name)
    return splits[split]
