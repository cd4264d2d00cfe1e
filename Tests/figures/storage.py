#!/usr/bin/env python3
"""Prints how many random queries give the same answer wherever their rows are: in memory as one table, in memory as 30 small
appends, in a workspace file, in a workspace file of small appends, in a Parquet file, and in an attached SQLite database.

  Tests/figures/storage.py [--queries N] [--seed S]

Tables have 2,000, 65,535, 65,536, 65,537 and 131,073 rows: one row less and one more than fit a group. `--queries` is the number
for each table (default 300). The seed is new each run, and printed. $PLUMB is the binary (default .build/release/plumb). Ends
with 1 if an answer differs, if one place alone refuses a query, or if most queries have no answer."""
import argparse, csv, os, random, re, shutil, subprocess, sys, tempfile
sys.dont_write_bytecode = True
import differential_duckdb as made

PLUMB = os.path.abspath(os.environ.get("PLUMB", os.path.join(os.path.dirname(__file__), "../../.build/release/plumb")))
SIZES = [2_000, 65_535, 65_536, 65_537, 131_073]
APPENDS = 30
TYPES = {"whole": "long", "large": "long", "text": "string", "real": "real", "moment": "datetime", "flag": "bool"}
SCHEMA = ",".join(f"{name}:{TYPES[kind]}" for name, kind in made.COLUMNS)


def plumb(*arguments, check=True):
    done = subprocess.run([PLUMB, *arguments], capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done


def add_unusual_reals(rng, path):
    """Puts infinities and NaN among the reals, which DuckDB orders otherwise."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    column = [name for name, _ in made.COLUMNS].index("x")
    for row in rows[1:]:
        if rng.randrange(30) == 0:
            row[column] = rng.choice(["NaN", "Infinity", "-Infinity"])
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def places(folder, rows):
    """The places of the rows: a name, the statements that come first, what tables are called, and the arguments."""
    table, few = f"{folder}/many.csv", f"{folder}/few.csv"
    files = ["--load", f"many={table}", "--load", f"few={few}", "--types", SCHEMA]
    step = -(-rows // APPENDS)
    appends = "".join(f".set-or-append small <| many | where id between ({start} .. {start + step - 1});\n" for start in range(0, rows, step))
    for name in ("whole", "small"):
        plumb("import", table, "--as", "many", "--into", f"{folder}/{name}.plumb", "--types", SCHEMA)
        plumb("import", few, "--as", "few", "--into", f"{folder}/{name}.plumb", "--types", SCHEMA)
    with open(f"{folder}/appends.kql", "w") as script:
        script.write(appends)
    plumb("run", f"{folder}/appends.kql", f"{folder}/small.plumb")
    plumb("export", f"{folder}/whole.plumb", "--to", f"{folder}/attached.sqlite")
    for name in ("many", "few"):
        plumb("export", f"{folder}/whole.plumb", "--to", f"{folder}/{name}.parquet", "--table", name)
    same = {"many": "many", "few": "few"}
    return [
        ("memory", "", same, files),
        ("small appends in memory", appends, {"many": "small", "few": "few"}, files),
        ("workspace", "", same, [f"{folder}/whole.plumb"]),
        ("small appends in a workspace", "", {"many": "small", "few": "few"}, [f"{folder}/small.plumb"]),
        ("Parquet", "", same, ["--load", f"many={folder}/many.parquet", "--load", f"few={folder}/few.parquet"]),
        ("attached SQLite", "", {"many": "x.many", "few": "x.few"}, ["--attach", f"x={folder}/attached.sqlite"]),
    ]


def answers(folder, queries, place, threads):
    """Of each query its digest, or None if it was refused."""
    _, first, names, arguments = place
    script = f"{folder}/queries.kql"
    with open(script, "w", encoding="utf-8") as file:
        file.write(first)
        for number, query in enumerate(queries):
            query = re.sub(r"\b(many|few)\b", lambda match: names[match.group()], query)
            # Rows have no order: sums of hashes have none either.
            file.write(f"{query}\n| extend digest = hash(tostring(pack_all()))"
                       f"\n| summarize n = count(), s = sum(digest % 1000000007)\n| project q = {number}, n, s;\n")
    done = plumb("run", script, *arguments, "--keep-going", "--format", "csv", "--threads", str(threads), check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{place[0]}: status {done.returncode}\n{done.stderr[-2000:]}")
    found = {int(q): (n, s) for q, n, s in re.findall(r"^(\d+),(\d+),(-?\d+)$", done.stdout, re.M)}
    return [found.get(number) for number in range(len(queries))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    compared = differing = refused = 0
    for rows in SIZES:
        rng, folder = random.Random(options.seed + rows), tempfile.mkdtemp(prefix="plumb-storage-")
        try:
            made.make_table(rng, rows, f"{folder}/many.csv")
            made.make_table(rng, 9, f"{folder}/few.csv")
            add_unusual_reals(rng, f"{folder}/many.csv")
            queries = [made.Writer(rng).query("many")[0] for _ in range(options.queries)]
            expected = None
            for place in places(folder, rows):
                found = answers(folder, queries, place, 2 if "small" in place[0] else 1)
                if expected is None:
                    expected = found
                    refused += found.count(None)
                    continue
                for query, mine, theirs in zip(queries, found, expected):
                    compared += 1
                    if mine == theirs:
                        continue
                    differing += 1
                    if differing <= 10:
                        print(f"--- {rows:,} rows, {place[0]}: rows and digest {mine}, in memory {theirs}\n{query}")
        finally:
            shutil.rmtree(folder)
    print(f"{compared:,} answers compared over {len(SIZES)} tables, {differing} differ; {refused} of {options.queries * len(SIZES):,} queries refused")
    sys.exit(1 if differing or compared == 0 or refused * 2 > options.queries * len(SIZES) else 0)


if __name__ == "__main__":
    main()
