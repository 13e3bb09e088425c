"""The claim in miniature: its languages, its policy, what arms learn from, and all of it in seconds."""

import csv
import importlib
import json
import sys
from random import Random
from types import SimpleNamespace

import pytest
import torch

import hir_data as hir
from hir_data.schemas import registry

PACKAGE = "benchmarks.hir_mini"
MODULES = "arms evaluation learning policy report run starts statistics tuning work".split()
KINDS = [
    *(f"mini:{name}" for name in "first last has without twice before least most varied plain".split()),
    *(f"long:{name}" for name in "open close mirror has thrice double pair order length few".split()),
]


@pytest.fixture(scope="module")
def mini():
    """The modules of the benchmark; its kinds are gone when the tests of this file end."""
    registry.kinds()  # ours are registered once, when their modules are first imported
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_registered", dict(registry._registered))
        modules = {name: importlib.import_module(f"{PACKAGE}.{name}") for name in MODULES}
        base = importlib.import_module(f"{PACKAGE}.languages.base")
        yield SimpleNamespace(**modules, base=base)
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest.fixture(params=["short", "long"])
def language(mini, request):
    return next(each for each in mini.run.LANGUAGES if each.name == request.param)


@pytest.fixture
def asked(mini, language):
    return list(mini.starts.prompts_for(language, "a test", 12))


# Languages


def test_an_instruction_is_true_of_its_hidden_text_and_read_in_whole(mini, language):
    made = mini.base.instructions(language, "a test")
    codec = mini.policy.Codec(language)
    for instruction, text in (next(made) for _ in range(24)):
        assert len(instruction.constraints) == language.size == len({*map(type, instruction.constraints)})
        assert all(hir.check(each, text).satisfied for each in instruction.constraints)
        assert not hir.conflicts(instruction.constraints)
        assert mini.evaluation.share(instruction, text) == 1
        assert codec.texts(codec.responses([text])) == [text]
        assert codec.prompts([instruction]).shape == (1, language.size, language.slots)


@pytest.mark.parametrize("name", KINDS)
def test_hindsight_asks_for_what_a_text_has_in_words_that_are_read(mini, name):
    kind, rng = registry.lookup(name), Random(name)
    language = next(each for each in mini.run.LANGUAGES if kind in each.kinds)
    codec, found = mini.policy.Codec(language), set()
    for _ in range(200):
        constraint, text = kind.sample(rng), hir.Text(language.random_text(rng))
        if not hir.check(constraint, text).satisfied and (other := constraint.hindsight(text)):
            assert hir.check(other, text).satisfied
            assert constraint.degree(text) < 1 == other.degree(text)
            found.add(type(other))
            codec.prompts([mini.base.instruction([other], rng)])
    assert found


@pytest.mark.parametrize("name", KINDS)
def test_an_example_is_what_it_says(mini, name):
    kind = registry.lookup(name)
    constraint = kind(**kind.example.parameters)
    assert hir.check(constraint, kind.example.satisfied_by).satisfied
    assert not hir.check(constraint, kind.example.violated_by).satisfied


def test_texts_have_words_of_the_language(language):
    for seed in range(50):
        words = language.random_text(Random(seed)).split()
        assert 3 <= len(words) <= language.longest
        assert {*words} <= {*language.words}


def test_opposites_say_little_in_the_long_language_and_something_in_the_short_one(mini):
    rng, shares = Random(0), {}
    for language in mini.run.LANGUAGES:
        texts = [hir.Text(language.random_text(rng)) for _ in range(300)]
        opposites = [
            other
            for kind in language.kinds
            for text in texts[:30]
            if (one := kind.sample(rng)) and (other := one.flip(text))
        ]
        true_of = [
            sum(bool(hir.check(each, text).satisfied) for text in texts) / len(texts) for each in opposites
        ]
        shares[language.name] = sum(share > 0.9 for share in true_of) / len(true_of)
    assert shares["short"] < 0.1
    assert shares["long"] > 0.6


# Policy


def test_the_sampler_says_how_likely_its_tokens_were(mini, language, asked):
    policy = mini.policy.new_policy(language, 0)
    prompts = policy.codec.prompts(asked)
    drawn = mini.policy.sample(policy, prompts, 2, torch.Generator().manual_seed(0))
    again = mini.policy.logprobs(policy, prompts, torch.arange(len(asked)).repeat_interleave(2), drawn.tokens)
    mask = mini.policy.mask_of(drawn.tokens)
    torch.testing.assert_close(again * mask, drawn.logprobs, rtol=0, atol=1e-5)
    assert (drawn.tokens[mask == 0] == mini.policy.PAD).all()
    assert (mask[:, 0] == 1).all()


