# 나루 Naru. `make` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready-$(shell cksum requirements.lock pyproject.toml | cksum | cut -d' ' -f1)

.PHONY: help setup demo test test-unit lint compiled bench scaling chaos replay clean lock

help: ## this list · 이 목록
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(READY) ## install everything into .venv · 설치

$(READY): requirements.lock pyproject.toml deploy/setup.sh
	@bash deploy/setup.sh $(VENV)
	@rm -f $(VENV)/.ready-* && touch $@

demo: $(READY) ## the main job on real Postgres and Kafka (ONCE=1 ends by itself) · 시연
	@$(VENV)/bin/naru demo $(if $(ONCE),--once)

test: $(READY) ## every test, on real services · 전체 시험
	@bash deploy/test.sh $(VENV)

test-unit: $(READY) ## the tests that need no services · 단위 시험
	@$(PY) -m pytest tests/unit

lint: $(READY) ## format, style, types, layers · 형식·형·계층 검사
	@bash deploy/lint.sh $(VENV)

compiled: $(READY) ## the hot path as machine code, into build/compiled · 기계어 빌드
	@bash deploy/compile.sh $(VENV) build/compiled

bench: $(READY) ## drain 200,000 events end to end and measure (EVENTS=, WORKERS=2) · 성능 측정
	@bash deploy/compile.sh $(VENV) build/compiled || [ $$? = 3 ]
	@PYTHONSAFEPATH=1 PYTHONPATH=$(CURDIR)/build/compiled $(VENV)/bin/naru bench $(if $(EVENTS),--events $(EVENTS)) --ingest $(or $(WORKERS),2)

scaling: $(READY) ## two workers against one, each held to half a core (root) · 작업자 확장 측정
	@bash deploy/compile.sh $(VENV) build/compiled || [ $$? = 3 ]
	@PYTHONSAFEPATH=1 PYTHONPATH=$(CURDIR)/build/compiled:$(CURDIR) $(PY) -m tests.bench.scaling

chaos: $(READY) ## kill everything at random, end the same (EVENTS=, KILLS=, SEED=, WORKERS=) · 장애 시험
	@$(VENV)/bin/naru chaos $(if $(EVENTS),--events $(EVENTS)) $(if $(KILLS),--kills $(KILLS)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(WORKERS),--ingest $(WORKERS))

replay: $(READY) ## many simulated firms, then every decision again (FIRMS=) · 판단 재현 시험
	@$(PY) -m tests.bench.replay_firms $(if $(FIRMS),--firms $(FIRMS))

lock: $(READY) ## renew requirements.lock from pyproject.toml · 잠금 파일 갱신
	@$(VENV)/bin/uv pip compile --universal --generate-hashes --python-version 3.11 --all-extras \
	  --group dev pyproject.toml -o requirements.lock --no-emit-index-url --no-header -q

clean: ## remove build products and .venv · 정리
	@rm -rf build dist $(VENV) .pytest_cache .mypy_cache .ruff_cache
