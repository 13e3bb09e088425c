"""The summaries of several shards made one: counts add up, and what is computed from counts is so again."""

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hir_data.errors import RecordError
from hir_data.report.prompt_shares import PromptShares
from hir_data.report.provenance import merged_provenance
from hir_data.report.summaries import SUMMARIES
from hir_data.report.verify_figures import GroupTally, KindTally, Tally
from hir_data.report.weighted import WeightedTally

Named = Sequence[tuple[str, Mapping[str, Any]]]
"""Summaries, each with the name of its file."""


def command_of(summary: Mapping[str, Any]) -> str | None:
    """The command whose summary an object is; None where it is none that can be merged."""
    for command in _MERGERS:
        fields = SUMMARIES[command].model_fields
        needed = {name for name, field in fields.items() if field.is_required()}
        if needed <= summary.keys() <= fields.keys():
            return command
    return None


def merge_summaries(named: Named, may_differ: Collection[str] = ()) -> dict[str, Any]:
    """The summary of all records that several are of.

    What ``--fail-under`` and ``--baseline`` have said of each is left out.

    Args:
        named: the summaries, in the order of their shards.
        may_differ: fields of the provenance that need not be equal.

    Raises:
        RecordError: one is no summary, or they do not belong together: they are of other commands, versions
            or settings, or of the same records.
    """
    commands = [command_of(summary) for _, summary in named]
    for (name, summary), command in zip(named, commands, strict=True):
        if command is None:
            raise RecordError("is no summary of hir-data verify, replay, rollout, convert or export", name)
        if command != commands[0]:
            raise RecordError(f"is a summary of hir-data {command}, but {named[0][0]} of {commands[0]}", name)
        _check(name, summary, command)
    command = commands[0]
    assert command is not None
    said = {}
    if any("provenance" in summary for _, summary in named):
        provenances = [(name, needed(name, summary, "provenance")) for name, summary in named]
        said = {"provenance": _inside("provenance", lambda: merged_provenance(provenances, may_differ))}
    return _MERGERS[command](named) | said


def _check(name: str, summary: Mapping[str, Any], command: str) -> None:
    try:
        SUMMARIES[command].model_validate(summary)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(map(str, problem["loc"]))
        raise RecordError(problem["msg"], name, field=field) from None


