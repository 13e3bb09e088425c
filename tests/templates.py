"""Tiny tokenizers whose chat templates are built as those of the field's models are, in words of our own.

Each template is as short as it can be with the structure that matters: where turns begin and end, what is
written of its own accord, which roles are refused, and what becomes of reasoning.
"""

from functools import cache
from typing import Any, NamedTuple

import pytest

transformers = pytest.importorskip("transformers", reason="needs the extra 'train'")

TEXT = "the tide comes in and goes out again; the moon pulls the sea, and the sea follows the moon. " * 20


class Family(NamedTuple):
    """A template and the special tokens of its tokenizer; the first ends a text.

    Attributes:
        template: the chat template.
        special: special tokens, the one that ends a text first.
        added: tokens that are not special, such as ``<think>``.
        ends: the names of the tokens that end a response by the model's configuration; by default the first.
        words: whether tokens are of whole words with the space in front, as of SentencePiece.
    """

    template: str
    special: tuple[str, ...]
    added: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    words: bool = False


_TURNS = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
_TURN = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
_IM = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")

_DEFAULT_SYSTEM = (
    "{% if messages[0].role != 'system' %}<|im_start|>system\nYou are a kind model.<|im_end|>\n{% endif %}"
)

# Answers behind the last question keep their reasoning, or an empty section; older ones lose it.
_QWEN3 = """{% set ns = namespace(last=0) %}{% for m in messages %}{% if m.role == 'user' %}
{%- set ns.last = loop.index0 %}{% endif %}{% endfor %}
{%- if tools %}<|im_start|>system
Tools: {% for t in tools %}{{ t | tojson }}{% endfor %}<|im_end|>
{% endif %}{% for m in messages %}{% if m.role == 'assistant' %}
{%- set text = m.content or '' %}{% set thought = '' %}
{%- if m.reasoning_content is string %}{% set thought = m.reasoning_content %}
{%- elif '</think>' in text %}
{%- set thought = text.split('</think>')[0].split('<think>')[-1] %}
{%- set text = text.split('</think>')[-1] %}{% endif %}<|im_start|>assistant
{% if loop.index0 > ns.last and (loop.last or thought) %}<think>
{{ thought.strip('\\n') }}
</think>

{{ text.lstrip('\\n') }}{% else %}{{ text }}{% endif %}
{%- for c in m.tool_calls or [] %}<tool_call>{{ c.function.name }} {{
c.function.arguments | tojson }}</tool_call>
{%- endfor %}<|im_end|>
{% elif m.role == 'tool' %}<|im_start|>user
<tool_response>{{ m.content }}</tool_response><|im_end|>
{% else %}<|im_start|>{{ m.role }}
{{ m.content }}<|im_end|>
{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% if enable_thinking is defined and not enable_thinking %}<think>

</think>

{% endif %}{% endif %}"""

_QWQ = _QWEN3.replace(
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}",
    "<think>\n",
)

_LLAMA3 = """{{ bos_token }}<|start_header_id|>system<|end_header_id|>

Today: {{ strftime_now('%d %b %Y') }}

{% if messages[0].role == 'system' %}{{ messages[0].content | trim }}{%
set messages = messages[1:] %}{% endif %}
<|eot_id|>
{%- for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>

{{ m.content | trim }}<|eot_id|>{% endfor %}
{%- if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>

{% endif %}"""

_GEMMA = """{{ bos_token }}{% if messages[0].role == 'system' %}
{{- raise_exception('no system role here') }}{% endif %}
{%- for m in messages %}<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}
{{ m.content | trim }}<end_of_turn>
{% endfor %}{% if add_generation_prompt %}<start_of_turn>model
{% endif %}"""

_MISTRAL = """{{ bos_token }}{% set ns = namespace(system='') %}{% for m in messages %}
{%- if m.role == 'system' %}{% set ns.system = m.content + '\n\n' %}
{%- elif m.role == 'user' %}[INST] {{ ns.system if loop.last }}{{ m.content }}[/INST]
{%- elif m.role == 'assistant' %} {{ m.content }}{{ eos_token }}
{%- else %}{{ raise_exception('only user and assistant') }}{% endif %}{% endfor %}"""

