"""What a loop remembers."""

import json
import math
from pathlib import Path

import pytest

from hir_data.errors import OutputError
from hir_data.runs.resumable import differences
from hir_data.training.loop.ledger import Ledger


def test_what_is_written_is_read_again(tmp_path: Path):
    told = {"train": {"max_kl": math.inf}, "rollout": {"n": 6}}
    ledger = Ledger.resumed(tmp_path, told)
    ledger.note(0, "answer", {"responses": 3, "entropy": math.nan}, tmp_path)
    ledger.note(0, "evaluate", {"rejected": 2}, tmp_path)
    ledger.note(1, "rollout", {"rejected": 1}, tmp_path)
    again = Ledger.resumed(tmp_path, told)
    assert again == ledger
    assert again.figures(0, "answer") == {"responses": 3, "entropy": "NaN"}
    assert again.figures(0, "rollout") is None
    assert again.figures(2, "rollout") is None
    assert again.rejected == 3
    json.loads((tmp_path / "loop.json").read_text(), parse_constant=pytest.fail)
    with pytest.raises(OutputError, match=r"rollout\.n was 6, not 4$"):
        Ledger.resumed(tmp_path, {"train": {"max_kl": math.inf}, "rollout": {"n": 4}})


def test_differences():
    old = {"a": 1, "b": {"c": 2, "d": None}, "e": [1]}
    new = {"a": 1, "b": {"c": 3, "f": "x"}, "e": [1, 2]}
    assert list(differences(old, new)) == [
        "b.c was 2, not 3", 'b.f was null, not "x"', "e was [1], not [1, 2]",
    ]  # fmt: skip
