#!/usr/bin/env python3
"""Prints how long seven questions take as whole processes over a workspace file, beside the DuckDB CLI over its own file of the
same rows, both in the page cache: milliseconds, the ratio of each and their geometric mean.

  cold.py [FILE.csv]     default: the 10 million runs of bench.sh

Takes the binary from $PLUMB, default .build/release/plumb, and the DuckDB CLI from $DUCKDB, default the `duckdb` that the Python
package `duckdb-cli` installs. Seven rounds by turns after one that is not counted; the median of each.
"""
import math, os, shutil, statistics, subprocess, sys, tempfile, time

plumb = os.environ.get("PLUMB", ".build/release/plumb")
duckdb = os.environ.get("DUCKDB") or shutil.which("duckdb") or os.path.join(os.path.dirname(sys.executable), "duckdb")
here = os.path.dirname(os.path.abspath(__file__))
QUESTIONS = [
    ('runs | count', "select count(*) from runs"),
    ('runs | summarize count() by status', "select status, count(*) from runs group by 1"),
    ('runs | where status == "failed" | summarize count(), avg(duration_ms) by source',
     "select source, count(*), avg(duration_ms) from runs where status = 'failed' group by 1"),
    ('runs | top 10 by duration_ms', "select * from runs order by duration_ms desc limit 10"),
    ('runs | where started between (datetime(2026-01-10) .. datetime(2026-01-11)) | summarize sum(records) by bin(started, 1h)',
     "select date_trunc('hour', started), sum(records) from runs where started between '2026-01-10' and '2026-01-11' group by 1"),
    ('runs | summarize dcount(pipeline), percentile(duration_ms, 95) by region',
     "select region, count(distinct pipeline), quantile_disc(duration_ms, 0.95) from runs group by 1"),
    ('runs | where message has "timeout" | count', "select count(*) from runs where regexp_matches(message, '(?i)\\btimeout\\b')"),
]


def timed(command):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return (time.monotonic() - begin) * 1e3


def main():
    if len(sys.argv) > 1:
        data = sys.argv[1]
    else:
        data = subprocess.run([f"{here}/bench.sh", "data", "runs"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip() + ".csv"
    if not os.path.exists(duckdb):
        sys.exit("cold.py needs the DuckDB CLI: `pip install duckdb-cli`, or $DUCKDB")
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        workspace, database = f"{folder}/runs.plumb", f"{folder}/runs.duckdb"
        subprocess.run([plumb, "import", data, "--as", "runs", "--into", workspace], check=True, capture_output=True)
        subprocess.run([duckdb, database, "-c", f"create table runs as select * from read_csv('{data}')"], check=True, capture_output=True)
        for kql, sql in QUESTIONS:
            ours, theirs = [], []
            for turn in range(8):
                first = timed([plumb, "query", workspace, "-c", kql])
                second = timed([duckdb, "-readonly", database, "-c", sql])
                if turn > 0:
                    ours.append(first)
                    theirs.append(second)
            ratio = statistics.median(ours) / statistics.median(theirs)
            ratios.append(ratio)
            print(f"{statistics.median(ours):8.1f} ms   DuckDB {statistics.median(theirs):8.1f} ms   {ratio:5.2f}   {kql}", flush=True)
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    print(f"{mean:.2f} of DuckDB's time (geometric mean of {len(ratios)}), worst {max(ratios):.2f}")


main()
