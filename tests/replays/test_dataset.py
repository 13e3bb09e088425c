"""The native data set: what is written is read back, and what is broken is named."""

import json

import pyarrow.parquet
import pytest

import hir_data as hir
from hir_data.replays import dataset
from hir_data.schemas.replay import Change, ReplaySample
from hir_data.schemas.rollout import Sampling

NO_COMMA, WORDS = hir.parse({"kind": "punctuation:no_comma"}), hir.parse({"kind": "word_count", "min": 5})
FEWER = hir.parse({"kind": "word_count", "min": 3})

SOURCE = ReplaySample(
    id="tea/0",
    group="tea",
    origin="rollout",
    instruction=hir.Instruction(
        id=7,
        prompt="Tea? Use no commas. Write at least 5 words.",
        constraints=[NO_COMMA, WORDS],
        question="Tea?",
        criteria=["Use no commas.", "Write at least 5 words."],
        presentation="inline",
    ),
    response="Tea for two.",
    original="<think>Hm.</think>Tea for two.",
    reward=0,
    cla=0.5,
    verdicts=[True, False],
    sampling=Sampling(
        model="tiny",
        temperature=1.0,
        seed=3,
        token_ids=(5, 6, 2),
        logprobs=(-0.5, -1.25, -0.125),
        entropy=0.75,
    ),
    metadata={"topic": "tea", "nested": {"a": [1, None]}},
)
REPLAY = ReplaySample(
    id="tea/0/replay",
    group="tea",
    origin="replay",
    instruction=SOURCE.instruction.model_copy(
        update={"prompt": "Tea? Use no commas.", "constraints": (NO_COMMA,), "criteria": ("Use no commas.",)}
    ),
    response="Tea for two.",
    reward=1,
    cla=1,
    verdicts=[True],
    source_id="tea/0",
    changes=[
        Change(fate="kept", constraint=NO_COMMA, became=NO_COMMA),
        Change(fate="nearest", constraint=WORDS, became=FEWER),
    ],
    score=1.75,
    sampling=SOURCE.sampling,
)
BARE = ReplaySample(
    id="b/0",
    group="b",
    origin="rollout",
    instruction=hir.Instruction(id="b", prompt="Ünï \u2028?", constraints=[NO_COMMA]),
    response="",
    reward=0,
    cla=0,
    verdicts=[None],
)


def test_what_is_written_is_read_back(tmp_path):
    written = dataset.write(tmp_path, [SOURCE, REPLAY, BARE], input="abc", counts={"rollouts": 2})
    assert list(dataset.read_samples(tmp_path)) == [SOURCE, REPLAY, BARE]
    assert dataset.read_manifest(tmp_path) == written
    assert (written.input, written.counts, written.shards[0].rows) == ("abc", {"rollouts": 2}, 3)


def test_the_columns_are_those_of_the_schema_and_know_whose_prompt_the_tokens_belong_to(tmp_path):
    dataset.write(tmp_path, [SOURCE, REPLAY, BARE])
    table = pyarrow.parquet.read_table(tmp_path / dataset.shard_name(0))
    assert table.schema.equals(dataset.schema())
    assert table["drawn_for"].to_pylist() == ["tea/0", "tea/0", "b/0"]
    assert table["logprobs"].to_pylist() == [[-0.5, -1.25, -0.125]] * 2 + [None]
    assert table["constraints"].to_pylist()[1] == ['{"kind":"punctuation:no_comma"}']


def test_equal_samples_give_equal_bytes(tmp_path):
    one, two = (dataset.write(tmp_path / name, [SOURCE, REPLAY]) for name in ("one", "two"))
    assert one == two


def test_a_data_set_may_be_empty(tmp_path):
    dataset.write(tmp_path, [])
    assert list(dataset.read_samples(tmp_path)) == []


