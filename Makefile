# Every target makes its own virtual environment in .venv, once; it is made anew when pyproject.toml changes.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := tests/data/demo
GRAPH := demo-graph

# what `make demo` asks: which chemicals do what to which diseases; which genes stand in most papers; why one edge
CYPHER := MATCH (c:Chemical)-[r]-(d:Disease) RETURN c.name, label(r), d.name, r.belief \
  ORDER BY r.belief DESC, c.name, d.name LIMIT 10
SPARQL := SELECT ?name (COUNT(?paper) AS ?papers) { ?gene a kg:Gene ; rdfs:label ?name ; kg:mentionedIn ?paper } \
  GROUP BY ?gene ?name ORDER BY DESC(?papers) ?name LIMIT 10
WHY := MESH:D008094 MESH:D011141

# two workers share two cores: more threads each would only wait for one another
export OMP_NUM_THREADS ?= 1
export TOKENIZERS_PARALLELISM ?= false
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1

.DEFAULT_GOAL := help
.PHONY: help demo test lint clean

help:
	@echo "make demo    build a graph of the papers in $(DEMO), query it, show the evidence of an edge"
	@echo "make test    run all tests"
	@echo "make lint    check format, style and types"
	@echo "make clean   remove .venv, caches and the demo's graph"
	@echo "PYTHON=python3.12 make …   use another Python (3.11 or newer)"

# ── environments ────────────────────────────────────────────────────────────────────────────────────────────────────

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; PYTHON=/path/to/python3.11 make …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed

# ── what to run ─────────────────────────────────────────────────────────────────────────────────────────────────────

# prints a command as a user would type it, and runs it
define show
	@echo; echo '$$ $(subst $(BIN)/,,$(subst ','\'',$(1)))'
	@$(1)
endef

demo: $(VENV)/.installed
	$(call show,$(BIN)/kgbuild ontology add default --table)
	$(call show,$(BIN)/kgbuild build $(DEMO) -o $(GRAPH))
	$(call show,$(BIN)/kgbuild query $(GRAPH) --table '$(CYPHER)')
	$(call show,$(BIN)/kgbuild query $(GRAPH) --table --sparql '$(SPARQL)')
	$(call show,$(BIN)/kgbuild why $(GRAPH) $(WHY))

test: $(VENV)/.installed-dev
	$(BIN)/kgbuild ontology add default >/dev/null
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) $(GRAPH) .mypy_cache .ruff_cache .pytest_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
