"""The summaries of shards make the one that all records together would have had."""

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tally import SOME, VERIFICATION, tally

import hir_data as hir
from hir_data.errors import RecordError
from hir_data.report.merged_summaries import command_of, merge_summaries
from hir_data.report.provenance import provenance
from hir_data.report.summaries import VerifySummary
from hir_data.report.verify_figures import Tally

SETTINGS = {"strict_only": False, "judge_model": [], "hir_data": "not this", "prompts": "a.jsonl"}


def summary(verifications: list[hir.Verification], records: str = "", **changes: Any) -> dict[str, Any]:
    counted = tally(verifications)
    number = len(verifications)
    figures = counted.summary(read=number + 1, rejected=1, loose=True)
    return {
        **figures,
        "prompts": counted.sums(),
        "provenance": provenance(SETTINGS, records),
        **copy.deepcopy(changes),
    }


def parts(whole: list[Any], cuts: list[int]) -> list[list[Any]]:
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    return [whole[start:end] for start, end in itertools.pairwise(places)]


@settings(deadline=None)
@given(st.lists(VERIFICATION, max_size=20), st.lists(st.integers(0, 20), max_size=4))
def test_tallies_that_follow_each_other_are_one(verifications: list[hir.Verification], cuts: list[int]):
    """Wherever the shards begin, also in the middle of a prompt."""
    whole = Tally()
    for part in parts(verifications, cuts):
        whole.merge(tally(part))
    assert whole == tally(verifications)


@settings(deadline=None)
@given(st.lists(VERIFICATION, min_size=1, max_size=20), st.lists(st.integers(0, 20), max_size=4))
def test_the_summaries_of_shards_make_that_of_all(verifications: list[hir.Verification], cuts: list[int]):
    shards = parts(verifications, cuts)
    named = [(f"{number}.json", summary(shard, f"{number}")) for number, shard in enumerate(shards)]
    merged = merge_summaries(named)
    VerifySummary.model_validate(merged)
    wanted = summary(verifications)
    wanted |= {"read": len(verifications) + len(shards), "rejected": len(shards)}
    wanted["provenance"]["records"] = [f"{number}" for number in range(len(shards))]
    assert merged == wanted
    again = merge_summaries([("a", merge_summaries(named[:1])), *named[1:]])
    assert again == merged


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        (
            {"provenance": provenance({**SETTINGS, "strict_only": True}, "2")},
            "provenance.settings.strict_only",
            "is True, but False in a.json",
        ),
        (
            {"provenance": provenance(SETTINGS, "2") | {"hir_data": "0.0.1"}},
            "provenance.hir_data",
            "is '0.0.1', but",
        ),
        ({"provenance": provenance(SETTINGS, "1")}, "provenance.records", "the same records as a.json"),
        ({"provenance": None}, "provenance", "is missing"),
        ({"prompts": None}, "prompts", "is missing"),
        ({"verified": -1}, "verified", "greater than or equal to 0"),
        ({"faults": {}}, "faults", "is there here and not there in a.json"),
        ({"judge": {"model": "b", "asked": 1}}, "judge.model", "is 'b', but 'a' in a.json"),
    ],
)
def test_what_does_not_belong_together(changes: dict[str, Any], field: str, problem: str):
    first = summary(SOME, "1", **({"judge": {"model": "a", "asked": 2}} if "judge" in changes else {}))
    with pytest.raises(RecordError, match=problem) as raised:
        merge_summaries([("a.json", first), ("b.json", summary(SOME, "2", **changes))])
    assert (raised.value.source, raised.value.field) == ("b.json", field)