def test_what_is_likely_depends_on_the_prompt_and_on_what_was_said_alone(mini, language, asked):
    policy = mini.policy.new_policy(language, 0)
    prompts = policy.codec.prompts(asked)
    tokens = policy.codec.responses([language.random_text(Random(seed)) for seed in range(len(asked))])
    known = mini.policy.logprobs(policy, prompts, torch.arange(len(asked)), tokens)
    other = tokens.clone()
    other[:, 3:] = 2
    changed = mini.policy.logprobs(policy, prompts, torch.arange(len(asked)), other)
    torch.testing.assert_close(changed[:, :3], known[:, :3])
    turned = mini.policy.logprobs(policy, prompts.flip(1), torch.arange(len(asked)), tokens)
    torch.testing.assert_close(turned, known, rtol=0, atol=1e-4)  # the order of constraints does not matter
    moved = mini.policy.logprobs(policy, prompts, torch.arange(len(asked)).roll(1), tokens)
    assert not torch.allclose(moved, known, atol=1e-2)


# Arms


def test_every_arm_is_tuned_over_as_many_points(mini):
    for arm in mini.arms.MAIN:
        first = mini.arms.first_points(arm)
        points = [*first, *mini.arms.further_points(arm, first[0])]
        assert len({mini.work.label(point) for point in points}) == 8
        assert len({repr(arm.at(point)) for point in points}) == 8
    for arm in mini.arms.PARTS:
        assert repr(arm.at({"rate": 0.1})) != repr(mini.arms.ARMS["ours"].at({"rate": 0.1}))


def batch(mini, asked, language, name, **point):
    policy = mini.policy.new_policy(language, 0)
    drawn = mini.policy.sample(policy, policy.codec.prompts(asked), 4, torch.Generator().manual_seed(0))
    arm = mini.arms.ARMS[name].at(point)
    return mini.learning.batch_of(policy, policy, asked, drawn, arm, 0), drawn


def test_replays_are_rows_beside_their_sources_at_prompts_of_their_own(mini, language, asked):
    rows, drawn = batch(mini, asked, language, "paper")
    assert len(drawn.tokens) < len(rows.which) <= len(drawn.tokens) + 2 * len(asked)
    assert rows.advantages.shape == rows.responses.shape  # divergence is in the reward of tokens
    replays = len(rows.which) - len(drawn.tokens)
    assert len(asked) < len(rows.which.unique()) <= len(asked) + replays
    torch.testing.assert_close(rows.old, rows.start)  # of a replay, at the prompt of its source
    policy = mini.policy.new_policy(language, 0)
    own = mini.policy.logprobs(policy, rows.prompts, torch.arange(len(rows.which)), rows.responses)
    own = own * mini.policy.mask_of(rows.responses)
    apart = ((own - rows.old).abs() > 1e-4).any(1)
    assert 0 < apart.sum() <= replays
    rows, _ = batch(mini, asked, language, "ours")
    own = mini.policy.logprobs(policy, rows.prompts, torch.arange(len(rows.which)), rows.responses)
    mask = mini.policy.mask_of(rows.responses)
    torch.testing.assert_close(own * mask, rows.old * mask, rtol=0, atol=1e-4)


def test_groups_of_equal_rewards_are_left_out_where_they_are_to_be(mini, language, asked):
    rows, drawn = batch(mini, asked, language, "grpo", reward="ila")
    assert len(rows.which) == 0  # none of these responses satisfies all
    rows, _ = batch(mini, asked, language, "grpo")
    assert 0 < len(rows.which) <= len(drawn.tokens)
    assert (rows.advantages != 0).all()
    rows, _ = batch(mini, asked, language, "cla")
    assert len(rows.which) == len(drawn.tokens)


# Statistics


@pytest.mark.parametrize(
    ("differences", "expected"),
    [([1.0] * 8, 2 / 256), ([1.0, -1.0], 1.0), ([0.0] * 4, 1.0), ([3.0, 1.0, 1.0], 0.25), ([2.0, -1.0], 1.0)],
)
def test_a_permutation_test_counts_the_ways_that_are_as_far(mini, differences, expected):
    assert mini.statistics.p_value(differences) == expected
    assert mini.statistics.p_value([-each for each in differences]) == expected


def test_many_pairs_are_tested_on_a_sample(mini):
    assert mini.statistics.p_value([1.0] * 20) < 0.001
    assert 0.4 < mini.statistics.p_value([1.0] * 11 + [-1.0] * 9) < 1


