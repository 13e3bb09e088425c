"""What each rollout is to replay comes back from its file, as far as a killed run has written it."""

import math
from pathlib import Path

import pytest

from hir_data.errors import RecordError
from hir_data.replays.assess import Assessment
from hir_data.replays.assessments import Assessed, KeptAssessments
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.select import Candidate
from hir_data.schemas.rejected import Rejected

VERDICTS = (("word_count", False), ("punctuation:no_comma", True), ("soft:grade", None))
CANDIDATE = Candidate(
    0, 0, 0.1 + 0.2, 2, {"entropy": 1e-300, "mean_nll": math.pi}, b"\x00\xff", ("a", "b"), 2.25
)
BATCHES: list[list[Assessed]] = [
    [
        Assessment(b"\x00" * 12, 7, "success", VERDICTS, 99),
        Assessment(b"\x01" * 12, "half \ud800 \n é", "candidate", (), 0, CANDIDATE, None, '[["kept",null]]'),
    ],
    [
        Rejected(RecordError("is none", "in.jsonl", 3, "response"), {"id": 1, "other": [1.5, None, "\n"]}),
        Assessment(b"\x02", None, "unfit", VERDICTS[:1], 3, None, RewriteRefusal("empty", "of 3\nwords")),
    ],
    [Assessment(b"\x03", None, "candidate", (), 9, CANDIDATE._replace(bits=None, diversity={}), None, "")],
]


def kept(path: Path, batches: list[list[Assessed]]) -> KeptAssessments:
    found = KeptAssessments(path)
    list(found.kept())
    for number, batch in enumerate(batches, 1):
        found.add(batch, f"digest {number}")
    found.close()
    return found


def told(batches: list[list[Assessed]]) -> list[object]:
    return [one.as_line() if isinstance(one, Rejected) else one for batch in batches for one in batch]


def test_assessments_come_back_as_they_were(tmp_path: Path):
    kept(tmp_path / "kept", BATCHES)
    found = KeptAssessments(tmp_path / "kept")
    assert told(list(found.kept())) == told(BATCHES)
    assert (found.units, found.digest) == (5, "digest 3")
    assert [*found.explanations()] == ["", '[["kept",null]]', "", "", ""]


def test_there_is_nothing_where_nothing_was_kept(tmp_path: Path):
    found = KeptAssessments(tmp_path / "none")
    assert ([*found.kept()], [*found.explanations()], found.units, found.digest) == ([], [], 0, "")
    found.close()
    assert not (tmp_path / "none").exists()


def test_what_was_cut_off_is_kept_anew(tmp_path: Path):
    """Cut behind any byte, the whole lines hold, and what is added makes the file what it was."""
    path = tmp_path / "kept"
    kept(path, BATCHES)
    whole = path.read_bytes()
    ends = [at for at, byte in enumerate(whole, 1) if byte == ord("\n")]
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        found = KeptAssessments(path)
        there = list(found.kept())
        assert len(there) == sum(end <= cut for end in ends)
        for number in range(len(there), len(BATCHES)):
            found.add(BATCHES[number], f"digest {number + 1}")
        found.close()
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        (b"\x00" * 40 + b"\n", 1),
        (b"[1,", 1),
        (b'[3,"later",[]]\n', 1),
        (b'{"unit": 2}\n', 1),
        (b'[2,"digest",[["zz",1,"success",[],1,null,null,""]]]\n', 1),
        (b'[2,"digest",["{}"]]\n', 1),
        (b'[2,"digest",[]]\n', 2),
    ],
)
def test_lines_that_are_not_due_end_what_is_there(tmp_path: Path, line: bytes, whole: int):
    """Such as pages that a power cut has left empty, and whatever was written behind them."""
    path = tmp_path / "kept"
    kept(path, BATCHES[:1])
    with path.open("ab") as file:
        file.write(line + b'[2,"digest",[]]\n')
    found = KeptAssessments(path)
    assert len(list(found.kept())) == (whole if whole == 1 else 3)
    assert found.units == 2
