"""What commands print of a single thing: "1 record was rejected", never "1 records were rejected"."""

import re
from pathlib import Path

import pytest
from files import NO_COMMA, native, write

from hir_data.cli.rejections import were_rejected
from hir_data.schemas.english import number_of

UNCHANGED = ("before", "this", "less", "words", "satisfies", "has", "is", "was", "says", "kind")
A_PLURAL = re.compile(rf"(?<![\d.,%@-])\b1 (?!(?:{'|'.join(UNCHANGED)})\b)[a-z-]+s\b")
"""One of several: the singular words with an s that a count can stand before are left out."""


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (number_of(0, "record"), "0 records"),
        (number_of(1, "record"), "1 record"),
        (number_of(2, "record"), "2 records"),
        (number_of(1, "entry", "entries"), "1 entry"),
        (number_of(12345, "entry", "entries"), "12345 entries"),
        (were_rejected(1), "1 record was rejected"),
        (were_rejected(2), "2 records were rejected"),
        (were_rejected(1, 1), "1 of 1 record was rejected"),
        (were_rejected(1, 5), "1 of 5 records was rejected"),
        (were_rejected(5, 5), "5 of 5 records were rejected"),
    ],
)
def test_a_count_and_its_noun_agree(count: str, words: str):
    assert count == words


def test_commands_count_one_thing_in_the_singular(command, tmp_path: Path):
    prompt = native(1, "Blue, wide.", constraints=[NO_COMMA])
    one, rejected = write(tmp_path / "one.jsonl", [prompt]), write(tmp_path / "bad.jsonl", [{"id": 1}])
    verified, replayed = tmp_path / "verified.jsonl", tmp_path / "replayed"
    runs = [
        command("verify", one, "-o", verified, "--summary", tmp_path / "verified.json"),
        command("verify", rejected, "-o", tmp_path / "none.jsonl"),
        command("verify", one, "--summary", tmp_path / "summary.md", "--format-summary", "md"),
        command("replay", one, "-o", replayed, "--min-bits", 0),
        command("export", replayed, "--to", "trl-kto", "-o", tmp_path / "kto.jsonl"),
        command("merge", tmp_path / "verified.json", "-o", tmp_path / "merged.json"),
        command("lint", one),
        command("kinds", "no_comma"),
        command("convert", rejected, "--to", "ifeval", "-o", tmp_path / "out.jsonl"),
    ]
    said = "".join(run.stdout + run.stderr for run in runs) + (tmp_path / "summary.md").read_text()
    for words in (
        "1 read = 1 verified + 0 rejected, 1 constraint\n",
        "1 of 1 record was rejected",
        "1 prompt, 1 rollout, 0 rejected, 1 constraint\n",
        "of the 1 group without a success",
        "summaries of 1 shard merged",
        "1 read = 1 instruction + 0 rejected",
    ):
        assert words in said
    assert A_PLURAL.findall(said) == []
