#!/usr/bin/env python3
"""Prints how good predictions are on the default world's held-out days, and whether each target is met.

Runs `predict_quality` for the tree and for the forest, and the first `predict_risk() | top 5` of a process.
The binary is $PLUMB, or .build/release/plumb. Exit status 1 when the forest or the tree misses a target.
"""
import csv
import io
import os
import subprocess
import sys
import time

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
RULES = ["never_fails", "failed_last", "own_rate"]


def query(text, output_format="csv"):
    done = subprocess.run([PLUMB, "query", "-c", text, "--format", output_format], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def number(text):
    return float(text) if text else float("nan")


def targets(rows):
    """Each promise with the figures it compares and whether it holds."""
    by = {(row["section"], row["metric"]): row for row in rows}
    auc = by["ranking", "ROC-AUC"]
    accuracy = by["most accurate point", "accuracy"]
    top = by["ranking", "precision at 5"]
    value, ceiling = number(auc["value"]), number(auc["hazard"])
    yield f"ROC-AUC {value:.4f} >= 0.85", value >= 0.85
    yield f"ROC-AUC {value:.4f} >= 0.97 of the hazard's {ceiling:.4f} ({value / ceiling:.4f})", value >= 0.97 * ceiling
    for name, row, least in (("accuracy", accuracy, 0.85), ("precision at 5", top, 0.8)):
        value = number(row["value"])
        yield f"{name} {value:.4f} >= {least}", value >= least
        for rule in RULES:
            other = number(row[rule])
            holds = value > other if name == "accuracy" else value >= other
            yield f"{name} {value:.4f} against {rule} {other:.4f}", holds


def main():
    missed = 0
    for method in ("tree", "forest"):
        text = f'predict_quality(using = "{method}")'
        print(f"== {text}\n")
        print(query(text, "table"))
        for sentence, holds in targets(list(csv.DictReader(io.StringIO(query(text))))):
            print(f"{'met   ' if holds else 'MISSED'}  {method}: {sentence}")
            missed += not holds
        print()
    start = time.monotonic()
    print(query("predict_risk() | top 5 by risk", "table"))
    print(f"first answer of `predict_risk() | top 5 by risk` as a whole process: {time.monotonic() - start:.2f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
