#!/usr/bin/env bash
# Prints whether the tests of the engine, the readers, stored segments, the syntax and random queries run clean under the
# address sanitizer, the thread sanitizer and the undefined-behaviour sanitizer. Builds each (debug) beside the usual build, in
# .build-asan, .build-tsan and .build-usan. $ONLY = address, thread or undefined runs one of them.
# Fails if fewer tests ran than `swift test list` names.
set -uo pipefail
cd "$(dirname "$0")/../.."
# What lives as long as the process (worker threads, caches) would be reported as leaked.
export ASAN_OPTIONS=detect_leaks=0:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
# Instrumented frames are several times as large, and threads have as much stack as this.
ulimit -s 131072
filter='PlumbEngineTests|PlumbSyntaxTests|PlumbDatabaseTests|PlumbStorageTests|PlumbParquetTests|PlumbKitTests|PlumbPresentationTests|FuzzTests'
status=0
for sanitizer in ${ONLY:-address thread undefined}; do
  scratch=.build-${sanitizer:0:1}san
  log=$(mktemp)
  ended=0
  PLUMB_LONG=1 swift test --sanitize=$sanitizer --scratch-path $scratch --filter "$filter" > "$log" 2>&1 || ended=$?
  reports=$(grep -cE "(ERROR|WARNING): (Address|Thread)Sanitizer|runtime error:" "$log")
  ran=$(grep -oE 'Test run with [0-9]+ tests?' "$log" | grep -oE '[0-9]+' | tail -1)
  wanted=$(swift test list --skip-build --sanitize=$sanitizer --scratch-path $scratch 2> /dev/null | grep -cE "^($filter)\.")
  echo "$sanitizer sanitizer: $reports reports, exit status $ended, ${ran:-0} of $wanted tests ran"
  if [ "$reports" != 0 ] || [ $ended != 0 ]; then
    grep -A12 -E "Sanitizer|runtime error:|✘" "$log" | head -60
    status=1
  fi
  if [ "${ran:-0}" -lt "$wanted" ] || [ "$wanted" -lt 100 ]; then
    echo "FAILED: tests are missing"
    status=1
  fi
  rm -f "$log"
done
exit $status
