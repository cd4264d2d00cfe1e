#!/usr/bin/env python3
"""Prints what importing a CSV file of runs into a new workspace costs beside DuckDB making its own database file of it,
how large both files are, the memory that the import takes, and how long opening the workspace and counting takes as a
whole process.

  workspace.py [FILE.csv]     default: the 10 million runs of bench.sh

Takes the binary from $PLUMB, default .build/release/plumb; three rounds by turns, the best of each. Without the
duckdb package only Plumb's figures are printed.
"""
import os, resource, subprocess, sys, tempfile, time

plumb = os.environ.get("PLUMB", ".build/release/plumb")
if len(sys.argv) > 1:
    data = sys.argv[1]
else:
    here = os.path.dirname(os.path.abspath(__file__))
    made = subprocess.run([f"{here}/bench.sh", "data", "runs"], stdout=subprocess.PIPE, text=True, check=True)
    data = made.stdout.strip() + ".csv"
threads = len(os.sched_getaffinity(0))
try:
    import duckdb
except ImportError:
    duckdb = None


def timed(action):
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


def run(*arguments):
    return subprocess.run([plumb, *arguments], check=True, capture_output=True, text=True).stdout


with tempfile.TemporaryDirectory() as folder:
    workspace, database = f"{folder}/runs.plumb", f"{folder}/runs.duckdb"

    def ours():
        run("import", data, "--as", "runs", "--into", workspace)

    def theirs():
        connection = duckdb.connect(database)
        connection.execute(f"set threads = {threads}")
        connection.execute(f"create table runs as select * from read_csv('{data}')")
        connection.close()

    times, other = [], []
    for _ in range(3):
        for path in (workspace, database):
            if os.path.exists(path):
                os.remove(path)
        times.append(timed(ours))
        if duckdb:
            other.append(timed(theirs))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    rows = run("query", workspace, "-c", "runs | count", "--format", "raw").strip()
    counts = sorted(timed(lambda: run("query", workspace, "-c", "runs | count")) for _ in range(21))
    size = os.path.getsize(workspace)
    print(f"rows: {rows}; CSV: {os.path.getsize(data) / 1e6:.0f} MB; threads: {threads}")
    print(f"plumb import: {min(times):.2f} s, {size / 1e6:.0f} MB; at most {peak:.0f} MB of memory, in batches")
    if duckdb:
        theirs_size = os.path.getsize(database)
        print(f"duckdb {duckdb.__version__}: {min(other):.2f} s, {theirs_size / 1e6:.0f} MB")
        print(f"time: {min(times) / min(other):.2f} times DuckDB's (at most 1.5); size: {size / theirs_size:.2f} times (at most 1.5)")
    print(f"open and `runs | count`, whole process: {counts[10] * 1e3:.1f} ms (at most 200)")
