"""A rubric and a judge: the same verdicts and points through verify, every reward and the server."""

import asyncio
import contextlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from endpoint import Asked, Reply, says, serving
from files import write

import hir_data as hir
from hir_data.engine.shared_pool import SharedPool
from hir_data.models import shared_judge
from hir_data.rewards.config import ServeConfig
from hir_data.rewards.server import RewardService

RUBRIC = [
    {"criterion": "sea", "points": 6},
    {"criterion": "money", "points": -2},
    {"criterion": "wide", "scale": [1, 5], "min": 4, "points": 2},
    {"criterion": "unreadable", "points": 1},
]
TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi."},
    {"role": "assistant", "content": "Hello."},
    {"role": "user", "content": "Why do people sail?"},
]
SEEN = "system: Be brief.\n\nuser: Hi.\n\nassistant: Hello.\n\nuser: Why do people sail?"
TEXTS: dict[str, tuple[list[bool | None], float | None]] = {
    "For the sea, unreadable and wide.": ([True, True, True, None], None),
    "For the sea.": ([True, True, False, False], 6 / 9),
    "For money at sea.": ([True, False, False, False], 4 / 9),
    "For money.": ([False, False, False, False], 0.0),
}


def reads(asked: Asked) -> Reply:
    """Finds what is there, and cannot tell whether a text that is unreadable is so."""
    if "text" not in asked.sections:  # the question that is put once more
        return says("Who knows?")
    text, entries = asked.sections["text"], []
    for number in range(1, 5):
        word = asked.sections.get(f"criterion-{number}")
        if word is None or (word == "unreadable" and word in text):
            continue
        met = word in text
        decision = {"grade": 5 if met else 3} if f"scale-{number}" in asked.sections else {"satisfied": met}
        entries.append({"criterion": number, "reason": word, **decision})
    return says(json.dumps({"verdicts": entries}))


def test_no_door_changes_a_verdict_of_a_judge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HIR_DATA_JUDGE_KEY", "key")
    texts = list(TEXTS)
    verdicts = [each for each, _ in TEXTS.values()]
    points = [None if share is None else pytest.approx(share) for _, share in TEXTS.values()]
    label, prompts = json.dumps({"rubrics": RUBRIC}), [TURNS] * len(texts)
    records = [{"prompt": TURNS, "rubrics": RUBRIC, "response": text} for text in texts]
    with serving(reads) as endpoint, hir.OpenAIJudge("small", endpoint.url) as judge:
        verified = list(hir.verify(hir.read_rollouts(write(tmp_path / "in.jsonl", records)), judge=judge))
        assert [[one.strict.satisfied for one in each.results] for each in verified] == verdicts
        assert [each.weighted for each in verified] == points
        assert [hir.reward(each, "weighted") for each in verified] == points
        options = {"score": "weighted", "judge": judge}
        assert hir.ConstraintReward(**options)(texts, prompts, constraints=[label] * 4) == points
        columns = {"rubrics": [RUBRIC] * 4}  # as the data set has them
        assert hir.ConstraintReward(**options)(texts, prompts, **columns) == points
        reward = pickle.loads(pickle.dumps(hir.AsyncConstraintReward(**options)))
        assert asyncio.run(reward(texts, prompts, constraints=[label] * 4)) == points
        reward.judge.close()
        modelled = {"score": "weighted", "judge_model": "small", "judge_url": endpoint.url}
        scores = [
            hir.compute_score("x", text, label, {"prompt": TURNS}, undetermined=-1.0, **modelled)
            for text in texts
        ]
        assert [json.loads(each["verdicts"]) for each in scores] == verdicts
        assert [each["score"] for each in scores] == [-1.0, *points[1:]]
        for beside in ({"rubrics": RUBRIC}, {"reward_model": {"rubrics": RUBRIC, "style": "rubric"}}):
            row = hir.compute_score("x", texts[2], "", {"prompt": TURNS, **beside}, **modelled)
            assert (row["error"], row["score"]) == ("", points[2])
        graded = [hir.grade(TURNS, text, RUBRIC, hir.GradeOptions(**modelled)) for text in texts]
        assert [(each.satisfied, each.reward) for each in graded] == list(zip(verdicts, points, strict=True))
        shared_judge.shared_judge("small", endpoint.url).close()
        shared_judge._judge.cache_clear()
        assert served(judge, records) == list(zip(verdicts, points, strict=True))
        assert {asked.sections.get("prompt", SEEN) for asked in endpoint.asked} == {SEEN}


def test_openrlhf_has_the_same_of_a_prompt_as_text():
    pytest.importorskip("torch")
    texts, label = list(TEXTS), json.dumps({"rubrics": RUBRIC})
    with serving(reads) as endpoint, hir.OpenAIJudge("small", endpoint.url) as judge:
        reward = hir.OpenRLHFReward("weighted", judge=judge, undetermined=-1.0)
        given = reward([f"Sail?{text}" for text in texts], ["Sail?"] * 4, [label] * 4)["rewards"].tolist()
        assert {asked.sections.get("prompt", "Sail?") for asked in endpoint.asked} == {"Sail?"}
    assert given == [-1.0 if share is None else pytest.approx(share) for _, share in TEXTS.values()]


def served(
    judge: hir.OpenAIJudge, records: list[dict[str, Any]]
) -> list[tuple[list[bool | None], float | None]]:
    async def body() -> bytes:
        return json.dumps({"rollouts": records, "score": "weighted"}).encode()

    with contextlib.closing(SharedPool(1, 10.0)) as pool:
        service = RewardService(ServeConfig(), pool, judge)
        answer = json.loads(asyncio.run(service.answer("/verify", {}, body)).body)
    return [([one["satisfied"] for one in each["constraints"]], each["reward"]) for each in answer["results"]]
