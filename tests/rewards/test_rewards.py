"""Constraints as a reward, the way that TRL and verl call it."""

import asyncio
import contextlib
import importlib.util
import json
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import endpoint
import hostile_records
import pytest
from files import HOSTILE, own_kinds

import hir_data as hir
from hir_data.models import shared_judge
from hir_data.rewards import verl as verl_reward
from hir_data.rewards.trl import ConstraintReward
from hir_data.rewards.verl import compute_score

COMMA = {"kind": "punctuation:no_comma"}
THREE = {"kind": "word_count", "min": 3, "max": 3}
WARM = {"kind": "soft:criterion", "criterion": "The tone is warm."}
KEYS = ["cla", "error", "ila", "kinds", "satisfied", "score", "total", "undetermined", "verdicts"]
UNKNOWN = pytest.approx(math.nan, nan_ok=True)


@pytest.mark.parametrize(
    ("constraints", "response", "ila", "cla"),
    [
        ([COMMA, THREE], "One two three.", 1.0, 1.0),
        ([COMMA, THREE], "One two.", 0.0, 0.5),
        ([COMMA, THREE], "One, two.", 0.0, 0.0),
        ([COMMA, THREE], "", 0.0, 0.0),
        ([COMMA, WARM], "One two.", None, None),
        ([COMMA, WARM], "One, two.", 0.0, None),
    ],
)
def test_the_reward_of_a_completion(constraints, response: str, ila: float, cla: float):
    assert ConstraintReward()([response], constraints=[constraints]) == [ila]
    assert ConstraintReward("cla")([response], constraints=[constraints]) == [cla]


@pytest.mark.parametrize(
    ("response", "degree"),
    [("One two three.", 1.0), ("One two.", (1 + 2 / 3) / 2), ("One, two.", (1 / 3 + 2 / 3) / 2), ("", 0.0)],
)
def test_a_reward_can_be_how_far_the_constraints_are_satisfied(response: str, degree: float):
    assert ConstraintReward("degree")([response], constraints=[[COMMA, THREE]]) == [pytest.approx(degree)]
    assert ConstraintReward("degree")(["Tea."], constraints=[[COMMA, WARM]]) == [None]
    instruction = hir.Instruction(prompt="Write.", constraints=[hir.parse(COMMA), hir.parse(THREE)])
    rollout = hir.Rollout(instruction=instruction, response=response)
    for workers in (0, 1):
        (verified,) = hir.verify([rollout], degrees=True, workers=workers)
        assert verified.degree == pytest.approx(degree) == hir.reward(verified, "degree")


@pytest.mark.parametrize(
    "column",
    [
        [COMMA, THREE],
        json.dumps([COMMA, THREE]),
        [json.dumps(COMMA), json.dumps(THREE)],
        {"constraints": [COMMA, THREE]},
        json.dumps(
            {"instruction_id_list": ["punctuation:no_comma", "word_count"], "kwargs": [{}, {"max": 3}]}
        ),
    ],
)
def test_constraints_can_be_written_in_several_ways(column):
    assert ConstraintReward()(["One two three."], constraints=[column]) == [1.0]
    assert compute_score("any", "One two three.", column)["score"] == 1.0


TRIGGER = "bomb"  # of the hostile kinds
SPOKEN = [{"role": "assistant", "content": "Hi."}]


def test_constraints_that_are_known_are_not_read_again_unless_their_kind_is_another_one():
    """As in a notebook, where the class of a kind is changed and its cell run once more."""
    reward = ConstraintReward()
    written = [{"kind": "again:says_tea"}]
    with own_kinds():
        for wanted in ("tea", "milk"):

            @hir.register("again:says_tea")
            class Says(hir.Constraint):
                word: str = wanted

                def check(self, text):
                    return self.word in text.raw

            for column in (written, json.dumps(written), tuple(written)):
                rewards = reward(["Have tea.", "Have milk."], constraints=[column] * 2)
                assert rewards == [float(wanted == "tea"), float(wanted == "milk")]


