#!/usr/bin/env python3
"""Prints how many of 2,000 random queries Plumb and DuckDB answer alike; ends with 1 when any differs.

  Tests/figures/differential_duckdb.py [--queries 2000] [--seed 1] [--show 10]

Every query is written twice from one seeded choice: as KQL, and as SQL that spells out what KQL means where the two
languages differ (nulls in comparisons, empty strings, integer division, sums of nothing).  What has no such spelling is
left out: wrapping arithmetic, NaN in comparisons, `has`.  The tables are CSV files with nulls, extremes, duplicates, long and
quoted texts; the largest fills several row groups.  Takes the binary from $PLUMB (default .build/release/plumb) and
needs Python's duckdb.
"""
import argparse, csv, datetime as dt, json, math, os, random, subprocess, sys, tempfile

COLUMNS = [("id", "whole"), ("g", "text"), ("s", "text"), ("i", "whole"), ("k", "whole"), ("n", "large"), ("x", "real"),
           ("t", "moment"), ("b", "flag")]
SQL_TYPES = {"whole": "BIGINT", "large": "BIGINT", "text": "VARCHAR", "real": "DOUBLE", "moment": "TIMESTAMP", "flag": "BOOLEAN"}
SIZES = {"few": 9, "many": 700, "plenty": 20_000, "large": 150_000}
EXTREMES = [0, 1, -1, 255, 65536, 2147483647, -2147483648, 2**63 - 1, -2**63 + 1]
LABELS = ["", "red", "green", "blue", "Red", "grün", "a b", "a-b_c", "x.y", "one"]


def make_table(rng, rows, path):
    start = dt.datetime(2024, 12, 15)
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow([name for name, _ in COLUMNS])
        for row in range(rows):
            null = lambda one_in, value: "" if row > 2 and rng.randrange(one_in) == 0 else value
            text = rng.choice(["", "alpha", "Beta", "beta", "gamma, delta", 'a "quote"', "line\nend", "ÀÉ", "long " * rng.randrange(1, 200),
                               f"error code={rng.randrange(20)} host-{rng.randrange(5)}", f"unique {row}"])
            out.writerow([row, rng.choice(LABELS), text if row > 2 else "first", null(5, rng.randrange(-100, 100)), null(4, rng.randrange(-3, 9)),
                          null(6, rng.choice(EXTREMES + [rng.randrange(-2**62, 2**62)])), null(7, rng.randrange(-2000, 2000) / 4 + 0.125),
                          null(8, (start + dt.timedelta(seconds=600 * row + rng.randrange(99999))).strftime("%Y-%m-%d %H:%M:%S.250")),
                          null(5, rng.choice(["true", "false"]))])


