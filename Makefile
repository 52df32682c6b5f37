# Thin: the work is in scripts/. `make` alone says what there is.
.DEFAULT_GOAL := help
.PHONY: help demo test check bench bench-looks bindings icons screenshots model simulate kills powercuts contest drill fuzz

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)

demo: ## set up what is missing, build, and watch a photo travel with made-up pictures
	@scripts/demo.sh

test: ## set up what is missing and run every test
	@scripts/test.sh

check: ## the quick look before a commit: format and lints
	@scripts/check.sh

bench: ## measure (optimised build); the figures are in docs/performance.md
	@scripts/bench.sh

bench-looks: ## measure the looks beside vipsthumbnail, ImageMagick and pngquant: PART=thumb|dither|all RUNS=5
	@scripts/bench-looks.sh "$(or $(PART),all)" "$(or $(RUNS),5)"

model: ## every order of events in small worlds, over the step and the fold that ship
	@scripts/proof.sh model

simulate: ## the engine in seeded worlds where everything goes wrong: SEEDS=2000 FIRST_SEED=1 COMPUTERS=1..5
	@scripts/proof.sh simulate SEEDS="$(SEEDS)" FIRST_SEED="$(FIRST_SEED)" COMPUTERS="$(COMPUTERS)"

powercuts: ## power cuts in the middle of work on the catalogue: N=10000 SEED=1
	@scripts/proof.sh powercuts N="$(N)" SEED="$(SEED)"

kills: ## pierrot killed again and again: N=500 SEED=1 PHOTOS= CUT= (CUT=ext4, as root: with power cuts; PIERROT_PROFILE=release: optimised)
	@scripts/proof.sh kills N="$(N)" SEED="$(SEED)" PHOTOS="$(PHOTOS)" CUT="$(CUT)"

contest: ## pierrot processes on one record: PROCESSES=3 PUBLICATIONS=300 SEED=1 STORE=folder|moto|radosgw
	@scripts/proof.sh contest PROCESSES="$(PROCESSES)" PUBLICATIONS="$(PUBLICATIONS)" SEED="$(SEED)" STORE="$(STORE)"

drill: ## a home lost and restored: PHOTOS=2000 ENTRIES=500
	@scripts/proof.sh drill PHOTOS="$(PHOTOS)" ENTRIES="$(ENTRIES)"

fuzz: ## made-up input at every door, guided by coverage: SECONDS=210 (all doors together)
	@scripts/fuzz.sh SECONDS="$(SECONDS)"

bindings: ## write ui/src/lib/host/bindings.ts again after a call or a type changed
	@PIERROT_WRITE_BINDINGS=1 cargo test --locked --features custom-protocol --lib the_page_knows_the_calls_and_types

icons: ## draw every size of the icon again from icons/*.svg
	@scripts/icons.sh

screenshots: ## draw every screen into docs/screenshots
	@scripts/screenshots.sh
