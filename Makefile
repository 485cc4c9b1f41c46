# Menagerie: the commands of this project. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help run test check browser bench seed clean prerequisites database database-if-used web examples server tests

# The embedded database and the program each have long crates, during which a core would be idle: both at the same time.
# Their Cargos must not look for the job server of this make, hence the empty MAKEFLAGS below.
together := $(MAKE) --no-print-directory -j2

# What the web pages are built from: a change in any of it builds them again.
web_sources := $(shell find web/src schema/operations -type f ! -name generated.ts 2>/dev/null) \
	$(wildcard web/*.json web/*.ts web/*.mjs web/*.html) schema/schema.graphql Cargo.toml

# Modules that a macro names, which `cargo fmt` does not see.
named_by_a_macro := $(wildcard src/graphql/collections/*.rs)

run: ## Build what is missing and start the server; .env configures it
	@$(together) database-if-used server
	@exec "$${CARGO_TARGET_DIR:-target}/local/menagerie"

# More tests at a time than there are cores: most of them wait for most of their time, for the database or a deadline.
test: ## Run every test
	@$(together) database tests
	@RUST_TEST_THREADS=$${RUST_TEST_THREADS:-$$((2 * $$(getconf _NPROCESSORS_ONLN)))} cargo test --locked --no-fail-fast

check: web examples ## Check format, lints and the examples' types, and the dependencies' licences and advisories
	cargo fmt --check
	@rustfmt --check $(named_by_a_macro)
	cargo clippy --locked --all-targets -- -D warnings
	@if [ -d web/node_modules ]; then cd web && npm run --silent test; \
	else echo "Not checked: the functions of the dashboard, which need Node.js 20 or newer with npm."; fi
	@if [ -d examples/web/node_modules ]; then cd examples/web && npm run --silent check; \
	else echo "Not checked: the types of examples/web, which need Node.js 20 or newer with npm."; fi
	@if command -v cargo-deny >/dev/null; then cargo deny check; \
	else echo "Not checked: licences and advisories. Install with: cargo install --locked cargo-deny"; fi

# The program that the tests are built with: another build would have dependencies of its own.
browser: ## Check the pages in a browser: Chromium on the PATH, or the program that CHROMIUM names
	@node web/browser/chromium.mjs >/dev/null
	@$(MAKE) --no-print-directory database web
	@cargo test --locked --no-run --test it
	@node web/browser/run.mjs --server "$${CARGO_TARGET_DIR:-target}/debug/menagerie"

bench: database benches/load/peers/node_modules/.package-lock.json ## Measure the guard, and the server beside its peers (needs wrk and Node.js); writes RESULTS.md
	cargo bench --locked --bench guard -- table
	cargo bench --locked --bench load -- $(LOAD)

seed: ## Load every seed set, also beside a running server
	@$(together) database server
	@"$${CARGO_TARGET_DIR:-target}/local/menagerie" seed article history nations

clean: ## Remove what was built, and with DATA=1 the data folder ./data too
	rm -rf target web/dist web/node_modules benches/load/peers/node_modules examples/web/build examples/web/node_modules examples/web/src/generated examples/named/build examples/named/node_modules examples/data/.venv
ifeq ($(DATA),1)
	rm -rf data
endif

database: prerequisites ## Build the embedded database into the user's cache, unless it is there
	@scripts/database.sh

database-if-used: prerequisites
	@scripts/database.sh --if-used

server: prerequisites web
	@MAKEFLAGS= cargo build --profile local --locked

tests: prerequisites web examples
	@MAKEFLAGS= cargo test --locked --no-run

web: prerequisites web/dist/graphiql.html ## Build the web pages, unless they are up to date

examples: prerequisites examples/web/node_modules/.package-lock.json

# npm writes this file last of all.
examples/web/node_modules/.package-lock.json: examples/web/package-lock.json examples/named/package-lock.json examples/data/requirements.txt
	@scripts/examples.sh

benches/load/peers/node_modules/.package-lock.json: benches/load/peers/package-lock.json
	@scripts/peers.sh

prerequisites:
	@scripts/prerequisites.sh

web/dist/graphiql.html: $(web_sources)
	@scripts/web.sh

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do printf '%-16s%s\n' "$$name" "$$text"; done
