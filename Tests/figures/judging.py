#!/usr/bin/env python3
"""Prints how well `slow`, `stale` and `volume` judge, and whether each target is met.

Worlds: at 40 moments of each simulated world, drawn with a fixed seed, how many pipelines they name and how many of those have
a reason. A pipeline has a reason when the table `incidents`, which none of the three reads, has one at that moment or in the
eight hours before (work that piled up comes later): for the pipeline itself, for one that it depends on, for one that depends
on it within two steps (whose backpressure it feels), or for another of its source and region. The share of all pipelines that
have one is what naming any at random would give. At most one in a hundred of the quiet ones, without a reason, may be named,
and `why` may not say "as usual" of any that is named.

Schedules: pipelines that this script makes, five of each kind of schedule, with times and records that vary. Healthy ones are
asked about at 168 moments of two weeks; at most one in a hundred may be named. Then each stops, or takes ten times as long,
from its first run after a Tuesday 10:00; it is asked about shortly after each slot in which a run was due, and must be
named within two slots of stopping, and within three runs that are ten times slower.

Usage: judging.py [MOMENTS] [--seeds N ...] [--difficulty D] [--no-worlds | --no-schedules], by default the default world and
eight other seeds, with the binary in $PLUMB, by default .build/release/plumb. Exit status 1 when a target is missed.
"""
import argparse
import csv
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
# The default world has seed 2.
SEEDS = [1, 3, 7, 42, 99, 173, 2024, 31337]
WORDS = ("slow", "stale", "volume")
MISSED = []


def target(text, holds):
    print(f"  {'met   ' if holds else 'MISSED'} {text}", flush=True)
    if not holds:
        MISSED.append(text)


def ask(where, text):
    run = subprocess.run(
        [PLUMB, "query", *where, "--format", "jsonl", "-"], input=text, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]


def moment(text):
    return datetime.fromisoformat(text[:19])


# Simulated worlds


def reach(pipeline, edges, depth):
    seen, front = set(), {pipeline}
    for _ in range(depth):
        front = {other for one in front for other in edges[one]} - seen
        seen |= front
    return seen


def reasons_at(world, moments):
    """The pipelines that have a reason, for each moment, and all pipelines."""
    above, below = defaultdict(set), defaultdict(set)
    for edge in ask(world, "edges"):
        above[edge["downstream"]].add(edge["upstream"])
        below[edge["upstream"]].add(edge["downstream"])
    pipelines = ask(world, "pipelines | project name, source, region, kind")
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
        for row in ask(world, "incidents")]
    reasons = []
    for at in moments:
        active = {name for name, began, ended in incidents if began <= at <= min(
            ended, datetime.max - timedelta(hours=8)) + timedelta(hours=8)}
        reasons.append({name for name in near if near[name] & active})
    return reasons, len(pipelines)


def judge_world(seed, options):
    print(f"== {'default' if seed is None else f'seed {seed}'}, {options.difficulty or 'normal'}")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "w.plumb")
        chosen = [] if seed is None else ["--seed", str(seed)]
        chosen += ["--difficulty", options.difficulty] if options.difficulty else []
        subprocess.run([PLUMB, "simulate", *chosen, "--into", path], check=True, capture_output=True)
        world = [path]
        span = ask(world, "runs | summarize first = min(started), last = max(started)")[0]
        first, last = moment(span["first"]) + timedelta(days=7), moment(span["last"])
        dice = random.Random(SEED)
        moments = [first + (last - first) * dice.random() for _ in range(options.moments)]
        reasons, pipelines = reasons_at(world, moments)
        size = pipelines * options.moments
        base = sum(len(found) for found in reasons)
        print(f"{options.moments} moments, {pipelines} pipelines; {100 * base / size:.1f} % have a reason")
        print(f"{'':10}{'named':>8}{'a time':>8}{'with a reason':>15}{'quiet ones named':>19}")
        all_named = set()
        lines = []
        for word in WORDS:
            text = ";\n".join(
                f'{word}(as_of = datetime({at.isoformat()}Z)) | project pipeline, moment = {number}, '
                f'agreed = {"breaks_sla" if word == "stale" else "false"}' for number, at in enumerate(moments))
            named = ask(world, text)
            broken = [row for row in named if row["agreed"] and row["pipeline"] not in reasons[row["moment"]]]
            all_named |= {(row["pipeline"], row["moment"]) for row in named}
            good = sum(row["pipeline"] in reasons[row["moment"]] for row in named) + len(broken)
            quiet = 100 * (len(named) - good) / max(size - base, 1)
            found = f"{100 * good / len(named):.1f} %" if named else "-"
            print(f"{word:10}{len(named):>8}{len(named) / options.moments:>8.1f}{found:>15}{quiet:>17.2f} %")
            agreements = f" ({len(broken)} others break an agreement)" if broken else ""
            lines.append((f"{word}: {quiet:.2f} % of the quiet ones named <= 1 %{agreements}", quiet <= 1))
        for line in lines:
            target(*line)
        asked = sorted(all_named)
        random.Random(SEED).shuffle(asked)
        asked = asked[:100]
        calm = ask(world, ";\n".join(
            f'why("{pipeline}", datetime({moments[at].isoformat()}Z)) | where rank == 1 and evidence has "as usual" '
            f'| project pipeline = "{pipeline}", moment = {at}' for pipeline, at in asked)) if asked else []
        target(f"why says \"as usual\" of {len(calm)} of {len(asked)} that are named", not calm)


