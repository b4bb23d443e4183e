# The two commands that do everything on a fresh machine: make demo, make test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint bench sanitize clean help

help:
	@echo "make demo   set everything up, build the graph of examples/, query it, say where the results are"
	@echo "make test   set up all that the tests need and run them all (Java 17, Maven, Rust; Chromium is installed)"
	@echo "make lint   ruff, rustfmt, clippy and the import contract"
	@echo "make sanitize  the tests of the core under Miri and AddressSanitizer (rustup toolchain nightly, component miri)"
	@echo "make bench  time the stages on examples/ (or PAGES='a.txt b.txt') and the core beside igraph"

demo: $(VENV)/.demo
	$(BIN)/kg demo -o demo

test: $(VENV)/.test
	cargo test --quiet --manifest-path core/Cargo.toml
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	cargo fmt --check --manifest-path core/Cargo.toml
	cargo clippy --quiet --manifest-path core/Cargo.toml -- -D warnings

bench: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --editable '.[bench]'
	$(BIN)/python benchmarks/build.py $(PAGES)
	$(BIN)/python benchmarks/centrality.py --quick

# Miri's floats are made exact, as the tests compare them; the tests on larger graphs would take it hours.
sanitize:
	MIRIFLAGS=-Zmiri-deterministic-floats cargo +nightly miri test --manifest-path core/Cargo.toml --lib -- \
	    --skip long_way --skip a_batch --skip many_sources --skip finds_what_sweeps
	RUSTFLAGS=-Zsanitizer=address cargo +nightly test --manifest-path core/Cargo.toml --lib \
	    --target $$(rustc -vV | sed -n 's/^host: //p')

$(BIN)/python:
	@command -v cargo >/dev/null || { echo "Rust is missing: install it with rustup, then run make again"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

# The core is compiled anew when its sources change; Python sources are used in place.
$(VENV)/.demo: $(BIN)/python pyproject.toml core/Cargo.toml $(wildcard core/src/*.rs core/src/*/*.rs)
	$(BIN)/python -m pip install --quiet --editable '.[all]'
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml core/Cargo.toml $(wildcard core/src/*.rs core/src/*/*.rs) tests/require.sh
	sh tests/require.sh
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) demo dist core/target kg/*.so
