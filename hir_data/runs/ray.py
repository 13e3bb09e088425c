"""Verification over a Ray cluster: of a data set of Ray, and of files, each written where it is verified."""

import functools
import io
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json, to_json

from hir_data.engine.config import CheckConfig
from hir_data.engine.pool import MEMORY_LIMIT, Failed
from hir_data.engine.ray import Actor, absolute_plugins, connected, tasks
from hir_data.engine.workers import BATCH
from hir_data.errors import OutputError, RecordError, needs_extra
from hir_data.formats.atomic import replacing, writing
from hir_data.formats.globs import expanded
from hir_data.formats.reader import read_input
from hir_data.formats.rows import Row
from hir_data.report.merged_summaries import command_of, merge_summaries
from hir_data.report.provenance import provenance
from hir_data.report.verify_figures import DEFAULT_GROUP_FIELDS
from hir_data.runs.resumable import check_identity
from hir_data.runs.sinks import open_sink, rejected_path
from hir_data.runs.verify import VerifyBatch, verify_into
from hir_data.schemas.json_line import certain_line

if TYPE_CHECKING:
    import pyarrow

_DEFAULTS = CheckConfig()


# A data set of Ray


def verify_dataset(
    dataset: Any,
    *,
    loose: bool = True,
    degrees: bool = False,
    thinking_tag: str | None = None,
    timeout: float = _DEFAULTS.timeout,
    workers: int | None = None,
) -> Any:
    """Verify the rows of a ``ray.data.Dataset``, lazily, in actors whose checks have a time limit.

    Args:
        dataset: its rows are records in any shape that ``hir-data verify`` reads: prompts with constraints
            and one or several responses.
        loose: whether to give the loose verdicts too.
        degrees: whether the strict verdicts say how far each constraint is satisfied.
        thinking_tag: which reasoning is stripped, such as ``auto``; None for none.
        timeout: seconds that one check may take.
        workers: the number of actors, each of which takes a CPU; by default as many as Ray has room for.

    Returns:
        A ``ray.data.Dataset`` with a row a response: ``verification``, the JSON that ``hir-data verify``
        writes, and from it ``id`` (as text), ``ila``, ``cla``, ``ila_loose`` and ``cla_loose``. A row that is
        no such record has ``rejected``, the JSON of a rejected record, and null elsewhere.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    with needs_extra("ray", "data sets of Ray cannot be verified"):
        import ray
    most = int(ray.cluster_resources().get("CPU", 1)) if ray.is_initialized() else 1
    work = VerifyBatch(thinking_tag, loose, degrees, quality=False, lines=True, by=())
    return dataset.map_batches(
        _RowVerifier,
        fn_constructor_args=(work, timeout, absolute_plugins()),
        batch_size=BATCH,
        batch_format="pyarrow",
        num_cpus=1,
        compute=_pool_of(workers or max(1, most)),
    )


def _pool_of(workers: int) -> Any:
    """How Ray Data keeps so many actors, which it starts anew when they end; without its notices."""
    import ray.data

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray.data.ActorPoolStrategy(size=workers)


class _RowVerifier:
    """What an actor does with a batch of rows."""

    def __init__(self, work: VerifyBatch, timeout: float, plugins: tuple[str, ...]) -> None:
        self.actor: Actor[Any] = Actor(work, timeout, MEMORY_LIMIT, plugins)

    def __call__(self, rows: "pyarrow.Table") -> "pyarrow.Table":
        import pyarrow

        units = [Row("ray", number, record) for number, record in enumerate(rows.to_pylist(), 1)]
        answer = self.actor.answer(units)
        if isinstance(answer, Failed):
            raise answer.error
        lines, rejected, _ = answer
        verified = [(line.decode(), from_json(line)) for line in lines.splitlines()]
        records = [
            {
                "id": None if (id := record["rollout"]["instruction"]["id"]) is None else str(id),
                **{name: record[name] for name in ("ila", "cla", "ila_loose", "cla_loose")},
                "verification": line,
            }
            for line, record in verified
        ]
        records += [{"rejected": each.as_line().decode().rstrip("\n")} for each in rejected]
        string, share = pyarrow.string(), pyarrow.float64()
        schema = pyarrow.schema(
            {
                "id": string,
                "ila": pyarrow.bool_(),
                "cla": share,
                "ila_loose": pyarrow.bool_(),
                "cla_loose": share,
                "verification": string,
                "rejected": string,
            }
        )
        return pyarrow.Table.from_pylist(records, schema)


# Files that are shards


class ShardOptions(NamedTuple):
    """How each shard is verified; as :func:`hir_data.runs.verify.verify_into` has it, and how it is read."""

    thinking_tag: str | None = None
    loose: bool = True
    degrees: bool = False
    quality: bool = False
    timeout: float = _DEFAULTS.timeout
    by: tuple[str, ...] = DEFAULT_GROUP_FIELDS
    reading: Mapping[str, Any] | None = None


def verify_shards(
    sources: Sequence[str],
    folder: Path,
    options: ShardOptions,
    *,
    identity: dict[str, Any],
    workers: int = 0,
    address: str | None = None,
    resume: bool = False,
    on_progress: Callable[[int], None] = lambda records: None,
) -> dict[str, Any]:
    """Verify files over a Ray cluster, each into a file of its name; tasks read and write them themselves.

    Beside ``NAME.jsonl`` (of a Parquet file ``NAME.parquet``) are ``rejected/NAME.jsonl``, and
    ``summaries/NAME.json`` once all of the shard is done. A task that is killed, or a run, goes on where it
    was.

    Args:
        sources: the files, in their order, which the machines of the cluster all see.
        folder: where the shards go, which they all see too.
        options: how each is verified.
        identity: what a run must have in common with one that it resumes.
        workers: the number of tasks at a time; 0 for one on each CPU.
        address: of the cluster.
        resume: pass over shards that are done, and go on with the others.
        on_progress: is called after each shard with the number of records that are done.

    Returns:
        The figures of all, merged.

    Raises:
        OutputError: the folder has files of something else.
        RecordError: a file cannot be read.
        WorkerError: there is no cluster, or actors cannot do their work.
    """
    shards = _shards(sources, folder)
    reading = options.reading or {}
    if not any(next(read_input(source, may_be_empty=True, **reading), None) for source in sources):
        others = ", nor in the other files" if len(sources) > 1 else ""
        raise RecordError(f"there are no records in it{others}", sources[0])
    with writing(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        if not resume and any(folder.iterdir()):
            raise OutputError(f"{folder}: cannot be written: the folder is not empty (--resume goes on)")
    wanted = json.loads(certain_line(provenance(identity, "")))
    done = {shard: summary for shard in shards if (summary := _done(shard, wanted))}
    on_progress(sum(summary["read"] for summary in done.values()))
    due = [shard for shard in shards if shard not in done]
    if due:
        with connected(address) as cpus:
            jobs = [functools.partial(verify_shard, shard, options, identity) for shard in due]
            for number, summary in tasks(jobs, min(workers or cpus, cpus)):
                done[due[number]] = summary
                on_progress(sum(each["read"] for each in done.values()))
    return merge_summaries([(str(shard.summary), done[shard]) for shard in shards])


class FileShard(NamedTuple):
    """A file and where its verifications go."""

    source: Path
    output: Path

    @property
    def summary(self) -> Path:
        """The file of its figures, which is there when all is done."""
        return self.output.parent / "summaries" / f"{self.output.stem}.json"

    @property
    def rejected(self) -> Path:
        """The file of its rejected records, if there are any."""
        return self.output.parent / "rejected" / f"{self.output.stem}.jsonl"


def shard_files(source: str, but: Callable[[Path], bool] = lambda path: False) -> list[str]:
    """The files of a folder, a pattern, or a file.

    Args:
        source: its name.
        but: what a pattern does not stand for.

    Raises:
        RecordError: there is none.
    """
    path = Path(source)
    if not path.is_dir():
        return expanded([source], but)
    files = sorted(str(each) for each in path.iterdir() if each.is_file() and each.suffix in _SUFFIXES)
    if not files:
        raise RecordError("is a folder without files of records (.jsonl, .json, .gz, .parquet)", source)
    return files


_SUFFIXES = (".jsonl", ".json", ".gz", ".parquet")


def _shards(sources: Sequence[str], folder: Path) -> list[FileShard]:
    shards: dict[Path, FileShard] = {}
    for source in map(Path, sources):
        if not source.is_file():
            raise RecordError("is no file: each shard is one", str(source))
        suffix = ".parquet" if source.suffix == ".parquet" else ".jsonl"
        shard = FileShard(source.resolve(), folder.resolve() / f"{source.name.partition('.')[0]}{suffix}")
        if known := shards.get(shard.summary):
            raise RecordError(f"would be written as {shard.output.name}, as {known.source} is", str(source))
        shards[shard.summary] = shard
    return list(shards.values())


def _done(shard: FileShard, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """The figures of a shard that an earlier run has finished.

    Raises:
        OutputError: it was verified in another way.
    """
    try:
        summary: dict[str, Any] = from_json(shard.summary.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise OutputError(f"{shard.summary}: cannot be read: {error}") from error
    if command_of(summary) != "verify" or not shard.output.is_file():
        return None
    said = summary["provenance"]
    before, now = ({**each, "records": []} for each in (said, wanted))
    check_identity(shard.summary, before, now, "the shard was verified in another way")
    return summary


def verify_shard(shard: FileShard, options: ShardOptions, identity: dict[str, Any]) -> dict[str, Any]:
    """Verify one file into another, from where an interrupted run has left it, and write its figures.

    Raises:
        HirDataError: as :func:`hir_data.runs.verify.verify_into` raises it.
    """
    mine = identity | {"prompts": str(shard.source)}
    state = verify_into(
        open_sink(str(shard.output), io.BytesIO(), identity=mine, resume=True),
        read_input(str(shard.source), may_be_empty=True, **(options.reading or {})),
        thinking_tag=options.thinking_tag,
        loose=options.loose,
        degrees=options.degrees,
        quality=options.quality,
        workers=1,
        timeout=options.timeout,
        by=options.by,
    )
    figures = state.tally.summary(read=state.read, rejected=state.rejected, loose=options.loose)
    figures |= {"prompts": state.tally.sums(), "provenance": provenance(identity, state.digest)}
    with writing(str(shard.summary)):
        kept_beside = rejected_path(shard.output)
        if kept_beside.exists():
            shard.rejected.parent.mkdir(exist_ok=True)
            kept_beside.replace(shard.rejected)
        shard.summary.parent.mkdir(exist_ok=True)
        with replacing(shard.summary) as temporary:
            temporary.write_bytes(to_json(figures, indent=2) + b"\n")
    return figures