def test_figures_between_two_looks_are_on_a_line(mini):
    looks = [mini.work.Look(rollouts, 2 * rollouts, ila, 0, 0, 0) for rollouts, ila in ((0, 0.0), (10, 1.0))]
    at = mini.statistics.ila_at
    assert [at(looks, "rollouts", spent) for spent in (0, 5, 10, 20)] == [0, 0.5, 1, 1]
    assert at(looks, "tokens", 5) == 0.25


def test_means_and_their_errors(mini):
    assert str(mini.statistics.Mean.of([0.1, 0.2, 0.3])) == "0.200 ± 0.058"
    assert str(mini.statistics.Mean.of([0.1])) == "0.100 ± 0.000"


# The whole


def rows_of(folder):
    with (folder / "figures.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_whole_command(mini, tmp_path, monkeypatch, capsys):
    out, name = tmp_path / "out", "short-true-sparse"
    command = ["mini", "--quick", "-o", str(out), "--starts", str(tmp_path / "starts"), "--settings", name]
    monkeypatch.setattr(sys, "argv", command)
    mini.run.main()
    capsys.readouterr()
    size, rows = mini.run.QUICK, rows_of(out)
    chosen = json.loads((out / "chosen.json").read_text())[name]
    for arm in mini.arms.MAIN:
        tuned = [row for row in rows if row["arm"] == arm.name and row["phase"] == "tune"]
        assert len(chosen[arm.name]["scores"]) == len(tuned) == 8
        assert {row["seed"] for row in tuned} == set(map(str, size.tuned_on))
        best = max(chosen[arm.name]["scores"].values(), key=lambda score: (score["ila"], score["cla"]))
        assert chosen[arm.name]["scores"][mini.work.label(chosen[arm.name]["point"])] == best
    starts = set()
    for arm in mini.arms.ARMS.values():
        for seed in size.seeds:
            learnt = [
                row for row in rows if (row["arm"], row["phase"], row["seed"]) == (arm.name, "run", str(seed))
            ]
            steps = range(arm.longer * size.schedule.steps + 1)
            assert [row["rollouts"] for row in learnt] == [str(step * 4 * 3) for step in steps]
            assert {row["point"] for row in learnt} == {
                mini.work.label(chosen[arm.tuned_as or arm.name]["point"])
            }
            starts.add((seed, *(learnt[0][measure] for measure in mini.work.MEASURES)))
    assert len(starts) == len(size.seeds)  # all arms begin alike
    assert (out / "curve.png").stat().st_size > 0
    told = (out / "table.md").read_text()
    assert all(f"| {arm.title} |" in told for arm in mini.arms.ARMS.values())

    before = (out / "figures.csv").read_bytes(), (out / "chosen.json").read_bytes()
    work = mini.run.Work(out, tmp_path / "starts", size, [mini.run.SETTINGS[name]])
    assert work.left("all") == []
    kept = [row for row in rows if (row["arm"], row["seed"]) != ("ours", "0")]
    with (out / "figures.csv").open("w", newline="") as file:  # as if one piece had not been done yet
        writer = csv.DictWriter(file, mini.work.FIGURES, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    assert [piece.key[2:3] for piece in work.left("all")] == [("ours",)]
    mini.run.main()
    assert ((out / "figures.csv").read_bytes(), (out / "chosen.json").read_bytes()) == before


def test_nothing_runs_on_fresh_seeds_before_all_is_chosen_nor_among_figures_of_another_size(mini, tmp_path):
    setting = mini.run.SETTINGS["long-narrow-easy"]
    work = mini.run.Work(tmp_path, tmp_path, mini.run.QUICK, [setting])
    with pytest.raises(SystemExit, match="tune first"):
        work.left("run")
    assert {piece.phase for piece in work.left("all")} == {"tune"}
    with pytest.raises(SystemExit, match="another size"):
        mini.run.Work(tmp_path, tmp_path, mini.run.BRIEF, [setting])


def test_a_piece_that_another_process_has_is_left_to_it(mini, tmp_path):
    folder = mini.work.Folder(tmp_path)
    piece = mini.work.Piece(mini.run.SETTINGS["long-true-easy"], "tune", "cla", {"rate": 0.1}, 0)
    with folder.claimed(piece) as first, mini.work.Folder(tmp_path).claimed(piece) as second:
        assert (first, second) == (True, False)
    with folder.claimed(piece) as again:
        assert again
    folder.add(piece, [mini.work.Look(1, 2, 0.5, 0.25, 3.0, 1.5)])
    with folder.claimed(piece) as done:
        assert not done
    assert folder.looks() == {piece.key: [mini.work.Look(1, 2, 0.5, 0.25, 3.0, 1.5)]}
