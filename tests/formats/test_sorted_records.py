"""Records that are sorted outside of memory."""

import tracemalloc
from collections import Counter
from itertools import groupby, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hir_data.formats import sorted_records
from hir_data.formats.sorted_records import SortedRecords, runs

RECORDS = st.lists(st.tuples(st.integers(0, 9) | st.floats(-2, 2), st.text(max_size=3)), max_size=80)


@given(RECORDS, st.integers(1, 9))
def test_records_come_back_in_order_as_often_as_they_are_asked_for(records: list[tuple], in_memory: int):
    kept = SortedRecords(in_memory=in_memory)
    for record in records:
        kept.add(record)
    one, other = iter(kept), iter(kept)
    half = [*islice(one, len(records) // 2)]
    assert [*other] == sorted(records)  # while another reading is under way
    assert [*half, *one] == sorted(records)
    assert len(kept) == len(records)


@pytest.mark.parametrize("order", [1, -1, 37])
def test_runs_of_runs(monkeypatch: pytest.MonkeyPatch, order: int):
    monkeypatch.setattr(sorted_records, "_FAN_IN", 3)
    monkeypatch.setattr(sorted_records, "_BLOCK", 2)
    kept = SortedRecords(in_memory=4)
    for number in range(1009):
        kept.add((number * order % 1009, "x" * (number % 5)))
    assert [number for number, _ in kept] == [*range(1009)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers()), max_size=40))
def test_runs_of_equal_entries(records: list[tuple[int, int]]):
    kept = SortedRecords(in_memory=3)
    for record in records:
        kept.add(record)
    told = [(size, [*equal]) for size, equal in runs(kept)]
    assert told == [
        (len(equal), equal)
        for equal in ([*members] for _, members in groupby(sorted(records), key=lambda record: record[0]))
    ]
    assert Counter(size for size, _ in told).total() == len({first for first, _ in records})


def test_few_records_need_no_file_and_many_leave_none(tmp_path: Path):
    kept = SortedRecords(tmp_path / "missing", in_memory=10)
    for number in range(9):
        kept.add((number,))
    assert len([*kept]) == 9
    with pytest.raises(FileNotFoundError):
        kept.add((9,))
    kept = SortedRecords(tmp_path, in_memory=10)
    for number in range(99):
        kept.add((number,))
    assert len([*kept]) == 99
    assert not [*tmp_path.iterdir()]


def test_memory_does_not_grow_with_the_records(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sorted_records, "_FAN_IN", 8)
    monkeypatch.setattr(sorted_records, "_BLOCK", 8)

    def peak(number: int) -> int:
        tracemalloc.start()
        kept = SortedRecords(in_memory=256)
        for each in range(number):
            kept.add((each * 7919 % number, float(each), b"%24d" % each))
        assert sum(1 for _ in kept) == number
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    few, many = peak(2_000), peak(20_000)
    assert many < 1.5 * few  # ten times, if they were in memory