def test_fields_that_may_differ():
    other = provenance({**SETTINGS, "strict_only": True, "judge_model": ["a"]}, "2")
    named = [("a.json", summary(SOME, "1")), ("b.json", summary(SOME, "2", provenance=other))]
    for allowed in (["settings"], ["settings.strict_only", "settings.judge_model"]):
        merged = merge_summaries(named, allowed)
        assert merged["provenance"]["settings"] == named[0][1]["provenance"]["settings"]
        assert merged["provenance"]["differing"] == {
            "settings.strict_only": [False, True],
            "settings.judge_model": [[], ["a"]],
        }
    with pytest.raises(RecordError, match=r"--may-differ settings\.judge_model"):
        merge_summaries(named, ["settings.strict_only", "settings.judge"])
    with pytest.raises(RecordError, match="same records as ab"):
        merge_summaries([("ab", merged), named[1]], ["settings"])


def test_what_a_judge_was_asked_adds_up():
    judges = [{"model": "a", "asked": 2, "cost": 0.1, "votes": 3, "agreement": {"alpha": 0.5}}] * 2
    named = [(f"{n}", summary(SOME, f"{n}", judge=judge)) for n, judge in enumerate(judges)]
    named.append(("2", summary(SOME, "2")))
    assert merge_summaries(named)["judge"] == {"model": "a", "votes": 3, "asked": 4, "cost": 0.2}


SAMPLED = {
    "model": "m",
    "read": 3,
    "rejected": 1,
    "prompts": 2,
    "responses": 4,
    "tokens": 40,
    "cut_off": 1,
    "cut_off_share": 0.25,
    "blank": 0,
    "entropy": 0.5,
    "with_entropy": 4,
    "entropies": 2.0,
    "seconds": 2.0,
    "tokens_per_second": 20.0,
}


def test_the_other_commands():
    other = SAMPLED | {"cut_off": 0, "responses": 1, "entropies": 1.0, "with_entropy": 1, "seconds": 0.5}
    merged = merge_summaries([("a", SAMPLED), ("b", other)])
    assert command_of(merged) == "rollout"
    assert merged == SAMPLED | {
        **{name: 2 * SAMPLED[name] for name in ("read", "rejected", "prompts", "tokens")},
        "responses": 5,
        "cut_off_share": 0.2,
        "entropy": 0.6,
        "entropies": 3.0,
        "with_entropy": 5,
        "seconds": 2.5,
        "tokens_per_second": 32.0,
    }
    assert "servers" not in merged
    first, second = (
        [{"server": name, "responses": 2, "left_out": out, "problem": problem} for name, out, problem in each]
        for each in ([("x", 1, "gone"), ("y", 0, None)], [("y", 2, "busy"), ("x", 0, None)])
    )
    merged = merge_summaries([("a", SAMPLED | {"servers": first}), ("b", other | {"servers": second})])
    assert merged["servers"] == [
        {"server": "x", "responses": 4, "left_out": 1, "problem": "gone"},
        {"server": "y", "responses": 4, "left_out": 2, "problem": "busy"},
    ]
    with pytest.raises(RecordError, match="b: model: is 'n', but 'm' in a"):
        merge_summaries([("a", SAMPLED), ("b", SAMPLED | {"model": "n"})])
    converted = {"to": "verl", "read": 3, "written": 2, "rejected": 1, "lost": {"a": 1, "b": 1}}
    merged = merge_summaries([("a", converted), ("b", converted | {"lost": {"b": 2}})])
    assert merged == {"to": "verl", "read": 6, "written": 4, "rejected": 2, "lost": {"b": 3, "a": 1}}
    exported = {"format": "trl-kto", "samples": 2, "rows": 1, "labels": {"true": 1}, "left_out": {"x": 1}}
    merged = merge_summaries([("a", exported), ("b", exported | {"labels": {"false": 1}})])
    assert merged["labels"] == {"true": 1, "false": 1}
    with pytest.raises(RecordError, match="b: is a summary of hir-data convert, but a of export"):
        merge_summaries([("a", exported), ("b", converted)])
    with pytest.raises(RecordError, match="a: is no summary"):
        merge_summaries([("a", {"read": 1})])
