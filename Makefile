# Thin: the work is in scripts/. `make` alone says what there is.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench bindings icons screenshots

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)

demo: ## set up what is missing, build, and watch a photo travel with made-up pictures
	@scripts/demo.sh

test: ## set up what is missing and run every test
	@scripts/test.sh

check: ## the quick look before a commit: format and lints
	@scripts/check.sh

bench: ## measure (optimised build); the figures are in docs/performance.md
	@scripts/bench.sh

bindings: ## write ui/src/lib/host/bindings.ts again after a call or a type changed
	@PIERROT_WRITE_BINDINGS=1 cargo test --locked --features custom-protocol --lib the_page_knows_the_calls_and_types

icons: ## draw every size of the icon again from icons/*.svg
	@scripts/icons.sh

screenshots: ## draw every screen into docs/screenshots
	@scripts/screenshots.sh
