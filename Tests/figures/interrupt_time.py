#!/usr/bin/env python3
"""Prints how long Ctrl-C takes to bring the prompt back from a running query, in milliseconds.

  interrupt_time.py             takes the binary from $PLUMB, default .build/release/plumb

Each time is from the key to the prompt, the median of five, and the worst of them.
"""
import os, statistics, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(os.environ.get("PLUMB", os.path.join(ROOT, ".build/release/plumb")))
sys.argv = [sys.argv[0], PLUMB]
sys.path.insert(0, os.path.join(ROOT, "Tests/shell"))
import terminal

QUERIES = [
    ("a long sum", "range x from 1 to 100000000000 step 1 | summarize sum(x % 7)"),
    ("rows that are kept", "range x from 1 to 100000000000 step 1 | where x % 1000003 == 5"),
    ("a sort of 30 million rows", "range x from 1 to 30000000 step 1 | extend y = hash(x) | sort by y asc"),
    ("groups of 50 million keys", "range x from 1 to 50000000 step 1 | summarize count() by x | count"),
    ("a join of 20 million rows", "range x from 1 to 20000000 step 1 | join kind=inner (range x from 1 to 20000000 step 1) on x | count"),
]

shell = terminal.Terminal(columns=120)
shell.expect(terminal.PROMPT)
print(f"{'query':32} {'median':>7} {'worst':>7}")
for name, query in QUERIES:
    times = []
    for i in range(5):
        shell.type(query + "\r")
        shell.expect("\n")
        shell.expect("Ctrl-C stops")
        time.sleep(0.15 * i)
        shell.text = ""
        start = time.monotonic()
        shell.type("\x03")
        shell.expect(terminal.PROMPT)
        times.append((time.monotonic() - start) * 1000)
    print(f"{name:32} {statistics.median(times):7.1f} {max(times):7.1f}")
shell.close()
