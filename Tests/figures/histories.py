#!/usr/bin/env python3
"""Prints how good predictions are on public histories, beside the rules, and what the judgements say about them.

Histories are git repositories in a folder outside this repository, `../histories` by default, at most two levels down:

- of the uptime monitor Upptime (https://upptime.js.org), which commits each change of a site's state with status and
  response time. A map in KQL reads the subjects of the commits. A site keeps its state until the next change, so a check is
  made for each hour (15 minutes if the history is shorter than 30 days), which gives what the monitor saw; only
  the first check after a change has a response time;
- of test runs in continuous integration, as a file `iofrol.csv` of RETECS (Spieker and others, "Reinforcement Learning for
  Automatic Test Case Prioritization and Selection in Continuous Integration", 2017).

For each history: the figures of `predict quality` for all rows and for those newly at risk, beside the rules; what it
remarks; how many pipelines `slow`, `stale` and `volume` name at 20 moments; the causes that `why` gives for what fails.
A rule that is better where there are 30 failures must be remarked on: exit status 1 if it is not, 2 without any history.

Usage: histories.py [FOLDER] [--fetch] [--only TEXT]. --fetch clones what is missing of the histories below into FOLDER
(git, 0.5 GB). The binary is $PLUMB, by default .build/release/plumb.
"""
import argparse
import csv
import io
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
SEED = 2026
RULES = ["never_fails", "failed_last", "own_rate", "latest_failure"]
SOURCES = [
    "DHBern/upptime_digitaleditions", "NoPlagiarism/services-personal-upptime", "LimeCommerce/upptime",
    "Cliffe-Group/datalab-status", "rodrigoliimaa/retecs-v2",
]

UPPTIME = r"""
let changes = materialize(input
  | parse-where kind=regex flags=s subject with @"^\S+ " site:string " is " state:string @" \(" code:string " in " ms:long @" ms\).*$"
  | where state in ("up", "down", "degraded")
  | extend at = todatetime(at), state = tostring(state)
  | summarize arg_max(ms, state, code) by site, at
  | sort by site asc, at asc
  | extend until = iff(site == next(site), next(at), toscalar(input | summarize max(todatetime(at)))));
let step = totimespan("STEP");
let runs = changes
  | extend first = bin(at + step - 1tick, step)
  | where until > first
  | extend started = range(first, until - 1tick, step)
  | mv-expand started to typeof(datetime)
  // Only the check of a change has a response time.
  | extend taken = iff(started == first, ms * 1ms, 0s), started = started + 1s * (hash(site, 240) + 1)
  | project pipeline = site, started, ended = started + taken, status = iff(state == "down", "failed", "succeeded"),
      error_code = case(state != "down", "", code == "0", "", strcat("HTTP ", code)),
      error = case(state != "down", "", code == "0", "no answer", strcat("HTTP status ", code));
"""

# A verdict of 1 is a failure. The times are those of the builds' starts, to the minute.
RETECS = r"""
let runs = input
  | project pipeline = strcat("test ", tostring(Name)), started = todatetime(tostring(LastRun)),
      ended = todatetime(tostring(LastRun)) + toreal(Duration) * 1ms, status = iff(tolong(Verdict) == 1, "failed", "succeeded");
"""


def run(arguments, text=None):
    done = subprocess.run([PLUMB, *arguments], capture_output=True, text=True, input=text, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done


def git(repository, *arguments):
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True).stdout


def repositories(folder):
    """The git directories in a folder, with a name for each."""
    found = []
    for path in sorted([*folder.glob("*"), *folder.glob("*/*")]):
        if (path / ".git").exists() or ((path / "HEAD").exists() and (path / "objects").exists()):
            name = path.name if path.name != "repo" else path.parent.name
            found.append((name.replace("+", "/").removesuffix(".git"), path))
    return found


def imported(repository, folder):
    """A workspace with the runs of a repository, and how it was read; None if it is not a history."""
    source, mapping, made = folder / "history.csv", folder / "history.kql", folder / "history.plumb"
    tests = [name for name in git(repository, "ls-tree", "-r", "--name-only", "HEAD").splitlines()
             if name.rsplit("/", 1)[-1] == "iofrol.csv"]
    if tests:
        source.write_text(git(repository, "show", f"HEAD:{tests[0]}"), encoding="utf-8")
        mapping.write_text(RETECS, encoding="utf-8")
        how, within = "test runs of a CI system", "1d"
    else:
        lines = [line.split("\t", 1) for line in git(repository, "log", "--format=%cI%x09%s").splitlines()]
        changes = [line for line in lines if len(line) == 2 and " ms)" in line[1]]
        if len(changes) < 200:
            return None
        with open(source, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["at", "subject"])
            writer.writerows(changes)
        times = [datetime.fromisoformat(at) for at, _ in changes]
        is_short = max(times) - min(times) < timedelta(days=30)
        step = "00:15:00" if is_short else "01:00:00"
        mapping.write_text(UPPTIME.replace("STEP", step), encoding="utf-8")
        how, within = f"{len(changes)} committed changes, a check each {'15 minutes' if is_short else 'hour'}", "2h"
    done = run(["import", str(source), "--map", str(mapping), "--into", str(made)])
    print("  " + done.stderr.strip().replace("\n", "\n  "))
    return made, how, within


