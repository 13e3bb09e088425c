"""A folder that a new data set takes the place of."""

import contextlib
from pathlib import Path

from hir_data.errors import OutputError, RecordError
from hir_data.formats.atomic import os_message
from hir_data.replays.dataset import MANIFEST, read_manifest


class DataSetFolder:
    """A data set that another one is to replace: nothing else in its folder may be lost with it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """See to it that there is nothing, an empty folder, or a data set and no file but its own.

        Raises:
            OutputError: there is something else.
        """
        if not self.path.exists() or (self.path.is_dir() and not any(self.path.iterdir())):
            return
        try:
            own = self._own_files()
        except RecordError:
            problem = f"{self.path}: cannot be written: there is something else than a data set"
            raise OutputError(problem) from None
        if others := sorted(path.name for path in self.path.iterdir() if path.name not in own):
            problem = f"{self.path / others[0]}: is no file of the data set that would be replaced"
            raise OutputError(f"{problem}; move it elsewhere, or write to another folder")

    def remove(self) -> None:
        """Remove the files that the manifest names, the manifest, and the folder.

        Raises:
            OutputError: there is something else in it by now.
        """
        if not self.path.exists():
            return
        with contextlib.suppress(RecordError):  # the manifest goes last: without it the rest is gone
            for name in self._own_files() - {MANIFEST}:
                (self.path / name).unlink(missing_ok=True)
            (self.path / MANIFEST).unlink()
        try:
            self.path.rmdir()
        except OSError as error:
            problem = f"{self.path}: is what has been replaced, but something else is in it"
            raise OutputError(f"{problem}: {os_message(error)}") from None

    def _own_files(self) -> set[str]:
        manifest = read_manifest(self.path)
        return {MANIFEST, *(shard.name for shard in manifest.shards)}