class Writer:
    """Writes one query as KQL and as SQL; every expression is a pair of texts."""

    def __init__(self, rng):
        self.rng, self.columns, self.names = rng, [], 0

    def chance(self, one_in): return self.rng.randrange(one_in) == 0

    def new(self):
        self.names += 1
        return f"c{self.names}"

    def named(self, kind):
        usable = [name for name, k in self.columns if k == kind]
        return self.rng.choice(usable) if usable else None

    def literal(self):
        text = self.rng.choice(["red", "Red", "green", "", "a b", "grün", "beta", "code", "unique 1", "nothing"])
        return f'"{text}"', f"'{text}'"

    # Expressions
    def whole(self, depth=2):
        if depth == 0 or self.chance(3):
            name = self.named("whole")
            if name and not self.chance(4): return name, name
            value = self.rng.choice(["0", "1", "2", "-1", "7", "100", None])
            return ("long(null)", "null::bigint") if value is None else (f"({value})", f"({value}::bigint)")
        a = self.whole(depth - 1)
        case = self.rng.randrange(11)
        if case < 2:
            b, sign = self.whole(depth - 1), self.rng.choice("+-*")
            return f"({a[0]} {sign} {b[0]})", f"({a[1]} {sign} {b[1]})"
        if case == 2: return f"(abs({a[0]}) % 7)", f"(abs({a[1]}) % 7)"
        if case == 3: return f"({a[0]} / 3)", f"(trunc({a[1]} / 3.0::double)::bigint)"
        if case == 4: return f"bin({a[0]}, 5)", f"(floor({a[1]} / 5.0::double)::bigint * 5)"
        if case == 5:
            t = self.text(depth - 1)
            return f"strlen({t[0]})", f"length({t[1]})"
        if case == 6:
            p, b = self.condition(1), self.whole(0)
            return f"iff({p[0]}, {a[0]}, {b[0]})", f"(case when {p[1]} then {a[1]} else {b[1]} end)"
        if case == 7:
            b = self.whole(0)
            return f"coalesce({a[0]}, {b[0]})", f"coalesce({a[1]}, {b[1]})"
        if case == 8:
            t = self.moment(0)
            return f"hourofday({t[0]})", f"hour({t[1]})"
        if case == 9:
            t, u, part = self.moment(1), self.moment(0), self.rng.choice(["minute", "hour", "day", "month"])
            return f"datetime_diff('{part}', {t[0]}, {u[0]})", f"date_diff('{part}', {u[1]}, {t[1]})"
        t = self.text(0)
        return f"countof({t[0]}, 'e')", f"(length({t[1]}) - length(replace({t[1]}, 'e', '')))"

    def real(self, depth=1):
        name = self.named("real")
        if name is None or self.chance(5): return "0.75", "0.75::double"
        if depth == 0 or self.chance(3): return name, name
        a, case = self.real(depth - 1), self.rng.randrange(4)
        if case == 0: return f"({a[0]} + 0.5)", f"({a[1]} + 0.5::double)"
        if case == 1: return f"({a[0]} * 2)", f"({a[1]} * 2)"
        if case == 2: return f"abs({a[0]})", f"abs({a[1]})"
        b = self.whole(1)
        return f"todouble({b[0]})", f"({b[1]})::double"

    def text(self, depth=1):
        name = self.named("text")
        if name is None or self.chance(6): return self.literal()
        if depth == 0 or self.chance(3): return name, name
        a, case = self.text(depth - 1), self.rng.randrange(8)
        if case == 0:
            b = self.whole(1)
            return f'strcat({a[0]}, "-", {b[0]})', f"({a[1]} || '-' || coalesce(({b[1]})::varchar, ''))"
        if case == 1: return f"tolower({a[0]})", f"lower({a[1]})"
        if case == 2: return f"toupper({a[0]})", f"upper({a[1]})"
        if case == 3:
            start, length = self.rng.randrange(4), 1 + self.rng.randrange(5)
            return f"substring({a[0]}, {start}, {length})", f"substring({a[1]}, {start + 1}, {length})"
        if case == 4: return f'replace_string({a[0]}, "e", "_")', f"replace({a[1]}, 'e', '_')"
        if case == 5:
            p, b = self.condition(0), self.text(0)
            return f"iff({p[0]}, {a[0]}, {b[0]})", f"(case when {p[1]} then {a[1]} else {b[1]} end)"
        if case == 6: return f'extract("([0-9]+)", 1, {a[0]})', f"regexp_extract({a[1]}, '([0-9]+)', 1)"
        b = self.whole(1)
        return f"tostring({b[0]})", f"coalesce(({b[1]})::varchar, '')"

    def moment(self, depth=1):
        name = self.named("moment")
        if name is None: return "datetime(2024-12-15 03:04:05)", "timestamp '2024-12-15 03:04:05'"
        if depth == 0 or self.chance(3): return name, name
        kql, sql = self.rng.choice([("bin({}, 1h)", "date_trunc('hour', {})"), ("startofday({})", "date_trunc('day', {})"),
                                    ("startofmonth({})", "date_trunc('month', {})"), ("({} + 90s)", "({} + interval 90 second)"),
                                    ("startofyear({})", "date_trunc('year', {})")])
        return kql.format(name), sql.format(name)

    def compared(self, a, b, sign):
        kql = f"{a[0]} {sign} {b[0]}"
        # A null is never equal to a value and differs from every one; whether two nulls are equal is not known.
        if sign == "==": return kql, f"(case when {a[1]} is null and {b[1]} is null then null else coalesce({a[1]} = {b[1]}, false) end)"
        if sign == "!=": return kql, f"(case when {a[1]} is null and {b[1]} is null then null else coalesce({a[1]} <> {b[1]}, true) end)"
        return kql, f"({a[1]} {sign} {b[1]})"

    def condition(self, depth=2):
        if depth and self.chance(3):
            a, b, word = self.condition(depth - 1), self.condition(depth - 1), self.rng.choice(["and", "or"])
            if self.chance(5): return f"not({a[0]})", f"({a[1]} = false)"
            return f"({a[0]} {word} {b[0]})", f"({a[1]} {word} {b[1]})"
        sign, case = self.rng.choice(["==", "!=", "<", "<=", ">", ">="]), self.rng.randrange(14)
        if case < 3: return self.compared(self.whole(1), self.whole(1), sign)
        if case == 3: return self.compared(self.real(1), self.real(0), sign)
        if case == 4: return self.compared(self.moment(1), ("datetime(2024-12-15 06:00)", "timestamp '2024-12-15 06:00:00'"), sign)
        if case == 5:
            name = self.named("large")
            value = str(self.rng.choice(EXTREMES))
            if name: return self.compared((name, name), (f"long({value})", f"({value}::bigint)"), sign)
        a, b = self.text(1), self.literal()
        if case in (5, 6): return self.compared(a, b, sign)
        if case == 7: return f"{a[0]} =~ {b[0]}", f"(lower({a[1]}) = lower({b[1]}))"
        if case == 8:
            kql, sql = self.rng.choice([("contains", "contains(lower({0}), lower({1}))"), ("!contains", "(not contains(lower({0}), lower({1})))"),
                                        ("contains_cs", "contains({0}, {1})"), ("startswith", "starts_with(lower({0}), lower({1}))"),
                                        ("endswith", "suffix(lower({0}), lower({1}))"), ("startswith_cs", "starts_with({0}, {1})")])
            return f"{a[0]} {kql} {b[0]}", sql.format(a[1], b[1])
        if case == 9:
            pattern = self.rng.choice(["^[a-r]+$", "e", "co.e=[0-9]", "^$", "(a|b)+e"])
            return f'{a[0]} matches regex "{pattern}"', f"regexp_matches({a[1]}, '{pattern}')"
        if case == 10:
            c = self.literal()
            return f"{a[0]} in ({b[0]}, {c[0]})", f"({a[1]} in ({b[1]}, {c[1]}))"
        if case == 11:
            w = self.whole(1)
            return f"isnull({w[0]})", f"(({w[1]}) is null)"
        if case == 12: return f"isempty({a[0]})", f"({a[1]} = '')"
        w = self.whole(1)
        return f"{w[0]} between (-2 .. 5)", f"({w[1]} between -2 and 5)"

    def any(self, kind):
        if kind == "whole": return self.whole()
        if kind == "real": return self.real()
        if kind == "text": return self.text()
        if kind == "moment": return self.moment()
        kql, sql = self.condition(1)
        return f"({kql})", sql

    # Operators
    def query(self, table):
        self.columns, self.unique = list(COLUMNS), True
        kql, sql, ordered = [table], f"select * from {table}", False
        joined = False
        for _ in range(1 + self.rng.randrange(5)):
            case, source = self.rng.randrange(12), f"({sql}) q"
            if case < 3:
                p = self.condition()
                kql.append(f"where {p[0]}"); sql = f"select * from {source} where {p[1]}"
            elif case < 5:
                name, kind = self.new(), self.rng.choice(["whole", "real", "text", "moment", "flag"])
                e = self.any(kind)
                kql.append(f"extend {name} = {e[0]}"); sql = f"select *, {e[1]} as {name} from {source}"
                self.columns.append((name, kind))
            elif case == 5:
                kept = [c for c in self.columns if not self.chance(3)] or self.columns[:1]
                self.unique = self.unique and ("id", "whole") in kept
                self.columns, names = kept, ", ".join(name for name, _ in kept)
                kql.append(f"project {names}"); sql = f"select {names} from {source}"
            elif case < 9:
                step = self.summarize(source)
                if step is None: continue
                kql.append(step[0]); sql = step[1]
            elif case == 9 and not joined and ("k", "whole") in self.columns:
                joined = True
                step = self.join(source)
                kql.append(step[0]); sql = step[1]
            elif case in (10, 11):
                names = [name for name, _ in self.columns]
                self.rng.shuffle(names)
                if self.unique: names = names[:self.rng.randrange(3)] + ["id"]
                names = list(dict.fromkeys(names))
                # Lists have no order in KQL, and NaN (the mean of nothing) has another place.
                if len(names) > 12 or not names or any(k in ("list", "mean") and n in names for n, k in self.columns): continue
                keys = [(n, self.rng.choice(["asc nulls first", "asc nulls last", "desc nulls first", "desc nulls last"])) for n in names]
                count, by = self.rng.choice([0, 1, 3, 10, 100]), ", ".join(f"{n} {o}" for n, o in keys)
                if self.chance(2): kql.append(f"top {count} by {by}")
                else: kql += [f"sort by {by}", f"take {count}"]
                sql = f"select * from {source} order by {by} limit {count}"
        return "\n| ".join(kql), sql

    def summarize(self, source):
        keys = []
        for _ in range(self.rng.randrange(3)):
            usable = [c for c in self.columns if c[1] != "list" and c[0] not in [k[0] for k in keys]]
            if usable and not self.chance(3):
                c = self.rng.choice(usable)
                keys.append((c[0], c[0], c[0], c[1]))
            else:
                name, kind = self.new(), self.rng.choice(["whole", "text", "moment", "flag"])
                e = self.any(kind)
                keys.append((name, f"{name} = {e[0]}", e[1], kind))
        made = []
        for _ in range(1 + self.rng.randrange(3)):
            name, case = self.new(), self.rng.randrange(11)
            w, p = self.whole(1), self.condition(1)
            if case == 0: made.append((name, "count()", "count(*)", "whole"))
            elif case == 1: made.append((name, f"sum({w[0]})", f"coalesce(sum({w[1]}), 0)::bigint", "whole"))
            elif case == 2: made.append((name, f"countif({p[0]})", f"count(*) filter (where {p[1]})", "whole"))
            elif case == 3: made.append((name, f"sumif({w[0]}, {p[0]})", f"coalesce(sum({w[1]}) filter (where {p[1]}), 0)::bigint", "whole"))
            elif case == 4:
                f, kind = self.rng.choice(["min", "max"]), self.rng.choice(["whole", "real", "moment"])
                e = self.any(kind)
                made.append((name, f"{f}({e[0]})", f"{f}({e[1]})", kind))
            elif case == 5:
                e = self.text(1)
                made.append((name, f"count_distinct({e[0]})", f"count(distinct {e[1]})", "whole"))
            elif case == 6: made.append((name, f"count_distinct({w[0]})", f"count(distinct {w[1]})", "whole"))
            elif case == 7:
                e = self.real(1)
                made.append((name, f"sum({e[0]})", f"coalesce(sum({e[1]}), 0)", "real"))
            elif case == 8:
                e = self.real(1)
                # The mean of nothing is not a number.
                made.append((name, f"avg({e[0]})", f"coalesce(avg({e[1]}), 'nan'::double)", "mean"))
            elif case == 9:
                made.append((name, f"array_sort_asc(make_list({w[0]}))", f"coalesce(list_sort(list({w[1]}) filter (where {w[1]} is not null)), [])", "list"))
            elif self.unique and self.named("text"):
                t, f = self.named("text"), self.rng.choice(["min", "max"])
                if not keys: continue
                made.append((name + "b", f"({name}, {name}b) = arg_{f}(id, {t})", f"arg_{f}({t}, id)", "text"))
        if not made: return None
        kql = "summarize " + ", ".join(a[1] if a[1].startswith("(c") else f"{a[0]} = {a[1]}" for a in made)
        if keys: kql += " by " + ", ".join(k[1] for k in keys)
        # `arg_max` brings its first argument's value along.
        kql += "\n| project " + ", ".join([k[0] for k in keys] + [a[0] for a in made])
        sql = "select " + ", ".join([f"{k[2]} as {k[0]}" for k in keys] + [f"{a[2]} as {a[0]}" for a in made]) + f" from {source}"
        if keys: sql += " group by " + ", ".join(str(i + 1) for i in range(len(keys)))
        self.columns, self.unique = [(k[0], k[3]) for k in keys] + [(a[0], a[3]) for a in made], False
        return kql, sql

    def join(self, source):
        kind, outer, a, b = self.rng.choice(["inner", "leftouter", "leftsemi", "leftanti", "rightouter", "fullouter"]), self.columns, self.new(), self.new()
        self.columns = list(COLUMNS)
        p = self.condition()
        self.columns = outer
        kql = f"join kind={kind} (few | where {p[0]} | project k, {a} = g, {b} = x) on k"
        right = f"(select k, g as {a}, x as {b} from few where {p[1]})"
        if kind in ("leftsemi", "leftanti"):
            exists = f"exists (select 1 from {right} r where r.k = q.k)"
            return kql, f"select * from {source} where {'not ' if kind == 'leftanti' else ''}{exists}"
        self.unique = False
        fill = lambda side, c: f"coalesce({side}.{c[0]}, '') as {c[0]}" if c[1] == "text" else f"{side}.{c[0]}"
        added = [("k1", "whole"), (a, "text"), (b, "real")]
        listed = ", ".join([fill("q", c) for c in self.columns] + ["r.k as k1", fill("r", added[1]), fill("r", added[2])])
        self.columns = self.columns + added
        word = {"inner": "join", "leftouter": "left join", "rightouter": "right join", "fullouter": "full join"}[kind]
        return kql, f"select {listed} from {source} {word} {right} r on q.k = r.k"


