"""Files of other tools: the same responses in every shape give the same verdicts, and nothing is lost."""

import bz2
import gzip
import json
import lzma
import os
import zipfile
from pathlib import Path
from typing import Any

import foreign
import pyarrow
import pytest
from files import jsonl, verify_to, write
from foreign import ALONE, JOINED, Pair
from foreign_runs import BESIDE_PROMPTS, RUNS, openai_eval, promptfoo

from hir_data.errors import RecordError
from hir_data.formats.conversations import ReadOptions
from hir_data.formats.envelopes.catalogue import ENVELOPES, opened
from hir_data.formats.named import FieldNames
from hir_data.formats.reader import read_rollouts
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.rollout import Rollout

SHARED = Path(os.environ.get("HIR_DATA_SHARED") or Path(__file__).parents[3] / "shared" / "data") / "ifeval"


def real_pairs() -> list[Pair]:
    """The first sixty prompts of IFEval with their responses."""
    lines = (SHARED / "prompts.jsonl").read_text(encoding="utf-8").splitlines()[:60]
    responses = (SHARED / "responses_qwen25_7b.jsonl").read_text(encoding="utf-8").splitlines()
    said = {each["prompt"].strip(): each["response"] for each in map(json.loads, responses)}
    return [(prompt, said[prompt["prompt"].strip()]) for prompt in map(json.loads, lines)]


def scores(*arguments: Any, **options: Any) -> dict[str, Any]:
    """The counts and accuracies of a file."""
    state = verify_to(None, read_rollouts(*arguments, **options))
    figures = state.tally.summary(read=state.read, rejected=state.rejected, loose=True)
    return {name: figures[name] for name in ("verified", "rejected", "constraints", "kinds")} | {
        name: figures[name]["value"] for name in ("ila_strict", "cla_strict", "ila_loose", "cla_loose")
    }


@pytest.fixture(scope="module", params=["own", "real"])
def rows(request: pytest.FixtureRequest) -> list[Pair]:
    if request.param == "own":
        return foreign.pairs()
    if not SHARED.is_dir():
        pytest.skip("needs the shared data: put it at ../shared/data or point HIR_DATA_SHARED to it")
    return real_pairs()


