"""Replays of earlier iterations, by age and difficulty."""

from pathlib import Path

import pytest
from samples import NO_COMMA, SEA, TEA, asking, rollout

from hir_data.replays import dataset
from hir_data.schemas.replay import ReplaySample
from hir_data.training.loop.buffer import BufferConfig, Buffered, choose, write_with


def replay(name: str, rate: float | None, text: str = "Tea for two.") -> ReplaySample:
    """One that is told from others by its instruction."""
    instruction = asking(f"Tea {name}?", NO_COMMA)
    fields = {"origin": "replay", "source_id": f"{name}/source", "pass_rate": rate}
    return rollout(f"{name}/replay", instruction, text, **fields)


@pytest.fixture
def folders(tmp_path: Path) -> list[tuple[int, Path]]:
    """Three data sets, the first of which is the oldest."""
    replays = [
        [replay("old", 0.5), replay("again", 0.9)],
        [replay("half", 0.5), replay("easy", 1.0), replay("unknown", None)],
        [replay("never", 0.0), replay("again", 0.4)],
    ]
    found = []
    for age, each in zip((3, 2, 1), replays, strict=True):
        dataset.write(tmp_path / str(age), [rollout("tea/0", TEA, "Tea, hot."), *each])
        found.append((age, tmp_path / str(age)))
    return found


def names(found: list[Buffered]) -> list[str]:
    return [each.sample.id.partition("/")[0] for each in found]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"order": "medium"}, ["half", "old", "again", "never", "easy", "unknown"]),
        ({"order": "hard"}, ["never", "again", "half", "old", "easy", "unknown"]),
        ({"order": "hard", "size": 2}, ["never", "again"]),
        ({"order": "medium", "max_age": 1}, ["again", "never"]),
        ({"size": 0}, []),
    ],
    ids=str,
)
def test_which_come_first(options, wanted, folders):
    assert names(choose(folders, BufferConfig(**{"size": 99, **options}), 0)) == wanted


def test_the_latest_first_and_by_chance_among_them(folders):
    orders = {
        tuple(names(choose(folders, BufferConfig(size=99, order="recent"), seed))) for seed in range(20)
    }
    assert len(orders) > 1
    for each in orders:
        assert (set(each[:2]), set(each[2:5]), each[5:]) == (
            {"never", "again"}, {"half", "easy", "unknown"}, ("old",),
        )  # fmt: skip
    chosen = choose(folders, BufferConfig(size=99, order="recent"), 3)
    assert chosen == choose(folders, BufferConfig(size=99, order="recent"), 3)
    again = next(each for each in chosen if each.sample.id == "again/replay")
    assert (again.age, again.sample.pass_rate) == (1, 0.4)  # the latest of its replays


def test_they_stand_behind_the_data_of_the_iteration(folders, tmp_path):
    own = [rollout("sea/0", SEA, "Salt."), replay("own", 0.25)]
    dataset.write(tmp_path / "own", own, configuration={"k": 1})
    write_with(tmp_path / "own", choose(folders, BufferConfig(size=2, order="hard"), 0), 4, tmp_path / "both")
    read = list(dataset.read_samples(tmp_path / "both"))
    assert read[:2] == own
    assert [(each.id, each.group, each.source_id, each.origin) for each in read[2:]] == [
        (f"iteration-03/{name}/replay", f"iteration-03/{name}", f"iteration-03/{name}/source", "replay")
        for name in ("never", "again")
    ]
    assert dataset.read_manifest(tmp_path / "both").configuration == {"k": 1}
    before = dataset.content_digest(tmp_path / "both")
    write_with(tmp_path / "own", [], 4, tmp_path / "both")  # when a killed loop goes on
    assert dataset.content_digest(tmp_path / "both") == before