def test_conversations_and_what_is_told():
    told: dict[str, object] = {}
    completions = [
        [{"role": "assistant", "content": "<think>one, two</think>One two three."}],
        [{"role": "assistant", "content": None}],
        [*SPOKEN, {"role": "tool", "content": "x"}, {"role": "assistant", "content": "a, b, c"}],
    ]
    rewards = ConstraintReward()(
        completions,
        [[{"role": "user", "content": "Count."}]] * 3,
        constraints=[[COMMA, THREE]] * 3,
        completion_ids=[[1], [2], [3]],
        log_extra=told.__setitem__,
        log_metric=told.__setitem__,
    )
    assert rewards == [1.0, None, 0.0]
    assert told == {
        "verdicts": ["[true, true]", "[]", "[false, true]"],
        "constraints/ila": pytest.approx(1 / 2),
        "constraints/cla": pytest.approx(0.75),
        "constraints/undetermined": pytest.approx(1 / 3),
    }


def test_the_same_metrics_are_told_where_nothing_is_known():
    told: dict[str, float] = {}
    ConstraintReward()(["Hi."], constraints=[[WARM]], log_metric=told.__setitem__)
    assert told == {"constraints/ila": 0.0, "constraints/cla": 0.0, "constraints/undetermined": 1.0}


def test_thinking_is_kept_where_that_is_wanted():
    completion = "<think>one, two</think>One two three."
    assert ConstraintReward(strip_thinking=None)([completion], constraints=[[COMMA]]) == [0.0]
    assert compute_score("any", completion, [COMMA], strip_thinking=None)["score"] == 0.0
    assert compute_score("any", "<think>never ends", [COMMA])["score"] == 0.0


def test_a_reward_can_be_sent_to_another_process():
    reward = pickle.loads(pickle.dumps(ConstraintReward("cla", workers=1)))
    assert reward.__name__ == "constraints_cla"
    assert reward(["One, two three."] * 3, constraints=[[COMMA, THREE]] * 3) == [0.5] * 3


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"constraints": [[COMMA]]}, "constraints[1]: cannot be processed: IndexError"),
        ({"constraints": [[COMMA], "[{"]}, "constraints[1].ground_truth: is neither JSON nor"),
        (
            {"constraints": [[COMMA], [{"kind": "no_coma"}]]},
            "constraints[1].constraints[0]: unknown constraint",
        ),
        (
            {"constraints": [[COMMA], 3]},
            "constraints[1]: has to be a list of constraints or an object, not 3",
        ),
        ({"constraints": [[COMMA], []]}, "constraints[1].constraints: there are no constraints"),
    ],
)
def test_a_bad_entry_has_no_reward_and_is_named_with_its_row(columns, message: str, caplog):
    assert ConstraintReward()(["One.", "Two."], **columns) == [1.0, None]
    assert message in caplog.text


def test_a_missing_column_is_an_error():
    with pytest.raises(hir.RecordError, match="constraints: the data set has no such column"):
        ConstraintReward()(["One.", "Two."])


def test_no_record_ends_a_training_step():
    """Every row has a reward or none, whatever its neighbours hold; verl's answers have the same fields."""
    good = json.dumps([COMMA])
    columns = [good]
    for _, line in hostile_records.lines():
        text = line.decode(errors="replace")
        columns.append(text)
        with contextlib.suppress(ValueError, RecursionError):
            record = json.loads(text)
            if isinstance(record, dict):
                columns += [record.get("constraints"), record, record.get("kwargs")]
        columns.append(good)
    rewards = ConstraintReward()(["One, two."] * len(columns), constraints=columns)
    assert len(rewards) == len(columns)
    assert [reward for reward, written in zip(rewards, columns, strict=True) if written == good] == [0.0] * (
        1 + len(hostile_records.lines())
    )
    assert rewards.count(None) > 100
    answers = [compute_score("any", "One, two.", written) for written in columns]
    assert all(sorted(answer) == KEYS for answer in answers)
    broken = [answer for answer in answers if answer["error"]]
    assert len(broken) > 100
    assert all(answer["undetermined"] and math.isnan(answer["score"]) for answer in broken)


@pytest.mark.parametrize("trap", ["misses", "raises", "recurses"])
@pytest.mark.parametrize("workers", [0, 1])
def test_a_check_that_raises_takes_no_other_row_with_it(trap: str, workers: int):
    with own_kinds():
        hir.load_plugin(str(HOSTILE))
        rows = [[COMMA], [{"kind": f"trap:{trap}"}], [COMMA]]
        reward = ConstraintReward(workers=workers)
        assert reward([TRIGGER] * 3, constraints=rows) == [1.0, None, 1.0]
        assert sorted(compute_score("any", TRIGGER, rows[1])) == KEYS