def cell(value):
    """The value as both sides may show it; nulls, numbers and texts told apart."""
    if value is None or isinstance(value, bool): return (0, str(value))
    if isinstance(value, str):
        text = value
        if len(text) > 18 and text[4:5] == "-" and text[10:11] in "T ":
            text = text.replace("T", " ").rstrip("Z")
            text = text.rstrip("0").rstrip(".") if "." in text else text
        if text in ("NaN", "nan"): return (1, math.nan)
        if text in ("Infinity", "-Infinity", "inf", "-inf"): return (1, float(text.replace("Infinity", "inf")))
        return (2, text)
    if isinstance(value, (int, float)): return (1, value)
    if isinstance(value, dt.datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".")
        return (2, text if value.year > 999 else text.rjust(19, "0"))
    if isinstance(value, (list, tuple)): return (3, json.dumps(list(value)))
    return (2, str(value))


def same(a, b):
    if a[0] != b[0]: return False
    if a[0] != 1: return a[1] == b[1]
    if isinstance(a[1], int) and isinstance(b[1], int): return a[1] == b[1]
    if math.isnan(a[1]) or math.isnan(b[1]): return math.isnan(a[1]) and math.isnan(b[1])
    return a[1] == b[1] or abs(a[1] - b[1]) <= 1e-9 * max(1, abs(a[1]), abs(b[1]))


