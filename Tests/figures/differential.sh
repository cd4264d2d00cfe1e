#!/usr/bin/env bash
# Prints whether 2,000 random queries give the same answers on one worker and on three, with every rewrite rule on,
# each alone off, and all off; then how many of 2,000 Plumb and DuckDB answer alike (if Python has duckdb).
# Seeds: $PLUMB_DIFFERENTIAL_SEED for the first, $SEED for the second. Builds the tests (debug).
set -e
cd "$(dirname "$0")/../.."
PLUMB_DIFFERENTIAL=${PLUMB_DIFFERENTIAL:-2000} swift test --filter DifferentialTests 2>&1 | grep -E "✔|✘|recorded" || status=1
if python3 -c 'import duckdb' 2>/dev/null; then
  PLUMB=${PLUMB:-.build/release/plumb} python3 Tests/figures/differential_duckdb.py --seed "${SEED:-1}" || status=1
fi
exit ${status:-0}