def test_a_judge_that_cannot_be_reached_leaves_the_rest(caplog):
    class Gone:
        def judge(self, questions):
            raise hir.JudgeError("nobody is there")

    reward = ConstraintReward(judge=Gone())
    assert reward(["One.", "One, two."], constraints=[[WARM], [COMMA]]) == [None, 0.0]
    assert "nobody is there" in caplog.text


@pytest.mark.parametrize(
    ("response", "truth", "wanted"),
    [
        ("One two three.", [COMMA, THREE], {"score": 1.0, "satisfied": 2, "verdicts": "[true, true]"}),
        ("One two.", [COMMA, THREE], {"score": 0.0, "cla": 0.5, "verdicts": "[true, false]"}),
        ("One two.", [COMMA, WARM], {"score": UNKNOWN, "undetermined": 1, "verdicts": "[true, null]"}),
        ("One, two.", [COMMA, WARM], {"score": 0.0, "undetermined": 1, "verdicts": "[false, null]"}),
        ("One two.", "{", {"score": UNKNOWN, "total": 0, "verdicts": "[]"}),
        ("One two.", [{"kind": "nothing"}], {"score": UNKNOWN, "total": 0, "verdicts": "[]"}),
    ],
)
def test_a_score_for_verl_has_always_the_same_fields(response: str, truth, wanted: dict):
    found = compute_score(
        "hir", response, json.dumps(truth) if isinstance(truth, list) else truth, {"index": 1}
    )
    assert sorted(found) == KEYS
    assert {name: found[name] for name in wanted} == wanted
    assert bool(found["error"]) is (found["total"] == 0)


def test_verl_loads_the_file_by_its_path():
    spec = importlib.util.spec_from_file_location("custom_module", Path(verl_reward.__file__))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.compute_score("any", "One two three.", [THREE])["score"] == 1.0


def test_a_check_that_crashes_is_no_failure():
    with own_kinds():
        hir.load_plugin(str(HOSTILE))
        assert ConstraintReward()([TRIGGER], constraints=[[{"kind": "trap:raises"}]]) == [None]
        assert compute_score("any", TRIGGER, [{"kind": "trap:raises"}])["undetermined"] == 1


def test_threads_and_event_loops():
    reward = ConstraintReward()
    texts = ["One two three."] * 20 + ["One, two."] * 20

    def call(_: int) -> list[float | None]:
        return reward(
            texts, constraints=[[COMMA, THREE, {"kind": "language:response_language", "language": "en"}]] * 40
        )

    with ThreadPoolExecutor(8) as threads:
        first, *others = threads.map(call, range(16))
    assert all(other == first for other in others)

    async def inside() -> list[float | None]:
        return call(0)

    assert asyncio.run(inside()) == first


SOFT_AND_COMMA = [COMMA, WARM]


@pytest.mark.parametrize(
    ("score", "rewards"),
    [
        ("all", [1.0, 0.0, 0.0, None, 0.0]),
        ("any", [1.0, 1.0, 0.0, 1.0, None]),
        ("min", [1.0, 2 / 3, 1 / 3, None, None]),
        ("weighted", [1.0, 0.75, 0.0, None, None]),
    ],
)
def test_what_can_be_made_of_the_verdicts(score: str, rewards: list[float | None]):
    reward = ConstraintReward(score, weights={"punctuation": 3})
    texts = ["One two three.", "One two.", "One, two.", "One two.", "One, two."]
    rows = [[COMMA, THREE]] * 3 + [SOFT_AND_COMMA] * 2
    found = reward(texts, constraints=rows)
    assert [None if one is None else pytest.approx(one) for one in found] == rewards


