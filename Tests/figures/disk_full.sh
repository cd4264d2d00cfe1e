#!/usr/bin/env bash
# Prints what a full disk does to a workspace: on a file system of 3 MB (needs the right to mount) a change that does not
# fit is reported, and what was there before is kept, compared row by row.
set -euo pipefail
plumb=$(realpath "$(command -v "${PLUMB:-.build/release/plumb}")")
folder=$(mktemp -d)
mount -t tmpfs -o size=3m tmpfs "$folder"
trap 'umount "$folder"; rmdir "$folder"' EXIT
file=$folder/t.plumb

fail() { echo "FAILED: $*"; exit 1; }

# expect WANTED QUERY
expect() {
  local found
  found=$("$plumb" query "$file" --format csv -c "$2" | tail -n +2 | tr '\n' ' ')
  [ "$found" = "$1 " ] || fail "\`$2\` is '$found', not '$1'"
}

"$plumb" query "$file" -c '.set kept <| range n from 1 to 1000 step 1 | extend h = hash(n)' > /dev/null
if message=$("$plumb" query "$file" -c '.set large <| range n from 1 to 3000000 step 1 | extend h = hash(n)' 2>&1); then
  fail "the change fitted"
fi
case $message in *disk-full*) echo "reported: ${message%%$'\n'*}" ;; *) fail "$message" ;; esac
expect "1000,500500,1000" 'kept | summarize count(), sum(n), countif(h == hash(n))'
expect "kept" '.show tables | project TableName'
# The workspace goes on when there is room again.
expect "kept,7" '.set-or-append kept <| range n from 1001 to 1007 step 1 | extend h = hash(n)'
expect "1007,507528,1007" 'kept | summarize count(), sum(n), countif(h == hash(n))'
checked=$(python3 -c "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('pragma integrity_check').fetchone()[0])" "$file")
[ "$checked" = ok ] || fail "integrity_check: $checked"
echo "kept: all rows of before, integrity_check ok, and the next change is saved"
