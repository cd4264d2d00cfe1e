#!/usr/bin/env bash
# Prints how many runs a second the simulator makes in memory and into a file, and how much memory that takes:
# a world of PIPELINES pipelines (default 10000) over DAYS days (default 9), and the same over twice the days.
set -euo pipefail
plumb=${PLUMB:-.build/release/plumb}
pipelines=${PIPELINES:-10000}
days=${DAYS:-9}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

measured() {
  python3 - "$@" <<'PYTHON'
import resource, subprocess, sys, time
begin = time.monotonic()
result = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
seconds = time.monotonic() - begin
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(result.stderr.strip())
print(f"whole process: {seconds:.2f} s, {peak:.0f} MB at most")
sys.exit(result.returncode)
PYTHON
}

for times in 1 2; do
  echo "== $pipelines pipelines, $((days * times)) days, in memory"
  measured "$plumb" simulate --pipelines "$pipelines" --days $((days * times)) --seed 7
done
echo "== $pipelines pipelines, $days days, into a file"
measured "$plumb" simulate --pipelines "$pipelines" --days "$days" --seed 7 --into "$folder/world.plumb"
du -h "$folder/world.plumb"
echo "== 20 days, then 10 more by .advance, against 30 at once (default world)"
"$plumb" simulate --days 20 --into "$folder/part.plumb" 2>/dev/null
"$plumb" query "$folder/part.plumb" -c '.advance 10d' > /dev/null
"$plumb" simulate --days 30 --into "$folder/whole.plumb" 2>/dev/null
for table in pipelines runs errors metrics schema_changes edges alerts incidents; do
  a=$("$plumb" query "$folder/part.plumb" -c "$table" | sha256sum)
  b=$("$plumb" query "$folder/whole.plumb" -c "$table" | sha256sum)
  if [ "$a" = "$b" ]; then echo "$table: equal"; else echo "$table: DIFFERENT"; exit 1; fi
done