_MAGISTRAL = """{{ bos_token }}{% if messages[0].role != 'system' %}
{{- '[SYSTEM_PROMPT]' }}Think in [THINK] and [/THINK] first.[/SYSTEM_PROMPT]{% endif %}
{%- for m in messages %}{% if m.role == 'system' %}[SYSTEM_PROMPT]{{ m.content }}[/SYSTEM_PROMPT]
{%- elif m.role == 'user' %}[INST]{{ m.content }}[/INST]
{%- else %}{% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content %}
{%- if part.type == 'thinking' %}[THINK]{{ part.thinking[0].text }}[/THINK]{%
else %}{{ part.text }}{% endif %}
{%- endfor %}{% endif %}{{ eos_token }}{% endif %}{% endfor %}"""

_GPT_OSS = """<|start|>system<|message|>Date: {{ strftime_now('%Y-%m-%d') }}
Reasoning: {{ reasoning_effort or 'medium' }}<|end|>
{%- for m in messages %}{% if m.role in ('system', 'developer') %}<|start|>developer<|message|># Instructions

{{ m.content }}<|end|>{% elif m.role == 'assistant' %}
{%- if '<|channel|>' in m.content %}{{ raise_exception('no channels in the content') }}{% endif %}
{%- if loop.last and not add_generation_prompt %}
{%- if m.thinking %}<|start|>assistant<|channel|>analysis<|message|>{{ m.thinking }}<|end|>{% endif %}
{{- '<|start|>assistant<|channel|>final<|message|>' + m.content + '<|return|>' }}
{%- else %}<|start|>assistant<|channel|>final<|message|>{{ m.content }}<|end|>{% endif %}
{%- else %}<|start|>{{ m.role }}<|message|>{{ m.content }}<|end|>{% endif %}{% endfor %}
{%- if add_generation_prompt %}<|start|>assistant{% endif %}"""

# Reasoning is never written; the generation prompt opens it.
_DEEPSEEK_R1 = """{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}
{%- elif m.role == 'user' %}<｜User｜>{{ m.content }}
{%- else %}<｜Assistant｜>{{ m.content.split('</think>')[-1] }}{{ eos_token }}{% endif %}{% endfor %}
{%- if add_generation_prompt %}<｜Assistant｜><think>
{% endif %}"""

# The end of the section is written in front of every answer.
_DEEPSEEK_V3 = """{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}<｜User｜>{{ m.content }}
{%- elif m.role == 'system' %}{{ m.content }}
{%- else %}<｜Assistant｜></think>{{ m.content.split('</think>')[-1] }}{{ eos_token }}{% endif %}{% endfor %}
{%- if add_generation_prompt %}<｜Assistant｜>{{ '<think>' if thinking else '</think>' }}{% endif %}"""

# No end of a turn: the next one's beginning is it.
_GLM = """[gMASK]{% for m in messages %}<|{{ m.role }}|>
{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>
{% endif %}"""

_ZEPHYR = """{% for m in messages %}<|{{ m.role }}|>
{{ m.content }}</s>
{% endfor %}{% if add_generation_prompt %}<|assistant|>
{% endif %}"""

_LLAMA2 = """{% for m in messages %}{% if m.role == 'user' %}{{ bos_token }}[INST] {{
m.content.strip() }} [/INST]
{%- elif m.role == 'assistant' %} {{ m.content.strip() }} {{ eos_token }}{% endif %}{% endfor %}"""

# Markers around the answer too: what ends the turn is behind the last of them.
_COMMAND = """{{ bos_token }}{% for m in messages %}<|START_OF_TURN_TOKEN|>
{%- if m.role == 'assistant' %}<|CHATBOT_TOKEN|>
{%- if m.reasoning_content %}<|START_THINKING|>{{ m.reasoning_content }}<|END_THINKING|>{% endif %}
{{- '<|START_RESPONSE|>' + m.content + '<|END_RESPONSE|>' }}
{%- else %}<|{{ m.role | upper }}_TOKEN|>{{ m.content }}{% endif %}<|END_OF_TURN_TOKEN|>{% endfor %}
{%- if add_generation_prompt %}<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>{% endif %}"""

