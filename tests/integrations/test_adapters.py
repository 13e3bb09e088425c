"""Adapters keep the contracts of their tools; those that are not installed here are played by a few lines.

That the tools themselves accept what adapters say is shown by :mod:`test_tools`.
"""

import asyncio
import errno
import itertools
import json
import math
import sys
import tomllib
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Generic, NamedTuple, TypeVar

import pytest
from doors import DOORS, NO_COMMA, WARM, Door, prompts_file
from pydantic import BaseModel
from test_tools import row_of
from typer.testing import CliRunner

import hir_data as hir
from hir_data.cli.main import app
from hir_data.errors import OutputError
from hir_data.integrations import lm_eval, promptfoo
from hir_data.integrations.grading import GradeOptions, explanation, grade, grade_async
from hir_data.integrations.prompts import read_prompts
from hir_data.integrations.scaffold import TOOLS, module_name, write_folder

ANY = TypeVar("ANY")
HERE = {"workers": 0}
every_door = pytest.mark.parametrize("door", DOORS, ids=[door.prompt[:6] for door in DOORS])


# One function


@every_door
def test_a_response_is_graded(door: Door):
    scored = grade(door.prompt, door.response, door.constraints)
    assert (scored.ila, scored.cla, scored.reward) == (door.ila, door.cla, door.ila)
    options = GradeOptions("cla", workers=0)
    again = asyncio.run(grade_async(None, door.response, json.dumps(door.constraints), options))
    assert (again.verdicts, again.reward) == (scored.verdicts, door.cla)


def test_a_judge_decides_what_only_a_reader_can():
    class Judge:
        def judge(self, questions):
            return [hir.Verdict("love" in each.text, each.prompt) for each in questions]

    options = GradeOptions(judge=Judge())
    scored = grade("Sugar?", "Sugar and love.", [WARM], options)
    assert (scored.reward, scored.verdicts[0].reason) == (1.0, "Sugar?")
    assert grade("Sugar?", "Sugar.", [WARM], options).reward == 0.0


def test_an_explanation_has_a_line_for_each_constraint():
    said = explanation(grade(None, "Honey, dear.", [NO_COMMA, WARM]))
    assert said.splitlines() == [
        "violated: punctuation:no_comma: found 1 comma, wanted none",
        "undetermined: soft:criterion: nobody has judged it",
    ]
    assert explanation(grade(None, "x", [{"kind": "no_such"}])).startswith("undetermined: constraints")


@pytest.mark.parametrize("options", [{"score": "best"}, {"score": "weighted", "weights": {"a": -1}}])
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]):
    with pytest.raises(hir.RecordError):
        GradeOptions(**options)


# Prompts


def test_prompts_of_a_file(tmp_path):
    path = tmp_path / "mixed.jsonl"
    chat = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Tea?"}]
    records = [
        {"key": 7, "prompt": "Tea?", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]},
        {"messages": chat, "constraints": [NO_COMMA]},
        {"id": "7", "prompt": "Milk?", "constraints": [NO_COMMA], "response": "not read"},
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in records))
    prompts = read_prompts(path)
    assert [each.id for each in prompts] == ["7", "2", "7#3"]
    assert [each.conversation for each in prompts] == ["Tea?", chat, "Milk?"]
    assert {each.constraints_json for each in prompts} == {json.dumps([NO_COMMA])}
    with pytest.raises(hir.RecordError, match=r"mixed.jsonl:2: messages: has 2 messages"):
        read_prompts(path, single_message=True)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"prompt": "Tea?", "constraints": [{"kind": "no_such"}]}, r":2: constraints\[0\]: unknown"),
        ({"prompt": "Tea?"}, ":2: "),
        ({"prompt": "T", "constraints": [NO_COMMA], "tools": [{"type": "function"}]}, ":2: tools: "),
    ],
)
def test_a_record_that_cannot_be_handed_on_is_named(tmp_path, record: dict[str, Any], said: str):
    path = tmp_path / "prompts.jsonl"
    good = {"prompt": "Tea?", "constraints": [NO_COMMA]}
    path.write_text(json.dumps(good) + "\n" + json.dumps(record) + "\n")
    with pytest.raises(hir.RecordError, match=said):
        read_prompts(path)


# lm-eval and promptfoo need nothing that is not here


@every_door
def test_lm_eval(door: Door):
    doc = {"prompt": door.prompt, "constraints": json.dumps(door.constraints)}
    metrics = lm_eval.process_results(doc, [door.response])
    assert metrics.get("ila") == door.ila
    assert metrics["undetermined"] == (door.ila is None)
    assert all(isinstance(each, bool) for each in metrics["cla"])
    assert (lm_eval.share_satisfied([metrics["cla"]]) == door.cla) or door.cla is None