def rows(world, text):
    shown = run(["query", *world, "--format", "csv", "-"], text)
    return list(csv.DictReader(io.StringIO(shown.stdout))), shown.stderr.splitlines()


def number(text):
    return float(text) if text else float("nan")


def quality(world, within):
    """Prints the figures beside the rules; the number of rules that win without a remark."""
    found, remarks = rows(world, f"predict_quality(within = {within})")
    missed = 0
    for row in found:
        if row["section"] not in ("held out", "ranking", "newly at risk") or row["metric"].startswith("lift"):
            continue
        values = " ".join(f"{number(row[name]):8.4f}" if row[name] else 8 * " " for name in ("value", "low", "high"))
        others = " ".join(f"{name} {number(row[name]):.4f}" for name in RULES if row[name])
        count = f"{row['positives']} of {row['of']}" if row["positives"] else ""
        print(f"  {row['section']:14} {row['metric']:15} {values}  {count:16} {others}")
        better = [name for name in RULES if row[name] and number(row[name]) > number(row["value"]) + 1e-9]
        if better and row["section"] != "held out" and int(row["positives"] or 0) >= 30:
            best = max(better, key=lambda name: number(row[name]))
            if not any(best in remark and row["metric"] in remark for remark in remarks):
                print(f"  MISSED {row['section']}: no remark that {best} has a better {row['metric']}")
                missed += 1
    for remark in remarks:
        print("  " + remark)
    return missed


def judgements(world, span):
    first, last = (datetime.fromisoformat(span[name][:19]) for name in ("first", "last"))
    begin = first + (last - first) / 2
    dice = random.Random(SEED)
    moments = sorted(begin + (last - begin) * dice.random() for _ in range(20))
    size = len(moments) * int(span["pipelines"])
    for word in ("slow", "stale", "volume"):
        named, _ = rows(world, "union " + ", ".join(
            f"({word}(as_of = datetime({at.isoformat()}Z)) | project pipeline, number = {place})"
            for place, at in enumerate(moments)) + " | sort by number asc, pipeline asc")
        often = Counter(row["pipeline"] for row in named).most_common(3)
        print(f"  {word:7} names {len(named) / len(moments):6.2f} of {span['pipelines']} at a time "
              f"({100 * len(named) / size:.2f} %), most often {', '.join(f'{name} ({count})' for name, count in often) or '-'}")
    failing, _ = rows(world, "union " + ", ".join(
        f"(runs | where started < datetime({at.isoformat()}Z) and started > datetime({at.isoformat()}Z) - 2d "
        f"| summarize arg_max(started, status, error) by pipeline | where status == 'failed' | project pipeline, error, number = {place})"
        for place, at in enumerate(moments)) + " | sort by number asc, pipeline asc")
    dice.shuffle(failing)
    asked = failing[:60]
    if not asked:
        return
    answers, _ = rows(world, "union " + ", ".join(
        f"(why(@'{row['pipeline'].replace(chr(39), chr(39) * 2)}', datetime({moments[int(row['number'])].isoformat()}Z)) "
        f"| where rank == 1 | project cause, score, id = {place})" for place, row in enumerate(asked)))
    causes = Counter((asked[int(row["id"])]["error"] or "no text", row["cause"]) for row in answers)
    print(f"  why of {len(asked)} that fail: " + "; ".join(
        f"{error}: {cause} {count}" for (error, cause), count in causes.most_common(12)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default="../histories")
    parser.add_argument("--fetch", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    folder = Path(options.folder)
    if options.fetch:
        for source in SOURCES:
            target = folder / f"{source.replace('/', '+')}.git"
            if not target.exists():
                subprocess.run(["git", "clone", "--quiet", "--bare", f"https://github.com/{source}", str(target)], check=True)
    histories = [found for found in (repositories(folder) if folder.is_dir() else []) if options.only in found[0]]
    missed = measured = 0
    for name, repository in histories:
        print(f"== {name}, {git(repository, 'log', '-1', '--format=%h of %cs').strip()}")
        with tempfile.TemporaryDirectory() as made:
            history = imported(repository, Path(made))
            if history is None:
                print("  fewer than 200 changes: left out")
                continue
            path, how, within = history
            span = rows([str(path)], "runs | summarize runs = count(), failed = countif(status == 'failed'), "
                        "pipelines = dcount(pipeline), first = min(started), last = max(ended)")[0][0]
            world = [str(path), "--now", span["last"]]
            print(f"  {how}; {span['runs']} runs of {span['pipelines']} pipelines, {span['failed']} failed, "
                  f"{span['first'][:10]} to {span['last'][:10]}; within {within}")
            missed += quality(world, within)
            judgements(world, span)
            measured += 1
        sys.stdout.flush()
    if not measured:
        print(f"{options.folder} has no histories: fetch some with --fetch, or clone these into it: {', '.join(SOURCES)}")
        return 2
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