# The generation prompt opens a section, and answers before have an empty one.
_NEMOTRON = """{% for m in messages %}<|turn|>{{ m.role }}
{% if m.role == 'assistant' %}<think></think>{{ m.content.split('</think>')[-1] }}
{%- else %}{{ m.content }}{% endif %}

<|over|>
{% endfor %}{% if add_generation_prompt %}<|turn|>assistant
<think>
{% endif %}"""

FAMILIES = {
    "qwen2.5": Family(_DEFAULT_SYSTEM + _TURNS + _TURN, _IM, ends=("<|im_end|>", "<|endoftext|>")),
    "qwen3": Family(_QWEN3, _IM, ("<think>", "</think>", "<tool_call>", "</tool_call>")),
    "qwq": Family(_QWQ, _IM, ("<think>", "</think>")),
    "smollm2": Family(_DEFAULT_SYSTEM.replace("kind", "small") + _TURNS + _TURN, _IM),
    "llama3": Family(
        _LLAMA3,
        ("<|end_of_text|>", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    ),
    "gemma": Family(_GEMMA, ("<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>")),
    "mistral": Family(_MISTRAL, ("</s>", "<s>", "[INST]", "[/INST]"), words=True),
    "magistral": Family(
        _MAGISTRAL,
        ("</s>", "<s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[THINK]", "[/THINK]"),
    ),
    "gpt-oss": Family(
        _GPT_OSS,
        ("<|return|>", "<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>", "<|constrain|>"),
    ),
    "deepseek-r1": Family(
        _DEEPSEEK_R1,
        ("<｜end▁of▁sentence｜>", "<｜begin▁of▁sentence｜>"),
        ("<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"),
    ),
    "deepseek-v3": Family(
        _DEEPSEEK_V3,
        ("<｜end▁of▁sentence｜>", "<｜begin▁of▁sentence｜>"),
        ("<｜User｜>", "<｜Assistant｜>", "<think>", "</think>"),
    ),
    "glm": Family(
        _GLM,
        ("<|endoftext|>", "[gMASK]", "<|system|>", "<|user|>", "<|assistant|>"),
        ends=("<|endoftext|>", "<|user|>"),
    ),
    "zephyr": Family(_ZEPHYR, ("</s>", "<s>")),
    "llama2": Family(_LLAMA2, ("</s>", "<s>"), words=True),
    "command": Family(
        _COMMAND,
        (
            *("<|END_OF_TURN_TOKEN|>", "<|begin|>", "<|START_OF_TURN_TOKEN|>", "<|CHATBOT_TOKEN|>"),
            *("<|USER_TOKEN|>", "<|SYSTEM_TOKEN|>", "<|START_RESPONSE|>", "<|END_RESPONSE|>"),
            *("<|START_THINKING|>", "<|END_THINKING|>"),
        ),
    ),
    "nemotron": Family(_NEMOTRON, ("</s>", "<s>", "<|turn|>", "<|over|>")),
    "no header": Family(_TURNS, _IM),
}


@cache
def tokenizer_of(name: str) -> Any:
    """A tokenizer with the template of a family."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    family = FAMILIES[name]
    tokenizer = Tokenizer(models.BPE())
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    if family.words:
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
        tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
        alphabet = [chr(code) for code in range(32, 127)] + ["▁", "\n"]
    else:
        words = Regex(r" ?\w+|\s*[\r\n]+|\s+(?!\S)|\s+| ?[^\s\w]+")  # line breaks stay together
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(words, "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=list(family.special),
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT, "\n\n\n\n" * 20], trainer)
    bos = next((each for each in family.special if "begin" in each or each in ("<s>", "<bos>")), None)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=family.special[0], bos_token=bos, pad_token=family.special[0]
    )
    fast.add_special_tokens(
        {
            "additional_special_tokens": [
                token for token in family.special if token not in (bos, family.special[0])
            ]
        }
    )
    fast.add_tokens([AddedToken(token, special=False, normalized=False) for token in family.added])
    fast.chat_template = family.template
    return fast


def ends_of(name: str) -> list[int]:
    """The tokens that end a response by the configuration of a model of the family."""
    tokenizer, family = tokenizer_of(name), FAMILIES[name]
    return list(tokenizer.convert_tokens_to_ids(list(family.ends or family.special[:1])))
