#!/usr/bin/env python3
"""Prints our decision tree beside scikit-learn's on the data sets that scikit-learn brings along.

For iris, wine, breast cancer and digits, and for two of them with values taken away: the mean accuracy of both on the held-out halves of 20 splits, with the same
settings and rows; and how many nodes ask the same question. Nodes are compared where no ties exist: scikit-learn breaks
ties between equally good splits by chance, so where its trees of 40 seeds differ there was one; the comparison then
goes on below with those of them that chose as ours did, as long as they are a dozen. Ends with status 1 when an accuracy differs by more than a point or a node by more than rounding
(scikit-learn reads values as 32-bit floats).

Needs scikit-learn. Takes the binary from $PLUMB, default .build/release/plumb.
"""
import json
import math
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from sklearn import datasets
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier
except ImportError as error:
    sys.exit(f"scikit-learn is missing ({error}); install it with: pip install scikit-learn")

PLUMB = os.environ.get("PLUMB", ".build/release/plumb")
SPLITS = 20
SEEDS = 40
ENOUGH = 12
SETTINGS = [
    {"criterion": "gini"},
    {"criterion": "entropy"},
    {"criterion": "gini", "max_depth": 4, "min_samples_leaf": 5},
    {"criterion": "gini", "ccp_alpha": 0.01},
]
OURS = {"min_samples_leaf": "min_leaf", "max_depth": "max_depth", "criterion": "criterion", "ccp_alpha": "ccp_alpha"}


class Plumb:
    """A `plumb pipe` session."""

    def __init__(self):
        self.process = subprocess.Popen(
            [PLUMB, "pipe", "--threads", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if "error" in reply:
            sys.exit(f"plumb: {reply['error']}")
        return reply

    def rows(self, query):
        reply = self.ask({"query": query})
        return [dict(zip(reply["columns"], row)) for row in reply["data"]]


def arguments(settings):
    return "".join(f", {OURS[name]} = {json.dumps(value)}" for name, value in settings.items())


def ours_as_nested(rows):
    """node -> (feature, threshold, left, right), or None for a leaf."""
    nodes = {}
    for row in rows:
        nodes[row["node"]] = [row["feature"], float(row["threshold"]), None, None] if row["feature"] else None
    for row in rows:
        if row["parent"] is not None:
            side = 2 if row["node"] == row["parent"] + 1 else 3
            nodes[row["parent"]][side] = row["node"]
    return nodes


def compare(nodes, trees):
    """Nodes compared, nodes that are the same, and nodes at which scikit-learn's own trees differ."""
    compared = same = ties = 0
    pending = [(0, [(tree, 0) for tree in trees])]

    def question(tree, node):
        if tree.children_left[node] < 0:
            return None
        return tree.feature[node], float(tree.threshold[node])

    def is_ours(node, asked):
        if node is None or asked is None:
            return node is None and asked is None
        if node[0] != f"f{asked[0]}":
            return False
        if math.isinf(asked[1]) or math.isinf(node[1]):
            return node[1] == asked[1]
        return abs(node[1] - asked[1]) <= 1e-5 * max(1.0, abs(asked[1]))

    while pending:
        place, theirs = pending.pop()
        node = nodes[place]
        if len({question(*other) for other in theirs}) > 1:
            ties += 1
        else:
            compared += 1
            same += is_ours(node, question(*theirs[0]))
        theirs = [(tree, other) for tree, other in theirs if is_ours(node, question(tree, other))]
        if node is not None and len(theirs) >= ENOUGH:
            pending.append((node[2], [(tree, tree.children_left[other]) for tree, other in theirs]))
            pending.append((node[3], [(tree, tree.children_right[other]) for tree, other in theirs]))
    return compared, same, ties


def main():
    plumb = Plumb()
    failed = False
    print(f"{'data':22} {'settings':50} {'scikit-learn':>12} {'plumb':>8} {'points':>7}  nodes without ties: compared, same; ties")
    with tempfile.TemporaryDirectory() as folder:
        for name in ["iris", "wine", "breast_cancer", "digits", "wine_missing", "breast_cancer_missing"]:
            bunch = getattr(datasets, f"load_{name.removesuffix('_missing')}")()
            X, y = bunch.data, bunch.target
            if name.endswith("_missing"):
                X = np.where(np.random.default_rng(1).random(X.shape) < 0.1 + 0.1 * (y == 1)[:, None], np.nan, X)
            count = X.shape[1]
            splits = []
            for seed in range(SPLITS):
                train, _ = train_test_split(np.arange(len(y)), test_size=0.5, random_state=seed, stratify=y)
                mask = np.zeros(len(y), bool)
                mask[train] = True
                splits.append(mask)
            path = os.path.join(folder, f"{name}.csv")
            with open(path, "w") as out:
                heads = [f"f{i}" for i in range(count)] + ["y"] + [f"train{i}" for i in range(SPLITS)]
                out.write(",".join(heads) + "\n")
                for row in range(len(y)):
                    cells = ["" if np.isnan(v) else repr(float(v)) for v in X[row]] + [str(y[row])]
                    cells += ["true" if mask[row] else "false" for mask in splits]
                    out.write(",".join(cells) + "\n")
            plumb.ask({"load": {name: path}})
            features = json.dumps([f"f{i}" for i in range(count)])
            for settings in SETTINGS:
                theirs_right, ours_right, compared, same, ties = [], [], 0, 0, 0
                for split, mask in enumerate(splits):
                    models = [
                        DecisionTreeClassifier(random_state=seed, **settings).fit(X[mask], y[mask])
                        for seed in range(SEEDS)
                    ]
                    theirs_right.append(np.mean([model.score(X[~mask], y[~mask]) for model in models]))
                    call = f'label = "y", features = dynamic({features})' + arguments(settings)
                    answers = plumb.rows(
                        f'{name} | invoke decision_tree_predict({call}, train = "train{split}")')
                    ours_right.append(np.mean([row["label"] == row["prediction"] for row in answers]))
                    rows = plumb.rows(f"{name} | where train{split} | invoke decision_tree({call})")
                    more, equal, tied = compare(ours_as_nested(rows), [model.tree_ for model in models])
                    compared += more
                    same += equal
                    ties += tied
                theirs, ours = np.mean(theirs_right) * 100, np.mean(ours_right) * 100
                text = ", ".join(f"{key}={value}" for key, value in settings.items())
                verdict = ""
                if abs(ours - theirs) > 1 or same != compared:
                    failed, verdict = True, "  DIFFERS"
                print(
                    f"{name:22} {text:50} {theirs:11.2f}% {ours:7.2f}% {ours - theirs:+7.2f}  "
                    f"{compared}, {same}, {ties}{verdict}", flush=True)
    sys.exit(1 if failed else 0)


main()
