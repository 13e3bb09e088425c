"""A plugin's kind that cannot describe itself is shown all the same, and so is all that stands beside it."""

import io
import json
from pathlib import Path

import pytest
from files import HOSTILE, own_kinds, read, write
from pages import data_of
from rich.console import Console
from typer.testing import CliRunner

import hir_data as hir
from hir_data.cli.main import app
from hir_data.replays.dataset import Manifest
from hir_data.report.page_data import replayed
from hir_data.report.record_view import Marking, pair_blocks
from hir_data.report.replay_examples import print_examples, replay_pairs
from hir_data.schemas.registry import load_plugin

MUTE, WORDS = {"kind": "trap:mute"}, {"kind": "word_count", "max": 3}
SAID = "trap:mute (cannot be described: cannot be processed: ZeroDivisionError: one over nothing)"


@pytest.fixture(autouse=True)
def _own_kinds():
    with own_kinds():
        yield


def test_in_verifications(tmp_path: Path):
    record = {"prompt": "Say it.", "response": "It."}
    source = write(
        tmp_path / "in.jsonl", [{**record, "constraints": each} for each in ([MUTE, WORDS], [WORDS])]
    )
    out, page = str(tmp_path / "out.jsonl"), tmp_path / "page.html"
    for line in (
        ["verify", source, "-o", out, "--workers", "0", "-q"],
        ["report", out, "-o", str(page), "-q"],
        ["view", out, "--plain"],
    ):
        result = CliRunner().invoke(app, [*line, "--plugin", HOSTILE])
        assert result.exit_code == 0, result.output
    assert len(read(out)) == 2
    for shown in (json.dumps(data_of(page)), result.output):
        assert SAID in " ".join(shown.split())
        assert "at most 3 words" in shown or "no more than 3 words" in shown.lower()


def test_in_replays():
    load_plugin(HOSTILE)
    row = {
        "group": "a",
        "instruction": {"prompt": "Say it.", "constraints": [MUTE]},
        "response": "It.",
        "reward": 1,
        "cla": 1,
        "verdicts": [True],
    }
    change = {"constraint": MUTE, "fate": "kept", "became": {**WORDS}}
    samples = [
        hir.ReplaySample(id="a/0", origin="rollout", **row),
        hir.ReplaySample(id="a/0/replay", origin="replay", source_id="a/0", changes=[change], **row),
    ]
    manifest = Manifest(hir_data="0", input="", configuration={}, counts={}, shards=())
    assert SAID in json.dumps(replayed("set", manifest, samples, 5))
    (pair,) = replay_pairs(samples)
    block = next(each for each in pair_blocks(pair, Marking(colours=False)) if "constraints" in each.title)
    assert SAID in "".join(str(part) for part in block.columns)
    written = io.StringIO()
    print_examples([pair], Console(file=written, width=300))
    assert SAID in written.getvalue()
