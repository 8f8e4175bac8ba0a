# Two commands do it all on a fresh machine: `make demo` and `make test`.
.PHONY: setup build demo test format lint bench

SWIFT_FILES = Package.swift Sources Tests

## Installs what the machine lacks (as root), or names it and stops.
setup:
	@scripts/setup.sh

## Builds everything once, in release, tests included.
build: setup
	swift build -c release --build-tests

## A real search on the built-in data, from submission to downloaded weights.
demo: build
	@scripts/demo.sh

test: build
	@scripts/test.sh

format:
	swift format -i -r $(SWIFT_FILES)

lint:
	swift format lint --strict -r $(SWIFT_FILES)

## Ours against PyTorch by turns, as Markdown tables: scripts/bench/bench.py says what can be set.
bench: build
	python3 scripts/bench/bench.py