def order(row): return [(c[0], "" if c[0] != 1 else "nan" if c[1] != c[1] else f"{float(c[1]):.9e}", str(c[1]) if c[0] != 1 else "") for c in row]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--queries", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=10)
    options = options.parse_args()
    import duckdb
    rng = random.Random(options.seed)
    folder = tempfile.mkdtemp(prefix="plumb-differential-")
    paths = {name: f"{folder}/{name}.csv" for name in SIZES}
    for name, rows in SIZES.items(): make_table(rng, rows, paths[name])
    db = duckdb.connect(config={"threads": 2})
    for name, path in paths.items():
        types = ", ".join(f"'{c}': '{SQL_TYPES[kind]}'" for c, kind in COLUMNS)
        texts = ", ".join(f"'{c}'" for c, kind in COLUMNS if kind == "text")
        db.execute(f"create table {name} as from read_csv('{path}', header=true, columns={{{types}}}, force_not_null=[{texts}], new_line='\\r\\n')")
    plumb = subprocess.Popen([os.environ.get("PLUMB", ".build/release/plumb"), "pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(message):
        plumb.stdin.write(json.dumps(message) + "\n"); plumb.stdin.flush()
        return json.loads(plumb.stdout.readline())

    reply = ask({"load": paths, "threads": 2})
    if "error" in reply: sys.exit(reply["error"])
    counts = dict(alike=0, differing=0, beyond=0)
    for number in range(options.queries):
        table = rng.choice(["few", "many", "many", "plenty", "large"] if number % 8 == 0 else ["few", "many", "many", "plenty"])
        kql, sql = Writer(rng).query(table)
        try: theirs = [[cell(v) for v in row] for row in db.execute(sql).fetchmany(20001)]
        # SQL refuses what KQL wraps; the pair says nothing.
        except (duckdb.OutOfRangeException, duckdb.ConversionException): counts["beyond"] += 1; continue
        reply = ask({"query": kql})
        problem = None
        if "error" in reply: problem = reply["error"]
        else:
            if reply["rows"] > 20000: counts["beyond"] += 1; continue
            mine = [[cell(v) for v in row] for row in reply["data"]]
            if len(mine) != len(theirs): problem = f"{len(mine)} rows, DuckDB has {len(theirs)}"
            else:
                for a, b in zip(sorted(mine, key=order), sorted(theirs, key=order)):
                    if len(a) != len(b) or not all(same(x, y) for x, y in zip(a, b)):
                        problem = f"{[c[1] for c in a]}\n   DuckDB: {[c[1] for c in b]}"[:1500]; break
        if problem is None: counts["alike"] += 1; continue
        counts["differing"] += 1
        if counts["differing"] <= options.show: print(f"--- query {number}: {problem}\n{kql}\n{sql}\n")
    plumb.stdin.close(); plumb.wait()
    for path in paths.values(): os.remove(path)
    os.rmdir(folder)
    print(f"{counts['alike']} of {options.queries} answers alike, {counts['differing']} different, {counts['beyond']} not comparable "
          f"(overflow in SQL, or over 20,000 rows); DuckDB {duckdb.__version__}, seed {options.seed}")
    sys.exit(1 if counts["differing"] else 0)


if __name__ == "__main__": main()
