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

## Training steps of the engine, and trials per second of the service's own machinery: JSON lines.
bench: build
	taskset -c 0 .build/release/atelier bench engine
	.build/release/atelier bench trials