# Schedules

MONDAY = datetime(2026, 1, 5)
NOW = datetime(2026, 4, 1)
FAULT = datetime(2026, 3, 17, 10)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REPLICAS = 5


def every(step, offset=timedelta(), keeps=lambda at: True, since=MONDAY):
    """The slots from a Monday in January until the end."""
    at, slots = since + offset, []
    while at < NOW:
        if keeps(at):
            slots.append(at)
        at += step
    return slots


def working(at):
    return at.weekday() < 5


def poisson(dice, per_hour):
    at, slots = MONDAY, []
    while True:
        at += HOUR * dice.expovariate(per_hour)
        if at >= NOW:
            return slots
        slots.append(at)


def month_starts():
    return [datetime(2025, month, 1, 4) for month in range(1, 13)] + [datetime(2026, month, 1, 4) for month in range(1, 4)]


def usual(dice, at):
    """Seconds and records of a healthy run."""
    load = 1 + 0.4 * (9 <= at.hour < 18) - 0.3 * (at.weekday() >= 5)
    return 180 * dice.lognormvariate(0, 0.12) * (0.8 + 0.2 * load), 1000 * load * dice.lognormvariate(0, 0.1)


def busy_mondays(dice, at):
    seconds, records = usual(dice, at)
    factor = 3 if at.weekday() == 0 else 1
    return seconds * factor, records * factor


def bimodal(dice, at):
    seconds, records = usual(dice, at)
    return (seconds * 4, records * 6) if dice.random() < 0.1 else (seconds, records)


def heavy(dice, at):
    return 180 * dice.lognormvariate(0, 0.7), 1000 * dice.lognormvariate(0, 0.8)


def few(dice, at):
    return 60 * dice.lognormvariate(0, 0.2), dice.randint(0, 4)


def day_and_night(dice, at):
    seconds, records = usual(dice, at)
    return seconds, records * (1 if 7 <= at.hour < 20 else 0.05)


# Name, slots, seconds and records, and whether it has slots at which a run is due.
SCHEDULES = [
    ("every 15 min", lambda dice: every(15 * MINUTE), usual, True),
    ("hourly", lambda dice: every(HOUR), usual, True),
    ("hourly, business hours", lambda dice: every(HOUR, keeps=lambda at: working(at) and 8 <= at.hour < 18), usual, True),
    ("hourly, day and night", lambda dice: every(HOUR), day_and_night, True),
    ("every 6 h", lambda dice: every(6 * HOUR), usual, True),
    ("daily 06:00", lambda dice: every(DAY, 6 * HOUR), usual, True),
    ("daily 06:00, weekdays", lambda dice: every(DAY, 6 * HOUR, working), usual, True),
    ("weekly", lambda dice: every(7 * DAY, DAY + 11 * HOUR, since=MONDAY - 98 * DAY), usual, True),
    ("monthly", lambda dice: month_starts(), usual, False),
    ("three times as much on Mondays", lambda dice: every(HOUR), busy_mondays, True),
    ("bimodal durations, rare bursts", lambda dice: every(HOUR), bimodal, True),
    ("heavy tails", lambda dice: every(HOUR), heavy, False),
    ("Poisson, 2 an hour", lambda dice: poisson(dice, 2), usual, False),
    ("Poisson, 0.2 an hour", lambda dice: poisson(dice, 0.2), usual, False),
    ("hourly, few records", lambda dice: every(HOUR), few, True),
]


def write_runs(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["pipeline", "started", "ended", "status", "records_in"])
        for name, start, seconds, records in sorted(rows, key=lambda row: row[1]):
            writer.writerow([name, f"{start.isoformat()}Z", f"{(start + timedelta(seconds=seconds)).isoformat()}Z", "succeeded",
                             round(records)])


