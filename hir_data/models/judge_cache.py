"""The answers of a judge, kept on disk: what has been answered once is not asked, or paid for, again.

A table of SQLite, with answers as JSON: nothing that is read from it can run. Several processes can use one
folder at a time. What cannot be read is no answer; a file that is no data base is put aside, and said to be.
"""

import contextlib
import json
import sqlite3
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from hir_data.engine.judge_prompt import readable_reason
from hir_data.errors import HirDataWarning, JudgeError
from hir_data.schemas.constraint import Verdict

T = TypeVar("T")

FILE = "answers.sqlite"
_PATIENCE = 60.0  # seconds to wait for another process that is writing
_BROKEN = ("not a database", "malformed", "disk image", "no such table", "no such column")


class JudgeCache:
    """Verdicts by key, in a folder. Usable from any thread.

    Args:
        folder: where they are; it is made where it is missing.

    Raises:
        JudgeError: the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        with self._trouble():
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = self._open_or_renew()

    def get(self, key: str) -> Verdict | None:
        """The verdict that was kept under a key, if there is one that can be read."""
        row = self._tried(lambda: self._execute("SELECT value FROM answers WHERE key = ?", key).fetchone())
        try:
            kept = json.loads(row[0]) if row and isinstance(row[0], str) else None
        except (ValueError, RecursionError):  # not of our making: asked again
            return None
        match kept:
            case {"satisfied": bool(satisfied), "reason": str(reason)}:
                return Verdict(satisfied, readable_reason(reason))
            case {"grade": int(grade), "reason": str(reason)} if not isinstance(grade, bool):
                return Verdict(None, readable_reason(reason), grade=grade)
        return None

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict."""
        said = {"satisfied": verdict.satisfied} if verdict.grade is None else {"grade": verdict.grade}
        value = json.dumps({**said, "reason": verdict.reason})
        self._tried(lambda: self._execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", key, value))

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._connection.close()

    def _tried(self, action: Callable[[], T]) -> T:
        """What an action gives; where the file turns out to be broken, what it gives on a new one."""
        with self._lock, self._trouble():
            try:
                return action()
            except sqlite3.DatabaseError as error:
                if not _is_broken(error):
                    raise
                self._connection.close()
                self._connection = self._renewed(error)
                return action()

    def _execute(self, statement: str, *values: str) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    def _open_or_renew(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.DatabaseError as error:
            if not _is_broken(error):
                raise
            return self._renewed(error)

    def _open(self) -> sqlite3.Connection:
        """A connection that commits each statement: an answer is kept when it comes."""
        connection = sqlite3.connect(
            self.folder / FILE, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.text_factory = lambda text: text.decode(errors="replace")
        try:
            _write_ahead(connection)
            # What was given to the system outlives a kill; a power cut may cost the last answers.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
            )
            _check_table(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _renewed(self, error: sqlite3.Error) -> sqlite3.Connection:
        """A connection to a new file in place of one that cannot be read, which gets another name."""
        file = self.folder / FILE
        aside = self.folder / f"{FILE}.broken-{time.time_ns()}"
        with contextlib.suppress(FileNotFoundError):  # another process was sooner
            file.rename(aside)
            warnings.warn(
                f"{file}: the judge's cache cannot be read ({error}); it is {aside.name} now, and a new "
                "one begins",
                HirDataWarning,
                stacklevel=2,
            )
            for ending in ("-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
        return self._open()

    @contextlib.contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise JudgeError(f"{self.folder}: the judge's cache cannot be used: {error}") from error


def _check_table(connection: sqlite3.Connection) -> None:
    """See that the table is one of ours."""
    (sort,) = connection.execute("SELECT type FROM sqlite_master WHERE name = 'answers'").fetchone()
    columns = [row[1] for row in connection.execute("PRAGMA table_info(answers)")]
    if (sort, columns) != ("table", ["key", "value"]):
        raise sqlite3.DatabaseError(f"not a database of answers, but a {sort} of {', '.join(columns)}")
    connection.execute("SELECT value FROM answers LIMIT 1")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have readers not wait for whoever writes, where the file system can do that."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:  # which this statement raises without waiting
            if "locked" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.02)


def _is_broken(error: sqlite3.Error) -> bool:
    return any(word in str(error) for word in _BROKEN)
