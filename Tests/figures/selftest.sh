#!/usr/bin/env bash
# Prints whether the other scripts can fail: each is run with broken stubs in place of `plumb` and `swift`, and must end with
# another status than 0. Needs no build; takes a minute.
set -uo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

stub() { # stub NAME TEXT
  printf '#!/bin/bash\n%s\n' "$2" > "$folder/$1"
  chmod +x "$folder/$1"
}

failed=0
# must_fail WHAT COMMAND...
must_fail() {
  local what=$1
  shift
  if PATH="$folder:$PATH" PLUMB="$folder/plumb" timeout 120 "$@" > "$folder/log" 2>&1; then
    echo "FAILED: $what passes"
    tail -3 "$folder/log"
    failed=1
  else
    echo "ok: $what fails"
  fi
}

stub plumb 'exit 0'
stub swift 'echo "✘ Test x() failed"; exit 1'
for script in differential.sh sanitizers.sh fuzz.sh; do must_fail "$script with failing tests" "Tests/figures/$script"; done
stub swift 'echo "✔ Test run with 0 tests in 0 suites passed after 0.001 seconds."; exit 0'
for script in differential.sh sanitizers.sh fuzz.sh; do must_fail "$script without tests" "Tests/figures/$script"; done
stub swift 'exit 0'
for script in differential.sh sanitizers.sh fuzz.sh; do must_fail "$script with silent tests" "Tests/figures/$script"; done

for script in kill.py two_processes.py mutants.sh; do must_fail "$script with a silent plumb" "Tests/figures/$script" 20; done
for script in torture.py storage.py requests.sh; do must_fail "$script with a silent plumb" "Tests/figures/$script"; done
stub plumb 'kill -SEGV $$'
for script in kill.py two_processes.py mutants.sh; do must_fail "$script with a plumb that crashes" "Tests/figures/$script" 20; done
for script in torture.py storage.py requests.sh; do must_fail "$script with a plumb that crashes" "Tests/figures/$script"; done

if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1m tmpfs "$folder/" 2> /dev/null; then
  umount "$folder"
  stub plumb 'case "$*" in *large*) echo "error[disk-full]: full" >&2; exit 1 ;; *) exit 0 ;; esac'
  must_fail "disk_full.sh with a plumb that loses rows" Tests/figures/disk_full.sh
  stub plumb 'exit 0'
  must_fail "disk_full.sh with a plumb that reports nothing" Tests/figures/disk_full.sh
fi
exit $failed
