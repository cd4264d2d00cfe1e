#!/usr/bin/env python3
"""Prints how long `plumb` takes from its start to the prompt on a terminal, in milliseconds: median and worst of 20.

  prompt_time.py            takes the binary from $PLUMB, default .build/release/plumb

`alone` is the simulated world, `a file` a workspace file with a simulated world in it, `a query` the first question
to a world that nothing has asked yet.
"""
import os, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(os.environ.get("PLUMB", os.path.join(ROOT, ".build/release/plumb")))
sys.argv = [sys.argv[0], PLUMB]
sys.path.insert(0, os.path.join(ROOT, "Tests/shell"))
import terminal


def measured(*arguments, query=None):
    times = []
    for _ in range(20):
        start = time.monotonic()
        shell = terminal.Terminal(*arguments, columns=80)
        shell.expect(terminal.PROMPT)
        if query:
            start = time.monotonic()
            shell.type(query + "\r")
            shell.expect("row")
            shell.expect(terminal.PROMPT)
        times.append((time.monotonic() - start) * 1000)
        shell.close()
    return times


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "world.plumb")
    subprocess.run([PLUMB, "simulate", "--into", path], check=True, capture_output=True)
    print(f"{'':10} {'median':>7} {'worst':>7}")
    for name, times in (("alone", measured()), ("a file", measured(path)), ("a query", measured(query="pipelines | count"))):
        print(f"{name:10} {statistics.median(times):7.1f} {max(times):7.1f}")
