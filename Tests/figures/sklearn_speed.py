#!/usr/bin/env python3
"""Prints how long our decision tree and scikit-learn's DecisionTreeClassifier train on 1,000,000 rows of 24 features.

Both use one thread, the same rows and the same settings, and are timed in turn, the best of two each, without the
reading of the data: scikit-learn gets an array of 32-bit floats, the form it computes with; ours reads a table
that is already loaded, and its time includes making columns of it. Processor time is printed beside the clock's, and
the sizes and training accuracies of both trees.

Needs scikit-learn. Takes the binary from $PLUMB, default .build/release/plumb; ROWS changes the number of rows.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ[variable] = "1"
try:
    import numpy as np
    from sklearn.tree import DecisionTreeClassifier
except ImportError as error:
    sys.exit(f"scikit-learn is missing ({error}); install it with: pip install scikit-learn")

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
ROWS = int(os.environ.get("ROWS", "1000000"))
REPEATS = 2
SETTINGS = [
    {"criterion": "gini", "max_depth": 6, "min_samples_leaf": 50},
    {"criterion": "gini", "max_depth": 12, "min_samples_leaf": 20},
    {"criterion": "entropy", "max_depth": 12, "min_samples_leaf": 20},
    {"criterion": "gini", "min_samples_leaf": 5},
]
OURS = {"min_samples_leaf": "min_leaf", "max_depth": "max_depth", "criterion": "criterion"}


def made(rows):
    """Features as telemetry has them: rates, ratios, counts, hours; and whether a run failed."""
    random = np.random.default_rng(7)
    columns = [random.normal(size=rows).round(4) for _ in range(10)]
    columns += [random.lognormal(sigma=1.0, size=rows).round(3) for _ in range(6)]
    columns += [random.integers(0, 24, rows).astype(float), random.integers(0, 7, rows).astype(float)]
    columns += [random.poisson(1.5, rows).astype(float) for _ in range(4)]
    columns += [random.random(rows).round(3) for _ in range(2)]
    X = np.column_stack(columns)
    score = X[:, 0] + 0.8 * X[:, 1] * X[:, 2] + 0.5 * np.log(X[:, 10]) + 0.4 * X[:, 18] + (X[:, 16] > 18) - 3
    y = (random.random(rows) < 1 / (1 + np.exp(-score))).astype(int)
    return X, y


def main():
    X, y = made(ROWS)
    single = np.ascontiguousarray(X.astype(np.float32))
    process = subprocess.Popen(
        [PLUMB, "pipe", "--threads", "1", "--memory", "8GB"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(request):
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline())
        if "error" in reply:
            sys.exit(f"plumb: {reply['error']}")
        return reply

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows.csv")
        heads = ",".join(f"f{i}" for i in range(X.shape[1])) + ",y"
        np.savetxt(path, np.column_stack([X, y]), delimiter=",", header=heads, comments="", fmt="%.10g")
        ask({"load": {"T": path}})
    ask({"query": "T | summarize count() by y"})

    print(f"{ROWS:,} rows x {X.shape[1]} features, {y.mean():.1%} positives, one thread; best of {REPEATS}, seconds")
    print(f"{'settings':52} {'scikit-learn':>20} {'plumb':>20} {'ratio':>12}   leaves and accuracy of both")
    for settings in SETTINGS:
        call = "".join(f", {OURS[name]} = {json.dumps(value)}" for name, value in settings.items())
        query = f'T | invoke decision_tree(label = "y"{call}) | where feature == "" '
        query += "| summarize leaves = count(), right = sum(max_of(positives, samples - positives))"
        theirs, ours = [], []
        for _ in range(REPEATS):
            model = DecisionTreeClassifier(random_state=0, **settings)
            wall, processor = time.perf_counter(), time.process_time()
            model.fit(single, y)
            theirs.append((time.perf_counter() - wall, time.process_time() - processor))
            reply = ask({"query": query})
            ours.append((reply["ms"][0] / 1000, reply["cpu_ms"][0] / 1000))
            figures = dict(zip(reply["columns"], reply["data"][0]))
        sk, us = [min(column) for column in zip(*theirs)], [min(column) for column in zip(*ours)]
        ratio = us[1] / sk[1]
        text = ", ".join(f"{key}={value}" for key, value in settings.items())
        accuracy = figures["right"] / ROWS
        print(
            f"{text:52} {sk[0]:7.2f} ({sk[1]:7.2f} cpu) {us[0]:7.2f} ({us[1]:7.2f} cpu) {ratio:6.2f} of it   "
            f"{model.get_n_leaves()} {model.score(single, y):.4%} | {figures['leaves']} {accuracy:.4%}", flush=True)


main()