def test_lm_eval_refuses_a_document_that_states_nothing():
    with pytest.raises(hir.RecordError, match="document 5"):
        lm_eval.process_results({"key": 5, "prompt": "Tea?"}, ["x"])


def test_lm_eval_documents_hold_whatever_constraints_there_are(tmp_path):
    pytest.importorskip("datasets")
    path = tmp_path / "prompts.jsonl"
    constraints = [
        {"kind": "not", "constraint": NO_COMMA},
        {"kind": "keywords:existence", "keywords": ["sea"]},
        {"kind": "ends_with", "text": "!"},
    ]
    path.write_text(
        "".join(json.dumps({"prompt": "x", "constraints": [each]}) + "\n" for each in constraints)
    )
    docs = lm_eval.load_dataset(path)["test"]
    assert [lm_eval.process_results(doc, ["sea, sea!"])["ila"] for doc in docs] == [1.0, 1.0, 1.0]


@every_door
def test_promptfoo(door: Door):
    for context in (
        {"config": {"constraints": door.constraints}},
        {"vars": {"constraints": json.dumps(door.constraints)}},
    ):
        result = promptfoo.get_assert(door.response, {"prompt": door.prompt, **context})
        assert result["pass"] is (door.ila == 1.0)
        named = {"ila": door.ila, "cla": door.cla}
        assert result["namedScores"] == {name: value for name, value in named.items() if value is not None}
        assert result["reason"].startswith("undetermined: too little") is (door.ila is None)
        assert json.loads(json.dumps(result, allow_nan=False)) == result


@pytest.mark.parametrize("context", [{}, {"config": {"constraints": [NO_COMMA], "scoer": "cla"}}])
def test_promptfoo_is_told_what_is_missing(context: dict[str, Any]):
    with pytest.raises(hir.RecordError):
        promptfoo.get_assert("x", context)


def test_promptfoo_tests_keep_their_prompts(tmp_path):
    tests = promptfoo.tests_of(prompts_file(tmp_path), score="cla")
    assert [each["vars"]["prompt"] for each in tests] == [door.prompt for door in DOORS]
    config = tests[0]["assert"][0]["config"]
    assert list(map(hir.parse, config.pop("constraints"))) == list(map(hir.parse, DOORS[0].constraints))
    assert config == {"score": "cla"}


# Those whose tools are played


@pytest.fixture
def played(monkeypatch):
    """Puts modules in the place of a tool, and imports its adapter anew."""

    def play(adapter: str, **modules: dict[str, Any]) -> Any:
        for name, members in modules.items():
            module = ModuleType(name.replace("__", "."))
            vars(module).update(members)
            monkeypatch.setitem(sys.modules, module.__name__, module)
            parent, _, child = module.__name__.rpartition(".")
            if parent:
                monkeypatch.setattr(sys.modules[parent], child, module, raising=False)
        monkeypatch.delitem(sys.modules, f"hir_data.integrations.{adapter}", raising=False)
        imported = import_module(f"hir_data.integrations.{adapter}")
        monkeypatch.delitem(sys.modules, imported.__name__)
        return imported

    return play


def _same(*_: Any, **__: Any) -> Any:
    return lambda function: function


@every_door
def test_inspect(door: Door, played, tmp_path):
    class Score(SimpleNamespace):
        @classmethod
        def unscored(cls, **given: Any) -> Any:
            return cls(value=math.nan, **given)

    adapter = played(
        "inspect_ai",
        inspect_ai={"Task": SimpleNamespace, "task": lambda function: function},
        inspect_ai__dataset={"MemoryDataset": lambda samples, name: samples, "Sample": SimpleNamespace},
        inspect_ai__model=dict.fromkeys(
            ("ChatMessage", "ChatMessageAssistant", "ChatMessageSystem", "ChatMessageUser"), SimpleNamespace
        ),
        inspect_ai__scorer={
            "Score": Score, "Scorer": Any, "Target": Any, "mean": _same, "stderr": _same, "scorer": _same,
        },
        inspect_ai__solver={"TaskState": Any, "generate": _same},
    )  # fmt: skip
    sample = adapter.constraint_dataset(prompts_file(tmp_path))[DOORS.index(door)]
    assert sample.input == door.prompt
    output = SimpleNamespace(completion=door.response)
    state = SimpleNamespace(metadata=sample.metadata, input_text=sample.input, output=output)
    score = asyncio.run(adapter.constraint_scorer(**HERE)(state, None))
    assert {name: None if math.isnan(value) else value for name, value in score.value.items()} == {
        "ila": door.ila,
        "cla": door.cla,
    }
    state.metadata = {}
    assert math.isnan(asyncio.run(adapter.constraint_scorer(**HERE)(state, None)).value)


