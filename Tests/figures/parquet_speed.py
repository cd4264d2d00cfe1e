#!/usr/bin/env python3
"""Prints how long Plumb takes over DuckDB's time to load ten million runs from Parquet, and to answer from three columns of them.

  Tests/figures/parquet_speed.py [--rows 10000000] [--repeat 5]

Loading puts all columns of all rows into memory: `.set r <| runs`, and CREATE TABLE AS.  The query opens the file, reads three
columns lazily and groups by two.  Both run alternately with two threads on the same files, one as PyArrow writes it (Zstandard)
and one as DuckDB does (Snappy).  Plumb's times are those of a whole process, DuckDB's begin after Python has imported it.
Ends with 1 when a median is above 0.5 for loading or 1.0 for the query.  Takes the binary from $PLUMB (default
.build/release/plumb), the data's generator from $BENCH (../shared/bench); needs duckdb, pyarrow and numpy from PyPI.
"""
import argparse, os, resource, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
PLUMB = os.environ.get("PLUMB", f"{HERE}/../../.build/release/plumb")
BENCH = os.environ.get("BENCH", f"{HERE}/../../../shared/bench")
LOAD = (".set r <| runs", "CREATE TABLE r AS SELECT * FROM '{}'", 0.5)
QUERY = ("runs | summarize count(), avg(duration_ms) by source, status",
         "SELECT source, status, count(*), avg(duration_ms) FROM '{}' GROUP BY ALL", 1.0)
RUN_DUCKDB = """
import sys, time, resource, duckdb
connection = duckdb.connect()
connection.execute("SET threads = 2")
connection.execute("SET enable_progress_bar = false")
cpu, wall = time.process_time(), time.time()
connection.execute(sys.argv[1]).fetchall()
print(time.time() - wall, time.process_time() - cpu)
"""


def by_plumb(path, query):
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    subprocess.run([PLUMB, "query", "--threads", "2", "--load", f"runs={path}", "-c", query], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.time() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_duckdb(path, query):
    done = subprocess.run([sys.executable, "-c", RUN_DUCKDB, query.format(path)], check=True, capture_output=True, text=True)
    return tuple(map(float, done.stdout.split()))


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument("--repeat", type=int, default=5)
    options = options.parse_args()
    data = os.environ.get("DATA", os.path.join(tempfile.gettempdir(), "plumb-bench"))
    first = f"{data}/runs_{options.rows}_p10000.parquet"
    if not os.path.exists(first):
        subprocess.run([sys.executable, f"{BENCH}/gen.py", "runs", "--rows", str(options.rows), "--pipelines", "10000", "--out", data], check=True)
    second = first.replace(".parquet", "_duckdb.parquet")
    if not os.path.exists(second):
        import duckdb
        duckdb.sql(f"COPY (FROM '{first}') TO '{second}'")
    failed = False
    for writer, path in (("PyArrow", first), ("DuckDB", second)):
        for title, (query, statement, target) in (("load", LOAD), ("three columns", QUERY)):
            ours, theirs = [], []
            for _ in range(options.repeat):
                ours.append(by_plumb(path, query))
                theirs.append(by_duckdb(path, statement))
            ratios = [statistics.median(mine[i] / other[i] for mine, other in zip(ours, theirs)) for i in (0, 1)]
            wall = [statistics.median(run[0] for run in runs) for runs in (ours, theirs)]
            verdict = "met" if ratios[0] <= target else "missed"
            failed = failed or ratios[0] > target
            print(f"{title}, written by {writer}: {wall[0]:.2f} s beside {wall[1]:.2f} s, {ratios[0]:.2f} of DuckDB's time "
                  f"({ratios[1]:.2f} of its CPU), target {target}: {verdict}")
    sys.exit(1 if failed else 0)


main()
