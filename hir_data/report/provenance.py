"""What figures were made of and how, by which those of shards are seen to belong together, or not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from hir_data.errors import RecordError

PLACES = frozenset({"prompts", "responses", "input", "instructions", "limit", "split"})
"""Settings that say where records are: those of shards differ."""


def provenance(identity: Mapping[str, Any], records: str, places: Collection[str] = PLACES) -> dict[str, Any]:
    """What a summary says of how it came about.

    Args:
        identity: what a run has to have in common with one that it resumes, the version among it or not.
        records: the digest of the records that were read.
        places: settings that are left out, since those of shards differ.
    """
    from hir_data import __version__

    settings = {name: value for name, value in identity.items() if name not in (*places, "hir_data")}
    return {"hir_data": __version__, "settings": settings, "records": [records] if records else []}


def merged_provenance(
    named: Sequence[tuple[str, Mapping[str, Any]]], may_differ: Collection[str] = ()
) -> dict[str, Any]:
    """The provenance of what is made of several.

    Args:
        named: each with the name of its file.
        may_differ: fields that need not be equal, such as ``settings.judge_model``; a field stands for all
            inside it.

    Returns:
        That of the first, with the records of all, and under ``differing`` the values of what differs.

    Raises:
        RecordError: they do not belong together, or two are of the same records.
    """
    (first_name, first), *others = named
    differing: dict[str, list[Any]] = dict(first.get("differing", {}))
    seen = dict.fromkeys(first["records"], first_name)
    for name, other in others:
        for field, before, after in differences(
            {key: first[key] for key in _COMPARED}, {key: other[key] for key in _COMPARED}
        ):
            if not is_allowed(field, may_differ):
                raise RecordError(
                    f"is {_said(after)}, but {_said(before)} in {first_name} (--may-differ {field} merges "
                    "them all the same)",
                    name,
                    field=field,
                )
            values = differing.setdefault(field, [before])
            values += [after] if after not in values else []
        for field, more in other.get("differing", {}).items():
            values = differing.setdefault(field, [])
            values += [value for value in more if value not in values]
        refuse_again(seen, other["records"], name, "records")
    return {
        **{key: first[key] for key in _COMPARED},
        "records": list(seen),
        **({"differing": differing} if differing else {}),
    }


_COMPARED = ("hir_data", "settings")


def refuse_again(seen: dict[str, str], digests: Collection[str], name: str, field: str) -> None:
    """Note what a shard is made of.

    Args:
        seen: the shard of each digest that was noted before; gets those of this one.
        digests: of the records that this shard is made of.
        name: of its file.
        field: where the digests stand.

    Raises:
        RecordError: another shard is made of the same.
    """
    for digest in digests:
        if digest in seen:
            raise RecordError(f"is made of the same records as {seen[digest]}", name, field=field)
        seen[digest] = name


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], inside: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """The fields that are not equal in two objects, at any depth, each with its two values."""
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from differences(before, after, f"{inside}{key}.")
        elif before != after:
            yield f"{inside}{key}", before, after


def is_allowed(field: str, may_differ: Collection[str]) -> bool:
    """Whether a field need not be equal: it is named, or one that it is inside of."""
    return any(field == name or field.startswith(f"{name}.") for name in may_differ)


def _said(value: Any) -> str:
    return f"{value!r:.80}"
