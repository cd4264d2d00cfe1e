#!/usr/bin/env python3
"""Prints how good predictions are on held-out days of simulated worlds, and whether each target is met.

For each difficulty and seed: ROC-AUC, PR-AUC and precision at 5 and 10 over all held-out rows and over those whose pipeline had
no failure within the horizon before (newly at risk), beside the rules, the hazard (the dice themselves) and the second ceiling
(the same learner, told which faults are at work). A world that is not easy has faults that strike at once and failures that
nothing announces: the hazard knows them an hour ahead, so what can be reached is the second ceiling.

Usage: predict.py [--difficulty easy|normal|hard ...] [--seeds N ...], the binary in $PLUMB, by default .build/release/plumb.
Exit status 1 when a target is missed.
"""
import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import time

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
RULES = ["never_fails", "failed_last", "own_rate", "latest_failure"]
# The default world has seed 2.
SEEDS = [1, 3, 7, 42, 99, 173, 2024, 31337]


def run(arguments):
    done = subprocess.run([PLUMB, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done


def number(text):
    return float(text) if text else float("nan")


def targets(by, difficulty):
    """Each promise with the figures it compares, whether it holds, and the measured reason if it does not."""
    all_rows, news = by["ranking", "ROC-AUC"], by["newly at risk", "PR-AUC"]
    top = by["ranking", "precision at 5"]
    accuracy = by["most accurate point", "accuracy"]
    value, ceiling, told = (number(all_rows[name]) for name in ("value", "hazard", "knowing_faults"))
    yield (f"ROC-AUC {value:.4f} >= 0.97 of the hazard's {ceiling:.4f} ({value / ceiling:.3f})", value >= 0.97 * ceiling,
           f"the hazard also knows faults that will strike within the horizon; told of those at work, the same learner has {told:.4f}")
    yield f"ROC-AUC {value:.4f} >= 0.97 of the second ceiling's {told:.4f} ({value / told:.3f})", value >= 0.97 * told, ""
    value, told, latest = (number(news[name]) for name in ("value", "knowing_faults", "latest_failure"))
    if difficulty == "easy":
        yield (f"onset PR-AUC {value:.4f} >= 0.58 (latest failure {latest:.4f})", value >= 0.58,
               f"0.58 is of pipelines without a failure in the hour before, of which the latest failure finds 0.15; without one in "
               f"two hours it finds {latest:.2f}: sklearn_risk.py prints both for scikit-learn on the same rows")
    else:
        yield (f"onset PR-AUC {value:.4f} >= 0.88 of the second ceiling's {told:.4f} ({value / told:.3f}; "
               f"latest failure {latest:.4f})", value >= 0.88 * told, "")
    value = number(top["value"])
    for rule in RULES:
        yield f"precision at 5 {value:.4f} > {rule} {number(top[rule]):.4f}", value > number(top[rule]), ""
    value = number(accuracy["value"])
    for rule in ("never_fails", "failed_last"):
        yield (f"accuracy {value:.4f} > {rule} {number(accuracy[rule]):.4f}", value > number(accuracy[rule]),
               f"the interval of the accuracy is {number(accuracy['low']):.4f} to {number(accuracy['high']):.4f}")


def judged(path, difficulty, seed, method):
    shown = run(["query", *path, "-c", f'predict_quality(using = "{method}")', "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    print(f"== {difficulty}, seed {seed}, {method}")
    for row in rows:
        if row["section"] in ("held out", "ranking", "newly at risk", "still failing", "most accurate point", "probability"):
            figures = " ".join(f"{number(row[name]):8.4f}" if row[name] else 8 * " " for name in ("value", "low", "high"))
            others = " ".join(f"{name} {number(row[name]):.4f}" for name in [*RULES, "hazard", "knowing_faults"] if row[name])
            print(f"  {row['section']:20} {row['metric']:18} {figures}  {others}")
    for line in shown.stderr.splitlines():
        print(" ", line)
    missed = 0
    for sentence, holds, reason in targets({(row["section"], row["metric"]): row for row in rows}, difficulty):
        print(f"  {'met   ' if holds else 'MISSED'} {sentence}" + (f": {reason}" if reason and not holds else ""))
        missed += not holds
    sys.stdout.flush()
    return missed


def measured(arguments, text=None):
    """The output of a process, with the least seconds of the clock and of processors of three."""
    best = []
    for _ in range(3):
        before, start = os.times(), time.monotonic()
        done = subprocess.run([PLUMB, *arguments], capture_output=True, text=True, input=text, check=True)
        after = os.times()
        best.append((time.monotonic() - start, after.children_user + after.children_system
                     - before.children_user - before.children_system))
    return done.stdout, min(wall for wall, _ in best), min(processor for _, processor in best)


def times():
    """Prints how long the first answer takes, and learning on one thread."""
    answer, wall, processor = measured(["query", "-c", "predict risk | top 5", "--format", "table"])
    print(answer)
    missed = 0

    def target(text, holds):
        nonlocal missed
        missed += not holds
        print(f"{'met   ' if holds else 'MISSED'} {text}")

    print(f"{os.getloadavg()[0]:.1f} processes ran on {os.cpu_count()} processors")
    target(f"first answer of `predict risk | top 5` as a whole process: {wall:.2f} s <= 1.5 s ({processor:.2f} s of processors)", wall <= 1.5)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "w.plumb")
        run(["simulate", "--into", path])
        days = run(["query", path, "-c", "runs | summarize days = max(toint((now() - started) / 1d))"]).stdout.split()[1]
        text = run(["query", path, "--format", "raw", "-c", ".show features"]).stdout.rstrip().removesuffix("features")
        text = text.replace("let moments = tolong(1);", f"let moments = tolong({int(days) * 24});")
        text += "features | where k > 0 and isnotnull(usual_failures) | count"
        rows, _, reading = measured(["query", path, "--threads", "1", "-"], text)
        _, _, whole = measured(["query", path, "--threads", "1", "-c", "predict risk | count"])
    # Both trainings, of four fifths and of all, with what is chosen between them and the scores.
    count = int(rows.split()[-1])
    learning = (whole - reading) / 2 / count * 88_640
    target(f"learning on one core: {learning:.2f} s for 88,640 rows <= 1.5 s ({whole - reading:.2f} s for {count} rows, twice)", learning <= 1.5)
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--difficulty", nargs="*", default=["normal", "easy", "hard"])
    parser.add_argument("--seeds", nargs="*", type=int, default=None)
    parser.add_argument("--method", default="boosting")
    options = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for difficulty in options.difficulty:
            for seed in options.seeds if options.seeds is not None else [None, *SEEDS]:
                path = os.path.join(folder, "w.plumb")
                chosen = [] if seed is None else ["--seed", str(seed)]
                run(["simulate", "--difficulty", difficulty, *chosen, "--into", path])
                missed += judged([path], difficulty, "default" if seed is None else seed, options.method)
                os.remove(path)
    missed += times()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
