#!/usr/bin/env python3
"""Prints how often `why` names the true cause and origin of incidents of simulated worlds, and whether each target is met.

Incidents are drawn with a fixed seed, as many of each cause as there are, and asked about at a random moment in the
second half of their lives, when the fault is past its early signs. Every other one is asked about, where there is
one, for a pipeline downstream that failed for want of its data while no other pipeline upstream of it had an incident
of its own; the others for the pipeline that they befell. The truth is the table `incidents`, which `why`
does not read. The first 50 are the promised figure; the other 200 were not looked at while `why` was made.

Cause and origin are scored (of what begins outside, the vendor or the source is right, too), beside two rules that need no judgement: the cause that usually comes with the last error code,
learned from the other incidents, and the direct upstream that failed most. The same incidents are asked about again

- early: between 10 and 35 % of their lives, before the pipeline failed, if they show signs: the median of the last three runs
  since the beginning is five spreads (1.4826 times the median absolute deviation of seven days) from its usual in a
  measurement in which the cause can show,
- with texts removed (`runs` has no error codes, categories and messages), and so for all downstream victims: pipelines whose
  last two attempts failed after the incident began, with no other incident upstream of them.

These two have a target for all worlds together, since one has few. What no run that ended since the beginning can show is
counted beside the misses.

With --texts FILE, each line of which has `code`, `error` and `causes` (those that an engineer on call would accept), each text is
the error of a pipeline whose last four of 96 hourly runs failed with it; confidently wrong is another cause than `unknown` with a
score of 0.5 or more.

Usage: why.py [NUMBER [OTHERS]] [--seeds N ...] [--difficulty D] [--texts FILE], by default the default world and eight other
seeds, with the binary in $PLUMB, by default .build/release/plumb. Exit status 1 when a target is missed.
"""
import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
SEED = 2026
# The default world has seed 2.
SEEDS = [1, 3, 7, 42, 99, 173, 2024, 31337]
# The measurements in which faults of a cause can show before anything fails.
SIGNS = {
    "cpu-exhaustion": ["cpu", "duration", "queue_delay"], "memory-exhaustion": ["memory_mb"], "io-exhaustion": ["io_wait", "duration"],
    "malformed-records": ["malformed_share"], "slow-upstream": ["upstream_delay", "duration"],
    "downstream-backpressure": ["queue_delay", "duration"], "vendor-outage": ["upstream_delay", "duration"],
    "bad-deployment": ["memory_mb", "duration", "cpu"],
}
MEASURES = """runs
| where status == "succeeded"
| project pipeline, started, ended, duration = duration / 1s, queue_delay = queue_delay / 1s,
    upstream_delay = coalesce(upstream_delay / 1s, 0.0), cpu, memory_mb, io_wait,
    malformed_share = iff(records_in > 0, 1.0 * malformed / records_in, real(null))"""
MISSED = []
# Incidents asked about early, and downstream victims, of all worlds: right ones and all.
POOLED = {"early": [0, 0], "victims": [0, 0], "rule": [0, 0]}


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


def upstream_of(pipeline, above):
    seen, waiting = set(), [pipeline]
    while waiting:
        for other in above[waiting.pop()]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


