"""What trainers send to a reward server and what they expect back: pure functions, no HTTP.

- ours: ``{"rollouts": [RECORD, ...]}`` or one record, in any form that ``hir-data verify`` reads
- NeMo Gym: a row with ``responses_create_params`` and the ``response`` object; the row with ``reward``
- OpenRLHF: ``{"query": [...], "prompts": [...], "labels": [...]}``; ``{"rewards", "scores", "extra_logs"}``
- slime: ``{"prompt", "response", "label"}``; the reward alone
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.formats.envelopes.other_names import RESPONSE_NAMES
from hir_data.formats.rows import Row
from hir_data.rewards.score import Score, check_score, check_weights, continuation
from hir_data.rewards.scoring import Completion, CompletionFields, Item, Scored

Number = float | None


class RewardRequest(NamedTuple):
    """A request as it was read.

    Attributes:
        items: the responses.
        places: where each of them stands in the request; empty for the whole of it.
        answer: makes the body of the answer from what is known of the responses.
        score: what the request wants the reward to be; None where it does not say.
        weights: of the score ``weighted``.
    """

    items: list[Item]
    places: list[str]
    answer: Callable[[Sequence[Scored], Callable[[Scored], Number]], Any]
    score: Score | None = None
    weights: Mapping[str, float] | None = None

    def problem(self, number: int, scored: Scored) -> RecordError:
        """What is wrong with the response of this number, by its place in the request."""
        error = RecordError(scored.error.removeprefix(f"{scored.field}: "), field=scored.field)
        return error.inside(self.places[number]) if self.places[number] else error


def read_verify(body: Any) -> RewardRequest:
    """A request to ``/verify``, ours or NeMo Gym's.

    Raises:
        RecordError: it is none; ``field`` says where.
    """
    record = _object(body)
    if "responses_create_params" in record and "rollouts" not in record:
        return _nemo_gym(record)
    return _ours(record, _verification)


def read_reward(body: Any) -> RewardRequest:
    """A request to ``/reward``: as ours to ``/verify``, but only the rewards come back.

    Raises:
        RecordError: it is none; ``field`` says where.
    """
    request = _ours(_object(body), lambda one, reward: reward)
    answer, name = request.answer, "rewards" if "rollouts" in body else "reward"
    return request._replace(
        answer=lambda scored, number: (
            {name: answer(scored, number)["results"]} if name == "rewards" else {name: answer(scored, number)}
        )
    )


def _ours(record: Mapping[str, Any], one_answer: Callable[[Scored, Number], Any]) -> RewardRequest:
    record = dict(record)
    if "rollouts" in record:
        rollouts = record.pop("rollouts")
        if not isinstance(rollouts, list):
            raise RecordError(f"has to be a list, not {rollouts!r:.80}", field="rollouts")
        unknown = sorted(set(record) - {"score", "weights"})
        if unknown:
            raise RecordError("is not known beside rollouts", field=unknown[0])
        places = [f"rollouts[{number}]" for number in range(len(rollouts))]
    else:
        of_request = {"score", "weights"} if isinstance(record.get("weights"), Mapping) else {"score"}
        rollouts, places = [{name: record[name] for name in record if name not in of_request}], [""]
    is_single = places == [""]
    score, weights = record.get("score"), record.get("weights")
    if is_single and not isinstance(weights, Mapping):  # a list is the record's own
        weights = None
    if score is not None:
        check_score(score)
    if weights is not None:
        check_weights(weights)

    def answer(scored: Sequence[Scored], number: Callable[[Scored], Number]) -> Any:
        answers = [one_answer(one, number(one)) for one in scored]
        return answers[0] if is_single else {"results": answers}

    items: list[Item] = [_item(_asked, each) for each in rollouts]
    return RewardRequest(items, places, answer, score, weights)


def _item(read: Callable[[Any], Item], value: Any) -> Item:
    """A response of a request; one that cannot be read is an item that says so when it is scored."""
    try:
        return read(value)
    except RecordError as error:
        return Row("", 1, None, error)


_WITHOUT_PROMPT = frozenset(
    {*STATEMENTS, "kwargs", "response", "responses", "completion", *RESPONSE_NAMES, "weights", "id", "key"}
)


def _asked(value: Any) -> Row:
    """A record whose prompt is empty where it says nothing of one: no check but a judge needs it."""
    record = _object(value)
    asked = {"prompt": "", **record} if record.keys() <= _WITHOUT_PROMPT else dict(record)
    return Row("", 1, asked)


def _verification(one: Scored, reward: Number) -> dict[str, Any]:
    """What is known of a response, in our own words."""
    constraints = [
        {"kind": kind, "satisfied": verdict.satisfied, "status": verdict.status, "reason": verdict.reason}
        | ({} if verdict.degree is None else {"degree": verdict.degree})
        for kind, verdict in zip(one.kinds, one.verdicts, strict=True)
    ]
    figures = {"reward": reward, "ila": one.ila, "cla": one.cla, "constraints": constraints}
    return {**figures, "error": one.error or None}


_GRADED_AS: Mapping[str, Score] = {"binary": "ila", "fraction": "cla"}


def _nemo_gym(record: Mapping[str, Any]) -> RewardRequest:
    """A row with its response; its ``grading_mode`` says whether all constraints count, or their share."""
    if "response" not in record:
        raise RecordError("this field is missing", field="response")
    told = record.get("verifier_metadata")
    mode = (told if isinstance(told, Mapping) else record).get("grading_mode")
    if mode is not None and mode not in _GRADED_AS:
        place = "verifier_metadata.grading_mode" if isinstance(told, Mapping) else "grading_mode"
        raise RecordError(f"has to be {' or '.join(_GRADED_AS)}, not {mode!r:.80}", field=place)

    def answer(scored: Sequence[Scored], number: Callable[[Scored], Number]) -> Any:
        (one,) = scored
        verdicts = {
            "follow_all_instructions": None if one.ila is None else bool(one.ila),
            "follow_instruction_list": one.satisfied,
        }
        return {**record, "reward": number(one), **verdicts}

    return RewardRequest([Row("", 1, dict(record))], [""], answer, _GRADED_AS.get(mode or ""))


def read_get_reward(body: Any) -> RewardRequest:
    """A request of OpenRLHF: prompts with their responses behind them, and the constraints as labels.

    Raises:
        RecordError: it is none; ``field`` says where.
    """
    record = _object(body)
    columns = {name: _column(record, name) for name in ("query", "prompts", "labels")}
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) != 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise RecordError(f"the lists have different lengths: {said}", field="query")
    rows = enumerate(zip(*columns.values(), strict=True))
    items = [_item(_queried, (number, *row)) for number, row in rows]

    def answer(scored: Sequence[Scored], number: Callable[[Scored], Number]) -> Any:
        rewards = [number(one) for one in scored]
        logs = {
            "satisfied": [one.satisfied.count(True) for one in scored],
            "constraints": [len(one.kinds) for one in scored],
            "undetermined": [one.satisfied.count(None) or int(bool(one.error)) for one in scored],
        }
        return {"rewards": rewards, "scores": rewards, "extra_logs": logs}

    return RewardRequest(items, [""] * len(items), answer)


def _queried(numbered: tuple[int, Any, Any, Any]) -> Completion:
    """A query of OpenRLHF's, with its number, prompt and label."""
    number, query, prompt, label = numbered
    fields = CompletionFields(f"labels[{number}]", f"query[{number}]", f"prompts[{number}]")
    _text(query, fields.response)
    _text(prompt, f"prompts[{number}]")
    return Completion(label, continuation(query, prompt, fields.response), prompt, None, fields)