def test_a_folder_without_a_manifest_is_no_data_set(tmp_path):
    with pytest.raises(
        hir.RecordError, match=r"is no data set of hir-data replay: there is no manifest\.json"
    ):
        next(dataset.read_samples(tmp_path))


def test_what_is_broken_is_named(tmp_path):
    manifest = dataset.write(tmp_path, [SOURCE, BARE])
    shard = tmp_path / manifest.shards[0].name

    dataset.write_shard(shard, [dataset.table([SOURCE])])
    with pytest.raises(hir.RecordError, match="has 1 rows, not the 2 that it was written with"):
        list(dataset.read_samples(tmp_path, verify_digests=False))

    table = dataset.table([BARE, SOURCE])
    spoilt = table.set_column(table.column_names.index("reward"), "reward", pyarrow.array([0.0, 3.0]))
    pyarrow.parquet.write_table(spoilt, shard)
    with pytest.raises(hir.RecordError, match=r"parquet:2: reward: Input should be less than or equal to 1"):
        list(dataset.read_samples(tmp_path, verify_digests=False))

    pyarrow.parquet.write_table(table.drop_columns("verdicts"), shard)
    with pytest.raises(hir.RecordError, match="verdicts: this column is missing"):
        list(dataset.read_samples(tmp_path, verify_digests=False))

    shard.write_bytes(shard.read_bytes()[:100])
    with pytest.raises(hir.RecordError, match="cannot be read as Parquet"):
        list(dataset.read_samples(tmp_path, verify_digests=False))

    shard.unlink()
    with pytest.raises(hir.RecordError, match="this shard is missing"):
        list(dataset.read_samples(tmp_path))


def test_a_flipped_bit_is_noticed(tmp_path):
    manifest = dataset.write(tmp_path, [SOURCE, REPLAY, BARE])
    shard = tmp_path / manifest.shards[0].name
    content = shard.read_bytes()
    before = dataset.content_digest(tmp_path)
    for number in range(40):
        spoilt = bytearray(content)
        spoilt[number * len(content) // 40] ^= 1 << number % 8
        shard.write_bytes(spoilt)
        with pytest.raises(hir.RecordError, match=r"is not the file that was written.*--no-verify-digests"):
            next(dataset.read_samples(tmp_path))
        assert dataset.content_digest(tmp_path) != before
        try:
            assert all(isinstance(each, ReplaySample) for each in read_anyway(tmp_path))
        except hir.RecordError as error:  # said with the place
            assert str(shard) in str(error)
    shard.write_bytes(content)
    assert dataset.content_digest(tmp_path) == before
    assert len(list(dataset.read_samples(tmp_path))) == 3


def read_anyway(folder) -> list[ReplaySample]:
    return list(dataset.read_samples(folder, verify_digests=False))


@pytest.mark.parametrize(
    "name", ["../shard.parquet", "/etc/passwd", "a/b", "..", ".", "", "c:x", "a\\b", "a\0"]
)
def test_a_shard_stays_inside_its_folder(name, tmp_path):
    inside = tmp_path / "set"
    manifest = dataset.write(inside, [SOURCE])
    (inside / manifest.shards[0].name).rename(tmp_path / "shard.parquet")
    path = inside / dataset.MANIFEST
    record = json.loads(path.read_text())
    record["shards"][0]["name"] = name
    path.write_text(json.dumps(record))
    with pytest.raises(hir.RecordError, match=r"shards\.0\.name: .*the name of a file in the data set"):
        next(dataset.read_samples(inside))


def test_a_manifest_of_a_newer_version_is_refused(tmp_path):
    dataset.write(tmp_path, [])
    path = tmp_path / dataset.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": 99}))
    with pytest.raises(hir.RecordError, match="newer than this one"):
        list(dataset.read_samples(tmp_path))
    path.write_text("{}")
    with pytest.raises(hir.RecordError, match=r"manifest\.json: hir_data: Field required"):
        list(dataset.read_samples(tmp_path))
