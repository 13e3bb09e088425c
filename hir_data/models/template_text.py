"""What a chat template writes, as text: the prompt, and what stands around the answer to it.

Nothing here knows a model by its name: where the answer stands, what ends it and what becomes of reasoning
are found by rendering conversations whose answer is a mark.
"""

import contextlib
import datetime
import json
import re
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from hir_data.engine.judge import first_words
from hir_data.errors import MissingExtraError, ModelError, RecordError
from hir_data.models.template_tools import ChatMessage, refuse_unwritten_tools
from hir_data.text.cached import cached_property
from hir_data.text.templated import style_of
from hir_data.text.thinking import section_at_end

_ANSWER, _REASONING, _MARK = "hirAnswer7d1e", "hirReasoning7d1e", "hirMark7d1e"
_DATES = re.compile(r"""strftime_now\(\s*["']([^"']+)["']\s*\)""")
# The library's own clock cannot be set, and hands no functions on to templates.
_DATED = "{% macro strftime_now(form) %}{{ hir_dates[form] }}{% endmacro +%}"


class Frame(NamedTuple):
    """What the template writes around an answer.

    Attributes:
        before: the whole text in front of the reasoning, or of the answer where there is no reasoning.
        between: what stands between the reasoning and the answer.
        end: what is behind the answer, up to the special tokens that end the turn.
    """

    before: str
    between: str
    end: str


@dataclass(frozen=True, eq=False)
class ChatPrompt:
    """A conversation as the model reads it, up to where its answer begins.

    Attributes:
        messages: the conversation.
        arguments: what the template is given beside it: ``tools`` and options such as ``enable_thinking``.
        text: what the template writes.
        tokens: the same as tokens.
        opening: the marker of the thinking section that the text leaves open; empty if it leaves none.
        closed: whether the text ends a thinking section, so that the answer follows.
        date: the date that a template which writes one has written; None for today.
    """

    messages: tuple[ChatMessage, ...]
    arguments: Mapping[str, Any]
    text: str
    tokens: list[int]
    opening: str = ""
    closed: bool = False
    date: datetime.date | None = None
    frames: dict[bool, "Frame | None"] = field(default_factory=dict, repr=False)


