"""A language model rewrites prompts."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Self

from hir_data.errors import ModelError
from hir_data.models.client import Failure, OpenAIClient, RequestOptions, Usage, sendable
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change

PROMPT_VERSION = 1

INSTRUCTIONS = """\
You edit requests to a writing assistant. You are given a request as JSON, with requirements to be removed \
from it, requirements to be replaced by others, and requirements to be kept. Rewrite the request so that:
- what it asks for stays the same, in its own words as far as possible;
- every requirement to be kept is still stated, and means the same;
- no requirement to be removed is stated or implied any more;
- each requirement to be replaced is gone, and its replacement is stated instead;
- nothing else is added.
Do not answer the request. Reply with the rewritten request alone."""


class LLMRewriter:
    """Rewrites prompts by asking a model behind an endpoint that speaks OpenAI's chat protocol.

    Whether the new prompt says what it should cannot be checked; that the response satisfies the constraints
    that it should say is. To be closed, or used as a context manager.

    Args:
        model: its name at the endpoint.
        base_url: the endpoint; OpenAI's own by default.
        api_key: the key; by default that of the environment, HIR_DATA_MODEL_KEY or else OPENAI_API_KEY.
        concurrency: how many requests may be under way.
        timeout: seconds that one request may take.
        retries: how often a request is made again because the server was busy or broke.
        backoff: seconds before it is made again; each time twice as long.

    Raises:
        MissingExtraError: the packages of the extra ``judge`` are not installed.
        ModelError: the endpoint or the key cannot be used.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        concurrency: int = 8,
        timeout: float = 120.0,
        retries: int = 5,
        backoff: float = 0.5,
    ) -> None:
        self.concurrency: int = concurrency
        self.usage: Usage = Usage()
        self._client = OpenAIClient(
            model,
            base_url,
            api_key,
            name="model",
            error=ModelError,
            key_variable="HIR_DATA_MODEL_KEY",
            usage=self.usage,
            options={"temperature": 0},
            fewer=_without_temperature,
            concurrency=concurrency,
            timeout=timeout,
            retries=retries,
            backoff=backoff,
        )

    def objection(self, instruction: Instruction, violated: Sequence[int] = ()) -> RewriteRefusal | None:
        """Never: the model is asked."""
        return None

    def replaces(self, instruction: Instruction, place: int, new: Constraint) -> bool:
        """Never: nothing has to be left as it is."""
        return False

    def prompt(
        self, instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str]
    ) -> Instruction | RewriteRefusal:
        """The instruction that the model writes."""
        self.usage.asked += 1
        try:
            text = self._client.run(self._ask(question(instruction, changes, phrasings)))
        except Failure as failure:
            self.usage.failed += 1
            return RewriteRefusal("the model did not answer", str(failure))
        problem = _problem(text, instruction.prompt)
        if problem:
            self.usage.failed += 1
            return RewriteRefusal("the model's prompt cannot be used", problem)
        constraints = tuple(change.became for change in changes if change.became is not None)
        return Instruction(id=instruction.id, prompt=text, constraints=constraints)

    def summary(self) -> dict[str, Any]:
        """The counts so far, as JSON."""
        return {"model": self._client.model, **asdict(self.usage)}

    def close(self) -> None:
        """Let go of the connections and the thread."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _ask(self, message: str) -> str:
        messages = [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": message}]
        async with self._client.slots:
            return await self._client.complete(messages, _content)


def question(instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str]) -> str:
    """What the model is asked, as JSON: data that it cannot mistake for orders to itself."""
    criteria = instruction.criteria or [constraint.describe() for constraint in instruction.constraints]
    asked = {
        "request": instruction.prompt,
        "remove": [
            criterion for change, criterion in zip(changes, criteria, strict=True) if change.fate == "dropped"
        ],
        "replace": [
            {"this": criterion, "by": phrasing}
            for criterion, phrasing in zip(criteria, phrasings, strict=True)
            if phrasing
        ],
        "keep": [
            criterion
            for change, criterion in zip(changes, criteria, strict=True)
            if change.fate == "kept" and criterion  # what other messages state has none here
        ],
    }
    return json.dumps(asked, ensure_ascii=False, indent=1)


_THINKING = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


def _content(completion: Any) -> str:
    try:
        content = completion.choices[0].message.content
    except (AttributeError, LookupError, TypeError):
        content = None
    if not isinstance(content, str):
        raise Failure.malformed(completion)
    return sendable(_THINKING.sub("", content).strip())


def _problem(text: str, prompt: str) -> str | None:
    if not text:
        return "it is empty"
    if text == prompt.strip():
        return "it is the old one"
    if len(text) > 2 * len(prompt) + 1000:
        return f"it has {len(text)} characters, the old one {len(prompt)}"
    return None


def _without_temperature(options: RequestOptions, complaint: str) -> RequestOptions:
    return {} if "temperature" in complaint else options
