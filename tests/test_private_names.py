"""Names of other libraries that are not public or not documented: that they are there, and who uses each.

A new version may take one away. Then a test here says which, and the file that has to change.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hir_data

PACKAGE = Path(hir_data.__file__).parent

# Where the name is (module:attribute), and the files of ours that use it, one for nearly all.
NAMES = {
    "langdetect.utils.ngram:NGram.normalize": "text/language.py",
    "langdetect.utils.ngram:NGram.normalize_vi": "text/language.py",
    "py3langid.langid:IDENTIFIER": "text/identify.py",
    "multiprocessing.forkserver:_forkserver": "engine/worker_process.py",
    "multiprocessing.forkserver:_forkserver._forkserver_alive_fd": "engine/worker_process.py",
    "torch:_subclasses": "training/memory.py",
    "torch:UntypedStorage._cdata": "training/memory.py",
    "transformers:Trainer._load_optimizer_and_scheduler": "training/trainer.py",
    "transformers:Trainer._prepare_inputs": "training/trainer.py training/online/trl.py",
    "transformers:TrainingArguments()._n_gpu": "training/run.py",
    "trl.trainer.grpo_trainer:GRPOTrainer._get_per_token_logps_and_entropies": "training/online/trl.py",
    "trl.trainer.grpo_trainer:GRPOTrainer._tokenize_prompts": "training/online/trl.py",
    # Attributes of a trainer that has begun: the tests of replays in TRL need them.
    "trl.trainer.grpo_trainer:GRPOTrainer()._buffered_inputs": "training/online/trl.py",
    "trl.trainer.grpo_trainer:GRPOTrainer()._logs": "training/online/trl.py",
    "trl.trainer.grpo_trainer:GRPOTrainer()._metrics": "training/online/trl.py",
}


@pytest.mark.parametrize("name", [name for name in NAMES if "()" not in name])
def test_a_private_name_of_another_library_is_there(name: str):
    module, _, attributes = name.partition(":")
    if (package := module.partition(".")[0]) in ("torch", "transformers", "trl"):
        pytest.importorskip(package, reason="needs the extras 'train' and 'trl'")
    value = importlib.import_module(module)
    for attribute in attributes.split("."):
        value = getattr(value, attribute)  # an AttributeError names what is gone


def test_transformers_keeps_the_number_of_gpus_where_we_set_it(tmp_path: Path):
    transformers = pytest.importorskip("transformers")
    arguments = transformers.TrainingArguments(output_dir=str(tmp_path), report_to="none")
    assert vars(arguments)["_n_gpu"] == arguments.n_gpu
    arguments._n_gpu = 3
    assert arguments.n_gpu == 3


PYTHONS_OWN = {"_asdict", "_exit", "_replace"}
"""Names that are public, of named tuples and of ``os``."""


def foreign_names(tree: ast.AST) -> Iterator[str]:
    """The attributes with an underscore that a file asks for, and what it imports with one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr):
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and not f"{node.module}".startswith("hir_data"):
            parts = [*f"{node.module}".split("."), *(alias.name for alias in node.names)]
            yield from (part for part in parts if re.match("_[^_]", part))
        elif isinstance(node, ast.Import):
            parts = [part for alias in node.names for part in alias.name.split(".")]
            yield from (part for part in parts if part.startswith("_"))


def own_names(tree: ast.AST) -> Iterator[str]:
    """What a file defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            of_ours = isinstance(node, ast.Name) or (
                isinstance(node.value, ast.Name) and node.value.id == "self"
            )
            yield from [node.id if isinstance(node, ast.Name) else node.attr] if of_ours else []


def test_no_other_name_is_used():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    own = {name for tree in trees for name in own_names(tree)}
    foreign = {name for tree in trees for name in foreign_names(tree)} - own - PYTHONS_OWN
    assert foreign <= {re.split("[:.]", name)[-1] for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_it_stands_in_these_files_of_ours(name: str):
    last = name.replace(":", ".").rpartition(".")[2]
    word = re.compile(rf"\bNGram\.{last}\b" if last.startswith("normalize") else rf"\b{last}\b")
    files = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if word.search(path.read_text(encoding="utf-8"))
    }
    assert files == set(NAMES[name].split())
