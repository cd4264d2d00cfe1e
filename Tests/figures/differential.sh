#!/usr/bin/env bash
# Prints whether 2,000 random queries give the same answers on one worker and on three, with every rewrite rule on,
# each alone off, and all off; then how many of 2,000 Plumb and DuckDB answer alike. Builds the tests (debug).
# Seeds: $PLUMB_DIFFERENTIAL_SEED for the first, $SEED for the second; new ones each run, and printed, if not given.
# $PYTHON is a Python with duckdb (default python3).
set -uo pipefail
cd "$(dirname "$0")/../.."
export PLUMB_DIFFERENTIAL=${PLUMB_DIFFERENTIAL:-2000} PLUMB_DIFFERENTIAL_SEED=${PLUMB_DIFFERENTIAL_SEED:-$RANDOM$RANDOM}
seed=${SEED:-$RANDOM}
echo "seeds: PLUMB_DIFFERENTIAL_SEED=$PLUMB_DIFFERENTIAL_SEED SEED=$seed"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
PLUMB_LONG=1 swift test --filter DifferentialTests > "$log" 2>&1 || status=1
grep -E "✔|✘|recorded|error:" "$log" | tail -40
grep -qE 'Test run with [1-9][0-9]* tests? .*passed' "$log" || { echo "FAILED: no test passed"; status=1; }
if "${PYTHON:-python3}" -c 'import duckdb'; then
  PLUMB=${PLUMB:-.build/release/plumb} "${PYTHON:-python3}" Tests/figures/differential_duckdb.py --seed "$seed" || status=1
else
  echo "FAILED: Python has no duckdb to compare with"
  status=1
fi
exit $status
