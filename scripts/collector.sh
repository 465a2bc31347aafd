#!/bin/sh
# The OpenTelemetry Collector from its sources, with Go, in .collector/: tests/server/test_collector.py compares EXOS with it.
set -eu
command -v go >/dev/null 2>&1 || { echo "Go is missing: https://go.dev/dl. The tests with the collector will be skipped." >&2; exit 1; }
GOBIN="$PWD/.collector/bin" go install go.opentelemetry.io/collector/cmd/builder@v0.165.0
.collector/bin/builder --config tests/server/collector.yaml