def _inside(field: str, merge: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return merge()
    except RecordError as error:
        raise error.inside(field) from None


def needed(name: str, summary: Mapping[str, Any], field: str) -> Any:
    """The value of a field without which figures cannot be merged.

    Raises:
        RecordError: it is not there.
    """
    if summary.get(field) is None:
        raise RecordError("is missing: an older hir-data has written this", name, field=field)
    return summary[field]


# verify


def tally_of(name: str, summary: Mapping[str, Any]) -> Tally:
    """The counts that a summary of verify was made of.

    Raises:
        RecordError: it does not have them all.
    """
    weighted = summary.get("weighted")
    shares = TypeAdapter(PromptShares).validate_python(needed(name, summary, "prompts"))
    return Tally(
        rollouts=summary["verified"],
        constraints=summary["constraints"],
        reasoned=summary["stripped_thinking"],
        truncated=summary["truncated_thinking"],
        faults=_faults(summary.get("faults")),
        weighted=WeightedTally()
        if weighted is None
        else WeightedTally(
            weighted["responses"] + weighted["undetermined"],
            weighted["responses"],
            needed(name, weighted, "total"),
        ),
        kinds={kind: KindTally(**counts) for kind, counts in summary["kinds"].items()},
        statuses=summary["undetermined_by_status"],
        reasons=summary["undetermined_by_reason"],
        groups={
            field: {group: GroupTally(**counts) for group, counts in groups.items()}
            for field, groups in summary.get("by", {}).items()
        },
        prompts=shares,
    )


def _faults(figures: Mapping[str, Any] | None) -> dict[str, int] | None:
    return None if figures is None else {name: each["responses"] for name, each in figures.items()}


def _merge_verify(named: Named) -> dict[str, Any]:
    (first_name, first), *others = named
    whole = Tally()
    for name, summary in named:
        whole.merge(tally_of(name, summary))
    for optional in ("ila_loose", "faults"):
        for name, summary in others:
            if (optional in summary) != (optional in first):
                raise RecordError(
                    f"is {_there(optional in summary)} here and {_there(optional in first)} in {first_name}",
                    name,
                    field=optional,
                )
    figures = whole.summary(
        read=_sum(named, "read"), rejected=_sum(named, "rejected"), loose="ila_loose" in first
    )
    return figures | _merged_judges(named, "judge") | {"prompts": whole.sums()}


def _there(is_there: bool) -> str:
    return "there" if is_there else "not there"


def _merged_judges(named: Named, field: str) -> dict[str, Any]:
    """What was asked of a model in all; how far votes agree is known of each shard alone, and left out."""
    known = [(name, summary[field]) for name, summary in named if summary.get(field)]
    if not known:
        return {}
    first_name, first = known[0]
    for name, each in known:
        for same in ("model", "votes"):
            if each.get(same) != first.get(same):
                problem = f"is {each.get(same)!r}, but {first.get(same)!r} in {first_name}"
                raise RecordError(problem, name, field=f"{field}.{same}")
    figures = {"model": first.get("model")} | ({"votes": first["votes"]} if "votes" in first else {})
    counted = {
        key
        for _, each in known
        for key, value in each.items()
        if key != "votes" and isinstance(value, int | float) and not isinstance(value, bool)
    }
    sums = {key: sum(each.get(key, 0) for _, each in known) for key in first if key in counted}
    return {field: figures | {k: round(v, 6) if isinstance(v, float) else v for k, v in sums.items()}}


# replay


def merge_replay_counts(named: Named) -> dict[str, Any]:
    """The figures of all rollouts whose groups several data sets have, each group in one of them."""
    rollouts, constraints = _sum(named, "rollouts"), _sum(named, "constraints")
    states = _added(named, "rollouts_by_state")
    before, after = _added_groups(named, "groups_before"), _added_groups(named, "groups_after")
    all_zero = before["all_zero"]["groups"]
    information = _merged_information([(name, summary["information"]) for name, summary in named])
    return {
        "prompts": _sum(named, "prompts"),
        "rollouts": rollouts,
        "rejected": _sum(named, "rejected"),
        "constraints": constraints,
        "satisfied": (satisfied := sum(needed(name, summary, "satisfied") for name, summary in named)),
        "ila": _share(states.get("success", 0), rollouts),
        "cla": _share(satisfied, constraints),
        "rollouts_by_state": states,
        "groups_before": before,
        "groups_after": after,
        "all_zero_groups_replayed": _share(all_zero - after["all_zero"]["groups"], all_zero),
        "diversity": {
            "measure": ", ".join(
                dict.fromkeys(m for _, each in named if (m := each["diversity"]["measure"]) is not None)
            )
            or None,
            "candidates_without": sum(each["diversity"]["candidates_without"] for _, each in named),
        },
        "unfit_by_guard": _most_first(_added(named, "unfit_by_guard")),
        "candidates": _sum(named, "candidates"),
        "selected": _sum(named, "selected"),
        "replays": _sum(named, "replays"),
        "candidates_by_bin": _merged_bins(_added(named, "candidates_by_bin")),
        "details": dict(sorted(_joined(each["details"] for _, each in named).items())),
        "prompts_written_from": _added(named, "prompts_written_from"),
        "constraints_of_replays": _added(named, "constraints_of_replays"),
        "information": information,
        "kinds": _merged_kinds([each["kinds"] for _, each in named]),
        **_merged_judges(named, "judge"),
        **_merged_judges(named, "rewriter_model"),
    }


def _added_groups(named: Named, field: str) -> dict[str, Any]:
    prompts = _sum(named, "prompts")
    names = named[0][1][field]
    counts = {name: sum(each[field][name]["groups"] for _, each in named) for name in names}
    return {name: {"groups": number, "share": _share(number, prompts)} for name, number in counts.items()}


def _merged_information(named: Named) -> dict[str, Any]:
    number = _sum(named, "replays_measured")
    relabelled = _added(named, "relabelled_by_bits")
    sums = {
        field: round(sum(needed(name, each, field) for name, each in named), 2)
        for field in ("bits_of_sources", "bits_of_replays")
    }
    return {
        "replays_measured": number,
        "mean_bits_of_sources": round(sums["bits_of_sources"] / number, 2) if number else None,
        "mean_bits_of_replays": round(sums["bits_of_replays"] / number, 2) if number else None,
        "relabelled_by_bits": relabelled,
        "trivial_share": _share(relabelled.get("trivial", 0), sum(relabelled.values())),
        "replays_an_empty_text_satisfies": _sum(named, "replays_an_empty_text_satisfies"),
        "sources_an_empty_text_satisfies": _sum(named, "sources_an_empty_text_satisfies"),
        **sums,
    }


_BINS = ("replayed", "dropped: ", "not chosen: ", "left aside: ", "cannot be rewritten: ")
"""How the bins of candidates begin, in their order."""


def _merged_bins(bins: Mapping[str, int]) -> dict[str, int]:
    places = {name: next(i for i, start in enumerate(_BINS) if name.startswith(start)) for name in bins}
    return dict(sorted(bins.items(), key=lambda item: (places[item[0]], -item[1], item[0])))


def _merged_kinds(kinds: Sequence[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    merged: dict[str, Counter[str]] = {}
    for each in kinds:
        for kind, counts in each.items():
            merged.setdefault(kind, Counter()).update(counts)
    ordered = sorted(merged.items(), key=lambda item: (-item[1]["violated"], item[0]))
    return {kind: dict(counts) for kind, counts in ordered}


# The others


def _merge_rollout(named: Named) -> dict[str, Any]:
    first_name, first = named[0]
    for name, summary in named:
        if summary["model"] != first["model"]:
            problem = f"is {summary['model']!r}, but {first['model']!r} in {first_name}"
            raise RecordError(problem, name, field="model")
    sums = {name: _sum(named, name) for name, value in first.items() if isinstance(value, int)}
    known = sums["with_entropy"]
    entropies = sum(needed(name, summary, "entropies") for name, summary in named if summary["with_entropy"])
    seconds = round(sum(summary["seconds"] for _, summary in named), 3)
    return {
        "model": first["model"],
        **sums,
        "cut_off_share": _share(sums["cut_off"], sums["responses"]),
        "entropy": round(entropies / known, 6) if known else None,
        **({"entropies": entropies} if known else {}),
        "seconds": seconds,
        "tokens_per_second": round(sums["tokens"] / seconds, 1) if seconds else 0.0,
        **({"servers": servers} if (servers := _merged_servers(named)) else {}),
    }


def _merged_servers(named: Named) -> list[dict[str, Any]]:
    """What each of the servers has done in all runs, in the order in which they come first."""
    found: dict[str, dict[str, Any]] = {}
    for _, summary in named:
        for each in summary.get("servers") or ():
            before = found.get(each["server"], {"responses": 0, "left_out": 0, "problem": None})
            found[each["server"]] = {
                "server": each["server"],
                "responses": before["responses"] + each["responses"],
                "left_out": before["left_out"] + each["left_out"],
                "problem": each["problem"] or before["problem"],
            }
    return list(found.values())


def _merge_counts(same: str, counted: str, named: Named) -> dict[str, Any]:
    """Summaries that are counts alone: one field has to be the same, the others add up."""
    first_name, first = named[0]
    for name, summary in named:
        if summary[same] != first[same]:
            raise RecordError(f"is {summary[same]!r}, but {first[same]!r} in {first_name}", name, field=same)
    sums = {name: _sum(named, name) for name, value in first.items() if isinstance(value, int)}
    labels = {"labels": _added(named, "labels")} if any("labels" in each for _, each in named) else {}
    return {same: first[same], **sums, **labels, counted: _most_first(_added(named, counted))}


_MERGERS: Mapping[str, Callable[[Named], dict[str, Any]]] = MappingProxyType(
    {
        "verify": _merge_verify,
        "replay": merge_replay_counts,
        "rollout": _merge_rollout,
        "convert": functools.partial(_merge_counts, "to", "lost"),
        "export": functools.partial(_merge_counts, "format", "left_out"),
    }
)


def _sum(named: Named, field: str) -> int:
    return sum(summary[field] for _, summary in named)


def _added(named: Named, field: str) -> dict[str, int]:
    """Counts by name, in the order in which names come."""
    names = dict.fromkeys(itertools.chain.from_iterable(each.get(field, {}) for _, each in named))
    return {name: sum(each.get(field, {}).get(name, 0) for _, each in named) for name in names}


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _joined(tables: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The first value of each key."""
    joined: dict[str, str] = {}
    for table in tables:
        joined = {**table, **joined}
    return joined


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
