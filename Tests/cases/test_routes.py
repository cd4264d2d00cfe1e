"""Two written transcripts of each case, a good route and a poor one: at least 30 points apart, and the report says why in sentences.

usage: test_routes.py PATH_TO_PLUMB [CASE ...]

In `routes/`, $symptom is the pipeline of the brief, $culprit and $cause what happened, $decoy what only looks like it.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BINARY = str(pathlib.Path(sys.argv[1]).resolve())
ROUTES = pathlib.Path(__file__).resolve().parent / "routes"
SEED = "42"


def plumb(folder, *arguments, status=0):
    environment = {**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
    done = subprocess.run([BINARY, *map(str, arguments)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    assert done.returncode == status, (arguments, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def names(folder, case):
    """What the placeholders mean: from the answer sheet of a case that was closed."""
    brief = plumb(folder, "case", "start", case, "--seed", SEED, "--into", "closed.plumb")
    plumb(folder, "case", "report", "--file", "closed.plumb")
    sheet = plumb(folder, "case", "sheet", "--file", "closed.plumb")
    known = set(plumb(folder, "query", "closed.plumb", "-c", "pipelines | project name").split()[1:])
    culprits = re.findall(r"^- ([\w-]+): ([\w-]+)(?:, since ([\d: -]+))?$", sheet.split("##")[1], re.M)
    found = {"culprit": culprits[0][0], "cause": culprits[0][1], "since": (culprits[0][2] or "ago(4h)").replace(" ", "T")}
    symptom = [word for word in re.findall(r"[\w-]+", brief) if word in known]
    found["symptom"] = symptom[0] if symptom else found["culprit"]
    if len(culprits) > 1:
        found["second"], found["second_cause"] = culprits[1][0], culprits[1][1]
    serving = re.search(r"these would serve: ([\w-]+)", sheet)
    if serving:
        found["substitute"] = serving[1]
    decoys = sheet.split("## What is not the cause")[1].split("##")[0] if "## What is not" in sheet else ""
    guilty = {one[0] for one in culprits} | {found["symptom"]}
    found["decoy"] = next(word for word in re.findall(r"[\w-]+", decoys) + sorted(known) if word in known and word not in guilty)
    return found


def score(folder, case, kind, meanings):
    text = (ROUTES / f"{case}.{kind}.kql").read_text()
    for name in sorted(meanings, key=len, reverse=True):
        text = text.replace("$" + name, meanings[name])
    assert "$" not in text, (case, kind, re.findall(r"\$\w+", text))
    (folder / "route.kql").write_text(text)
    file = f"{kind}.plumb"
    plumb(folder, "case", "start", case, "--seed", SEED, "--into", file)
    plumb(folder, "run", file, "route.kql")
    plumb(folder, "case", "report", "--file", file, f"{kind}.md")
    page = (folder / f"{kind}.md").read_text()
    return int(re.search(r"(\d+) of 100 points", page)[1]), page


def main():
    cases = sys.argv[2:] or sorted({path.name.split(".")[0] for path in ROUTES.glob("*.kql")})
    with tempfile.TemporaryDirectory() as folder:
        listed = set(re.findall(r"^([a-z0-9-]+)  ", plumb(pathlib.Path(folder), "case", "list"), re.M))
    assert listed == {path.name.split(".")[0] for path in ROUTES.glob("*.good.kql")} == {path.name.split(".")[0] for path in ROUTES.glob("*.poor.kql")}, listed
    for case in cases:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            meanings = names(folder, case)
            good, good_page = score(folder, case, "good", meanings)
            poor, poor_page = score(folder, case, "poor", meanings)
            print(f"{case}: {good} and {poor} points", flush=True)
            assert good - poor >= 30 and good >= 70 and poor <= 35, (case, good, poor, good_page[:3000], poor_page[:3000])
            # The reasons are sentences, and the good ones cite entries of the transcript.
            for page in (good_page, poor_page):
                rows = re.findall(r"^\| ([a-z -]+) \| [\d.]+ / [\d.]+ \| (.+) \|$", page, re.M)
                assert len(rows) >= 8 and all(re.match(r"[A-Z0-9].*\.( \[[\d, ]+\])?$", reason) for _, reason in rows), rows
            assert re.search(r"Points were earned for .+\.", good_page) and "[" in good_page
            assert re.search(r"Missing were .+\.", poor_page)


main()
