"""The data set that replay writes: a folder of Parquet shards and a manifest that describes them.

What is nested, or differs from row to row, is a JSON string; numbers that belong to tokens are lists.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json, to_json

from hir_data.errors import RecordError
from hir_data.formats.atomic import os_message, replacing
from hir_data.schemas import registry
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change, ReplaySample
from hir_data.schemas.rollout import Rollout, Sampling

if TYPE_CHECKING:
    import pyarrow

VERSION = 2
"""Of the columns; it changes when they do."""

MANIFEST = "manifest.json"

_ROWS = 512  # that are read_samples at a time


def _plain_name(name: str) -> str:
    """The name of a file in the folder itself."""
    if name in ("", ".", "..") or any(mark in name for mark in "/\\:\0"):
        raise ValueError(f"has to be the name of a file in the data set's folder, not {name!r}")
    return name


class Shard(BaseModel):
    """One file of a data set.

    Attributes:
        name: of the file.
        rows: how many it has.
        sha256: of its bytes.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    name: Annotated[str, AfterValidator(_plain_name)]
    rows: Annotated[int, Field(ge=0)]
    sha256: str


class Manifest(BaseModel):
    """What a data set is, and how it came about.

    Attributes:
        schema_version: of the columns.
        hir_data: the version that wrote it.
        input: a digest of the records that it was made of.
        configuration: how it was made of them.
        counts: the figures of the report.
        shards: the files, in their order.
        sources: where it was made or merged of several files or data sets, the digest of the records of each.
        differing: the values, by field of the configuration, in which these are not alike.
    """

    schema_version: Annotated[int, Field(ge=1)] = VERSION
    hir_data: str
    input: str
    configuration: dict[str, Any]
    counts: dict[str, Any]
    shards: tuple[Shard, ...]
    sources: tuple[str, ...] = ()
    differing: dict[str, list[Any]] = {}


class Original(NamedTuple):
    """A rollout as it was, as a row: what a :class:`ReplaySample` of it has, not looked at again."""

    id: str
    group: str
    instruction: Instruction
    response: str
    original: str | None
    reward: float
    cla: float
    degree: float | None
    verdicts: tuple[bool | None, ...]
    reasons: tuple[str, ...]
    sampling: Sampling | None
    metadata: dict[str, Any]
    pass_rate: float | None = None
    constraint_pass_rates: tuple[float | None, ...] = ()
    origin: Literal["rollout"] = "rollout"
    source_id: None = None
    changes: tuple[()] = ()
    constraint_bits: tuple[()] = ()
    instruction_bits: None = None
    source_bits: None = None
    score: None = None

    @property
    def drawn_for(self) -> str:
        """Its own id."""
        return self.id


def schema() -> "pyarrow.Schema":
    """The columns of a shard."""
    import pyarrow

    string, strings = pyarrow.string(), pyarrow.list_(pyarrow.string())
    return pyarrow.schema(
        {
            "id": string,
            "group": string,
            "origin": string,
            "instruction_id": string,
            "prompt": string,
            "messages": string,
            "tools": string,
            "template_options": string,
            "constraints": strings,
            "question": string,
            "criteria": strings,
            "presentation": string,
            "stated_in": pyarrow.list_(pyarrow.int32()),
            "from_turn": pyarrow.list_(pyarrow.int32()),
            "response": string,
            "original": string,
            "reward": pyarrow.float64(),
            "cla": pyarrow.float64(),
            "degree": pyarrow.float64(),
            "verdicts": pyarrow.list_(pyarrow.bool_()),
            "reasons": strings,
            "source_id": string,
            "drawn_for": string,
            "changes": strings,
            "constraint_bits": pyarrow.list_(pyarrow.float64()),
            "instruction_bits": pyarrow.float64(),
            "source_bits": pyarrow.float64(),
            "pass_rate": pyarrow.float64(),
            "constraint_pass_rates": pyarrow.list_(pyarrow.float64()),
            "score": pyarrow.float64(),
            "model": string,
            "temperature": pyarrow.float64(),
            "top_p": pyarrow.float64(),
            "seed": pyarrow.int64(),
            "finish_reason": string,
            "token_ids": pyarrow.list_(pyarrow.int32()),
            "logprobs": pyarrow.list_(pyarrow.float32()),
            "logprobs_temperature": pyarrow.float64(),
            "entropy": pyarrow.float64(),
            "entropy_by": string,
            "date": string,
            "metadata": string,
        }
    )


