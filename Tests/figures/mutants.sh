#!/usr/bin/env bash
# Prints how 20,000 mutated files (seeded) end over all readers: dbt, OpenLineage, CSV, NDJSON and SQLite.
# A number as argument asks for another count. A crash or a hang ends the command with an error.
set -euo pipefail
cd "$(dirname "$0")/../.."
PLUMB_MUTANTS=${1:-20000} timeout 3600 swift test --filter TelemetryMutationTests 2>&1 |
  grep -E '^mutated files|error:|✘|Fatal' || { echo "the mutated files did not end well"; exit 1; }