def schedules():
    """By name of a pipeline: its schedule's place, and its slots with start, seconds and records."""
    made = {}
    for place, (_, slots, amounts, _) in enumerate(SCHEDULES):
        for replica in range(REPLICAS):
            dice = random.Random(SEED + 100 * place + replica)
            made[f"s{place}-{replica}"] = (place, [
                (slot, slot + timedelta(seconds=dice.expovariate(1 / 20)), *amounts(dice, slot)) for slot in slots(dice)])
    return made


def slots_until_named(path, made, word, delay):
    """For each pipeline, in which slot from the fault on it is named; 9 if in none of eight."""
    questions = []
    for name, (place, runs) in made.items():
        if SCHEDULES[place][3]:
            due = [run for run in runs if run[0] >= FAULT][:9]
            for number, (one, then) in enumerate(zip(due, due[1:]), 1):
                questions.append((name, number, delay(one, then)))
    rows = ask(["--load", f"runs={path}", "--now", f"{NOW.isoformat()}Z"], ";\n".join(
        f"{word}(as_of = datetime({at.isoformat()}Z)) | where pipeline == '{name}' | project pipeline, slot = {number}"
        for name, number, at in questions))
    first = {}
    for row in rows:
        first[row["pipeline"]] = min(row["slot"], first.get(row["pipeline"], 9))
    asked = sorted({name for name, _, _ in questions})
    return {name: first.get(name, 9) for name in asked}


def latency(title, path, made, word, limit, delay):
    by_schedule = defaultdict(list)
    for name, slot in slots_until_named(path, made, word, delay).items():
        by_schedule[made[name][0]].append(slot)
    for place, slots in sorted(by_schedule.items()):
        target(f"{title}, {SCHEDULES[place][0]}: {word} after {max(slots)} <= {limit} "
               f"({', '.join('never' if slot == 9 else str(slot) for slot in sorted(slots))})", max(slots) <= limit)


def judge_schedules():
    print(f"== {len(SCHEDULES)} schedules, {REPLICAS} pipelines each")
    made = schedules()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "runs.csv")
        write_runs(path, [(name, *run[1:]) for name, (_, runs) in made.items() for run in runs])
        moments = [NOW - 14 * DAY + number * 2 * HOUR + 7 * MINUTE * (number % 5) for number in range(168)]
        counts = {}
        for word in WORDS:
            for row in ask(["--load", f"runs={path}", "--now", f"{NOW.isoformat()}Z"], ";\n".join(
                    f"{word}(as_of = datetime({at.isoformat()}Z)) | project pipeline" for at in moments)):
                key = made[row["pipeline"]][0], word
                counts[key] = counts.get(key, 0) + 1
        for place, (name, *_) in enumerate(SCHEDULES):
            shares = [100 * counts.get((place, word), 0) / (len(moments) * REPLICAS) for word in WORDS]
            target(f"healthy, {name}: " + ", ".join(f"{word} {share:.1f} %" for word, share in zip(WORDS, shares)) + " <= 1 %",
                   max(shares) <= 1)

        stopped = os.path.join(folder, "stopped.csv")
        write_runs(stopped, [(name, *run[1:]) for name, (_, runs) in made.items() for run in runs if run[0] < FAULT])
        latency("stopped", stopped, made, "stale", 2, lambda one, then: one[0] + (then[0] - one[0]) * 0.95)

        slow = os.path.join(folder, "slow.csv")
        slower = {
            name: (place, [(slot, start, seconds * (10 if slot >= FAULT else 1), records) for slot, start, seconds, records in runs])
            for name, (place, runs) in made.items()}
        write_runs(slow, [(name, *run[1:]) for name, (_, runs) in slower.items() for run in runs])
        # Before the next run begins, and once this one has ended, whichever is later.
        latency("ten times slower", slow, slower, "slow", 3, lambda one, then: max(
            one[0] + (then[0] - one[0]) * 0.95, one[1] + timedelta(seconds=one[2] + 1)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("moments", nargs="?", type=int, default=40)
    parser.add_argument("--seeds", nargs="*", type=int)
    parser.add_argument("--difficulty")
    parser.add_argument("--no-worlds", action="store_true")
    parser.add_argument("--no-schedules", action="store_true")
    options = parser.parse_args()
    if not options.no_schedules:
        judge_schedules()
    if not options.no_worlds:
        for seed in options.seeds if options.seeds is not None else [None, *SEEDS]:
            judge_world(seed, options)
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