def table(samples: Iterable[ReplaySample | Original]) -> "pyarrow.Table":
    """The rows of samples."""
    import pyarrow

    samples = list(samples)
    instructions = [sample.instruction for sample in samples]
    constraints = {
        id(instruction): [_json(constraint) for constraint in instruction.constraints]
        for instruction in {id(each): each for each in instructions}.values()  # rollouts share theirs
    }
    columns = {
        **{name: [getattr(sample, name) for sample in samples] for name in (*_PLAIN, *_LATER)},
        **{name: [getattr(each, name) for each in instructions] for name in _OF_THE_INSTRUCTION},
        **{name: [getattr(sample.sampling, name, None) for sample in samples] for name in _OF_THE_SAMPLING},
        "instruction_id": [None if each.id is None else _json(each.id) for each in instructions],
        "constraints": [constraints[id(each)] for each in instructions],
        "messages": [None if each.is_plain else _json(each.chat()) for each in instructions],
        "tools": [each.tools and each.tools.text for each in instructions],
        "template_options": [each.template_options and each.template_options.text for each in instructions],
        "drawn_for": [sample.drawn_for for sample in samples],
        "changes": [[_json(change) for change in sample.changes] for sample in samples],
        "metadata": [_json(sample.metadata) for sample in samples],
    }
    return pyarrow.Table.from_pydict(columns, schema())


def check_writable(rollout: Rollout | ReplaySample) -> None:
    """See that a rollout can be a row.

    Raises:
        ValueError: its metadata are no JSON.
    """
    for value in (rollout.metadata, rollout.changes if isinstance(rollout, ReplaySample) else ()):
        if value:
            to_json(value, fallback=str, bytes_mode="base64")


_PLAIN = ("id", "group", "origin", "response", "original", "reward", "cla", "verdicts", "source_id", "score")
_LATER = ("degree", "reasons", "constraint_bits", "instruction_bits", "source_bits", "pass_rate",
          "constraint_pass_rates")  # fmt: skip
"""What older data sets do not have."""
_OF_THE_INSTRUCTION = ("prompt", "question", "criteria", "presentation", "stated_in", "from_turn")
_SINCE_2 = ("messages", "tools", "template_options", "stated_in", "from_turn")
_OF_THE_SAMPLING = tuple(Sampling.model_fields)


def _json(value: Any) -> str:
    return to_json(value, fallback=str, bytes_mode="base64").decode()