def read_rm(body: Any) -> RewardRequest:
    """A request of slime: one sample, whose label holds the constraints; or a list of samples.

    Raises:
        RecordError: it is none; ``field`` says where.
    """
    samples = body if isinstance(body, list) else [body]
    places = [f"[{number}]" if isinstance(body, list) else "" for number in range(len(samples))]
    items = [_item(_sampled, each) for each in samples]

    def answer(scored: Sequence[Scored], number: Callable[[Scored], Number]) -> Any:
        rewards = [number(one) for one in scored]
        return rewards if isinstance(body, list) else rewards[0]

    return RewardRequest(items, places, answer)


def _sampled(value: Any) -> Completion:
    """A sample of slime's."""
    sample = _object(value)
    for name in ("response", "label"):
        if sample.get(name) is None:
            raise RecordError("this field is missing" if name not in sample else "is null", field=name)
    fields = CompletionFields("label", "response", "prompt")
    return Completion(sample["label"], sample["response"], sample.get("prompt"), None, fields)


def _object(value: Any, field: str | None = None) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RecordError(f"has to be an object, not {value!r:.80}", field=field)
    return value


def _column(record: Mapping[str, Any], name: str) -> list[Any]:
    if name not in record:
        raise RecordError("this field is missing", field=name)
    column = record[name]
    if not isinstance(column, list):
        raise RecordError(f"has to be a list, not {column!r:.80}", field=name)
    return column


def _text(value: Any, field: str) -> None:
    if not isinstance(value, str):
        raise RecordError(f"has to be a string, not {value!r:.80}", field=field)


READERS: Mapping[str, Callable[[Any], RewardRequest]] = {
    "/verify": read_verify,
    "/reward": read_reward,
    "/get_reward": read_get_reward,
    "/rm": read_rm,
}
"""What reads the requests to each path."""
