#!/usr/bin/env python3
"""Prints how many pipelines `slow`, `stale` and `volume` name in the simulated world, and how many of them have a reason.

Asks at 40 moments of a world, drawn with a fixed seed. A pipeline has a reason when the table `incidents`,
which none of the three reads, has one at that moment or in the eight hours before (work that piled up comes later):
for the pipeline itself, for one that it depends on, for one that depends on it within two steps (whose backpressure
it feels), or for another of its source and region. The share of all pipelines that have one is what naming any at
random would give. Exit status 1 when more than one in a hundred of the quiet ones, without a reason, is named.

Usage: judging.py [MOMENTS [SEED [DIFFICULTY]]], by default the default world, with the binary in $PLUMB, by default .build/release/plumb.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
SEED = 2026
WORLD = []


def simulate(folder):
    """Makes the world that the arguments name, unless it is the default one."""
    if len(sys.argv) > 2:
        path = os.path.join(folder, "w.plumb")
        how = ["--difficulty", sys.argv[3]] if len(sys.argv) > 3 else []
        subprocess.run([PLUMB, "simulate", "--seed", sys.argv[2], *how, "--into", path], check=True, capture_output=True)
        WORLD.append(path)


def ask(text):
    run = subprocess.run(
        [PLUMB, "query", *WORLD, "--format", "jsonl", "-"], input=text, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]


def moment(text):
    return datetime.fromisoformat(text[:19])


def reach(pipeline, edges, depth):
    seen, front = set(), {pipeline}
    for _ in range(depth):
        front = {other for one in front for other in edges[one]} - seen
        seen |= front
    return seen


def main(folder):
    simulate(folder)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    span = ask("runs | summarize first = min(started), last = max(started)")[0]
    first, last = moment(span["first"]) + timedelta(days=7), moment(span["last"])
    dice = random.Random(SEED)
    moments = [first + (last - first) * dice.random() for _ in range(count)]
    above, below, mates = defaultdict(set), defaultdict(set), defaultdict(set)
    for edge in ask("edges"):
        above[edge["downstream"]].add(edge["upstream"])
        below[edge["upstream"]].add(edge["downstream"])
    pipelines = ask("pipelines | project name, source, region, kind")
    groups = defaultdict(set)
    for row in pipelines:
        if row["kind"] == "ingest":
            groups[row["source"], row["region"]].add(row["name"])
    near = {}
    for row in pipelines:
        mates = groups[row["source"], row["region"]] if row["kind"] == "ingest" else set()
        near[row["name"]] = (
            {row["name"]} | reach(row["name"], above, 8) | reach(row["name"], below, 2) | mates)
    incidents = [
        (row["pipeline"], moment(row["began"]), moment(row["ended"]) if row["ended"] else datetime.max)
        for row in ask("incidents")]
    reasons = []
    for at in moments:
        active = {name for name, began, ended in incidents if began <= at <= min(
            ended, datetime.max - timedelta(hours=8)) + timedelta(hours=8)}
        reasons.append({name for name in near if near[name] & active})
    size = len(pipelines) * count
    base = sum(len(found) for found in reasons)
    print(f"{count} moments, {len(pipelines)} pipelines; {100 * base / size:.1f} % have a reason")
    print(f"{'':10}{'named':>8}{'a time':>8}{'with a reason':>15}{'quiet ones named':>19}")
    is_good = True
    for word in ("slow", "stale", "volume"):
        text = ";\n".join(
            f'{word}(as_of = datetime({at.isoformat()}Z)) | project pipeline, moment = {number}'
            for number, at in enumerate(moments))
        named = ask(text)
        good = sum(row["pipeline"] in reasons[row["moment"]] for row in named)
        quiet = 100 * (len(named) - good) / max(size - base, 1)
        is_good = is_good and quiet <= 1
        share = f"{100 * good / len(named):.1f} %" if named else "-"
        print(f"{word:10}{len(named):>8}{len(named) / count:>8.1f}{share:>15}{quiet:>17.2f} %")
    sys.exit(0 if is_good else 1)


with tempfile.TemporaryDirectory() as made:
    main(made)
