"""The errors that hir-data raises on purpose.

    HirDataError
    ├── UnknownKindError   no constraint kind of that name (suggests near names)
    ├── KindError          a kind is declared wrongly
    ├── RecordError        an input does not fit; says file, line and field
    │   └── UnverifiedError  a file has responses where verifications are wanted
    ├── OutputError        an output cannot be written, or what it continues does not match
    ├── WorkerError        worker processes cannot do their work at all
    │   └── UnforeseenError  one of them raised what nobody has foreseen: a fault of hir-data or of a plugin
    ├── JudgeError         a judge cannot be reached, or refuses to work for us at all
    ├── ModelError         a model cannot be loaded, reached or drawn from at all
    ├── ServeError         a server cannot listen where it should
    ├── TrainingError      training cannot start or go on
    └── MissingExtraError  an optional package is not installed (says what to install)

A failing check is none of these: it is an undetermined :class:`~hir_data.schemas.constraint.Verdict`.
"""

import contextlib
import difflib
import shlex
from collections.abc import Iterable, Iterator


class HirDataError(Exception):
    """Base of every error that hir-data raises on purpose."""


class UnknownKindError(HirDataError):
    """No constraint kind has the name that was asked for."""

    def __init__(self, kind: str, known: Iterable[str] = ()) -> None:
        near = difflib.get_close_matches(kind, list(known), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; see 'hir-data kinds'"
        super().__init__(f"unknown constraint kind {kind!r}{hint}")

    def __reduce__(self) -> tuple[type[Exception], tuple[str]]:
        return _Restored, (str(self),)


class _Restored(UnknownKindError):
    """An :class:`UnknownKindError` that came back from another process."""

    def __init__(self, message: str) -> None:
        HirDataError.__init__(self, message)


class KindError(HirDataError):
    """A constraint kind is declared wrongly."""


class RecordError(HirDataError):
    """An input does not fit what was expected of it.

    Attributes:
        problem: what is wrong, without the place.
        source: the file or stream it was found in, if known.
        line: the 1-based line or row, if known.
        field: the path of the field, such as ``kwargs[0].num_words``, if known.
    """

    def __init__(
        self, problem: str, source: str | None = None, line: int | None = None, field: str | None = None
    ) -> None:
        super().__init__(problem, source, line, field)
        self.problem: str = problem
        self.source: str | None = source
        self.line: int | None = line
        self.field: str | None = field

    def at(self, source: str, line: int | None = None) -> "RecordError":
        """The same error with the place filled in where it was open."""
        return RecordError(self.problem, self.source or source, self.line or line, self.field)

    def inside(self, field: str) -> "RecordError":
        """The same error, its field seen from one level further out."""
        inner = self.field or ""
        return RecordError(
            self.problem,
            self.source,
            self.line,
            f"{field}.{inner}" if inner and inner[0] != "[" else field + inner,
        )

    @classmethod
    def of(cls, error: Exception) -> "RecordError":
        """The error of a record, made of whatever was raised while it was read, checked or written."""
        if isinstance(error, RecordError):
            return error
        return cls(str(error) if isinstance(error, HirDataError) else problem_of(error))

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.source and self.line else self.source
        return ": ".join(part for part in (place, self.field, self.problem) if part)


class UnverifiedError(RecordError):
    """A file has records, and none of them is a verification."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"has no verification; `hir-data verify {shlex.quote(source)} -o FILE` writes some",
            source,
        )

    def __reduce__(self) -> tuple[type[Exception], tuple[str | None]]:
        return UnverifiedError, (self.source,)


_TOO_DEEP = ("depth exceeded", "recursion limit exceeded", "maximum recursion depth")


def problem_of(error: Exception) -> str:
    """What is wrong with a record whose processing raised something that nobody has foreseen."""
    if isinstance(error, RecursionError) or any(words in str(error) for words in _TOO_DEEP):
        return "is nested too deeply"
    if isinstance(error, MemoryError):
        return "takes more memory than there is"
    if isinstance(error, UnicodeEncodeError) or "surrogates not allowed" in str(error):
        return "has half of a surrogate pair, which is no character"
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return f"cannot be processed: {said}"[:500]


class OutputError(HirDataError):
    """An output cannot be written, or what a run should continue does not match it."""


class WorkerError(HirDataError):
    """Worker processes cannot be started, or end before they check anything."""


class UnforeseenError(WorkerError):
    """A worker raised what nobody has foreseen: a fault of hir-data, or of a plugin."""


class JudgeError(HirDataError):
    """A judge cannot be reached, or refuses every question; asking on would be of no use."""


class ModelError(HirDataError):
    """A model cannot be loaded or reached, or no response can be drawn from it at all."""


class ServeError(HirDataError):
    """A server cannot listen where it should, or not as it should."""


class TrainingError(HirDataError):
    """Training cannot start, or cannot go on; what was saved last is kept."""


class MissingExtraError(HirDataError):
    """A package that only some installations have is not installed.

    Attributes:
        package: the name of the package.
        extra: the extra of hir-data that installs it.
        problem: what cannot be done without it, if that is not obvious.
    """

    def __init__(self, package: str, extra: str, problem: str = "") -> None:
        super().__init__(package, extra, problem)
        self.package: str = package
        self.extra: str = extra
        self.problem: str = problem

    def __str__(self) -> str:
        install = f"pip install 'hir-data[{self.extra}]', or in a checkout: pip install '.[{self.extra}]'"
        missing = f"the package {self.package} is not installed: {install}"
        return f"{self.problem}: {missing}" if self.problem else missing


class HirDataWarning(UserWarning):
    """Something was mended, or left out, that the user may want to know of."""


@contextlib.contextmanager
def needs_extra(extra: str, problem: str = "") -> Iterator[None]:
    """Imports inside of this fail with what to install.

    Args:
        extra: the extra of hir-data that installs what is imported.
        problem: what cannot be done without it, if that is not obvious.

    Raises:
        MissingExtraError: a package that is imported is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or extra, extra, problem) from None
