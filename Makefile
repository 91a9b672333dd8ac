# Needs Go, Node and make. What else the tests use (TypeScript, a browser) comes by `npm ci` when a target asks for it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help build runtime types run test test-go test-wasm test-js test-browser browsers screenshots bench sim fuzz lint pack clean FORCE

WASM     := GOOS=js GOARCH=wasm CGO_ENABLED=0
# Without inlining the module is 6 % smaller on the wire. It is slower inside, but what is hot does not cross into it.
GO_BUILD := go build -trimpath -buildvcs=false -gcflags=all=-l -ldflags="-s -w -buildid="
GO_WASM  := $(shell go env GOROOT)/lib/wasm

# Sources of the core as they ship: no tests.
CORE := $(filter-out %_test.go,$(wildcard core/*.go wasm/module/*.go)) go.mod go.sum
CONSOLE := $(filter-out %_test.go,$(wildcard web/*.go web/console/*.go)) go.mod go.sum

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

build: runtime types dist/LICENSES.txt ## build all that ships

# What runs, without what only readers of types need: this much takes Go and Node, and nothing from npm.
runtime: dist/core.wasm dist/console.wasm dist/go.js

types: dist/.types ## build the TypeScript declarations

run: runtime dist/serve ## serve the sandbox, and show a token of each system got, kept, renewed and verified
	node js/demo/run.js

test: test-go test-wasm test-js test-browser ## run all tests

# The race detector needs a C compiler.
test-go: ## run the Go tests natively
	@if [ "$$(go env CGO_ENABLED)" = 1 ] && command -v "$$(go env CC)" >/dev/null; then \
		echo "go test -race ./..."; go test -race ./...; \
	else \
		echo "no C compiler: testing without the race detector"; go test ./...; \
	fi

# In an empty environment: with the arguments it must fit in 8 KB, or the tests fail to start.
test-wasm: ## run the Go tests of the core and the page under js/wasm
	$(WASM) go test -exec='env -i "PATH=$(PATH)" $(GO_WASM)/go_js_wasm_exec' ./core ./web ./web/console

test-js: runtime dist/serve ## run the tests of the JavaScript in Node
	node --test js/test/*.test.js

test-browser: runtime dist/serve node_modules/.made ## run the tests in Chromium
	node --test js/test/browser/*.test.js

browsers: runtime dist/serve node_modules/.made ## run the same in Chromium, Firefox and WebKit, which it installs where it can
	node js/test/browser/everywhere.js

screenshots: runtime dist/serve node_modules/.made ## take the pictures in web/testdata anew
	node js/test/browser/take-pictures.js

bench: runtime dist/serve node_modules/.made ## measure
	node js/bench/run.js

sim: ## simulate days of token life from 100,000 random seeds
	SIM_SEEDS=100000 go test ./core -run Simulat -count=1 -v

FUZZTIME ?= 60s
# go test takes one fuzz function at a time.
fuzz: ## fuzz everything that reads outside bytes, FUZZTIME=60s each
	@set -e; packages=$$(go list ./...); for package in $$packages; do \
		listed=$$(go test -list '^Fuzz' $$package); \
		for name in $$(echo "$$listed" | grep '^Fuzz' || true); do \
			echo "$$package $$name"; go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

# The declarations are compiled once more as a program without the DOM library sees them.
lint: types ## check format, go vet, types
	@unformatted=$$(gofmt -l core js wasm web); \
		if [ -n "$$unformatted" ]; then echo "not gofmt-ed:" $$unformatted; exit 1; fi
	go vet ./...
	$(WASM) go vet ./...
	node_modules/.bin/tsc --ignoreConfig --noEmit --strict --lib ES2022 --types "" --module nodenext dist/types/*.d.ts
	node_modules/.bin/tsc --ignoreConfig --noEmit --strict --target ES2022 --lib ES2022,DOM --types "" --module nodenext js/test/types/*.ts

pack: build types ## make the npm package
	npm pack

clean: ## remove what was built
	rm -rf dist wasm_exec.js cctoken-*.tgz

dist/core.wasm: $(CORE) dist/.toolchain Makefile
	$(WASM) $(GO_BUILD) -o $@ ./wasm/module

dist/console.wasm: $(CONSOLE) dist/.toolchain Makefile
	$(WASM) $(GO_BUILD) -o $@ ./web

dist/serve: $(filter-out %_test.go,$(wildcard web/serve/*.go core/sandbox/*.go)) go.mod dist/.toolchain
	go build -trimpath -o $@ ./web/serve

dist/go.js: wasm_exec.js js/build/glue.js
	node js/build/glue.js wasm_exec.js $@

# The module holds Go's runtime and the JSON reader, whose licences ask to be handed on.
dist/LICENSES.txt: dist/.toolchain go.mod
	@go mod download github.com/go-json-experiment/json
	@for d in "$$(go env GOROOT)" "$$(go list -m -f '{{.Dir}}' github.com/go-json-experiment/json)"; do \
		cat "$$d/LICENSE" || exit 1; echo; done > $@

# tsc leaves the declarations of deleted sources behind, so it starts from nothing.
dist/.types: $(wildcard js/*.js) tsconfig.json dist/go.js node_modules/.made
	rm -rf dist/types
	node_modules/.bin/tsc -p .
	@touch $@

node_modules/.made: package-lock.json
	npm ci
	@touch $@

# These two change when the Go toolchain does. They are looked at each time, but touched only when they differ, so that
# nothing is built again without need.
wasm_exec.js: FORCE
	@cmp -s "$(GO_WASM)/wasm_exec.js" $@ || cp "$(GO_WASM)/wasm_exec.js" $@

dist/.toolchain: FORCE
	@mkdir -p dist
	@go version | cmp -s - $@ || go version > $@