def test_weights_of_a_row_come_first_and_may_leave_out_what_nobody_knows():
    reward = ConstraintReward("weighted", weights={"punctuation:no_comma": 9})
    rows = [[COMMA, THREE], [COMMA, THREE], [COMMA, WARM]]
    weights = [[1, 3], None, "[1, 0]"]
    assert reward(["One two."] * 3, constraints=rows, weights=weights) == [0.25, 0.9, 1.0]
    info = {"weights": [1, 3]}
    assert compute_score("x", "One two.", [COMMA, THREE], info, score="weighted")["score"] == 0.25


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1], "weights: has to be a list of 2 numbers, not [1]"),
        ([1, -1], "weights[1]: has to be a number from 0 on, not -1"),
        ([1, "2"], "weights[1]: has to be a number from 0 on, not '2'"),
        ([0, 0], "weights: are all 0"),
    ],
)
def test_weights_that_are_none_give_no_reward(weights, message: str, caplog):
    assert ConstraintReward("weighted")(["a"], constraints=[[COMMA, THREE]], weights=[weights]) == [None]
    assert message in caplog.text
    with pytest.raises(hir.RecordError, match=r"weights\.punctuation: has to be a number"):
        ConstraintReward("weighted", weights={"punctuation": -1})


@pytest.mark.parametrize(
    ("by", "logged"),
    [
        ("family", {"family/general": 0.5, "family/punctuation": 1.0}),
        ("kind", {"kind/word_count": 0.5, "kind/punctuation:no_comma": 1.0}),
    ],
)
def test_shares_of_families_and_kinds_are_logged(by: str, logged: dict[str, float]):
    told: dict[str, float] = {}
    rows = [[COMMA, THREE], [THREE, WARM]]
    ConstraintReward(log_by=by)(["One two.", "One two three."], constraints=rows, log_metric=told.__setitem__)
    assert {f"constraints/{name}": value for name, value in logged.items()}.items() <= told.items()
    assert not any("soft" in name for name in told)  # nobody knows


class Warmth:
    """A judge that can be pickled, and knows the prompt."""

    def judge(self, questions):
        return [hir.Verdict("warm" in each.text and each.prompt == "Be warm.") for each in questions]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_judge_decides_in_every_reward(workers: int):
    texts, prompts = ["So warm.", "So cold."], ["Be warm."] * 2
    options = {"workers": workers, "judge": Warmth()}
    rows = [SOFT_AND_COMMA] * 2
    assert ConstraintReward(**options)(texts, prompts, constraints=rows) == [1.0, 0.0]
    reward = pickle.loads(pickle.dumps(hir.AsyncConstraintReward(**options)))
    assert asyncio.run(reward(texts, prompts, constraints=rows)) == [1.0, 0.0]
    info = {"prompt": prompts[0]}
    scores = [compute_score("x", text, SOFT_AND_COMMA, info, **options)["score"] for text in texts]
    assert scores == [1.0, 0.0]

    async def side_by_side():
        return await asyncio.gather(
            *(hir.compute_score_async("x", text, SOFT_AND_COMMA, info, **options) for text in texts)
        )

    assert [each["score"] for each in asyncio.run(side_by_side())] == [1.0, 0.0]


def test_a_model_judges_for_verl_and_for_a_pickled_reward(monkeypatch):
    monkeypatch.setenv("HIR_DATA_JUDGE_KEY", "key")
    criterion = [{"kind": "soft:criterion", "criterion": "warm"}]
    with endpoint.serving(endpoint.looks_for_the_criterion) as server:
        judged = {"judge_model": "small", "judge_url": server.url}
        scores = [compute_score("x", text, criterion, **judged)["score"] for text in ("warm", "cold")]
        assert scores == [1.0, 0.0]
        shared_judge.shared_judge("small", server.url).close()
        with hir.OpenAIJudge("small", server.url) as judge:
            reward = pickle.loads(pickle.dumps(ConstraintReward(judge=judge)))
        assert reward(["warm", "cold"], constraints=[criterion] * 2) == [1.0, 0.0]
        reward.judge.close()
    shared_judge._judge.cache_clear()


def test_a_judge_that_raises_whatever_it_likes_leaves_the_rest(caplog):
    class Broken:
        def judge(self, questions):
            raise ZeroDivisionError("oops")

    assert ConstraintReward(judge=Broken())(["a", "a"], constraints=[[WARM], [COMMA]]) == [None, 1.0]
    assert "oops" in caplog.text


def test_a_score_that_nobody_knows_can_have_a_number_of_ones_choice():
    assert compute_score("x", "a", [WARM], undetermined=-1.0)["score"] == -1.0
