#!/usr/bin/env bash
# Prints which part of 30 questions about telemetry two versions of ClickHouse run, what a pushed query costs more than the same
# SQL sent by hand, and how many of 300 random queries give the same answers here, on two old nodes and on a current engine.
# Builds the tests (debug). $PLUMB is the binary (default .build/release/plumb), $PYTHON a Python with chdb (default python3);
# a new seed each run, and printed, if $PLUMB_DIFFERENTIAL_SEED is not given.
set -uo pipefail
cd "$(dirname "$0")/../.."
plumb=${PLUMB:-.build/release/plumb} python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PLUMB_DIFFERENTIAL=${PLUMB_DIFFERENTIAL:-300} PLUMB_DIFFERENTIAL_SEED=${PLUMB_DIFFERENTIAL_SEED:-$RANDOM$RANDOM}
echo "seed: PLUMB_DIFFERENTIAL_SEED=$PLUMB_DIFFERENTIAL_SEED"
status=0
"$python" Tests/remote/test_remote.py "$plumb" --table || status=1
"$python" Tests/remote/overhead.py "$plumb" || status=1
PLUMB_DIFFERENTIAL_EXPORT=$folder swift test --filter DifferentialExport > "$folder/log" 2>&1 || { grep -E "error:|✘" "$folder/log"; status=1; }
"$python" Tests/remote/random_queries.py "$plumb" "$folder" || status=1
exit $status
