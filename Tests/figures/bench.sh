#!/usr/bin/env bash
# Prints ../shared/bench's tables of Plumb beside DuckDB (and every other engine that Python has, with ENGINES=duckdb,plumb,...):
# the telemetry and the h2o queries and those of questions.json at 10 million rows, wall and CPU milliseconds, geometric means, load
# time and memory.
#
#   Tests/figures/bench.sh [runs|h2o|questions ...]      $ROWS (10000000), $THREADS (2), $REPEAT (3), $DATA (made there when missing)
#   Tests/figures/bench.sh data runs|h2o       only makes the files when they are missing, and prints their path without its ending
#   UNIQUE=1 Tests/figures/bench.sh            the text queries over messages that hardly repeat (2,000,000 rows)
#
# Takes the binary from $PLUMB (.build/release/plumb) and the harness from $BENCH (../shared/bench).
set -e
cd "$(dirname "$0")/../.."
plumb=$(realpath "${PLUMB:-.build/release/plumb}")
bench=$(realpath "${BENCH:-../shared/bench}")
data=${DATA:-${TMPDIR:-/tmp}/plumb-bench}
rows=${ROWS:-10000000}
if [ -n "$UNIQUE" ]; then
  rows=${ROWS:-2000000}; data=$data-unique; extra=--unique-messages; only=(--only "q(15|17|18|19|31)")
  set -- runs
fi
if [ "$1" = data ]; then only_data=1; shift; fi
[ $# = 0 ] && set -- runs h2o questions
for suite in "$@"; do
  queries=$bench/queries.json
  if [ "$suite" = questions ]; then suite=runs; queries=Tests/figures/questions.json; fi
  case $suite in
    runs) name=runs${UNIQUE:+u}_${rows}_p10000; size="--pipelines 10000" ;;
    h2o) name=h2o_${rows}_100; size="--k 100" ;;
    *) echo "no suite is called $suite" >&2; exit 2 ;;
  esac
  [ -e "$data/$name.csv" ] || python3 "$bench/gen.py" "$suite" --rows "$rows" $size $extra --out "$data" >&2
  if [ -n "$only_data" ]; then echo "$data/$name"; continue; fi
  PLUMB="$plumb pipe" python3 "$bench/bench.py" run --suite "$suite" --queries "$queries" --data "$data/$name" --threads "${THREADS:-2}" \
    --engines "${ENGINES:-duckdb,plumb}" --repeat "${REPEAT:-3}" --quiet-wait "${QUIET:-20}" "${only[@]}"
done