@pytest.fixture(scope="module")
def plain(rows: list[Pair], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("plain") / "plain.jsonl"
    found = scores(write(path, [{**prompt, "response": text} for prompt, text in rows]))
    assert found["verified"] == len(rows)
    assert 0 < found["ila_strict"] < 1
    return found


@pytest.mark.parametrize("shape", ALONE)
def test_a_file_alone(shape: str, rows: list[Pair], plain: dict[str, Any], tmp_path: Path):
    name, content = ALONE[shape]
    assert scores(foreign.written(tmp_path, name, content(rows))) == plain


@pytest.mark.parametrize("shape", RUNS)
def test_a_file_of_an_evaluation_tool_or_a_server(shape: str, tmp_path: Path):
    wanted = scores(write(tmp_path / "plain.jsonl", [{**p, "response": t} for p, t in foreign.pairs()]))
    name, content = RUNS[shape]
    assert scores(foreign.written(tmp_path, name, content(foreign.pairs()))) == wanted


@pytest.mark.parametrize("shape", BESIDE_PROMPTS)
def test_responses_of_a_tool_beside_prompts(shape: str, tmp_path: Path):
    wanted = scores(write(tmp_path / "plain.jsonl", [{**p, "response": t} for p, t in foreign.pairs()]))
    prompts = write(tmp_path / "prompts.jsonl", [prompt for prompt, _ in foreign.pairs()])
    name, content = BESIDE_PROMPTS[shape]
    assert scores(prompts, foreign.written(tmp_path, name, content(foreign.pairs()))) == wanted


def test_no_envelope_is_without_a_file_that_shows_its_verdicts(monkeypatch, tmp_path: Path):
    """A new one needs a file in one of the tables, with the verdicts of the plain one."""
    met: set[str] = set()

    def noting(opens: Any) -> Any:
        def opened_and_noted(self: Any, record: Any) -> Any:
            met.add(self.name)
            return opens(self, record)

        return opened_and_noted

    for each in ENVELOPES:
        monkeypatch.setattr(type(each), "opened", noting(type(each).opened))
    prompts = write(tmp_path / "prompts.jsonl", [prompt for prompt, _ in foreign.pairs()])
    for name, content in [*ALONE.values(), *RUNS.values()]:
        list(read_rollouts(foreign.written(tmp_path, name, content(foreign.pairs()))))
    for name, content in JOINED.values():
        list(read_rollouts(prompts, foreign.written(tmp_path, name, content(foreign.pairs()))))
    assert met == {each.name for each in ENVELOPES} - {"batch-input", "checklist"}  # tested by themselves


@pytest.mark.parametrize("shape", JOINED)
def test_responses_beside_prompts(shape: str, rows: list[Pair], plain: dict[str, Any], tmp_path: Path):
    name, content = JOINED[shape]
    prompts = write(tmp_path / "prompts.jsonl", [prompt for prompt, _ in rows])
    assert scores(prompts, foreign.written(tmp_path, name, content(rows))) == plain


def test_fields_by_name(rows: list[Pair], plain: dict[str, Any], tmp_path: Path):
    path = write(tmp_path / "odd.jsonl", [foreign.nested(*row) for row in rows])
    for constraints in ("task.gold", "task.gold.instruction_id_list"):
        names = FieldNames("task.text", "said.final", "uid", constraints)
        assert scores(path, options=ReadOptions(fields=names)) == plain
    prompts = write(tmp_path / "prompts.jsonl", [prompt for prompt, _ in rows])
    names = FieldNames(key="uid", response="said.final")
    odd = write(tmp_path / "uid.jsonl", [{**prompt, "uid": prompt["key"]} for prompt, _ in rows])
    assert scores(odd, path, options=ReadOptions(fields=names)) == plain
    assert scores(prompts, path, options=ReadOptions(fields=FieldNames("task.text", "said.final"))) == plain


def _zstd(content: bytes) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


COMPRESSED = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": _zstd}


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_compressed(suffix: str, tmp_path: Path):
    compress = COMPRESSED[suffix]
    rows = foreign.pairs()
    wanted = scores(write(tmp_path / "a.jsonl", [{**prompt, "response": text} for prompt, text in rows]))
    for name, content in (ALONE["output"], ALONE["tsv"], ALONE["inspect-json"]):
        packed = compress(content(rows))
        assert scores(foreign.written(tmp_path, name + suffix, packed)) == wanted
        cut = foreign.written(tmp_path, f"cut.{name}{suffix}", packed[: len(packed) * 2 // 3])
        with pytest.raises(Exception, match="cannot be read"):
            scores(cut)


def items(*arguments: Any, **options: Any) -> list[Rollout | Rejected]:
    return list(read_rollouts(*arguments, **options))


def reasons(*arguments: Any, **options: Any) -> list[str]:
    """What is wrong with each record that was rejected, with its field."""
    found = [each for each in items(*arguments, **options) if isinstance(each, Rejected)]
    return [": ".join(filter(None, (each.error.field, each.error.problem))) for each in found]


PROMPT, TEXT = foreign.pairs()[0]
SAMPLE, IN_INSPECT = foreign.lm_eval(PROMPT, TEXT, 0), foreign.sample(PROMPT, TEXT)
FAILED = {"id": "b", "custom_id": "10", "error": None}
TOO_MANY = {
    "status_code": 429,
    "request_id": "r",
    "body": {"error": {"message": "slow down", "code": "rate"}},
}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            {**FAILED, "response": TOO_MANY},
            "response.status_code: there is no response: status 429: rate: slow down",
        ),
        (
            {**FAILED, "response": None, "error": {"code": "batch_expired", "message": "too late"}},
            "error: there is no response: batch_expired: too late",
        ),
        ({**FAILED, "response": None}, "response: there is no response: it is null"),
        (
            {"custom_id": "10", "result": {"type": "errored", "error": {"type": "overloaded_error"}}},
            "result: there is no response: errored: overloaded_error",
        ),
        (
            {**FAILED, "response": {"status_code": 200, "body": {**foreign.completion(""), "choices": []}}},
            "response.body.choices: is empty: there is no response in it",
        ),
        (
            {
                **FAILED,
                "response": {"status_code": 200, "body": {"object": "list", "data": [{"embedding": [1]}]}},
            },
            "response.body: is no completion",
        ),
    ],
)
def test_a_request_that_failed_is_named_and_counted_once(record: dict[str, Any], reason: str, tmp_path: Path):
    prompts = write(tmp_path / "p.jsonl", [prompt for prompt, _ in foreign.pairs()[:2]])
    second = foreign.batch(*foreign.pairs()[1], 1)
    found = reasons(prompts, write(tmp_path / "r.jsonl", [record, second]))
    assert len(found) == 1
    assert found[0].startswith(reason)
    assert len(items(prompts, str(tmp_path / "r.jsonl"))) == 2


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            {
                **SAMPLE,
                "resps": [[[-1.5, False]]],
                "filtered_resps": [[-1.5, False]],
            },
            "filtered_resps[0]: holds figures, no texts",
        ),
        (
            {**SAMPLE, "resps": [[["-1.5", "False"]]], "filtered_resps": [["-1.5", "False"]]},
            "filtered_resps[0]: holds figures, no texts",
        ),
        (
            {**SAMPLE, "resps": [[]], "filtered_resps": []},
            "filtered_resps: there is no",
        ),
        (
            {**SAMPLE, "doc": {"question": "1 + 1?", "answer": "2"}},
            "a prompt needs constraints",
        ),
        (
            foreign.lm_eval({**PROMPT, "kwargs": [{}, {"relation": "at least", "num_words": "x"}]}, TEXT, 0),
            "doc.kwargs[1].num_words: ",
        ),
        ({**IN_INSPECT, "error": {"message": "boom"}}, "error: there is no response: boom"),
        (
            {**IN_INSPECT, "output": {"model": "m", "choices": []}},
            "output.choices: there is no",
        ),
        ({**PROMPT, "outputs": []}, "outputs: is empty"),
        (
            foreign.episode(PROMPT, TEXT, errors=[{"type": "ModelError", "message": "boom"}]),
            "traces[0].errors: there is no response: ModelError: boom",
        ),
        (
            foreign.episode(PROMPT, TEXT, nodes=[]),
            "traces[0].nodes: there is no response: no node",
        ),
        ({**foreign.episode(PROMPT, TEXT), "traces": []}, "traces: there is no response: no trace"),
        ({**PROMPT, "output": "a", "prediction": "b"}, "output: could each be the response"),
        (
            {**PROMPT, "response": {**foreign.response_object(""), "status": "failed"}},
            "response.status: there is no",
        ),
        (
            {
                **PROMPT,
                "response": {"object": "response", "output": [{"type": "function_call", "name": "f"}]},
            },
            "response.output: there is no response in it, but function_call",
        ),
        ({**PROMPT, "response": foreign.completion(None)}, "response.choices[0].message.content: is null"),
        (
            promptfoo(PROMPT, TEXT, response={"error": "status 429"}, error="status 429"),
            "response.output: there is no response: status 429",
        ),
        (
            openai_eval(PROMPT, TEXT, output=[], error={"code": "429", "message": "slow down"}),
            "sample.output: there is no response: 429: slow down",
        ),
        (openai_eval(PROMPT, TEXT, output=[{"role": "tool", "content": "x"}]), "sample.output: there is no"),
        (
            {**PROMPT, "response": {"message": {"role": "assistant", "content": None}, "done": True}},
            "response.message.content: is null",
        ),
        ({"prompt": "Tea?", "response": "x", "gold": PROMPT, "metadata": {"row": PROMPT}}, "a prompt needs"),
    ],
)
def test_what_has_no_response_is_rejected_by_name(record: dict[str, Any], reason: str, tmp_path: Path):
    plain = {**PROMPT, "key": 99, "response": "Tea"}  # another shape in the same file
    found = items(write(tmp_path / "in.jsonl", [record, plain]))
    assert [type(each) for each in found] == [Rejected, Rollout]
    assert found[0].record == record
    assert reasons(str(tmp_path / "in.jsonl"))[0].startswith(reason)