class TemplateText:
    """The text that the chat template of a tokenizer writes; without a template, that of the message.

    Args:
        tokenizer: of the model.
        ends: the tokens that end a response by the word of the model's configuration.
        allow_templated: take messages that hold markers of a chat template as they are.
    """

    def __init__(self, tokenizer: Any, ends: Collection[int] = (), *, allow_templated: bool = False) -> None:
        self._tokenizer, self._configured, self._allows = tokenizer, frozenset(ends), allow_templated
        self._reasoning_form: Callable[[], dict[str, Any]] | None = None

    @cached_property
    def is_dated(self) -> bool:
        """Whether the template writes the date."""
        return bool(_DATES.search(self.source))

    @cached_property
    def source(self) -> str:
        """The template itself, or all of them where there are several."""
        templates = self._tokenizer.chat_template
        return "\n".join(templates.values()) if isinstance(templates, dict) else templates or ""

    def prompt(
        self,
        messages: Sequence[ChatMessage],
        arguments: Mapping[str, Any] | None = None,
        date: datetime.date | None = None,
    ) -> ChatPrompt:
        """A conversation as the model reads it.

        Args:
            messages: the conversation; the answer to it is due.
            arguments: ``tools`` and the options of the template.
            date: what a template that writes the date writes; by default today.

        Raises:
            RecordError: the template refuses the conversation or leaves a part of it out, a message has been
                through a template already, or there is no template and the conversation needs one.
        """
        arguments = dict(arguments or {})
        messages = tuple(_with_parsed_calls(message) for message in messages)
        if not self._allows:
            self._refuse_templated(messages)
        if not self._tokenizer.chat_template:
            text = _plain_text(messages, arguments)
            return ChatPrompt(messages, arguments, text, list(self._tokenizer(text)["input_ids"]))
        text = self._render(messages, arguments, date, generation=True)
        if lost := self._left_out(messages, arguments, date, text):
            parted = tuple(map(_in_parts, messages))  # some templates read parts alone
            with contextlib.suppress(RecordError):
                text = self._render(parted, arguments, date, generation=True)
                lost = self._left_out(parted, arguments, date, text) and lost
            if lost:
                raise RecordError(f"the chat template leaves out message {lost}", field="messages")
            messages = parted
        render = partial(self._render, date=date, generation=True)
        refuse_unwritten_tools(render, messages, arguments, text)
        without = self._render(messages, arguments, date, generation=False)
        begins = text[len(without) :] if text.startswith(without) else text.rpartition("\n")[2]
        if text == without:
            text += self._header(messages, arguments, date, text)
        opening, is_open = section_at_end(begins)
        return ChatPrompt(
            messages,
            arguments,
            text,
            self.tokens(text),
            opening if is_open else "",
            bool(opening) and not is_open,
            date,
        )

    def frame(self, prompt: ChatPrompt) -> Frame:
        """What the template writes around an answer without reasoning.

        Raises:
            RecordError: the template refuses the answer, or leaves it out.
        """
        if False not in prompt.frames:
            if self._tokenizer.chat_template:
                text = self._with_answer(prompt, {"content": _ANSWER})
                before, answer, behind = text.rpartition(_ANSWER)
                if not answer:
                    raise RecordError("the chat template leaves out the answer of the assistant")
                prompt.frames[False] = Frame(before, "", self._end(prompt, behind))
            else:
                prompt.frames[False] = Frame(prompt.text, "", self._tokenizer.eos_token or "")
        frame = prompt.frames[False]
        assert frame is not None
        return frame

    def reasoning_frame(self, prompt: ChatPrompt) -> Frame | None:
        """What the template writes around reasoning and answer; None where it knows no reasoning."""
        if True not in prompt.frames:
            prompt.frames[True] = self._found_reasoning(prompt) if self._tokenizer.chat_template else None
        return prompt.frames[True]

    def _found_reasoning(self, prompt: ChatPrompt) -> Frame | None:
        forms = [self._reasoning_form] if self._reasoning_form else _REASONING_FORMS
        for form in forms:
            try:
                text = self._with_answer(prompt, form())
            except RecordError:
                continue
            before, reasoning, behind = text.partition(_REASONING)
            between, answer, behind = behind.rpartition(_ANSWER)
            if reasoning and answer and _REASONING not in between and "'type'" not in before + between:
                self._reasoning_form = form
                return Frame(before, between, self.frame(prompt).end)
        return None

    def _with_answer(self, prompt: ChatPrompt, answer: Mapping[str, Any], *more: ChatMessage) -> str:
        messages = [*prompt.messages, {"role": "assistant", **answer}, *more]
        return self._render(messages, prompt.arguments, prompt.date, generation=False)

    def _end(self, prompt: ChatPrompt, behind: str) -> str:
        """What ends the turn, of the text behind an answer: to a configured end, else special tokens."""
        specials = list(self.special.finditer(behind))
        for special in specials:
            if self.tokens(special.group())[-1] in self._configured:
                return behind[: special.end()]
        if specials:
            last = specials[0]
            for special in specials[1:]:
                last = special if special.start() == last.end() else last
            return behind[: last.end()]
        if not behind.strip():  # what opens the turn of the user may end this one
            with contextlib.suppress(RecordError):
                user = {"role": "user", "content": _MARK}
                text = self._with_answer(prompt, {"content": _ANSWER}, user)
                opener = self.special.search(text.rpartition(_ANSWER)[2].partition(_MARK)[0])
                if opener and self.tokens(opener.group())[-1] in self._configured:
                    return opener.group()
        return behind.rstrip("\n") + (self._tokenizer.eos_token or "")

    def _header(
        self,
        messages: Sequence[ChatMessage],
        arguments: Mapping[str, Any],
        date: datetime.date | None,
        text: str,
    ) -> str:
        """What opens the turn of the assistant where a template knows no generation prompt."""
        answer = {"role": "assistant", "content": _ANSWER}
        with contextlib.suppress(RecordError):
            whole = self._render([*messages, answer], arguments, date, generation=False)
            before = whole.rpartition(_ANSWER)[0]
            if before.startswith(text) and before[len(text) :].strip():
                return before[len(text) :]
        return ""

    def lead(self, prompt: ChatPrompt, before: str) -> str | None:
        """What the template writes behind the prompt; None where the whole goes another way."""
        if before.startswith(prompt.text):
            return before[len(prompt.text) :]
        specials = list(self.special.finditer(prompt.text)) if not prompt.opening else []
        if specials:  # an earlier message is written in another way once there is an answer
            head, tail, lead = before.rpartition(prompt.text[specials[-1].start() :])
            if tail and head and not self.special.search(lead):
                return lead
        return None

    @cached_property
    def special(self) -> re.Pattern[str]:
        """The special tokens, and those that end a response."""
        tokenizer = self._tokenizer
        added = getattr(tokenizer, "added_tokens_decoder", {}).values()
        names = {str(token) for token in added if getattr(token, "special", False)}
        names |= set(tokenizer.all_special_tokens)
        ends = [end for end in self._configured if end < len(tokenizer)]
        names |= {str(name) for name in tokenizer.convert_ids_to_tokens(ends) if name}
        longest_first = sorted((re.escape(name) for name in names if name), key=len, reverse=True)
        return re.compile("|".join(longest_first) or r"(?!)")

    def _render(
        self,
        messages: Sequence[ChatMessage],
        arguments: Mapping[str, Any],
        date: datetime.date | None,
        *,
        generation: bool,
    ) -> str:
        dated = {}
        if self.is_dated and date:
            source = self._tokenizer.get_chat_template(tools=arguments.get("tools"))
            dated = {
                "chat_template": _DATED + source,
                "hir_dates": {form: date.strftime(form) for form in _DATES.findall(source)},
            }
        try:
            with model_trouble("the chat template refuses the conversation"):
                rendered: str = self._tokenizer.apply_chat_template(
                    list(messages), tokenize=False, add_generation_prompt=generation, **dated, **arguments
                )
        except ModelError as error:
            raise RecordError(str(error), field="messages") from None
        return rendered

    def _left_out(
        self,
        messages: Sequence[ChatMessage],
        arguments: Mapping[str, Any],
        date: datetime.date | None,
        text: str,
    ) -> str:
        """The first message of which the template writes nothing; empty if there is none."""
        said = [_text_of(message).strip() for message in messages]
        if all(text.count(each) >= sum(each in other for other in said) for each in said if each):
            return ""
        marks = [f"{_MARK}n{number}n" for number in range(len(messages))]
        marked = [
            _with_text(message, mark) if each else message
            for message, mark, each in zip(messages, marks, said, strict=True)
        ]
        text = self._render(marked, arguments, date, generation=True)
        for number, (mark, each) in enumerate(zip(marks, said, strict=True)):
            if each and (mark not in text or "'type'" in text.partition(mark)[0][-80:]):
                return f"{number} ({messages[number]['role']})"
        return ""

    def _refuse_templated(self, messages: Sequence[ChatMessage]) -> None:
        for number, message in enumerate(messages):
            said = _text_of(message)
            if message["role"] != "assistant" and (marker := style_of(said) or self._marker_in(said)):
                raise RecordError(
                    f"has been through a chat template already ({marker}): give its messages, or "
                    "--allow-templated to take it as it is",
                    field=f"messages[{number}]",
                )

    def _marker_in(self, text: str) -> str | None:
        """A special token of this tokenizer that opens a turn in a text, if there is one."""
        if not self._openers:
            return None
        opener = re.search("|".join(map(re.escape, self._openers)), text)
        return opener.group() if opener else None

    @cached_property
    def _openers(self) -> list[str]:
        """The special tokens that the template writes in front of what is said, without those of a text."""
        if not self._tokenizer.chat_template:
            return []
        try:
            user = [{"role": "user", "content": _MARK}]
            text = self._render(user, {}, None, generation=True)
        except RecordError:
            return []
        usual = {self._tokenizer.bos_token, self._tokenizer.eos_token, self._tokenizer.pad_token}
        names = {special.group() for special in self.special.finditer(text)} - usual
        return sorted(name for name in names if len(name) > 3)

    def tokens(self, text: str) -> list[int]:
        """The tokens of a text that the template has written."""
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def _keyed(name: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"content": _ANSWER, name: _REASONING}


