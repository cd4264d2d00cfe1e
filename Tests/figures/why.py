#!/usr/bin/env python3
"""Prints how often `why` names the true cause first, and among the first three, of incidents of the simulated world.

Incidents are drawn with a fixed seed, as many of each cause as there are, and asked about at a random moment in the
second half of their lives, when the fault is past its early signs. Every other one is asked about, where there is
one, for a pipeline downstream that failed for want of its data while no other pipeline upstream of it had an incident
of its own; the others for the pipeline that they befell. The truth is the table `incidents`, which `why`
does not read. The first 50 are the promised figure; the other 200 were not looked at while `why`
was made, and are asked about once more at an earlier moment. Exit status 1 when 80 % first and 95 % among the first
three are missed in the second half of the lives.

Usage: why.py [NUMBER [OTHERS]], with the binary in $PLUMB, by default .build/release/plumb.
"""
import json
import os
import random
import subprocess
import sys
from collections import defaultdict
from datetime import datetime, timedelta

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
SEED = 2026


def ask(text):
    run = subprocess.run(
        [PLUMB, "query", "--format", "jsonl", "-"], input=text, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]


def moment(text):
    return datetime.fromisoformat(text[:19])


def upstream_of(pipeline, above):
    seen, waiting = set(), [pipeline]
    while waiting:
        for other in above[waiting.pop()]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def draw(incidents, count, taken, dice):
    """As many of each cause as of every other, until there are enough."""
    by_cause = defaultdict(list)
    for incident in incidents:
        if incident["id"] not in taken:
            by_cause[incident["cause"]].append(incident)
    for list_ in by_cause.values():
        dice.shuffle(list_)
    drawn = []
    while len(drawn) < count and any(by_cause.values()):
        for cause in sorted(by_cause):
            if by_cause[cause] and len(drawn) < count:
                drawn.append(by_cause[cause].pop())
    return drawn


def questions(drawn, incidents, below, above, failures, dice, life=(0.5, 0.95)):
    """(incident, pipeline, moment, whether it is downstream) for each."""
    asked = []
    for number, incident in enumerate(drawn):
        began, ended = moment(incident["began"]), moment(incident["ended"])
        at = began + (ended - began) * dice.uniform(*life)
        pipeline = incident["pipeline"]
        if number % 2 == 1:
            active = {
                other["pipeline"] for other in incidents
                if other["id"] != incident["id"] and moment(other["began"]) < at
                and (other["ended"] is None or moment(other["ended"]) > at - timedelta(hours=6))}
            hurt = [
                name for name in sorted(below[pipeline])
                if not active & (upstream_of(name, above) | {name})
                and any(at - timedelta(hours=3) < start < at for start in failures[name])]
            if hurt:
                pipeline = dice.choice(hurt)
        asked.append((incident, pipeline, at, pipeline != incident["pipeline"]))
    return asked


def judge(title, asked):
    text = ";\n".join(
        f'why("{pipeline}", datetime({at.isoformat()}Z)) | extend id = "{number}"'
        for number, (_, pipeline, at, _) in enumerate(asked))
    answers = defaultdict(list)
    for row in ask(text):
        answers[int(row["id"])].append(row)
    counts = defaultdict(lambda: [0, 0, 0])
    misses = []
    for number, (incident, pipeline, at, is_downstream) in enumerate(asked):
        causes = [row["cause"] for row in sorted(answers[number], key=lambda row: row["rank"])]
        for key in (incident["cause"], "downstream" if is_downstream else "own", "all"):
            counts[key][0] += 1
            counts[key][1] += causes[:1] == [incident["cause"]]
            counts[key][2] += incident["cause"] in causes[:3]
        if causes[:1] != [incident["cause"]]:
            what = f"{incident['id']} {incident['cause']} for {pipeline} at {at:%Y-%m-%d %H:%M}"
            misses.append(f"  {what}: {', '.join(causes[:3])}")
    print(f"{title}: {len(asked)} incidents")
    print(f"{'':28}{'asked':>7}{'first':>8}{'in three':>10}")
    for key in sorted(counts, key=lambda key: (key in ("own", "downstream", "all"), key == "all", key)):
        n, first, three = counts[key]
        print(f"{key:28}{n:>7}{100 * first / n:>7.1f}%{100 * three / n:>9.1f}%")
    if os.environ.get("MISSES"):
        print("\n".join(misses))
    n, first, three = counts["all"]
    return first >= 0.8 * n and three >= 0.95 * n


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    others = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    start = moment(ask("runs | summarize at = min(started)")[0]["at"])
    incidents = ask("incidents")
    below, above, failures = defaultdict(set), defaultdict(set), defaultdict(list)
    for edge in ask("edges | where isnull(until) and kind == 'data'"):
        below[edge["upstream"]].add(edge["downstream"])
    for edge in ask("edges"):
        above[edge["downstream"]].add(edge["upstream"])
    waiting = "runs | where error_code in ('DEP-UPSTREAM', 'DEP-MISSING', 'DEP-STALE')"
    for run in ask(f"{waiting} | project pipeline, started"):
        failures[run["pipeline"]].append(moment(run["started"]))
    usable = [
        incident for incident in incidents
        if incident["ended"] and incident["affected"] > 0
        and moment(incident["began"]) > start + timedelta(days=3)]
    dice = random.Random(SEED)
    first = draw(usable, count, set(), dice)
    asked = questions(first, incidents, below, above, failures, dice)
    is_good = judge("Seeded", asked)
    if others:
        rest = draw(usable, others, {incident["id"] for incident in first}, dice)
        print()
        asked = questions(rest, incidents, below, above, failures, dice)
        is_good = judge("Not used while building", asked) and is_good
        print()
        asked = questions(rest, incidents, below, above, failures, dice, life=(0.2, 0.5))
        judge("The same, asked in the first half of their lives, when some show little yet", asked)
    sys.exit(0 if is_good else 1)


main()