@every_door
def test_pydantic_evals(door: Door, played, tmp_path):
    @dataclass
    class Evaluator(Generic[ANY]):
        def __class_getitem__(cls, _: Any) -> Any:
            return cls

    class EvaluationReason(NamedTuple):
        value: bool
        reason: str

    class Dataset(SimpleNamespace):
        def __class_getitem__(cls, _: Any) -> Any:
            return cls

    adapter = played(
        "pydantic_evals",
        pydantic_evals={"Case": SimpleNamespace, "Dataset": Dataset},
        pydantic_evals__evaluators={
            "Evaluator": Evaluator, "EvaluationReason": EvaluationReason, "EvaluatorContext": list,
        },
    )  # fmt: skip
    dataset = adapter.constraint_dataset(prompts_file(tmp_path), **HERE)
    case = dataset.cases[DOORS.index(door)]
    context = SimpleNamespace(inputs=case.inputs, metadata=case.metadata, output=door.response)
    results = asyncio.run(dataset.evaluators[0].evaluate(context))
    assert {
        name: getattr(value, "value", value) for name, value in results.items() if name != "undetermined"
    } == {name: value for name, value in {"ila": door.ila, "cla": door.cla}.items() if value is not None}
    assert ("undetermined" in results) is (door.cla is None)
    context.metadata = None
    with pytest.raises(hir.RecordError, match="neither the evaluator nor the metadata"):
        asyncio.run(dataset.evaluators[0].evaluate(context))


class _Generic:
    def __class_getitem__(cls, _: Any) -> Any:
        return cls


@every_door
def test_verifiers(door: Door, played, tmp_path):
    class TaskData(BaseModel):
        id: str
        prompt: Any = None
        system_prompt: str | None = None

        @property
        def prompt_text(self) -> str:
            return str(self.prompt)

    @dataclass
    class Task(_Generic):
        data: Any
        config: Any

    @dataclass
    class Taskset(_Generic):
        config: Any

    @dataclass
    class Trace:
        assistant_messages: list[Any]
        metrics: dict[str, float] = field(default_factory=dict)

        def record_metrics(self, metrics: dict[str, float]) -> None:
            self.metrics |= metrics

    names = {"TaskConfig": BaseModel, "TasksetConfig": BaseModel, "State": object, "reward": lambda f: f}
    adapter = played(
        "verifiers",
        verifiers={},
        verifiers__v1={**names, "TaskData": TaskData, "Task": Task, "Taskset": Taskset, "Trace": Trace},
    )
    config = adapter.ConstraintTasksetConfig(prompts=prompts_file(tmp_path))
    config.task.workers = 0
    task = adapter.ConstraintTaskset(config).load()[DOORS.index(door)]
    assert task.data.prompt == door.prompt
    trace = Trace([SimpleNamespace(content=door.response)])
    if door.ila is None:
        with pytest.raises(hir.RecordError, match="the reward is undetermined"):
            asyncio.run(task.constraints(trace))
    else:
        assert asyncio.run(task.constraints(trace)) == door.ila
    assert (trace.metrics.get("ila"), trace.metrics.get("cla")) == (door.ila, door.cla)
    with pytest.raises(hir.RecordError, match="says nothing"):
        asyncio.run(task.constraints(Trace([])))


@every_door
@pytest.mark.parametrize("mask", ["mask_sample", None])
def test_nemo_gym(door: Door, mask: str | None, played):
    pytest.importorskip("fastapi")

    class Open(BaseModel, extra="allow"):
        pass

    adapter = played(
        "nemo_gym",
        nemo_gym={},
        nemo_gym__reward_profile={"MASK_SAMPLE_FIELD": mask} if mask else {},
        nemo_gym__base_resources_server={
            "BaseResourcesServerConfig": BaseModel, "BaseVerifyRequest": Open, "BaseVerifyResponse": Open,
            "SimpleResourcesServer": SimpleNamespace,
        },
    )  # fmt: skip
    server = adapter.ConstraintResourcesServer(config=adapter.ConstraintServerConfig(workers=0))
    request = adapter.ConstraintVerifyRequest(**row_of(door))
    if door.ila is None and mask is None:
        with pytest.raises(Exception, match="503: the reward is undetermined"):
            asyncio.run(server.verify(request))
        return
    answered = asyncio.run(server.verify(request)).model_dump()
    assert (answered["reward"], answered.get("mask_sample")) == (
        door.ila or 0.0,
        None if door.ila is not None else True,
    )
    bad = row_of(door)
    bad["verifier_metadata"]["instruction_id_list"] = ["no_such", "x"]
    with pytest.raises(Exception, match="422"):
        asyncio.run(server.verify(adapter.ConstraintVerifyRequest(**bad)))


