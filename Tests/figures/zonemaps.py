#!/usr/bin/env python3
"""Prints the time of `runs | where started > ago(1d) | summarize count() by status` on 10 and on 100 million runs, and their ratio.

  Tests/figures/zonemaps.py [--rows 100000000] [--repeat 300]

The runs are of 90 days, in order but for one in 200, which arrives up to two hours late; they have the columns that fit the
machine beside others' work: run_id, started, status, duration_ms (about 27 bytes a run in memory).  DuckDB writes them as CSV into a
temporary folder (4.5 GB for 100 million), Plumb loads them.  Takes the binary from $PLUMB (default .build/release/plumb).
"""
import argparse, json, os, subprocess, tempfile

QUERY = "runs | where started > ago(1d) | summarize count() by status"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=100_000_000)
    options.add_argument("--repeat", type=int, default=300)
    options = options.parse_args()
    import duckdb
    times = {}
    for rows in (options.rows // 10, options.rows):
        path = os.path.join(tempfile.gettempdir(), f"plumb-zonemaps-{os.getpid()}.csv")
        db = duckdb.connect(config={"threads": 2})
        db.execute(f"""copy (select i as run_id,
              strftime(timestamp '2026-01-05' + to_microseconds((i * (90 * 86400e6 / {rows}))::bigint + (hash(i) % 60000000)::bigint
                - case when hash(i + 1) % 200 = 0 then (hash(i + 2) % 7200000000)::bigint else 0 end), '%Y-%m-%dT%H:%M:%S.%g') as started,
              case when hash(i + 3) % 100 < 94 then 'succeeded' when hash(i + 3) % 100 < 98 then 'failed' else 'skipped' end as status,
              (hash(i + 4) % 100000)::bigint as duration_ms from range({rows}) t(i)) to '{path}' (header)""")
        db.close()
        plumb = subprocess.Popen([os.environ.get("PLUMB", ".build/release/plumb"), "pipe", "--now", "2026-04-05", "--memory", "16GB"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ask(message):
            plumb.stdin.write(json.dumps(message) + "\n"); plumb.stdin.flush()
            return json.loads(plumb.stdout.readline())

        loaded = ask({"load": {"runs": path}, "threads": 2})
        os.remove(path)
        answer = ask({"query": QUERY})
        timed = ask({"query": QUERY, "repeat": options.repeat, "data": False})
        held = next(int(line.split()[1]) for line in open(f"/proc/{plumb.pid}/status") if line.startswith("VmRSS")) / 1024
        times[rows] = min(timed["ms"])
        print(f"{rows:,} runs: {min(timed['ms']):.2f} ms (median {sorted(timed['ms'])[options.repeat // 2]:.2f}, CPU {min(timed['cpu_ms']):.2f}); "
              f"answer {answer['data']}; loaded in {loaded['ms'] / 1000:.1f} s, {held:.0f} MB", flush=True)
        plumb.stdin.close(); plumb.wait()
    small, large = times.values()
    print(f"100 million over 10 million: {large / small:.2f} times" if options.rows == 100_000_000 else f"ratio: {large / small:.2f}")


if __name__ == "__main__": main()
