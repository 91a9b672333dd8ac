# Needs Go, Node and make. What else the tests use (TypeScript, a browser) comes by `npm ci` when a target asks for it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help build runtime edge tiny generate pressed types run test test-all test-go test-wasm test-js test-browser test-tiny test-package test-bundlers browsers test-docs test-edge test-store edge-dev edge-dry-run edge-self-host api screenshots bench-edge bench bench-own bench-compare sim fuzz mutate lint format format-check pack clean FORCE

WASM     := GOOS=js GOARCH=wasm CGO_ENABLED=0
GO_BUILD := go build -trimpath -buildvcs=false -ldflags="-s -w -buildid="
GO_WASM  := $(shell go env GOROOT)/lib/wasm

# Sources of the core as they ship: no tests.
CORE := $(filter-out %_test.go,$(wildcard core/*.go core/quote/*.go wasm/module/*.go)) go.mod go.sum
# What ships in JavaScript, but what is built.
SOURCES := $(shell find js -name '*.js')
CONSOLE := $(filter-out %_test.go,$(wildcard web/*.go web/console/*.go core/*.go core/quote/*.go)) go.mod go.sum

# The modules as they are downloaded. Of these the sandbox ships so; the others tell their weight.
PRESSED := $(patsubst %,dist/%.wasm.br,core console keeper sandbox)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

build: dist/manifest.json ## build all that ships

# What runs in the repository itself: this much takes Go and Node, and nothing from npm.
runtime: dist/core.wasm dist/go.js dist/build.js dist/console.wasm

# The edge's Worker, as one module and the keeper's WebAssembly beside it; and the edge in Node, beside the core.
edge: dist/edge.js dist/keeper.wasm dist/edge-node.js

tiny: dist/core.tiny.wasm ## build a light core, where there is a tinygo on the PATH

generate: ## write what JavaScript knows of the systems, from their descriptions in core
	go run ./tools/generate js/generated

# What the modules weigh on their way.
pressed: $(PRESSED)

types: dist/.types ## build the TypeScript declarations

run: runtime dist/serve ## serve the sandbox, and show a token of each system got, kept, renewed and verified
	node tools/demo/run.js

# Each suite is built what it needs, by test/run.js, which says which those are.
test: ## run all tests but the slow ones
	@node test/run.js

test-all: ## run the slow ones too: the race detector, crowds, whole matrices, the package, the guides, in every browser that can be had
	@node test/run.js --all

test-go: ## run the Go tests natively
	@node test/run.js go

test-wasm: ## run the Go tests of the core and the page under js/wasm
	@node test/run.js wasm

test-js: ## run the tests of the JavaScript in Node
	@node test/run.js js cli sandbox

test-tiny: ## run what is said of the core with a light one, where there is a tinygo on the PATH
	@node test/run.js tiny

test-docs: ## check that the documents are current
	@node test/run.js docs

test-edge: ## run the tests of the edge, in workerd and in Node
	@node test/run.js edge edge-node

# By the redis-server or valkey-server that is found, or Debian's, where it can be installed.
test-store: ## run the tests of the stores, with a real server
	@node test/redis/find.js
	@node test/run.js store redis

test-browser: ## run the tests in Chromium
	@node test/run.js browser

browsers: ## run the same in Chromium, Firefox and WebKit, which it installs where it can
	@node test/run.js --all browser

# With tools and runtimes that npm installs at the first time: 2 GB, below node_modules/.cache.
test-package: ## pack, install and run the package in every runtime, compiler and linter, and in BROWSERS=chromium
	@node test/run.js package

test-bundlers: ## follow the guides: bundlers and runtimes, with the packed package
	@node test/run.js bundlers

screenshots: runtime dist/serve node_modules/.made ## take the pictures in web/pictures anew
	node test/browser/take-pictures.js

bench: bench-own bench-edge bench-compare ## measure

bench-own: runtime dist/serve $(PRESSED) node_modules/.made ## measure against references
	node tools/bench/run.js

bench-edge: runtime edge dist/serve ## measure the edge beside a constant, in workerd and in Node, and beside an instance for each request
	@node tools/bench/edge.js

bench-compare: build dist/serve ## measure against what people would use instead: the table of README.md
	@node tools/bench/alternatives/run.js

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

SEED ?= 1
N ?= 300
# Three tests look at what is imported and linked, which no mutant changes.
mutate: ## change one token of core, N=300 times, and see that a test fails each time; SEED=1 says which
	go run ./tools/mutate -seed $(SEED) -n $(N) -bar 95 -equivalent tools/mutate/equivalent.txt \
		-skip 'TestImportsStaySmallAndPure|TestAPageLoadsNoTextForPeople|TestNoRandomNumberIsTheRuntimes' ./core

# The declarations are compiled once more as a program without the DOM library sees them.
lint: format-check types dist/edge.js ## check format, types, and what go vet and eslint look for
	@unformatted=$$(gofmt -l $$(git ls-files "*.go")); \
		if [ -n "$$unformatted" ]; then echo "not gofmt-ed:" $$unformatted; exit 1; fi
	go vet ./...
	$(WASM) go vet ./...
	node_modules/.bin/eslint .
	node_modules/.bin/tsc --ignoreConfig --noEmit --strict --lib ES2022 --types "" --module nodenext dist/types/*.d.ts dist/types/sandbox/*.d.ts dist/types/store/*.d.ts dist/types/edge/sign.d.ts dist/types/edge/node/index.d.ts dist/edge.d.ts
	node_modules/.bin/tsc --ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --target ES2022 --lib ES2022,DOM --types "" --module nodenext test/types/*.ts

FORMATTED := "**/*.js" "**/*.ts"

format: node_modules/.made ## format Go and JavaScript
	gofmt -w $$(git ls-files "*.go")
	node_modules/.bin/prettier --log-level warn --write $(FORMATTED)

format-check: node_modules/.made
	node_modules/.bin/prettier --check $(FORMATTED)

api: dist/go.js dist/build.js dist/inline.js node_modules/.made ## write the API reference from the JSDoc
	node tools/build/api.js docs/api.md

# Nothing of wrangler's is fetched from, or told to, anybody.
WRANGLER := CLOUDFLARE_CF_FETCH_ENABLED=false WRANGLER_SEND_METRICS=false node_modules/.bin/wrangler

edge-dev: edge dist/serve ## run the edge by wrangler dev over the sandbox, with an issuer to sign in at
	node tools/edge/dev.js

edge-dry-run: edge ## let wrangler bundle and check the edge as it would be deployed
	$(WRANGLER) deploy --dry-run --outdir dist/edge-dry-run

edge-self-host: edge dist/serve ## run the edge in plain workerd on this machine, over the sandbox
	node tools/edge/self-host.js

pack: build ## make the npm package
	npm pack --ignore-scripts

clean: ## remove what was built
	rm -rf dist wasm_exec.js cctoken-*.tgz

# Each module as the Go linker leaves it, in tens of thousands of data segments. What stands behind the bar is built before,
# as two go builds at once would both compile the same packages.
dist/linked/core.wasm: $(CORE) dist/.toolchain Makefile
	$(WASM) $(GO_BUILD) -o $@ ./wasm/module

dist/linked/console.wasm: $(CONSOLE) dist/.toolchain Makefile | dist/linked/core.wasm
	$(WASM) $(GO_BUILD) -o $@ ./web

# The edge's keeper links net/http, as the library for Workers does.
dist/linked/keeper.wasm: $(CORE) $(filter-out %_test.go,$(wildcard wasm/keeper/*.go keeper/*.go)) dist/.toolchain Makefile | dist/linked/console.wasm
	$(WASM) $(GO_BUILD) -o $@ ./wasm/keeper

# The sandbox for people's own tests.
dist/linked/sandbox.wasm: $(filter-out %_test.go,$(wildcard sandbox/*.go wasm/sandbox/*.go)) go.mod dist/.toolchain Makefile | dist/linked/keeper.wasm
	$(WASM) $(GO_BUILD) -o $@ ./wasm/sandbox

LIGHTEN := $(patsubst %,tools/build/%.js,lighten join traces wasm)

dist/console.wasm dist/keeper.wasm dist/sandbox.wasm: dist/%.wasm: dist/linked/%.wasm $(LIGHTEN)
	node tools/build/lighten.js $< $@

dist/.light.wasm: dist/linked/core.wasm $(LIGHTEN)
	node tools/build/lighten.js $< $@

# A page does not wait for a start that is the same everywhere. The other modules see JavaScript's objects when they start.
dist/.unstamped.wasm: dist/.light.wasm tools/build/started.js tools/build/rehearsal.js js/module/wall.js js/module/instance.js js/generated/systems.js | dist/go.js
	node tools/build/started.js $< $@

STAMP := package.json tools/build/stamp.js js/module/stamp.js

dist/core.wasm: dist/.unstamped.wasm $(STAMP)
	node tools/build/stamp.js module $< $@ $(filter %.go,$(CORE))

# By TinyGo, of the same sources. It does not ship, and nothing else needs it.
dist/.unstamped.tiny.wasm: $(CORE) tools/build/tiny.js tools/build/tiny.json tools/build/wasm.js dist/.toolchain
	@node tools/build/tiny.js $@

dist/core.tiny.wasm: dist/.unstamped.tiny.wasm $(STAMP)
	node tools/build/stamp.js module $< $@ $(filter %.go,$(CORE))

dist/build.js: dist/core.wasm
	node tools/build/stamp.js script $< $@

dist/inline.js: dist/core.wasm tools/build/inline/main.go
	go run -trimpath ./tools/build/inline $< $@

# The package's entries, one for each platform.
DOORS := $(patsubst %,dist/%.js,node browser workerd edge-light)

$(DOORS): dist/%.js: $(SOURCES) dist/go.js dist/build.js package.json tools/build/doors.js node_modules/.made
	node tools/build/doors.js $@

dist/cctoken.js: $(SOURCES) dist/go.js dist/build.js tools/build/script.js node_modules/.made
	node tools/build/script.js $@

dist/manifest.json: $(DOORS) dist/edge.js dist/edge-node.js dist/keeper.wasm dist/sandbox.wasm.br dist/core.wasm dist/go.js dist/build.js dist/inline.js dist/.types dist/cctoken.js dist/LICENSES.txt package.json tools/build/manifest.js
	node tools/build/manifest.js $@

dist/keeper-go.js: wasm_exec.js tools/build/glue.js tools/build/keeper-glue.js
	node tools/build/keeper-glue.js wasm_exec.js $@

dist/edge.js: $(SOURCES) dist/keeper-go.js tools/build/edge.js node_modules/.made
	node tools/build/edge.js $@

dist/edge-node.js: $(SOURCES) tools/build/edge-node.js node_modules/.made
	node tools/build/edge-node.js $@

dist/serve: $(filter-out %_test.go,$(wildcard web/serve/*.go sandbox/*.go)) go.mod dist/.toolchain
	go build -trimpath -o $@ ./web/serve

# The sandbox ships compressed: 8 MB are 1.1.
$(PRESSED): %.br: % tools/build/brotli.js
	node tools/build/brotli.js $< $@

dist/go.js: wasm_exec.js tools/build/glue.js | dist/.toolchain
	node tools/build/glue.js wasm_exec.js $@

# What ships holds Go's runtime, the library for Workers and jose, whose licences ask to be handed on.
dist/LICENSES.txt: dist/.toolchain go.mod package-lock.json node_modules/.made
	@go mod download github.com/syumai/workers
	@for f in "$$(go env GOROOT)/LICENSE" "$$(go list -m -f '{{.Dir}}' github.com/syumai/workers)/LICENSE.md" node_modules/jose/LICENSE.md; do \
		cat "$$f" || exit 1; echo; done > $@

# tsc leaves the declarations of deleted sources behind, so it starts from nothing.
dist/.types: $(SOURCES) tools/build/platforms.d.ts tools/build/declarations.js tsconfig.json dist/go.js dist/build.js dist/inline.js dist/keeper-go.js dist/edge-node.js node_modules/.made
	rm -rf dist/types
	node_modules/.bin/tsc -p .
	node tools/build/declarations.js dist/types
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