class World:
    """A simulated world as a file, and the same tables without error texts."""

    def __init__(self, folder, seed, difficulty):
        path = os.path.join(folder, "w.plumb")
        chosen = [] if seed is None else ["--seed", str(seed)]
        chosen += ["--difficulty", difficulty] if difficulty else []
        subprocess.run([PLUMB, "simulate", *chosen, "--into", path], check=True, capture_output=True)
        self.whole = [path]
        self.now = ask(self.whole, "print now = now()")[0]["now"]
        self.incidents = ask(self.whole, "incidents")
        self.start = moment(ask(self.whole, "runs | summarize at = min(started)")[0]["at"])
        self.below, self.above = defaultdict(set), defaultdict(set)
        for edge in ask(self.whole, "edges"):
            self.above[edge["downstream"]].add(edge["upstream"])
            if edge["until"] is None and edge["kind"] == "data":
                self.below[edge["upstream"]].add(edge["downstream"])
        # What the two rules look at: the cause that goes with most failures of each code, and who failed when.
        self.failed, self.codes = defaultdict(list), {}
        begun, tallies = defaultdict(list), defaultdict(lambda: defaultdict(int))
        for incident in self.incidents:
            begun[incident["pipeline"]].append(incident)
        self.attempts = defaultdict(list)
        for run in ask(self.whole, "runs | where status in ('succeeded', 'failed') | project pipeline, started, ended, status"):
            self.attempts[run["pipeline"]].append((moment(run["ended"]), moment(run["started"]), run["status"] == "failed"))
        for attempts in self.attempts.values():
            attempts.sort()
        for run in ask(self.whole, "runs | where status == 'failed' | project pipeline, started, error_code"):
            at = moment(run["started"])
            self.failed[run["pipeline"]].append((at, run["error_code"] or ""))
            for incident in begun[run["pipeline"]]:
                if moment(incident["began"]) <= at and (not incident["ended"] or at <= moment(incident["ended"])):
                    tallies[run["error_code"] or ""][incident["cause"]] += 1
        for code, causes in tallies.items():
            self.codes[code] = max(sorted(causes), key=lambda cause: causes[cause])
        # An outage, and slowness, begin at the vendor or at the source that the pipeline reads.
        self.outside = {
            row["name"]: {row["vendor"], row["source"]} - {"", None}
            for row in ask(self.whole, "pipelines | project name, vendor, source")}
        self.usable = [
            incident for incident in self.incidents
            if incident["ended"] and incident["affected"] > 0 and moment(incident["began"]) > self.start + timedelta(days=3)]

    def without_texts(self, folder):
        """Where to ask about the same tables with the error texts removed."""
        where = ["--now", self.now]
        for table, text in (
                ("runs", "runs | project-away error, error_code, error_category"),
                ("pipelines", "pipelines | project-away last_error"), ("edges", "edges"),
                ("schema_changes", "schema_changes"), ("alerts", "alerts")):
            file = os.path.join(folder, f"{table}.csv")
            subprocess.run([PLUMB, "query", *self.whole, "-c", text, "--format", "csv", "-o", file], check=True, capture_output=True)
            where += ["--load", f"{table}={file}"]
        return where

    def rules(self, pipeline, at, has_texts):
        """The cause by the last error code, and the direct upstream that failed most in six hours, else the pipeline."""
        last = [code for when, code in self.failed[pipeline] if when < at and code][-1:] if has_texts else []

        def failures(name):
            return sum(at - timedelta(hours=6) < when < at for when, _ in self.failed[name])

        worst = max(sorted(self.above.get(pipeline, [])), key=failures, default=None)
        return self.codes.get(last[0]) if last else None, worst if worst and failures(worst) else pipeline

    def last(self, pipeline, at, count):
        """The last attempts that ended before a moment, as (ended, started, whether it failed)."""
        attempts = self.attempts[pipeline]
        end = bisect_left(attempts, (at,))
        return attempts[max(0, end - count):end]

    def victims(self, incident, at):
        """Pipelines downstream that fail for want of its data."""
        began = moment(incident["began"])
        active = {
            other["pipeline"] for other in self.incidents
            if other["id"] != incident["id"] and moment(other["began"]) < at
            and (other["ended"] is None or moment(other["ended"]) > at - timedelta(hours=6))}
        found = []
        for name in sorted(self.below[incident["pipeline"]]):
            last = self.last(name, at, 2)
            if len(last) == 2 and all(failed and started > began for _, started, failed in last) and not active & (
                    upstream_of(name, self.above) | {name}):
                found.append(name)
        return found

    def shows(self, incident, pipeline, at):
        """Whether a run of the pipeline that began since the incident did has ended."""
        last = self.last(pipeline, at, 1)
        return bool(last) and last[0][1] > moment(incident["began"])

    def origins(self, incident):
        """The origins that are right."""
        outside = self.outside[incident["pipeline"]] if incident["cause"] in ("vendor-outage", "slow-upstream") else set()
        return {incident["pipeline"]} | outside

    def has_failed(self, incident, at):
        return any(moment(incident["began"]) <= when < at for when, _ in self.failed[incident["pipeline"]])


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


def questions(world, drawn, dice, life=(0.5, 0.95)):
    """(incident, pipeline, moment, whether it is downstream) for each."""
    asked = []
    for number, incident in enumerate(drawn):
        began, ended = moment(incident["began"]), moment(incident["ended"])
        at = began + (ended - began) * dice.uniform(*life)
        pipeline = incident["pipeline"]
        if number % 2 == 1:
            hurt = world.victims(incident, at)
            if hurt:
                pipeline = dice.choice(hurt)
        asked.append((incident, pipeline, at, pipeline != incident["pipeline"]))
    return asked