# hir-data init


@pytest.mark.parametrize("tool", TOOLS)
def test_init_writes_a_folder_and_nothing_over_it(tool: str, tmp_path):
    folder = tmp_path / "My task-2"
    arguments = ["init", tool, str(folder), "--prompts", str(prompts_file(tmp_path))]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.*")}
    assert done.output.count("wrote ") == len(files)
    (data,) = [name for name in files if name.endswith("prompts.jsonl")]
    assert [each.prompt for each in read_prompts(folder / data)] == [door.prompt for door in DOORS]
    assert not [name for name, text in files.items() if "@NAME@" in text or "@FOLDER@" in text]
    for name, text in files.items():
        if name.endswith(".py"):
            compile(text, name, "exec")
    changed = next(iter(files))
    (folder / changed).write_text("mine")
    again = CliRunner().invoke(app, arguments)
    assert (again.exit_code, (folder / changed).read_text()) == (2, "mine")
    assert "is there already; nothing was written" in again.output


def test_init_leaves_all_of_its_files_or_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {path.name for path in write_folder("lm-eval", Path("sea"))}
    texts = {path.name: path.read_bytes() for path in Path("sea").iterdir()}
    assert texts.keys() == names and len(names) == 3
    (Path("sea") / "sea.yaml").unlink()  # as if a run had been killed before it
    write_folder("lm-eval", Path("sea"))
    assert {path.name: path.read_bytes() for path in Path("sea").iterdir()} == texts
    with pytest.raises(OutputError, match="is there already; nothing was written"):
        write_folder("lm-eval", Path("sea"))

    written = Path.write_text

    def full(path, *given, **named):
        if path.name.startswith("prompts.jsonl"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(path, *given, **named)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match=r"prompts.jsonl: cannot be written: no space left on device"):
        write_folder("lm-eval", Path("lake"))
    assert list(Path("lake").iterdir()) == []


def test_a_folder_is_written_by_one_init_at_a_time(tmp_path, monkeypatch):
    """A second one, at any file of the first, is refused and takes none away."""
    monkeypatch.chdir(tmp_path)
    written, refused = Path.write_text, []

    def meanwhile(path, *given, **named):
        result = CliRunner().invoke(app, ["init", "lm-eval", "sea"])
        refused.append((result.exit_code, result.stderr))
        return written(path, *given, **named)

    monkeypatch.setattr(Path, "write_text", meanwhile)
    files = write_folder("lm-eval", Path("sea"))
    said = "hir-data: error: sea: cannot be written: another process is writing it\n"
    assert refused == [(2, said)] * len(files)
    assert sorted(Path("sea").iterdir()) == sorted(files)


def test_init_for_verifiers_says_how_the_package_is_run(tmp_path, monkeypatch):
    """The README and the command that is printed name the package, and the runtime without a container."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["init", "verifiers", "My task-2"])
    assert done.exit_code == 0, done.output
    package = tomllib.loads((tmp_path / "My task-2" / "pyproject.toml").read_text())["project"]["name"]
    assert package == "my-task-2"
    readme = (tmp_path / "My task-2" / "README.md").read_text().replace("\\\n", " ")
    for text in (done.output, readme):
        (line,) = [line for line in text.splitlines() if "vf-eval" in line]
        words = line[line.index("vf-eval") :].split()
        assert words[:2] == ["vf-eval", package]
        options = dict(itertools.pairwise(words))
        assert options["--env.agent.runtime.type"] == "subprocess"
        assert options["--env.agent.harness.id"] == "null"


def test_init_without_prompts_has_examples(tmp_path):
    done = CliRunner().invoke(app, ["init", "inspect", str(tmp_path / "tea")])
    assert done.exit_code == 0
    for prompt in read_prompts(tmp_path / "tea" / "prompts.jsonl"):
        assert all(map(hir.parse, prompt.constraints))


def test_init_says_which_tools_there_are(tmp_path):
    done = CliRunner().invoke(app, ["init", "excel", str(tmp_path / "tea")])
    assert done.exit_code == 2
    assert "there are verifiers, lm-eval, inspect" in done.output
    assert not (tmp_path / "tea").exists()


@pytest.mark.parametrize(
    ("folder", "name"),
    [("tea", "tea"), ("My task-2", "my_task_2"), ("3 cups", "task_3_cups"), ("茶", "task")],
)
def test_a_task_is_called_after_its_folder(folder: str, name: str, tmp_path):
    assert module_name(tmp_path / folder) == name