def test_a_log_of_a_run_that_did_not_end(tmp_path: Path):
    rows = foreign.pairs()
    log = foreign.inspect_log(rows, status="cancelled")
    log["samples"] = log["samples"][:4]
    wanted = [f"there is no sample {key} of epoch 1 in the log (status cancelled)" for key in (14, 15)]
    assert reasons(write(tmp_path / "log.json", json.dumps(log).encode())) == wanted
    assert reasons(write(tmp_path / "log.eval", foreign.inspect_archive(log))) == wanted
    killed = foreign.inspect_archive(log, has_header=False)
    assert len(reasons(write(tmp_path / "killed.eval", killed))) == 2
    with pytest.raises(Exception, match="cut short"):
        items(write(tmp_path / "cut.eval", killed[: len(killed) // 2]))


def test_a_damaged_sample_of_a_log_is_one_record(tmp_path: Path):
    path = write(tmp_path / "log.eval", foreign.inspect_archive(foreign.inspect_log(foreign.pairs())))
    with zipfile.ZipFile(path) as archive:
        place = archive.getinfo("samples/12_epoch_1.json").header_offset + 60
    content = bytearray(Path(path).read_bytes())
    content[place : place + 20] = bytes(20)
    Path(path).write_bytes(bytes(content))
    found = items(path)
    assert [isinstance(each, Rejected) for each in found] == [False, False, True, False, False, False]
    assert "samples/12_epoch_1.json cannot be read" in found[2].error.problem


def test_several_answers_and_what_stands_beside_them(tmp_path: Path):
    both = foreign.completion("Tea")
    both["choices"].append({**both["choices"][0], "index": 1, "finish_reason": "length"})
    both["choices"][1] = {**both["choices"][1], "message": {"role": "assistant", "content": "Tea, tea"}}
    found = items(write(tmp_path / "in.jsonl", [{**PROMPT, "response": both}]))
    assert [(each.response, each.sample) for each in found] == [("Tea", 0), ("Tea, tea", 1)]
    assert found[0].metadata["finish_reason"] == ["stop", "length"]
    thought = {**PROMPT, "response": foreign.response_object("Tea")}
    (only,) = items(write(tmp_path / "in.jsonl", [thought]))
    assert (only.response, only.metadata["reasoning"]) == ("Tea", "Hm.")


@pytest.mark.parametrize(
    "record",
    [
        {**PROMPT, "response": "Tea", "output": "reference"},
        {**PROMPT, "choices": ["a", "b"], "response": "Tea"},
        {"id": 1, "prompt": "Tea.", "constraints": [{"kind": "punctuation:no_comma"}], "response": "Tea",
         "content": "x", "epoch": 3, "doc": "y"},
    ],
)  # fmt: skip
def test_a_plain_record_is_no_envelope(record: dict[str, Any]):
    assert opened(record).record == record


def test_every_envelope_can_be_forced_and_none_where_it_is_not(tmp_path: Path):
    names = {each.name for each in ENVELOPES}
    for shape, (name, content) in {**ALONE, **JOINED}.items():
        if shape in names:
            path = foreign.written(tmp_path, name, content(foreign.pairs()))
            prompts = write(tmp_path / "prompts.jsonl", [prompt for prompt, _ in foreign.pairs()])
            assert not reasons(prompts, path, format=shape)
    assert "is no record of lm-eval" in reasons(write(tmp_path / "in.jsonl", [PROMPT]), format="lm-eval")[0]


@pytest.mark.parametrize(
    ("record", "prompt", "criteria", "told"),
    [
        (
            {"id": "a", "instruction": "Plan a trip.", "input": "To sea.", "category": "Travel",
             "decomposed_questions": ["Is it a plan?", "Is it by sea?"], "subset": "easy"},
            "Plan a trip.\n\nTo sea.",
            ["Is it a plan?", "Is it by sea?"],
            {"category": "Travel"},
        ),
        (
            {"idx": 3, "prompt": "Plan a trip.",
             "criteria": [["It is a plan", "first", "content"], ["It is by sea", "second", "place"]]},
            "Plan a trip.",
            ["It is a plan", "It is by sea"],
            {"priority": ["first", "second"], "category": ["content", "place"]},
        ),
        (
            {"main_id": 8, "instruction": "Plan a trip.", "generated": "By sea.",
             "scoring_questions": [{"point_id": 0, "question": "Is it a plan?", "rule": None, "dep": []}]},
            "Plan a trip.",
            ["Is it a plan?"],
            {"scoring_questions": [{"point_id": 0, "rule": None, "dep": []}]},
        ),
    ],
)  # fmt: skip
def test_checklists_are_criteria_for_a_judge(
    record: dict[str, Any], prompt: str, criteria: list[str], told: dict[str, Any], tmp_path: Path
):
    answered = record if "generated" in record else {**record, "response": "By sea."}
    for form in (None, "checklist"):
        (found,) = items(write(tmp_path / "in.jsonl", [answered]), format=form)
        assert isinstance(found, Rollout), found
        assert found.response == "By sea."
        assert found.instruction.prompt == prompt
        assert [each.criterion for each in found.instruction.constraints] == criteria
        assert told.items() <= found.metadata.items()
    broken = {**answered, "scoring_questions": [{"rule": None}], "decomposed_questions": []}
    del broken["response" if "response" in broken else "generated"]
    assert not any(isinstance(each, Rollout) for each in items(write(tmp_path / "b.jsonl", [broken])))


def test_a_checklist_in_two_languages_is_read_in_that_of_the_prompt(tmp_path: Path):
    """As ComplexBench has it: the Chinese texts, and their translations beside them."""
    asked = {"point_id": 0, "question": "有计划吗？", "question_en": "Is it a plan?", "rule": None, "dep": []}
    row = {"main_id": 8, "instruction": "计划。", "instruction_en": "Plan.", "scoring_questions": [asked],
           "generated": "By sea."}  # fmt: skip
    both = write(tmp_path / "in.jsonl", [row])
    english = {name: value for name, value in row.items() if name != "instruction"}
    for path, fields, prompt, question in (
        (both, FieldNames(), "计划。", "有计划吗？"),
        (both, FieldNames(prompt="instruction_en"), "Plan.", "Is it a plan?"),
        (write(tmp_path / "english.jsonl", [english]), FieldNames(), "Plan.", "Is it a plan?"),
    ):
        (found,) = items(path, options=ReadOptions(fields=fields))
        assert isinstance(found, Rollout), found
        assert (found.instruction.prompt, found.response) == (prompt, "By sea.")
        assert [each.criterion for each in found.instruction.constraints] == [question]
        assert found.instruction.id == 8


def test_a_table_in_utf16_is_one_error(tmp_path: Path):
    path = write(tmp_path / "in.csv", foreign.table(foreign.pairs()).decode().encode("utf-16"))
    with pytest.raises(RecordError, match="is in UTF-16; hir-data reads UTF-8"):
        items(path)


@pytest.mark.parametrize(("suffix", "delimiter"), [(".csv", ","), (".csv", ";"), (".tsv", "\t")])
def test_a_cell_holds_constraints_as_json(suffix: str, delimiter: str, tmp_path: Path):
    cell = json.dumps([{"kind": "punctuation:no_comma"}]).replace('"', '""')
    rows = (["prompt", "response", "constraints"], ["Tea?", "By sea", f'"{cell}"'])
    text = "\n".join(delimiter.join(row) for row in rows)
    (found,) = items(write(tmp_path / f"in{suffix}", text.encode()))
    assert isinstance(found, Rollout), found
    assert [each.kind for each in found.instruction.constraints] == ["punctuation:no_comma"]


def test_triples_and_constraints_as_strings_are_those_of_lists(tmp_path: Path):
    triple = ["Length", "Words", "Use at most 3 words."]
    for stated in ([triple], [{"kind": "word_count", "max": 3}]):
        records = [{"prompt": "Tea?", "response": "By sea", "constraints": each}
                   for each in (stated, json.dumps(stated))]  # fmt: skip
        listed, quoted = items(write(tmp_path / "in.jsonl", records))
        assert quoted == listed.model_copy(update={"metadata": quoted.metadata})
        assert isinstance(listed, Rollout)


def test_columns_of_one_name_have_to_agree(tmp_path: Path):
    lines = [f"Tea?,{each},['punctuation:no_comma'],[{{}}],x,y" for each in ("a,a", "a,b", "a,")]
    head = "prompt,response,response,instruction_id_list,kwargs,,note\0s"  # a name may hold anything
    path = write(tmp_path / "in.csv", "\n".join([head, *lines]).encode())
    same, other, one = items(path)
    assert (same.response, one.response) == ("a", "a")
    assert str(other.error) == f"{path}:2: response: is the name of two columns that differ"


def test_batch_input_is_a_file_of_prompts(tmp_path: Path):
    requests = []
    for prompt, _ in foreign.pairs():
        told = {name: json.dumps(prompt[name]) for name in ("instruction_id_list", "kwargs")}
        asked = [{"role": "user", "content": prompt["prompt"]}]
        body = {"model": "small", "messages": asked, "metadata": told}
        requests.append({"custom_id": str(prompt["key"]), "method": "POST", "url": "/v1", "body": body})
    name, content = JOINED["batch-output"]
    wanted = scores(write(tmp_path / "a.jsonl", [{**p, "response": text} for p, text in foreign.pairs()]))
    answered = foreign.written(tmp_path, name, content(foreign.pairs()))
    assert scores(write(tmp_path / "in.jsonl", jsonl(requests)), answered) == wanted


def test_a_folder_of_lm_evals_results(tmp_path: Path):
    folder = tmp_path / "results" / "small"
    folder.mkdir(parents=True)
    name, content = ALONE["lm-eval"]
    foreign.written(folder, name, content(foreign.pairs()))
    write(folder / "results_1.json", b'{"results": {"ifeval": {}}}')
    for path in (folder, folder.parent):
        assert len(items(str(path))) == 6
        assert not reasons(str(path))


def test_rows_with_a_language_in_front_of_their_ids(tmp_path: Path):
    plain = scores(
        write(tmp_path / "a.jsonl", [{**prompt, "response": text} for prompt, text in foreign.pairs()])
    )
    english = [
        {
            **prompt,
            "instruction_id_list": [f"en:{kind}" for kind in prompt["instruction_id_list"]],
            "output": text,
        }
        for prompt, text in foreign.pairs()
    ]
    assert scores(write(tmp_path / "b.jsonl", english)) == plain
    spanish = {
        **PROMPT,
        "instruction_id_list": ["es:letters:kanji"],
        "kwargs": [{}],
        "output": "a",
    }
    (found,) = reasons(write(tmp_path / "c.jsonl", [spanish]))
    assert found.startswith("instruction_id_list[0]: nothing is known of M-IFEval's id 'es:letters:kanji'")


def test_prompts_without_keys_are_joined_by_prompt(tmp_path: Path):
    name, content = ALONE["lm-eval"]
    samples = foreign.written(tmp_path, name, content(foreign.pairs()))
    bare = [{n: value for n, value in prompt.items() if n != "key"} for prompt, _ in foreign.pairs()]
    assert not reasons(write(tmp_path / "p.jsonl", bare), samples)


def test_a_named_field_has_to_be_there(tmp_path: Path):
    prompts = write(tmp_path / "p.jsonl", [PROMPT])
    said = write(tmp_path / "r.jsonl", [{"key": 10, "response": TEXT}])
    with pytest.raises(RecordError, match="uid: --key-field: there is no such field in the first record of"):
        items(prompts, said, options=ReadOptions(fields=FieldNames(key="uid")))
    (found,) = reasons(prompts, options=ReadOptions(fields=FieldNames(response="a.b")))
    assert found.startswith("a.b: there is no such field; there are key, prompt,")
