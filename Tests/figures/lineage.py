#!/usr/bin/env python3
"""Prints how long lineage takes on 10,000 pipelines and 100,000 edges: the median of 25 runs of each question in a
warm process, loading excluded. 20 ms are promised.

The binary is $PLUMB, or .build/release/plumb."""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

PIPELINES, EDGES, RUNS, PROMISE = 10_000, 100_000, 25, 20.0


def write_world(folder):
    """Layers of pipelines; each edge leads to a later layer, and one in a thousand back, which closes rings."""
    dice = random.Random(7)
    names = [f"pipeline-{i % 7}-eastus-{i:05}" for i in range(PIPELINES)]
    edges = set()
    while len(edges) < EDGES:
        source = dice.randrange(PIPELINES - 1)
        target = min(PIPELINES - 1, source + 1 + int(dice.expovariate(1 / 900)))
        edges.add((target, source) if dice.random() < 0.001 else (source, target))
    ordered = sorted(edges)
    dice.shuffle(ordered)
    with open(f"{folder}/edges.csv", "w") as file:
        file.write("upstream,downstream,kind,since,until\n")
        for source, target in ordered:
            file.write(f"{names[source]},{names[target]},data,2025-01-01T00:00:00Z,\n")
    with open(f"{folder}/pipelines.csv", "w") as file:
        file.write("name,owner,tier,backup,sla,freshness,avg_duration,records_24h,status\n")
        for i, name in enumerate(names):
            status = dice.choice(["succeeded"] * 9 + ["failed"])
            file.write(f"{name},team-{i % 20},{1 + i % 3},,01:00:00,00:{i % 60:02}:00,00:05:00,{i * 13},{status}\n")
    return names


def main():
    plumb = os.environ.get("PLUMB", ".build/release/plumb")
    with tempfile.TemporaryDirectory() as folder:
        names = write_world(folder)
        process = subprocess.Popen([plumb, "pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ask(request):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            reply = json.loads(process.stdout.readline())
            if "error" in reply:
                sys.exit(f"{request}: {reply['error']}")
            return reply

        ask({"load": {name: f"{folder}/{name}.csv" for name in ("edges", "pipelines")}})
        questions = [
            f"lineage downstream of {names[0]}",
            f"lineage upstream of {names[-1]}",
            f"lineage path from {names[0]} to {names[-1]}",
            f"lineage critical path to {names[-1]}",
            f"blast {names[0]}",
            "pipelines | where status == 'failed' | lineage downstream",
        ]
        slowest = 0.0
        for question in questions:
            ask({"query": question, "repeat": RUNS, "data": False})  # The first runs touch new memory.
            reply = ask({"query": question, "repeat": RUNS, "data": False})
            median = statistics.median(reply["ms"])
            slowest = max(slowest, median)
            print(f"{median:6.1f} ms  {reply['rows']:6} rows  {question}")
        process.stdin.close()
        process.wait()
    print(f"slowest median: {slowest:.1f} ms on {PIPELINES:,} pipelines and {EDGES:,} edges (promised: {PROMISE:.0f} ms)")


if __name__ == "__main__":
    main()
