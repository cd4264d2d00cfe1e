#!/usr/bin/env bash
# Prints how the tests that make their own inputs end when they try all of it rather than a sample: mutated and random queries
# and files, deep texts and bombs, aggregates over rows in order, the order of rows on several workers, attached tables.
# Builds the tests (debug).
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
PLUMB_LONG=1 PLUMB_FULL=1 swift test --filter 'FuzzTests|RobustnessTests' --skip DifferentialTests > "$log" 2>&1 || status=$?
grep -E "^. (Test|Suite) [a-zA-Z]+(\(.*\))? (passed|failed|with)|^. Test run|recorded|Fatal" "$log" || true
grep -qE 'Test run with [1-9][0-9]* tests? .*passed' "$log" || { echo "FAILED: no test run passed"; status=1; }
exit $status
