"""`plumb alert test` equals a replay in plain Python: 20 rules on three simulated worlds, alert by alert.

The replay in Python reads the exported tables, makes for each moment the rows that were known then, evaluates each rule as a
Python function over them, and runs the states. It shares nothing with Plumb except the exported rows.
"""
import json, os, re, sys, unittest
from collections import Counter, defaultdict

from alerting import Folder

SECOND, MINUTE, HOUR, DAY = 10**7, 60 * 10**7, 3600 * 10**7, 86400 * 10**7
OUTCOMES = ["ended", "duration", "records_in", "records_out", "malformed", "bytes"]
TEXTS = ["error_code", "error_category", "error"]


def ticks(text):
    """A datetime or a timespan of the export, in units of 100 ns."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?Z", text)
    if found:
        import datetime
        year, month, day, hour, minute, second = map(int, found.groups()[:6])
        days = datetime.date(year, month, day).toordinal() - 1
        return days * DAY + hour * HOUR + minute * MINUTE + second * SECOND + int((found[7] or "0").ljust(7, "0"))
    sign, days, hour, minute, second, rest = re.fullmatch(r"(-?)(?:(\d+)\.)?(\d+):(\d+):(\d+)(?:\.(\d+))?", text).groups()
    value = int(days or 0) * DAY + int(hour) * HOUR + int(minute) * MINUTE + int(second) * SECOND + int((rest or "0").ljust(7, "0"))
    return -value if sign else value


TIMES = {"runs": ["started", "ended", "duration", "queue_delay", "upstream_delay"], "errors": ["at"], "metrics": ["at"], "schema_changes": ["at"],
         "edges": ["since", "until"], "alerts": ["at"], "incidents": ["began", "ended"], "pipelines": ["last_run", "last_success", "freshness", "avg_duration", "sla"]}


class Known:
    """The rows that are known at a moment."""

    def __init__(self, tables, now):
        self.tables, self.now, self.made = tables, now, {}

    def __getattr__(self, name):
        if name not in self.made:
            make = getattr(type(self), "make_" + name, None)
            self.made[name] = list(make(self) if make else self.arrived(name))
        return self.made[name]

    def arrived(self, name):
        for row in self.tables[name]:
            if row["at"] <= self.now:
                yield row

    def make_runs(self):
        for row in self.tables["runs"]:
            if row["ended"] is not None and row["ended"] <= self.now:
                yield row
            elif row["started"] <= self.now:
                yield {**row, **{name: None for name in OUTCOMES}, **{name: "" for name in TEXTS}, "status": "running"}

    def make_incidents(self):
        return [row for row in self.tables["incidents"] if row["ended"] is not None and row["ended"] <= self.now]

    def make_edges(self):
        return [row for row in self.tables["edges"] if row["since"] is None or row["since"] <= self.now]

    def make_pipelines(self):
        runs = defaultdict(list)
        for row in self.runs:
            runs[row["pipeline"]].append(row)
        for pipeline in self.tables["pipelines"]:
            mine = sorted(runs[pipeline["name"]], key=lambda row: row["started"])
            done = [row for row in mine if row["ended"] is not None]
            good = [row for row in done if row["status"] == "succeeded"]
            freshness = self.now - good[-1]["ended"] if good else None
            last = next((row["status"] for row in reversed(done) if row["status"] != "skipped"), "")
            status = "running" if len(done) < len(mine) else "failed" if last == "failed" \
                else "stale" if freshness is not None and freshness > pipeline["sla"] else last
            yield {**pipeline, "status": status, "freshness": freshness, "success_rate": len(good) / len(done) if done else None,
                   "records_24h": sum(row["records_out"] or 0 for row in done if row["ended"] > self.now - DAY)}


def count(rows, key="pipeline"):
    return Counter(row[key] for row in rows)


def recent(rows, known, time, column="ended"):
    return [row for row in rows if row[column] is not None and row[column] > known.now - time]


def failed(rows):
    return [row for row in rows if row["status"] == "failed"]


def late(known):
    last = {}
    for row in known.runs:
        if row["status"] == "succeeded":
            last[row["pipeline"]] = max(last.get(row["pipeline"], 0), row["ended"])
    return {name for name, moment in last.items() if known.now - moment > 90 * MINUTE}


def slow(known):
    lengths = defaultdict(list)
    for row in known.runs:
        if row["status"] == "succeeded":
            lengths[row["pipeline"]].append(row)
    found = set()
    for name, rows in lengths.items():
        fresh = recent(rows, known, 6 * HOUR)
        if fresh and max(row["duration"] for row in fresh) * len(rows) > 2 * sum(row["duration"] for row in rows):
            found.add(name)
    return found


def downstream(known):
    broken = set(count(failed(recent(known.runs, known, HOUR))))
    return {edge["downstream"] for edge in known.edges if edge["upstream"] in broken and (edge["until"] is None or edge["until"] > known.now)}


def records(known):
    sums = Counter()
    for row in recent(known.runs, known, 6 * HOUR):
        sums[row["source"]] += row["records_out"] or 0
    return {name for name, total in sums.items() if total < 5000}


def lag(known):
    values = defaultdict(list)
    for row in recent(known.metrics, known, 2 * HOUR, "at"):
        if row["name"] == "backlog":
            values[row["pipeline"]].append(row["value"])
    return {name for name, list in values.items() if max(list) > 300}


# Header, query, function.
RULES = [
    ("", 'runs | where ended > ago(1h) and status == "failed" | summarize n = count() by pipeline | where n >= 2',
     lambda known: {name for name, n in count(failed(recent(known.runs, known, HOUR))).items() if n >= 2}),
    ("for: 30m  keep: 30m", 'runs | where status == "succeeded" | summarize last = max(ended) by pipeline | where now() - last > 90m', late),
    ("", 'runs | where status == "running" and now() - started > 5m | project pipeline',
     lambda known: {row["pipeline"] for row in known.runs if row["status"] == "running" and known.now - row["started"] > 5 * MINUTE}),
    ("of: 2/4", 'runs | where ended > ago(30m) and status == "failed" | distinct pipeline', lambda known: set(count(failed(recent(known.runs, known, HOUR // 2))))),
    ("keep: 1h", 'runs | where ended > ago(20m) and attempt >= 2 and status == "failed" | project pipeline',
     lambda known: {row["pipeline"] for row in failed(recent(known.runs, known, 20 * MINUTE)) if row["attempt"] >= 2}),
    ("key: code  for: 15m", "errors | where at > ago(2h) | summarize n = count() by code | where n > 2",
     lambda known: {code for code, n in count(recent(known.errors, known, 2 * HOUR, "at"), "code").items() if n > 2}),
    ("key: source, status", 'runs | where ended > ago(3h) and status != "succeeded" | summarize n = count() by source, status | where n > 3',
     lambda known: {f"source={source}, status={status}" for (source, status), n in
                    Counter((row["source"], row["status"]) for row in recent(known.runs, known, 3 * HOUR) if row["status"] != "succeeded").items() if n > 3}),
    ("of: 3/5  keep: 30m", 'metrics | where at > ago(2h) and name == "backlog" | summarize top = max(value) by pipeline | where top > 300', lag),
    ("every: 30m", "schema_changes | where at > ago(6h) | project pipeline", lambda known: set(count(recent(known.schema_changes, known, 6 * HOUR, "at")))),
    ("", 'pipelines | where status == "failed" | project pipeline = name', lambda known: {row["name"] for row in known.pipelines if row["status"] == "failed"}),
    ("for: 10m", "pipelines | where freshness > sla | project pipeline = name",
     lambda known: {row["name"] for row in known.pipelines if row["freshness"] is not None and row["freshness"] > row["sla"]}),
    ("key: name  every: 1h", "pipelines | where success_rate < 0.9 | project name",
     lambda known: {row["name"] for row in known.pipelines if row["success_rate"] is not None and row["success_rate"] < 0.9}),
    ("key: downstream  every: 1h", "edges | summarize n = count() by downstream | where n > 2",
     lambda known: {name for name, n in count(known.edges, "downstream").items() if n > 2}),
    ("key: cause  every: 30m", "incidents | where ended > ago(6h) | summarize n = count() by cause",
     lambda known: set(count(recent(known.incidents, known, 6 * HOUR), "cause"))),
    ("key: rule", "alerts | where at > ago(2h) | summarize n = count() by rule | where n > 1",
     lambda known: {rule for rule, n in count(recent(known.alerts, known, 2 * HOUR, "at"), "rule").items() if n > 1}),
    ("of: 3/3", 'runs | where ended > ago(1h) and status == "failed" | count | where Count > 3',
     lambda known: {""} if len(failed(recent(known.runs, known, HOUR))) > 3 else set()),
    ("key: source  every: 30m", "runs | where ended > ago(6h) | summarize total = sum(records_out) by source | where total < 5000", records),
    ("", 'let broken = runs | where ended > ago(1h) and status == "failed" | distinct pipeline;\n'
         "edges | where upstream in (broken) and (isnull(until) or until > now()) | distinct pipeline = downstream", downstream),
    ("every: 30m", 'runs | where status == "succeeded" | summarize longest = maxif(duration, ended > ago(6h)), all = sum(duration), n = count() by pipeline '
                   "| where longest * n > 2 * all", slow),
    ("every: 10m  for: 20m  keep: 20m", 'runs | where ended > ago(1h) and status == "skipped" | summarize by pipeline',
     lambda known: {row["pipeline"] for row in recent(known.runs, known, HOUR) if row["status"] == "skipped"}),
]


def header(text):
    return dict(re.findall(r"(\w+): (\S+(?:, \S+)*)", text))


def span(text):
    return int(text[:-1]) * {"m": MINUTE, "h": HOUR, "d": DAY}[text[-1]]


class Brute:
    """The states of one rule's instances."""

    def __init__(self, keys):
        self.every = span(keys.get("every", "15m"))
        self.lasting, self.keep = span(keys.get("for", "0m")), span(keys.get("keep", "0m"))
        self.share = tuple(map(int, keys["of"].split("/"))) if "of" in keys else None
        self.state, self.since, self.past, self.open, self.alerts = {}, {}, defaultdict(list), {}, []

    def step(self, present, now):
        for key in set(self.state) | set(self.past) | present:
            here, before = key in present, self.state.get(key, "ok")
            if self.share:
                self.past[key] = (self.past[key] + [here])[-self.share[1]:]
                enough = on = sum(self.past[key]) >= self.share[0]
                if not any(self.past[key]):
                    del self.past[key]
            else:
                on = here
                enough = here and now - (self.since[key] if before == "pending" else now) >= self.lasting
            if before in ("ok", "pending"):
                after = "firing" if enough else "pending" if here else "ok"
            elif before == "firing":
                after = "firing" if on else "recovering" if self.keep else "ok"
            else:
                after = "firing" if on else "ok" if now - self.since[key] >= self.keep else "recovering"
            if after != before:
                self.since[key] = now
                if after == "firing" and before != "recovering":
                    self.open[key] = now
                if after == "ok" and key in self.open:
                    self.alerts.append((key, self.open.pop(key), now))
            self.state[key] = after
            if after == "ok":
                del self.state[key]

    def finish(self):
        return sorted(self.alerts + [(key, began, None) for key, began in self.open.items()], key=str)


