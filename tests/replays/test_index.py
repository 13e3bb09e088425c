"""All rollouts of a run while some of them are chosen."""

import functools
import hashlib
import random
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hir_data.formats import sorted_records
from hir_data.formats.sorted_records import SortedRecords
from hir_data.replays import groups, index, select
from hir_data.replays.assess import Assessment
from hir_data.replays.config import ReplayConfig
from hir_data.replays.groups import FreeNames
from hir_data.replays.index import Index
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.select import Candidate

KINDS = ("sentence_count", "word_count")


def seen(
    prompt: int, key: int | str | None, state: str, *, words: int = 100, **of_the_candidate
) -> Assessment:
    digest = hashlib.blake2b(b"%d" % prompt, digest_size=12).digest()
    fields = {"integrity": 0.5, "kept": 1, "diversity": {}, "response": digest, "kinds": KINDS[:1]}
    candidate = Candidate(0, 0, **fields | of_the_candidate) if state == "candidate" else None
    verdicts = tuple((kind, state == "success") for kind in KINDS)
    objection = RewriteRefusal("empty", f"of {words} words") if state == "unfit" else None
    return Assessment(digest, key, state, verdicts, words, candidate, objection)


def rollouts(number: int, *, of: int, seed: int = 0) -> Iterator[Assessment]:
    """Rollouts of some prompts, several of which have the same id."""
    rng = random.Random(seed)
    for _ in range(number):
        prompt = rng.randrange(of)
        yield seen(
            prompt,
            (None, 7, "a", "a~2", f"q{prompt}")[prompt % 5],
            rng.choice(["success", "candidate", "candidate", "unfit"]),
            words=rng.choice([1, 60, 100]),
            integrity=rng.choice([0.0, 0.5]),
            diversity={"entropy": rng.random()},
            response=b"%d" % rng.randrange(3 * number),
            bits=rng.choice([None, 1.0, 2.5]),
            kinds=rng.choice([KINDS[:1], KINDS]),
        )


def filled(settings: ReplayConfig, units: list[Assessment | None]) -> Index:
    filled = Index(settings, settings.batch_prompts, settings.guard_names)
    for unit in units:
        filled.add(unit)
    filled.choose()
    return filled


def told(filled: Index) -> list[object]:
    """All that an index says."""
    counts = (filled.states, filled.objections, filled.details, filled.left, filled.groups.rewards)
    return [*filled.places(), filled.measure, filled.unmeasured, filled.selected, *map(dict, counts)]


@pytest.mark.parametrize("select_by", ["balanced", "paper", "random", "entropy"])
@pytest.mark.parametrize("batch_prompts", [None, 3])
def test_what_is_outside_of_memory_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, select_by: str, batch_prompts: int | None
):
    settings = ReplayConfig(select=select_by, k=1, batch_prompts=batch_prompts, stratify=True)
    units = [None, *rollouts(150, of=12), None]
    expected = told(filled(settings, units))
    for module in (groups, index, select):
        monkeypatch.setattr(module, "SortedRecords", functools.partial(SortedRecords, in_memory=5))
    again = filled(settings, units)
    assert told(again) == expected
    assert 0 < again.selected < 60
    for start in (0, 1, 77, 152):
        assert [*again.places(start)] == expected[start:152]


def test_groups_are_named_and_numbered_as_they_begin():
    states = ["candidate", "success", "unfit", "candidate", "unfit", "candidate"]
    prompts = [5, 3, 5, 4, 3, 4]
    keys = {5: "a", 3: "b", 4: "a"}
    units = [seen(prompt, keys[prompt], state) for prompt, state in zip(prompts, states, strict=True)]
    places = [place for place in filled(ReplayConfig(), [None, *units]).places() if place]
    assert [place.id for place in places] == ["a/0", "b/0", "a/1", "a~2/0", "b/1", "a~2/1"]
    assert [place.unsolved for place in places] == [0, None, 0, 2, None, 2]
    assert [place.pass_rate for place in places] == [0, 0.5, 0, 0, 0.5, 0]


def test_a_case_of_an_objection_has_the_id_of_its_response():
    units = [seen(1, "a", "success"), seen(2, "a", "unfit", words=3), seen(2, "a", "unfit", words=4)]
    assert filled(ReplayConfig(), units).details == {"empty": "a~2/0: of 3 words"}
    long = [seen(1, "b", "candidate", words=words, response=b"%d" % words) for words in (99, 100, 9, 101)]
    short = filled(ReplayConfig(), long)
    assert short.details == {"too_short": "b/2: has 9 words, its siblings 99.5"}
    assert (short.states["candidate"], short.states["unfit"], short.selected) == (3, 1, 3)
    assert filled(ReplayConfig(guards="none"), long).selected == 4


def test_rescued_groups_count_once():
    some = filled(ReplayConfig(), [seen(prompt, prompt, "candidate") for prompt in (1, 2, 3, 1)])
    some.rescue({0, 2})
    some.rescue({2})
    assert some.rescued == 2


def names_by_trying(wanted: list[str]) -> list[str]:
    taken: list[str] = []
    for each in wanted:
        name, number = each, 1
        while name in taken:
            number += 1
            name = f"{each}~{number}"
        taken.append(name)
    return taken


@settings(deadline=None, max_examples=40)
@given(st.lists(st.from_regex(r"\A[ab]?(~(2|3|4|02|x|\u0663)){0,3}\Z"), max_size=12))
def test_names_differ(wanted: list[str]):
    names = FreeNames()
    expected = names_by_trying(wanted)
    assert [names.take(each) for each in wanted] == expected
    units = [seen(prompt, key, "success") for prompt, key in enumerate(wanted)]
    assert [place.group for place in filled(ReplayConfig(), units).places() if place] == expected


def test_memory_does_not_grow_with_the_rollouts(monkeypatch: pytest.MonkeyPatch):
    for module in (groups, index, select):
        monkeypatch.setattr(module, "SortedRecords", functools.partial(SortedRecords, in_memory=128))
    monkeypatch.setattr(sorted_records, "_FAN_IN", 8)
    monkeypatch.setattr(sorted_records, "_BLOCK", 8)

    def peak(number: int) -> int:
        tracemalloc.start()
        some = Index(ReplayConfig(), guards=ReplayConfig().guard_names)
        for unit in rollouts(number, of=number // 4):
            some.add(unit)
        some.choose()
        assert sum(place is not None for place in some.places()) == number
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(400)  # what is made once
    few, many = peak(2_400), peak(9_600)
    assert many < 1.5 * few  # four times, if they were in memory


def test_long_names_take_no_longer_than_they_are():
    for name in ("~1" * 40_000 + "x", "a" + "~1" * 40_000, "~" * 80_000):
        units = [seen(0, name, "success"), seen(1, name, "success")]
        began = time.process_time()
        places = filled(ReplayConfig(), units).places()
        assert [place.group for place in places if place] == [name, f"{name}~2"]
        assert time.process_time() - began < 5  # half a minute, if each mark were looked at from each other
