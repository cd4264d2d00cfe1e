#!/usr/bin/env bash
# Prints whether all tests run clean under the address sanitizer, the thread sanitizer and the undefined-behaviour sanitizer,
# those of the engine, the readers, stored segments, the syntax and random queries with the inputs that take long. Builds each
# (debug) beside the usual build, in .build-asan, .build-tsan and .build-usan. $ONLY = address, thread or undefined runs one of them.
# Swift checks its own arithmetic and has no undefined-behaviour sanitizer on Linux: the parts in C and C++ are built with one that
# ends the process. Fails if fewer tests ran than `swift test list` names.
set -uo pipefail
cd "$(dirname "$0")/../.."
# What lives as long as the process (worker threads, caches) would be reported as leaked.
export ASAN_OPTIONS=detect_leaks=0:halt_on_error=1
export TSAN_OPTIONS=halt_on_error=0
# Instrumented frames are several times as large, and threads have as much stack as this.
ulimit -s 131072
lower='PlumbEngineTests|PlumbSyntaxTests|PlumbDatabaseTests|PlumbStorageTests|PlumbParquetTests|PlumbKitTests|PlumbPresentationTests|FuzzTests'
# What the tests are about is the code that they link; the built binary that some of them drive is instrumented as well.
upper='PlumbLearningTests|PlumbSimulatorTests|PlumbTelemetryTests|PlumbCasesTests|PlumbCLITests|GoldenTests|RepositoryTests'
status=0

# check SANITIZER LONG FILTER: runs the tests of the filter; LONG is empty or 1
check() {
  local build=(--scratch-path ".build-${1:0:1}san") log reports ran wanted ended=0
  if [ "$1" = undefined ]; then
    for compiler in -Xcc -Xcxx; do build+=("$compiler" -fsanitize=undefined "$compiler" -fsanitize-trap=undefined); done
  else
    build+=(--sanitize="$1")
  fi
  log=$(mktemp)
  env ${2:+PLUMB_LONG=1} swift test "${build[@]}" --filter "^($3)\\." > "$log" 2>&1 || ended=$?
  reports=$(grep -cE "(ERROR|WARNING): (Address|Thread)Sanitizer" "$log")
  ran=$(grep -oE 'Test run with [0-9]+ tests?' "$log" | grep -oE '[0-9]+' | tail -1)
  wanted=$(swift test list --skip-build "${build[@]}" 2> /dev/null | grep -cE "^($3)\.")
  echo "$1 sanitizer${2:+, long inputs}: $reports reports, exit status $ended, ${ran:-0} of $wanted tests ran"
  if [ "$reports" != 0 ] || [ $ended != 0 ]; then
    grep -A12 -E "Sanitizer|Fatal error|signal code|✘" "$log" | head -60
    status=1
  fi
  if [ "${ran:-0}" -lt "$wanted" ] || [ "$wanted" -lt 100 ]; then
    echo "FAILED: tests are missing"
    status=1
  fi
  rm -f "$log"
}

for sanitizer in ${ONLY:-address thread undefined}; do
  check "$sanitizer" 1 "$lower"
  check "$sanitizer" "" "$upper"
done
exit $status
