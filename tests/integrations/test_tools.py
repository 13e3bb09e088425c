"""The tools run the folders that ``hir-data init`` writes, each in an environment of its own.

``make adapters`` makes these in ``.venv-adapters``, and runs this. ``HIR_DATA_ADAPTERS`` names another folder
with them. The model is a server on loopback.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import endpoint
import pytest
from doors import DOORS, MEAN_ILA, RESPONSES, answers, prompts_file
from programs import run_program
from typer.testing import CliRunner

import hir_data as hir
from hir_data.cli.main import app

ROOT = Path(__file__).parents[2]
ADAPTERS = Path(os.environ.get("HIR_DATA_ADAPTERS", ROOT / ".venv-adapters"))
pytestmark = pytest.mark.slow
ILA = [door.ila for door in DOORS]
CLA = [door.cla for door in DOORS]


def needs(program: str) -> Path:
    """A program of an environment, or the reason why its test does not run."""
    path = ADAPTERS / program
    if not path.exists():
        pytest.skip(f"needs {path}, which 'make adapters' makes")
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in; a program that is started there finds this package, and nothing else of ours."""
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "hir_data").symlink_to(ROOT / "hir_data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(tool: str, name: str, folder: Path) -> Path:
    done = CliRunner().invoke(app, ["init", tool, name, "--prompts", str(prompts_file(folder))])
    assert done.exit_code == 0, done.output
    return folder / name


def run(program: Path, *arguments: object, folder: Path, path: str = "", **variables: str) -> str:
    paths = [str(folder / "path"), *([path] if path else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HOME": str(folder), **variables}
    environment["PATH"] = os.pathsep.join([str(program.parent), environment["PATH"]])
    done = run_program([program, *arguments], cwd=folder, env=environment, limit=400)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def verified(path: Path) -> list[bool | None]:
    """Whether each response of a tool's log satisfies all, as ``hir-data verify`` reads it."""
    rollouts = list(hir.read_rollouts(str(path)))
    assert all(isinstance(each, hir.Rollout) for each in rollouts), rollouts
    return [hir.reward(each, "ila") for each in hir.verify(rollouts)]


def test_lm_eval_runs_the_task(folder):
    program = needs("lm-eval/bin/lm-eval")
    written("lm-eval", "tea-time", folder)
    with endpoint.serving(answers) as server:
        model = f"model=small,base_url={server.url}/chat/completions"
        run(
            program, "run", "--model", "local-chat-completions", "--model_args", model,
            "--apply_chat_template", "--tasks", "tea_time", "--include_path", "tea-time",
            "--log_samples", "--output_path", "out", folder=folder, OPENAI_API_KEY="x",
        )  # fmt: skip
    (results,) = folder.glob("out/**/results_*.json")
    figures = json.loads(results.read_text())["results"]["tea_time"]
    assert figures["ila,none"] == pytest.approx(MEAN_ILA)
    assert figures["undetermined,none"] == ILA.count(None) / len(ILA)
    assert figures["cla,none"] == pytest.approx(4 / 6)  # of the six verdicts that are known
    (samples,) = folder.glob("out/**/samples_*.jsonl")
    logged = [json.loads(line) for line in samples.read_text().splitlines()]
    assert [each.get("ila") for each in logged] == ILA
    assert verified(samples) == ILA


def test_inspect_runs_the_task(folder):
    program = needs("inspect-ai/bin/inspect")
    written("inspect", "tea", folder)
    with endpoint.serving(answers) as server:
        run(
            program, "eval", "tea/task.py", "--model", "openai-api/loop/small", "--display", "plain",
            "--log-format", "json", folder=folder, LOOP_API_KEY="x", LOOP_BASE_URL=server.url,
        )  # fmt: skip
    (log,) = folder.glob("logs/*.json")
    told = json.loads(log.read_text())
    scores = {score["name"]: score for score in told["results"]["scores"]}
    assert scores["ila"]["metrics"]["mean"]["value"] == pytest.approx(MEAN_ILA)
    assert (scores["ila"]["unscored_samples"], scores["cla"]["unscored_samples"]) == (1, 2)
    assert verified(log) == ILA


def test_pydantic_evals_reports_what_is_known(folder):
    program = needs("pydantic-evals/bin/python")
    written("pydantic-evals", "tea", folder)
    script = folder / "script.py"
    script.write_text(
        f"import json\nfrom hir_data.integrations.pydantic_evals import constraint_dataset\n"
        f"responses = {RESPONSES!r}\n"
        "report = constraint_dataset('tea/prompts.jsonl').evaluate_sync(responses.get, progress=False)\n"
        "assert not report.failures\n"
        "print(json.dumps([[{n: e.value for n, e in {**c.assertions, **c.scores}.items()}, list(c.labels)] "
        "for c in sorted(report.cases, key=lambda c: c.name)]))\n"
    )
    cases = json.loads(run(program, script, folder=folder).splitlines()[-1])
    for (known, labels), door in zip(cases, DOORS, strict=True):
        assert known == {n: v for n, v in {"ila": door.ila, "cla": door.cla}.items() if v is not None}
        assert labels == (["undetermined"] if door.cla is None else [])
    assert "Averages" in run(program, "tea/evaluate.py", folder=folder)


def test_verifiers_evaluates_the_environment(folder):
    program = needs("verifiers/bin/vf-eval")
    package = written("verifiers", "tea-time", folder)
    with endpoint.serving(answers) as server:
        run(
            program, "tea-time", "-m", "small", "-n", len(DOORS), "--client.base-url", server.url,
            "--client.api-key-var", "OPENAI_API_KEY", "--env.agent.harness.id", "null",
            "--env.agent.runtime.type", "subprocess", "--no-push", "--no-rich",
            folder=folder, path=str(package), OPENAI_API_KEY="x", HOME=os.environ["HOME"],
        )  # fmt: skip
    (traces,) = folder.glob("outputs/**/traces.jsonl")
    episodes = [json.loads(line) for line in traces.read_text().splitlines()]
    episodes.sort(key=lambda episode: episode["task"]["data"]["id"])
    for episode, door in zip(episodes, DOORS, strict=True):
        (trace,) = episode["traces"]
        reward = trace["rewards"].get("constraints")
        assert (None if reward is None else reward["score"]) == door.ila
        assert trace["ok"] is (door.ila is not None)
        assert trace["metrics"].get("ila") == door.ila
        assert trace["metrics"].get("cla") == door.cla
    assert "the reward is undetermined" in json.dumps(episodes)


def test_promptfoo_runs_the_assertion(folder):
    node, script = needs("promptfoo/node"), needs("promptfoo/node_modules/promptfoo/dist/src/entrypoint.js")
    tea = written("promptfoo", "tea", folder)
    config = (tea / "promptfooconfig.yaml").read_text()
    with endpoint.serving(answers) as server:
        model = f"  - id: openai:chat:small\n    config: {{apiBaseUrl: '{server.url}', apiKey: x}}\n"
        lines = [model if "echo" in line else line for line in config.splitlines()]
        (tea / "promptfooconfig.yaml").write_text("\n".join(lines) + "\n")
        environment = {
            **os.environ, "PYTHONPATH": str(folder / "path"), "PROMPTFOO_CONFIG_DIR": str(folder / "home"),
            "PROMPTFOO_PYTHON": sys.executable,
            "PROMPTFOO_DISABLE_TELEMETRY": "1", "PROMPTFOO_DISABLE_UPDATE": "1",
        }  # fmt: skip
        done = run_program(
            [node, script, "eval", "-c", "promptfooconfig.yaml", "--no-cache", "-o", "out.json"],
            cwd=tea, env=environment, limit=400,
        )  # fmt: skip
    assert done.returncode in (0, 100), done.stdout + done.stderr  # 100: tests have failed
    known = [each for each in hir.verify(list(hir.read_rollouts(str(tea / "out.json"))))]
    assert sorted(hir.reward(each) for each in known if hir.reward(each) is not None) == sorted(
        ila for ila in ILA if ila is not None
    )
    assert len(known) == len(DOORS)
    results = json.loads((tea / "out.json").read_text())["results"]["results"]
    results.sort(key=lambda each: each["testCase"]["description"])
    for result, door in zip(results, DOORS, strict=True):
        assert result["response"]["output"] == door.response
        assert result["success"] is (door.ila == 1.0)
        assert result["namedScores"].get("ila") == door.ila
        assert result["namedScores"].get("cla") == door.cla
        assert result["gradingResult"]["reason"].startswith("undetermined") is (door.ila is None)


def test_nemo_gym_serves_the_rewards(folder):
    program = needs("nemo-gym/bin/python")
    written("nemo-gym", "tea", folder)
    rows = [row_of(door) for door in DOORS]
    (folder / "rows.json").write_text(json.dumps(rows))
    script = folder / "script.py"
    script.write_text(
        "import json\n"
        "from fastapi.testclient import TestClient\n"
        "from nemo_gym.server_utils import ServerClient\n"
        "from hir_data.integrations.nemo_gym import ConstraintResourcesServer, ConstraintServerConfig\n"
        "config = ConstraintServerConfig(host='127.0.0.1', port=0, entrypoint='', name='tea', workers=0)\n"
        "server = ConstraintResourcesServer(config=config, server_client=ServerClient.model_construct())\n"
        "client = TestClient(server.setup_webserver())\n"
        "answers = [client.post('/verify', json=row) for row in json.load(open('rows.json'))]\n"
        "print(json.dumps([[each.status_code, each.json()] for each in answers]))\n"
    )
    told = json.loads(run(program, script, folder=folder).splitlines()[-1])
    for (status, body), door in zip(told, DOORS, strict=True):
        if door.ila is None:
            assert (status, body.get("mask_sample")) in ((503, None), (200, True)), body
        else:
            assert (status, body.get("reward")) == (200, door.ila), body


def row_of(door: Any) -> dict[str, Any]:
    """A row of NeMo Gym with its response."""
    message = {
        "id": "m", "type": "message", "role": "assistant", "status": "completed",
        "content": [{"type": "output_text", "text": door.response, "annotations": []}],
    }  # fmt: skip
    kwargs = [{k: v for k, v in each.items() if k != "kind"} for each in door.constraints]
    return {
        "responses_create_params": {"input": [{"role": "user", "content": door.prompt}]},
        "verifier_metadata": {
            "instruction_id_list": [each["kind"] for each in door.constraints],
            "kwargs": kwargs,
            "prompt": door.prompt,
        },
        "response": {
            "id": "r", "created_at": 0.0, "model": "small", "object": "response", "output": [message],
            "parallel_tool_calls": False, "tool_choice": "auto", "tools": [],
        },
    }  # fmt: skip
