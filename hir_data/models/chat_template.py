"""Rows of tokens: what a model reads and writes, as its chat template has it.

One place makes the rows of sampling and of training. Nothing here knows a model by its name: where the
answer stands, what ends it and what becomes of reasoning are found by rendering conversations whose answer is
a mark.

- The tokens of a prompt are those of the template with a generation prompt, and the prefix of the whole row.
- A response ends with what the template writes behind an answer, up to its first special token; a line break
  that the template writes behind that is nothing that a model is drawn from.
- A thinking section that the generation prompt opens has the reasoning inside and the answer behind its end.
- What the model has written is kept byte for byte, also where the template trims or reformats messages.
"""

import contextlib
import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hir_data.errors import ModelError, RecordError
from hir_data.models.template_text import ChatPrompt, TemplateText
from hir_data.models.template_tools import ChatMessage
from hir_data.text.cached import cached_property
from hir_data.text.thinking import Trace, closing_of, section_at_end, trace_of

_USUAL_MARKERS = ("<think>", "[THINK]", "<|START_THINKING|>", "◁think▷")

NO_REASONING = "its prompt opens a thinking section, and the record has no reasoning"
NO_PLACE = (
    "its reasoning stands beside the answer, and the chat template has no place for it "
    "(--without-thinking trains on the answer alone)"
)
CLOSED = "its prompt ends the thinking section, and the response has one (see --template-option)"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an assistant has written.

    Attributes:
        text: the answer.
        original: all that was written, with the reasoning in it; None where that is the text.
        reasoning: what was thought, where that stands beside the answer.
        complete: whether the turn was ended; not where it was cut off.
        token_ids: the tokens that it was drawn as, with the end of the turn, if they are known.
    """

    text: str
    original: str | None = None
    reasoning: str | None = None
    complete: bool = True
    token_ids: tuple[int, ...] | None = None


class TokenResponse(NamedTuple):
    """The tokens of a response.

    Attributes:
        tokens: with the end of the turn, where there is one.
        stored: whether they are those that the response was drawn as.
    """

    tokens: list[int]
    stored: bool


class ChatTemplate:
    """The chat template of a tokenizer; without one, a prompt is its text.

    Args:
        tokenizer: of the model.
        ends: the tokens that end a response by the word of the model's configuration.
        allow_templated: take messages that hold markers of a chat template as they are.
    """

    def __init__(self, tokenizer: Any, ends: Collection[int] = (), *, allow_templated: bool = False) -> None:
        self._tokenizer, self._configured = tokenizer, frozenset(ends)
        self._text = TemplateText(tokenizer, ends, allow_templated=allow_templated)

    @property
    def is_dated(self) -> bool:
        """Whether the template writes the date."""
        return self._text.is_dated

    @cached_property
    def ends(self) -> list[int]:
        """The tokens that end a response: those of the configuration, and the template's own."""
        return sorted(self._configured | self._own_end)

    def check_options(self, options: Mapping[str, Any]) -> None:
        """See that the template reads each of the options.

        Raises:
            ModelError: there is no template, or it has no such option.
        """
        for name in options:
            if not re.search(rf"\b{re.escape(name)}\b", self._text.source):
                problem = "has no such variable" if self._text.source else "is not there"
                raise ModelError(f"--template-option {name}: the chat template {problem}")

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
            RecordError: the template refuses the conversation or leaves a message out, a message has been
                through a template already, or there is no template and the conversation needs one.
        """
        return self._text.prompt(messages, arguments, date)

    def response(self, prompt: ChatPrompt, reply: Reply) -> TokenResponse:
        """The tokens of a response to a prompt: those that it was drawn as, where they spell the same.

        Raises:
            RecordError: there is no row of this prompt and this response; the message says why.
        """
        if reply.token_ids and self._spells(prompt, reply, reply.token_ids):
            return TokenResponse(list(reply.token_ids), True)
        return TokenResponse(self._continuation(prompt, self.written(prompt, reply)), False)

    def parted(self, prompt: ChatPrompt, tokens: Sequence[int]) -> tuple[Trace, str | None]:
        """What was drawn in its parts, and the whole text of it; None for that where all of it is the answer.

        Reasoning is told from the answer where nobody could do so later: in a section that the prompt has
        opened, and between special tokens, which the text has lost.

        Args:
            prompt: what it was drawn for.
            tokens: without the end of the turn.
        """
        every, text = self._decoded(tokens, skip=False), self._decoded(tokens, skip=True)
        trace = trace_of(prompt.opening + every)
        if prompt.opening or (trace.thinking != "absent" and trace_of(text) != trace):
            return trace, every
        return Trace(None, text, "absent"), None

    def written(self, prompt: ChatPrompt, reply: Reply) -> str:
        """What stands behind the text of a prompt once the response is given, up to the end of the turn.

        Raises:
            RecordError: there is no row of this prompt and this response; the message says why.
        """
        inline = reply.text if reply.original is None else reply.original
        trace = trace_of(inline)
        complete = reply.complete and trace.thinking != "truncated"
        if prompt.opening and reply.original is not None and trace.thinking == "absent" and not reply.text:
            return inline  # cut off while thinking, in the section of the prompt
        if trace.thinking != "absent":
            text = self._inline(prompt, inline, trace)
        elif reply.reasoning is not None and reply.reasoning.strip():
            text = self._beside(prompt, reply.reasoning, reply.text, cut_off=not complete and not reply.text)
        else:
            text = self._plain(prompt, inline)
        end = self._text.frame(prompt).end
        return self._ended(text, end) if complete else text.removesuffix(end)

    def _ended(self, text: str, end: str) -> str:
        """A text with the end of the turn, of which it may have the beginning already."""
        for length in range(len(end), 0, -1):
            if text.endswith(end[:length]) and self._text.special.search(end[:length]):
                return text + end[length:]
        return text + end

    def _plain(self, prompt: ChatPrompt, answer: str) -> str:
        """A response without reasoning."""
        lead = self._text.lead(prompt, self._text.frame(prompt).before)
        if prompt.opening and (lead is None or section_at_end(prompt.opening + lead)[1]):
            lead = self._empty_section(prompt)
        return _joined(lead or "", answer)

    def _empty_section(self, prompt: ChatPrompt) -> str:
        """The end of the section that a prompt opens, where the template writes an empty one in its own way.

        Raises:
            RecordError: it writes none.
        """
        before, head = self._text.frame(prompt).before, prompt.text.rpartition(prompt.opening)[0]
        if before.startswith(head):
            section = trace_of(before[len(head) :])
            if section.opening and section.thinking == "stripped" and not (section.reasoning or "").strip():
                return section.closing + section.answer
        raise RecordError(NO_REASONING)

    def _inline(self, prompt: ChatPrompt, inline: str, trace: Trace) -> str:
        """A response with the reasoning in it."""
        rest = _without_overlap(prompt.text, inline)
        cut_off = trace.thinking == "truncated"
        if prompt.closed:
            if rest == inline and (trace.reasoning or "").strip():
                raise RecordError(CLOSED)
            return rest if rest != inline else _continued(prompt.text, trace.answer)
        if prompt.opening and _same_dialect(prompt.opening, trace):
            return rest.removeprefix(trace.opening) if rest == inline else rest
        frame = self._text.reasoning_frame(prompt)
        if not prompt.opening and trace.opening and (frame is None or trace.opening in frame.before):
            lead = self._text.lead(prompt, self._text.frame(prompt).before) or ""
            return rest if lead.strip() else _joined(lead, rest)
        reasoning, answer = trace.reasoning or "", trace.answer
        if trace.closing not in frame.between if frame else prompt.opening:  # of another dialect
            reasoning, answer = reasoning.strip("\n"), answer.lstrip("\n")
        try:
            return self._beside(prompt, reasoning, answer, cut_off)
        except RecordError:
            if prompt.opening:
                raise
            return rest  # a template that knows no reasoning writes it as it is

    def _beside(self, prompt: ChatPrompt, reasoning: str, answer: str, cut_off: bool = False) -> str:
        """A response whose reasoning is known apart, put together as the template does."""
        if prompt.closed:
            raise RecordError(CLOSED)
        frame = self._text.reasoning_frame(prompt)
        if frame is not None:
            lead, between = self._text.lead(prompt, frame.before) or "", frame.between
        elif opening := prompt.opening or self._usual_opening():
            closing = closing_of(opening)
            known = self._text.frame(prompt).before.rpartition(
                closing
            )  # as of a template that keeps the end alone
            kept = closing + known[2] if known[1] and _is_late(prompt, known[0]) else ""
            lead, between = "" if prompt.opening else f"{opening}\n", kept or f"\n{closing}\n\n"
        else:
            raise RecordError(NO_PLACE)
        begun = _joined(lead, reasoning)
        return begun if cut_off else _joined(_joined(begun, between), answer)

    def _usual_opening(self) -> str:
        """The marker of thinking that the tokenizer or its template knows; empty if they know none."""
        vocabulary, template = self._tokenizer.get_vocab(), str(self._tokenizer.chat_template or "")
        for marker in _USUAL_MARKERS:
            if (marker in vocabulary and closing_of(marker) in vocabulary) or closing_of(marker) in template:
                return marker
        return ""

    @cached_property
    def _own_end(self) -> frozenset[int]:
        """The token that ends a turn by the template, if it ends nothing else."""
        if not self._tokenizer.chat_template:
            return frozenset()
        user = {"role": "user", "content": "Hello"}
        for messages in ([user], [{"role": "system", "content": "Hello"}, user]):
            with contextlib.suppress(RecordError):
                prompt = self._text.prompt(messages)
                end, thinking = self._text.frame(prompt).end, self._text.reasoning_frame(prompt)
                break
        else:
            return frozenset()
        special = next(reversed(list(self._text.special.finditer(end))), None)
        if not special or (thinking and special.group() in thinking.between):
            return frozenset()
        tokens = self._text.tokens(special.group())
        return frozenset(tokens) if len(tokens) == 1 else frozenset()

    def _continuation(self, prompt: ChatPrompt, written: str) -> list[int]:
        """The tokens of what is written behind a prompt, as in the whole where the border keeps apart."""
        specials = list(self._text.special.finditer(prompt.text)) if self._tokenizer.chat_template else []
        tail = prompt.text[specials[-1].start() :] if specials else prompt.text
        before, whole = self._text.tokens(tail), self._text.tokens(tail + written)
        if whole[: len(before)] == before:
            return whole[len(before) :]
        return self._text.tokens(written)  # a token over the border is none that the model was drawn from

    def _spells(self, prompt: ChatPrompt, reply: Reply, tokens: tuple[int, ...]) -> bool:
        """Whether tokens are this tokenizer's, and spell the response."""
        if max(tokens) >= len(self._tokenizer) or min(tokens) < 0:
            return False
        said = tokens[:-1] if tokens[-1] in self.ends else tokens
        every = self._decoded(said, skip=False)
        wanted = reply.text if reply.original is None else reply.original
        if wanted in (every, self._decoded(said, skip=True)):
            return True
        if prompt.opening and _without_overlap(prompt.text, wanted) == every:
            return True
        trace = trace_of(prompt.opening + every)
        if trace.thinking == "absent" or reply.original is not None:
            return False
        thought = reply.reasoning is None or reply.reasoning.strip() == (trace.reasoning or "").strip()
        return thought and reply.text.strip() == trace.answer.strip()

    def _decoded(self, tokens: Sequence[int], *, skip: bool) -> str:
        text: str = self._tokenizer.decode(
            list(tokens), skip_special_tokens=skip, clean_up_tokenization_spaces=False
        )
        return text