def read_manifest(folder: Path | str) -> Manifest:
    """The manifest of a data set.

    Raises:
        RecordError: there is none in the folder, or it is of a version that is not known here.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError:
        raise RecordError(f"is no data set of hir-data replay: there is no {MANIFEST}", str(folder)) from None
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise RecordError(problem["msg"], str(path), field=".".join(map(str, problem["loc"]))) from None
    if manifest.schema_version > VERSION:
        raise RecordError(
            f"was written by hir-data {manifest.hir_data}, which is newer than this one", str(folder)
        )
    return manifest


def read_samples(folder: Path | str, *, verify_digests: bool = True) -> Iterator[ReplaySample]:
    """The samples of a data set that ``hir-data replay`` wrote, in their order; a replay follows its source.

    Args:
        folder: the data set.
        verify_digests: whether each shard has to be, byte for byte, the one that was written.

    Raises:
        RecordError: it is none, a shard is missing, cut off or another one, or a row does not fit.
    """
    manifest = read_manifest(folder)
    for shard in manifest.shards:
        yield from _read_shard(Path(folder) / shard.name, shard, verify_digests)


def content_digest(folder: Path) -> str:
    """What tells a data set from any other: a digest of its manifest and of the bytes of its shards.

    Raises:
        RecordError: it is none, or a shard is missing.
    """
    shards = read_manifest(folder).shards
    digest = hashlib.sha256((folder / MANIFEST).read_bytes())
    for shard in shards:
        digest.update(_digest_of(folder / shard.name).encode())
    return digest.hexdigest()


def _digest_of(path: Path) -> str:
    try:
        return sha256(path)
    except FileNotFoundError:
        raise RecordError("this shard is missing", str(path)) from None
    except OSError as error:
        raise RecordError(f"cannot be read: {os_message(error)}", str(path)) from None


def _read_shard(path: Path, shard: Shard, verify_digests: bool) -> Iterator[ReplaySample]:
    import pyarrow
    import pyarrow.parquet

    if not path.is_file():
        raise RecordError("this shard is missing", str(path))
    if verify_digests and _digest_of(path) != shard.sha256:
        problem = "is not the file that was written: its digest is another one than that in the manifest"
        raise RecordError(f"{problem} (--no-verify-digests reads it all the same)", str(path))
    rows, number = shard.rows, 0
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            if file.metadata.num_rows != rows:
                raise RecordError(
                    f"has {file.metadata.num_rows} rows, not the {rows} that it was written with", str(path)
                )
            for batch in file.iter_batches(_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield _sample(row)
    except pyarrow.ArrowException as error:
        raise RecordError(f"cannot be read as Parquet: {error}", str(path)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise RecordError(first["msg"], str(path), number, field) from None
    except KeyError as error:
        raise RecordError("this column is missing", str(path), field=str(error.args[0])) from None
    except RecordError as error:
        raise error.at(str(path), number or None) from None
    except OSError as error:
        raise RecordError(f"cannot be read: {os_message(error)}", str(path)) from None
    except Exception as error:  # bytes that are no UTF-8, a date out of range, an object that is none
        raise RecordError.of(error).at(str(path), number or None) from None


def _sample(row: Mapping[str, Any]) -> ReplaySample:
    said = {name: row[name] for name in _OF_THE_INSTRUCTION if name not in _SINCE_2}
    for name in _SINCE_2:  # older data sets have none of these columns
        value = row.get(name)
        said[name] = from_json(value) if isinstance(value, str) else value
    if said["messages"] is not None:
        del said["prompt"]
    instruction = Instruction(
        id=None if row["instruction_id"] is None else from_json(row["instruction_id"]),
        constraints=tuple(registry.parse(from_json(each)) for each in row["constraints"]),
        **said,
    )
    drawn = {name: row[name] for name in _OF_THE_SAMPLING if row[name] is not None}
    return ReplaySample(
        instruction=instruction,
        changes=tuple(Change.model_validate(from_json(each)) for each in row["changes"]),
        sampling=Sampling(**drawn) if drawn else None,
        metadata=from_json(row["metadata"]),
        **{name: row[name] for name in _PLAIN},
        **{name: row[name] for name in _LATER if name in row and row[name] is not None},
    )


def write(folder: Path | str, samples: Iterable[ReplaySample], **told: Any) -> Manifest:
    """Write samples as a data set of one shard: small ones, such as those of tests.

    Args:
        folder: where it goes.
        samples: its rows.
        told: what the manifest says besides: ``input``, ``configuration``, ``counts``.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shard = write_shard(folder / shard_name(0), [table(samples)])
    return write_manifest(folder, [shard], **told)


def shard_name(number: int) -> str:
    """The file of a shard."""
    return f"shard-{number:05}.parquet"


def write_shard(path: Path, tables: Iterable["pyarrow.Table"]) -> Shard:
    """Write a shard, whole or not at all, one row group a table."""
    import pyarrow.parquet

    rows = 0
    with replacing(path) as temporary:
        with pyarrow.parquet.ParquetWriter(temporary, schema(), compression="zstd") as writer:
            for one in tables:
                writer.write_table(one)
                rows += one.num_rows
        digest = sha256(temporary)
    return Shard(name=path.name, rows=rows, sha256=digest)


def write_manifest(
    folder: Path,
    shards: Iterable[Shard],
    *,
    input: str = "",
    sources: Sequence[str] = (),
    configuration: Mapping[str, Any] | None = None,
    counts: Mapping[str, Any] | None = None,
) -> Manifest:
    """Write the manifest; with it a data set is there."""
    from hir_data import __version__

    manifest = Manifest(
        hir_data=__version__,
        input=input,
        sources=tuple(sources),
        configuration=dict(configuration or {}),
        counts=dict(counts or {}),
        shards=tuple(shards),
    )
    save_manifest(folder, manifest)
    return manifest


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a manifest as it is."""
    unmerged = {name for name in ("sources", "differing") if not getattr(manifest, name)}
    with replacing(folder / MANIFEST) as temporary:
        text = json.dumps(manifest.model_dump(mode="json", exclude=unmerged), indent=2, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """The digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
