#!/usr/bin/env bash
# Prints how 20,000 mutated files (seeded) end over all readers (dbt, OpenLineage, Airflow, Azure Data Factory, CSV, NDJSON
# and SQLite), as many over the workspace file itself with its log, and as many over Parquet files, and over CSV and NDJSON in blocks. A number as argument asks for another count. A
# crash, a hang, a wrong answer or a write to a damaged file ends the command with an error.
set -euo pipefail
cd "$(dirname "$0")/../.."
for suite in 'PlumbStorageTests\.MutationTests' TelemetryMutationTests WorkspaceMutationTests ParquetMutationTests; do
  PLUMB_LONG=1 PLUMB_MUTANTS=${1:-20000} timeout 3600 swift test --filter "$suite" 2>&1 |
    grep -E '^mutated|error:|✘|Fatal' || { echo "the mutated files did not end well"; exit 1; }
done
