#!/usr/bin/env bash
# Prints how long values computed row by row take beside DuckDB: the questions of the benchmark, then those of expressions.json.
#
#   Tests/figures/expressions.sh      $ROWS (2000000), $THREADS (2), $DATA as for bench.sh
#
# Takes the binary from $PLUMB (.build/release/plumb) and the harness from $BENCH (../shared/bench).
set -e
cd "$(dirname "$0")/../.."
plumb=$(realpath "${PLUMB:-.build/release/plumb}")
bench=$(realpath "${BENCH:-../shared/bench}")
data=$(ROWS=${ROWS:-2000000} Tests/figures/bench.sh data runs)
for questions in "$bench/expressions.json" Tests/figures/expressions.json; do
  PLUMB="$plumb pipe" python3 "$bench/expressions.py" "$data.csv" "$data.parquet" --threads "${THREADS:-2}" --questions "$questions"
done
