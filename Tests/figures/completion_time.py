#!/usr/bin/env python3
"""Prints how long TAB takes in each place of a query over a table of 10 million rows, in milliseconds.

  completion_time.py            takes the binary from $PLUMB, default .build/release/plumb

Each time is from the key to the list of candidates, the median of five, and the worst of them. Each of the five asks
something new, so that nothing is answered from what an earlier one found; `inf` is a TAB that offered nothing.
"""
import os, statistics, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLUMB = os.path.abspath(os.environ.get("PLUMB", os.path.join(ROOT, ".build/release/plumb")))
sys.argv = [sys.argv[0], PLUMB]
sys.path.insert(0, os.path.join(ROOT, "Tests/shell"))
import terminal

terminal.HANG = 600
ROWS = 10_000_000
MAKE = f"""range n from 1 to {ROWS} step 1
| extend status = case(n % 97 == 0, "failed", n % 31 == 0, "skipped", "succeeded"),
    source = strcat("source-", n % 40), pipeline = strcat("pipeline-", n % 2000)"""
PIPELINES = "range n from 0 to 9999 step 1 | project name = strcat('pipeline-', n), source = strcat('source-', n % 40)"
PLACES = [
    ("operators after a pipe", "runs | "),
    ("columns at a stage", "runs | summarize failures = countif(status == 'failed') by source | sort by "),
    ("functions with signatures", "runs | summarize c"),
    ("kinds of joins", "runs | join kind=left"),
    ("charts", "runs | render "),
    ("values of a column", 'runs | where status == "'),
    ("values of a column of 2,000", 'runs | where pipeline == "pipeline-1'),
    ("values after a filter", 'runs | where status == "failed" | where source == "source-'),
    ("values after a summarize", 'runs | summarize count() by source, pipeline | where source == "source-'),
    ("names of pipelines", "lineage downstream of pipeline-999"),
    ("names of pipelines after why", "why pipeline-99"),
    ("dot commands", "."),
    ("columns of a dot command", ".column runs."),
    ("names for help", ".help s"),
    ("names of files", ".read FOLDER/"),
]

with tempfile.TemporaryDirectory() as folder:
    for name, query in (("runs", MAKE), ("pipelines", PIPELINES)):
        subprocess.run([PLUMB, "query", "-c", query, "-o", f"{folder}/{name}.csv"], check=True)
    with open(f"{folder}/inputrc", "w") as file:
        file.write("set show-all-if-ambiguous on\n")
    asked = 0
    shell = terminal.Terminal("--load", folder, "--color", "never", columns=120, INPUTRC=f"{folder}/inputrc")
    shell.expect(terminal.PROMPT)
    print(f"{'place':32} {'median':>7} {'worst':>7}")
    for place, typed in PLACES:
        times = []
        for i in range(5):
            line = typed.replace("FOLDER", folder).replace("runs |", f"runs | where n != {asked} |", 1)
            asked += 1
            shell.type(line)
            shell.expect(line[-6:])
            time.sleep(0.2)
            shell.text = ""
            start = time.monotonic()
            shell.type("\t")
            try:
                shell.expect("\n", seconds=2)
                times.append((time.monotonic() - start) * 1000)
                shell.expect(terminal.PROMPT)
            except AssertionError:
                times.append(float("inf"))  # Nothing was offered.
            time.sleep(0.5)
            shell.type("\x03")
            shell.expect("^C")
            shell.expect(terminal.PROMPT)
        print(f"{place:32} {statistics.median(times):7.1f} {max(times):7.1f}")
    shell.close()
