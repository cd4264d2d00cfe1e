#!/usr/bin/env bash
# Prints what a full disk does to a workspace: on a file system of 3 MB (needs the right to mount) a change that does not
# fit is reported, and what was there before is kept.
set -euo pipefail
plumb=$(realpath "${PLUMB:-.build/release/plumb}")
folder=$(mktemp -d)
mount -t tmpfs -o size=3m tmpfs "$folder"
trap 'umount "$folder"; rmdir "$folder"' EXIT
file=$folder/t.plumb
"$plumb" query "$file" -c '.set kept <| range n from 1 to 1000 step 1' > /dev/null
if message=$("$plumb" query "$file" -c '.set large <| range n from 1 to 3000000 step 1 | extend h = hash(n)' 2>&1); then
  echo "FAILED: the change fitted"
  exit 1
fi
case $message in *disk-full*) echo "told: ${message%%$'\n'*}" ;; *) echo "FAILED: $message"; exit 1 ;; esac
"$plumb" query "$file" -c 'kept | summarize count(), sum(n); .show tables'
python3 -c "import sqlite3,sys; print('integrity_check:', sqlite3.connect(sys.argv[1]).execute('pragma integrity_check').fetchone()[0])" "$file"
