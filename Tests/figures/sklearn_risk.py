#!/usr/bin/env python3
"""Repeats the training of `predict` in scikit-learn, on the rows that `.show features` gives, and compares the figures.

Each row is a pipeline at a full hour with its features and outcomes; the last fifth of the hours is held out, as in `predict
quality`. Printed beside each other: `HistGradientBoostingClassifier` with 400 trees, and Plumb's figures. The figures of those newly
at risk are also given for another meaning of new: without a failure in the hour before, instead of in the horizon of two.

Usage: sklearn_risk.py [--seeds N ...] [--difficulty D], by default the default world when easy; the binary is $PLUMB, by default
.build/release/plumb. Needs pandas and scikit-learn. Exit status 1 if Plumb's ROC-AUC or PR-AUC is 0.02 worse.
"""
import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import time

try:
    import numpy as np
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import average_precision_score, roc_auc_score
except ImportError as missing:
    print(f"sklearn_risk.py needs pandas and scikit-learn: {missing}")
    sys.exit(2)

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")


def query(path, text, *options):
    done = subprocess.run(
        [PLUMB, "query", path, "--format", "csv", *options, "-"], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def compare(path, title):
    days = int(query(path, "runs | summarize days = (now() - min(started)) / 1d | project toint(days)").splitlines()[1])
    shown = subprocess.run(
        [PLUMB, "query", path, "--format", "raw", "-c", ".show features"], capture_output=True, text=True, check=True).stdout
    text = shown.replace("let moments = tolong(1);", f"let moments = tolong({days * 24});")
    text = text.rstrip().removesuffix("features") + "features | where k > 0 and isnotnull(usual_failures)"
    rows = pd.read_csv(io.StringIO(query(path, text)), low_memory=False)
    rows["failed"] = (rows["failed_attempts"].fillna(0) > 0).astype(int)
    columns = [
        name for name in rows.columns
        if name not in ("pipeline", "moment", "k", "attempts", "failed_attempts", "failed") and pd.api.types.is_numeric_dtype(rows[name])]
    cut = rows["k"].min() + (rows["k"].max() - rows["k"].min()) // 5
    train, test = rows[rows["k"] > cut + 2], rows[rows["k"] <= cut]
    start = time.process_time()
    model = HistGradientBoostingClassifier(max_iter=400, learning_rate=0.03, max_leaf_nodes=15, early_stopping=False, random_state=1)
    model.fit(train[columns], train["failed"])
    seconds = time.process_time() - start
    scores = model.predict_proba(test[columns])[:, 1]
    print(f"== {title}: {len(rows)} rows, {len(columns)} features; {len(test)} held out; scikit-learn learned for {seconds:.1f} s")
    quality = {(row["section"], row["metric"]): row["value"] for row in csv.DictReader(io.StringIO(query(path, "predict_quality()")))}
    missed = False
    parts = [
        ("all", "ranking", np.ones(len(test), bool)),
        ("no failure for 2 hours", "newly at risk", ~(test["hours_since_failure"].to_numpy() < 2)),
        ("no failure for 1 hour", None, ~(test["hours_since_failure"].to_numpy() < 1))]
    for name, section, chosen in parts:
        outcomes, chances = test["failed"].to_numpy()[chosen], scores[chosen]
        latest = -test["hours_since_failure"].fillna(1e9).to_numpy()[chosen]
        figures = []
        for metric, figure in (("ROC-AUC", roc_auc_score), ("PR-AUC", average_precision_score)):
            theirs = figure(outcomes, chances)
            ours = quality.get((section, metric))
            verdict = ""
            if ours and float(ours) < theirs - 0.02:
                verdict, missed = " MISSED", True
            figures.append(f"{metric} scikit-learn {theirs:.4f}" + (f", Plumb {float(ours):.4f}{verdict}" if ours else "")
                           + f", latest failure {figure(outcomes, latest):.4f}")
        print(f"  {name:22} {outcomes.sum()} of {len(outcomes)}: " + "; ".join(figures), flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", nargs="*", type=int)
    parser.add_argument("--difficulty", default="easy")
    options = parser.parse_args()
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for seed in options.seeds or [None]:
            path = os.path.join(folder, "w.plumb")
            chosen = [] if seed is None else ["--seed", str(seed)]
            subprocess.run([PLUMB, "simulate", "--difficulty", options.difficulty, *chosen, "--into", path], check=True, capture_output=True)
            missed = compare(path, f"{options.difficulty}, {'default' if seed is None else f'seed {seed}'}") or missed
            os.remove(path)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