def _is_late(prompt: ChatPrompt, text: str) -> bool:
    """Whether a text reaches to where the prompt opens its section."""
    return len(text) >= len(prompt.text.rpartition(prompt.opening)[0]) if prompt.opening else False


def _joined(left: str, right: str) -> str:
    """Two texts behind each other; line breaks that both have at the seam are written once."""
    return left[: len(left) - _shared(left, right)] + right


def _shared(left: str, right: str) -> int:
    """How many line breaks stand on both sides of a seam."""
    return min(len(left) - len(left.rstrip("\n")), len(right) - len(right.lstrip("\n")))


def _continued(left: str, right: str) -> str:
    """The second of two texts, without line breaks that the first ends with already."""
    return right[_shared(left, right) :]


def _same_dialect(opening: str, trace: Trace) -> bool:
    """Whether a trace has the markers of the section that a prompt opens, as far as it has any."""
    name = re.sub(r"\W", "", opening).lower()
    openings = (trace.opening, trace.opening.partition(" ")[0])
    opened = not trace.opening or name in (re.sub(r"\W", "", each).lower() for each in openings)
    closed = not trace.closing or trace.closing.lower().split() == closing_of(opening).lower().split()
    return opened and closed


def _without_overlap(prompt: str, response: str) -> str:
    """A response without what the prompt has written of it already, from a marker on."""
    for length in range(min(len(prompt), len(response), 200), 3, -1):
        if prompt.endswith(response[:length]) and response[0] in "<[◁⟨":
            return response[length:]
    return response


def end_tokens(generation: Any, tokenizer: Any) -> list[int]:
    """What ends a response, by the word of the model's generation config and that of the tokenizer."""
    ends = generation.eos_token_id
    listed = ends if isinstance(ends, list) else [ends]
    return sorted({end for end in [*listed, tokenizer.eos_token_id] if end is not None})