class ReplayTests(Folder):
    def world(self, seed, pipelines, days):
        self.assertEqual(self.plumb("simulate", "--pipelines", str(pipelines), "--days", str(days), "--seed", str(seed), "--into", "w.plumb").status, 0)
        self.assertEqual(self.plumb("export", "w.plumb", "--to", "data", "--format", "jsonl").status, 0)
        tables = {}
        for name, columns in TIMES.items():
            with open(self.path(f"data/{name}.jsonl")) as file:
                tables[name] = [json.loads(line) for line in file]
            for row in tables[name]:
                for column in columns:
                    row[column] = ticks(row[column])
        return tables, ticks(self.query("w.plumb", "print now = now()")[0]["now"])

    def check(self, seed, pipelines, days):
        tables, end = self.world(seed, pipelines, days)
        start = max(end - days * DAY, min(row["started"] for row in tables["runs"]))
        brutes, expected = [], {}
        for number, (text, query, _) in enumerate(RULES):
            keys = header(text)
            brutes.append(Brute(keys))
            every = "" if "every" in keys else "  every: 15m"
            self.write(f"rules/r{number:02}.kql", f"// alert: r{number:02}{every}  nodata: ok{'  ' if text else ''}{text}\n{query}\n")
        moments = sorted({moment for brute in brutes for moment in range((start // brute.every + 1) * brute.every, end + 1, brute.every)})
        for moment in moments:
            known = Known(tables, moment)
            for brute, (_, _, find) in zip(brutes, RULES):
                if moment % brute.every == 0:
                    brute.step(find(known), moment)
        result = self.plumb("alert", "test", "--all", "--alerts", "rules", "w.plumb", "--over", f"{days}d", "--instances", "--format", "json")
        self.assertEqual(result.status, 0, result)
        found = defaultdict(list)
        for row in result.json():
            found[row["rule"]].append((row["key"], ticks(row["began"]), ticks(row["ended"])))
        fired = 0
        for number, brute in enumerate(brutes):
            expected = brute.finish()
            fired += len(expected)
            self.assertEqual(sorted(found[f"r{number:02}"], key=str), expected, f"seed {seed}, rule {RULES[number][1]}")
        self.assertGreater(fired, 100)

    def test_seeds(self):
        pipelines, days = (40, 3) if os.environ.get("PLUMB_FULL") else (20, 1)
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self.check(seed, pipelines, days)


if __name__ == "__main__":
    unittest.main()
