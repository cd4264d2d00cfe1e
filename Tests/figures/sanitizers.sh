#!/usr/bin/env bash
# Prints whether the engine's tests run clean under the address sanitizer and under the thread sanitizer.
# Builds both (debug) beside the usual build, in .build-asan and .build-tsan. $ONLY = address or thread runs one of them.
cd "$(dirname "$0")/../.."
# What lives as long as the process (worker threads, caches) would be reported as leaked.
export ASAN_OPTIONS=detect_leaks=0:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=0
for sanitizer in ${ONLY:-address thread}; do
  scratch=.build-${sanitizer:0:1}san
  log=$(mktemp)
  # The differential queries run the whole engine, on several workers; those over many rows what is shared out.
  swift test --sanitize=$sanitizer --scratch-path $scratch --filter 'PlumbEngineTests|DifferentialTests|ManyRowsTests|TopTests' >"$log" 2>&1
  ended=$?
  reports=$(grep -cE "(ERROR|WARNING): (Address|Thread)Sanitizer" "$log")
  echo "$sanitizer sanitizer: $reports reports, exit status $ended; $(grep -E 'Test run with' "$log" | tail -1)"
  if [ "$reports" != 0 ] || [ $ended != 0 ]; then grep -A12 -E "Sanitizer|✘" "$log" | head -60; status=1; fi
  rm -f "$log"
done
exit ${status:-0}