def early(world, incidents, dice):
    """Questions before any failure about incidents whose measurements show signs."""
    asked = []
    for incident in incidents:
        began, ended = moment(incident["began"]), moment(incident["ended"])
        at = began + (ended - began) * dice.uniform(0.1, 0.35)
        if not world.has_failed(incident, at):
            asked.append((incident, incident["pipeline"], at, False))
    names = sorted({pipeline for _, pipeline, _, _ in asked})
    rows = defaultdict(list)
    for run in ask(world.whole, f"{MEASURES} | where pipeline in ({', '.join(map(repr, names))})") if names else []:
        rows[run["pipeline"]].append((moment(run["started"]), moment(run["ended"]), run))
    for list_ in rows.values():
        list_.sort(key=lambda row: row[0])

    def has_signs(question):
        incident, pipeline, at, _ = question
        began = moment(incident["began"])
        latest = [row for started, ended, row in rows[pipeline] if started >= began and ended <= at][-3:]
        usual = [row for started, _, row in rows[pipeline] if began - timedelta(days=7) <= started < began]
        if len(latest) < 2 or len(usual) < 20:
            return False
        for name in SIGNS.get(incident["cause"], []):
            values = [row[name] for row in usual if row[name] is not None]
            now = [row[name] for row in latest if row[name] is not None]
            if not values or not now:
                continue
            middle = median(values)
            spread = 1.4826 * median(abs(value - middle) for value in values)
            if abs(median(now) - middle) > 5 * max(spread, 0.02 * abs(middle), 1e-3):
                return True
        return False

    return [question for question in asked if has_signs(question)]


def judge(world, title, asked, where=None):
    """Prints a table and returns its counts by key: asked, first, in three, cause and origin, code rule, upstream rule, origin."""
    has_texts = where is None
    text = ";\n".join(
        f'why("{pipeline}", datetime({at.isoformat()}Z)) | extend id = "{number}"'
        for number, (_, pipeline, at, _) in enumerate(asked))
    answers = defaultdict(list)
    for row in ask(where or world.whole, text) if asked else []:
        answers[int(row["id"])].append(row)
    counts = defaultdict(lambda: [0] * 7)
    misses = []
    for number, (incident, pipeline, at, is_downstream) in enumerate(asked):
        rows = sorted(answers[number], key=lambda row: row["rank"])
        causes = [row["cause"] for row in rows]
        is_origin = bool(rows[:1]) and rows[0]["origin"] in world.origins(incident)
        guess = world.rules(pipeline, at, has_texts)
        for key in (incident["cause"], "downstream" if is_downstream else "own", "all"):
            for place, holds in enumerate((
                    True, causes[:1] == [incident["cause"]], incident["cause"] in causes[:3],
                    is_origin and causes[0] == incident["cause"],
                    guess[0] == incident["cause"], guess[1] == incident["pipeline"],
                    is_origin)):
                counts[key][place] += holds
        if causes[:1] != [incident["cause"]] or not is_origin:
            what = f"{incident['id']} {incident['cause']} of {incident['pipeline']} for {pipeline} at {at:%Y-%m-%d %H:%M}"
            misses.append(f"  {what}: {', '.join(row['cause'] + ' of ' + row['origin'] for row in rows[:3])}")
    # Of those that are not among the first three: how many no run could show. Of all: how many some run could show.
    silent = sum(not world.shows(incident, pipeline, at) for number, (incident, pipeline, at, _) in enumerate(asked)
                 if incident["cause"] not in [row["cause"] for row in answers[number]][:3])
    counts["silent"] = [silent, sum(world.shows(*question[:3]) for question in asked)]
    print(f"{title}: {len(asked)} incidents, of which {counts['silent'][1]} had a run since they began")
    print(f"{'':28}{'asked':>7}{'first':>8}{'in three':>10}{'origin':>8}{'and cause':>11}{'code rule':>11}{'upstream rule':>15}")
    for key in sorted(counts.keys() - {"silent"}, key=lambda key: (key in ("own", "downstream", "all"), key == "all", key)):
        n, first, three, both, code, failing, origin = counts[key]
        shares = [f"{100 * part / n:.1f}%" for part in (first, three, origin, both, code, failing)]
        print(f"{key:28}{n:>7}{shares[0]:>8}{shares[1]:>10}{shares[2]:>8}{shares[3]:>11}{shares[4]:>11}{shares[5]:>15}")
    if os.environ.get("MISSES"):
        print("\n".join(misses))
    return counts


def share(counts, key, place):
    return counts[key][place] / counts[key][0] if counts[key][0] else float("nan")


def named(title, counts):
    first, three = share(counts, "all", 1), share(counts, "all", 2)
    target(f"{title}: first {first:.3f} >= 0.80", first >= 0.8)
    silent, shown = counts["silent"]
    missed = counts["all"][0] - counts["all"][2]
    target(f"{title}: among the first three {three:.3f} >= 0.95" + ("" if three >= 0.95 else (
        f": of {missed} that are not, {silent} had no run since they began; of the {shown} that had, {1 - (missed - silent) / shown:.3f} are")),
        three >= 0.95)
    code, rule, origin = (share(counts, "all", place) for place in (4, 5, 6))
    target(f"{title}: cause {first:.3f} > the code's {code:.3f}", first > code)
    target(f"{title}: origin {origin:.3f} > the upstream rule's {rule:.3f}", origin > rule)


