"""Names of other libraries that are not public or not documented: that they are there, and who uses each.

A new version may take one away. Then a test here says which, and the one file that has to change.
"""

import importlib
import re
from pathlib import Path

import pytest

import hir_data

PACKAGE = Path(hir_data.__file__).parent

# Where the name is (module:attribute), and the one file of ours that uses it.
NAMES = {
    "nltk.tokenize.punkt:PunktLanguageVars._word_tokenize_fmt": "text/segment.py",
    "nltk.tokenize.punkt:PunktLanguageVars._re_multi_char_punct": "text/segment.py",
    "nltk.tokenize.punkt:PunktLanguageVars._re_word_start": "text/segment.py",
    "nltk.tokenize.punkt:PunktLanguageVars._word_tokenizer_re": "text/segment.py",
    "nltk.tokenize.punkt:PunktToken._RE_ELLIPSIS": "text/segment.py",
    "nltk.tokenize.punkt:PunktToken._RE_NUMERIC": "text/segment.py",
    "nltk.tokenize.punkt:PunktToken._RE_INITIAL": "text/segment.py",
    "nltk.tokenize.punkt:PunktToken._RE_ALPHA": "text/segment.py",
    "langdetect.utils.ngram:NGram.normalize": "text/language.py",
    "langdetect.utils.ngram:NGram.normalize_vi": "text/language.py",
    "langdetect.detector_factory:PROFILES_DIRECTORY": "text/language.py",
    "multiprocessing.forkserver:_forkserver": "engine/worker_process.py",
    "multiprocessing.forkserver:_forkserver._forkserver_alive_fd": "engine/worker_process.py",
    "transformers:TrainingArguments()._n_gpu": "training/run.py",
}


@pytest.mark.parametrize("name", [name for name in NAMES if "()" not in name])
def test_a_private_name_of_another_library_is_there(name: str):
    module, _, attributes = name.partition(":")
    value = importlib.import_module(module)
    for attribute in attributes.split("."):
        value = getattr(value, attribute)  # an AttributeError names what is gone


def test_transformers_keeps_the_number_of_gpus_where_we_set_it(tmp_path: Path):
    transformers = pytest.importorskip("transformers")
    arguments = transformers.TrainingArguments(output_dir=str(tmp_path), report_to="none")
    assert vars(arguments)["_n_gpu"] == arguments.n_gpu
    arguments._n_gpu = 3
    assert arguments.n_gpu == 3


@pytest.mark.parametrize("name", NAMES)
def test_it_stands_in_one_file_of_ours(name: str):
    last = name.replace(":", ".").rpartition(".")[2]
    word = re.compile(rf"\bNGram\.{last}\b" if last.startswith("normalize") else rf"\b{last}\b")
    files = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if word.search(path.read_text(encoding="utf-8"))
    }
    assert files == {NAMES[name]}