def _parted(thinking: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {
        "content": [{"type": "thinking", "thinking": thinking}, {"type": "text", "text": _ANSWER}]
    }


_REASONING_FORMS: list[Callable[[], dict[str, Any]]] = [
    _keyed("reasoning_content"),
    _keyed("reasoning"),
    _keyed("thinking"),
    _parted([{"type": "text", "text": _REASONING}]),
    _parted(_REASONING),
]


def _text_of(message: ChatMessage) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Sequence) else ()
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, Mapping))


def _with_text(message: ChatMessage, text: str) -> ChatMessage:
    content = message.get("content")
    return {**message, "content": text if isinstance(content, str) else [{"type": "text", "text": text}]}


def _in_parts(message: ChatMessage) -> ChatMessage:
    content = message.get("content")
    if not isinstance(content, str):
        return message
    return {**message, "content": [{"type": "text", "text": content}]}


def _with_parsed_calls(message: ChatMessage) -> ChatMessage:
    """A message whose tool calls have their arguments as objects, as templates read them."""
    calls = message.get("tool_calls")
    if not calls:
        return dict(message)
    return {**message, "tool_calls": [_parsed_call(call) for call in calls]}


def _parsed_call(call: Mapping[str, Any]) -> Mapping[str, Any]:
    function = call.get("function")
    if not isinstance(function, Mapping) or not isinstance(function.get("arguments"), str):
        return call
    try:
        arguments = json.loads(function["arguments"])
    except ValueError:
        return call
    return {**call, "function": {**function, "arguments": arguments}}


def _plain_text(messages: Sequence[ChatMessage], arguments: Mapping[str, Any]) -> str:
    """A prompt for a model without a chat template."""
    roles = [message["role"] for message in messages]
    if roles not in (["user"], ["system", "user"]) or arguments.get("tools"):
        raise RecordError("the model has no chat template, and the conversation needs one", field="messages")
    return "\n\n".join(_text_of(message) for message in messages)


@contextlib.contextmanager
def model_trouble(what: str) -> Generator[None]:
    """Whatever a model and its code raise, as an error of ours."""
    try:
        yield
    except (ModelError, MissingExtraError):
        raise
    except Exception as error:
        own_code = "trust_remote_code" in str(error) and "it comes with code, which --trust-remote-code runs"
        raise ModelError(f"{what}: {own_code or first_words(str(error)) or type(error).__name__}") from error