def judge_world(seed, options):
    print(f"== {'default' if seed is None else f'seed {seed}'}, {options.difficulty or 'normal'}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder, seed, options.difficulty)
        dice = random.Random(SEED)
        drawn = draw(world.usable, options.number, set(), dice)
        asked = questions(world, drawn, dice)
        named("seeded", judge(world, "Seeded", asked))
        rest = draw(world.usable, options.others, {incident["id"] for incident in drawn}, dice)
        if rest:
            again = questions(world, rest, dice)
            named("others", judge(world, "Not used while building", again))
            asked = asked + again
            judge(world, "The others, in the first half of their lives, when some show little yet",
                  questions(world, rest, dice, life=(0.2, 0.5)))
        counts = judge(world, "Early, before any failure, with signs", early(world, world.usable, random.Random(SEED)))
        first = share(counts, "all", 1)
        POOLED["early"][0] += counts["all"][1]
        POOLED["early"][1] += counts["all"][0]
        print(f"  early, before any failure: first {first:.3f}")
        bare = world.without_texts(folder)
        judge(world, "Without texts", asked, bare)
        dice = random.Random(SEED)
        victims = []
        for incident in world.usable:
            began, ended = moment(incident["began"]), moment(incident["ended"])
            at = began + (ended - began) * dice.uniform(0.3, 0.95)
            hurt = world.victims(incident, at)
            victims += [(incident, dice.choice(hurt), at, True)] if hurt else []
        counts = judge(world, "Downstream victims without texts", victims, bare)
        origin, rule = share(counts, "downstream", 6), share(counts, "downstream", 5)
        for name, place in (("victims", 6), ("rule", 5)):
            POOLED[name][0] += counts["downstream"][place]
            POOLED[name][1] += counts["downstream"][0]
        print(f"  without texts: origin of downstream victims first {origin:.3f} (upstream rule {rule:.3f})")


def judge_pooled(worlds):
    """The targets for which one world has too few incidents."""
    (early, of_early), (right, victims), (rule, _) = POOLED["early"], POOLED["victims"], POOLED["rule"]
    print(f"== all {worlds} worlds")
    if of_early:
        target(f"early, before any failure, with signs: first {early / of_early:.3f} >= 0.65 ({of_early} incidents)",
               early >= 0.65 * of_early)
    if victims:
        target(f"without texts: origin of downstream victims first {right / victims:.3f} >= 0.85 ({victims} victims; upstream rule "
               f"{rule / victims:.3f})", right >= 0.85 * victims)


def judge_texts(file):
    """Asks about a pipeline for each text."""
    with open(file, encoding="utf-8") as lines:
        texts = [json.loads(line) for line in lines if line.strip()]
    now = datetime(2026, 3, 31)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "runs.csv")
        with open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["pipeline", "started", "ended", "status", "error_code", "error"])
            for number, text in enumerate(texts):
                for left in range(96):
                    start = now - timedelta(hours=left, minutes=50)
                    error = [text["code"], text["error"]] if left < 4 else ["", ""]
                    writer.writerow([f"p{number}", f"{start.isoformat()}Z", f"{(start + timedelta(minutes=3)).isoformat()}Z",
                                     "failed" if left < 4 else "succeeded", *error])
        rows = ask(["--load", f"runs={path}", "--now", f"{now.isoformat()}Z"], ";\n".join(
            f"why('p{number}') | where rank == 1 | project id = {number}, cause, score" for number in range(len(texts))))
    right = sum(row["cause"] in texts[row["id"]]["causes"] for row in rows)
    wrong = [row for row in rows if row["cause"] not in texts[row["id"]]["causes"]]
    sure = [row for row in wrong if row["score"] >= 0.5 and row["cause"] != "unknown"]
    print(f"== {len(texts)} texts of {file}")
    for row in wrong:
        text = texts[row["id"]]
        print(f"  {row['cause']} {row['score']:.2f} instead of {' or '.join(text['causes'])}: {text['code']} {text['error']}")
    target(f"texts: {right} of {len(texts)} right ({right / len(texts):.3f} >= 0.90)", right >= 0.9 * len(texts))
    target(f"texts: {len(sure)} confidently wrong ({len(sure) / len(texts):.3f} <= 0.03)", len(sure) <= 0.03 * len(texts))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("number", nargs="?", type=int, default=50)
    parser.add_argument("others", nargs="?", type=int, default=200)
    parser.add_argument("--seeds", nargs="*", type=int)
    parser.add_argument("--difficulty")
    parser.add_argument("--texts")
    options = parser.parse_args()
    if options.texts:
        judge_texts(options.texts)
    else:
        seeds = options.seeds if options.seeds is not None else [None, *SEEDS]
        for seed in seeds:
            judge_world(seed, options)
        judge_pooled(len(seeds))
    return 1 if MISSED else 0


if __name__ == "__main__":
    sys.exit(main())
