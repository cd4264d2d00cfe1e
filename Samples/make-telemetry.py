#!/usr/bin/env python3
"""Makes a small world of pipeline telemetry to try Plumb on; the same seed gives the same bytes.

  make-telemetry.py [--into Samples/telemetry] [--seed 7]

Writes runs.csv (about 20,000 runs in three days), pipelines.csv (160 of them) and edges.csv. In the last
night the credentials of one source expire: its ingestion fails, and the failures travel along the edges.
Python's standard library only.
"""
import argparse, csv, datetime as dt, math, os, random

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN = dt.datetime(2025, 3, 3)
DAYS = 3
END = BEGIN + dt.timedelta(days=DAYS)
REGIONS = ["eastus", "westus", "westeurope", "northeurope", "southeastasia"]
OWNERS = ["identity", "messaging", "endpoint", "platform", "intel", "detection"]

# source: (vendor, owner, streams)
SOURCES = {
    "entra-id": ("Microsoft", "identity", ["signin", "audit", "risk", "provisioning"]),
    "office365": ("Microsoft", "messaging", ["exchange", "sharepoint", "teams", "dlp"]),
    "defender": ("Microsoft", "endpoint", ["alerts", "devices", "vulnerabilities"]),
    "github": ("GitHub", "platform", ["audit", "actions", "secrets"]),
    "sentinel": ("Microsoft", "detection", ["incidents", "watchlists"]),
    "graph-security": ("Microsoft", "detection", ["scores", "alerts"]),
    "threat-intel": ("several", "intel", ["feodo", "urlhaus", "otx"]),
}
PREFIX = {"entra-id": "entra", "office365": "o365", "defender": "defender", "github": "github",
          "sentinel": "sentinel", "graph-security": "graph", "threat-intel": "intel"}

# The incident: whose credentials expire, when, and when they are renewed.
EXPIRED_SOURCE = "office365"
EXPIRED_AT = BEGIN + dt.timedelta(days=2, hours=2, minutes=17)
RENEWED_AT = BEGIN + dt.timedelta(days=2, hours=8, minutes=42)

# code: (category, message)
ERRORS = {
    "AADSTS7000222": ("auth", "AADSTS7000222: the provided client secret keys for app 'o365-collector' are expired"),
    "HTTP401": ("auth", "401 Unauthorized: the token was rejected by {source}"),
    "HTTP429": ("vendor", "429 Too Many Requests: {source} asks to retry after {n} s"),
    "HTTP503": ("vendor", "503 Service Unavailable from {source}"),
    "TIMEOUT": ("timeout", "no answer within {n} s while reading page {page}"),
    "SCHEMA": ("schema", "field 'properties.riskDetail' changed from string to object"),
    "OOM": ("resource", "worker used {n} MB, more than its limit of 4096 MB"),
    "MALFORMED": ("data", "{n} records could not be parsed, more than the 2 % allowed"),
    "UPSTREAM": ("dependency", "upstream {upstream} has delivered nothing since {since}"),
}


def build(rng):
    """Pipelines in an order in which upstream comes first, and the edges between them."""
    pipelines, edges = [], []

    def add(name, source, kind, owner, tier, region, every, base, upstream=()):
        pipelines.append({"name": name, "source": source, "kind": kind, "owner": owner, "tier": tier,
                          "region": region, "every": every, "base": base, "upstream": list(upstream),
                          "vendor": SOURCES[source][0] if source in SOURCES else "Plumb",
                          "records": rng.lognormvariate(4.3, 0.8)})
        for name_above in upstream:
            edges.append((name_above, name, "data"))

    for source, (vendor, owner, streams) in SOURCES.items():
        for stream in streams:
            for region in REGIONS:
                if len(pipelines) >= 98: break
                add(f"{PREFIX[source]}-{stream}-{region}", source, "ingest", owner, rng.choice([1, 2, 2, 3]), region,
                    rng.choice([20, 30, 30, 45]), rng.uniform(20, 240))
    ingest = list(pipelines)
    for source in SOURCES:
        for region in REGIONS:
            above = [p["name"] for p in ingest if p["source"] == source and p["region"] == region]
            if above:
                add(f"normalize-{PREFIX[source]}-{region}", source, "transform", SOURCES[source][1], 2, region, 40,
                    rng.uniform(30, 180), above)
    transforms = [p for p in pipelines if p["kind"] == "transform"]
    number = 0
    while len(pipelines) < 148:
        number += 1
        region = REGIONS[number % len(REGIONS)]
        above = rng.sample([p["name"] for p in transforms if p["region"] == region], k=2)
        add(f"detect-{number:02}-{region}", "plumbline", "enrich", "detection", rng.choice([1, 2]), region, 40,
            rng.uniform(40, 300), above)
    middle = [p["name"] for p in pipelines if p["kind"] == "enrich"]
    for name in ["soc-dashboard", "exec-report", "mail-threats", "identity-risk", "ueba-scores", "compliance-export",
                 "case-feed", "ml-features", "cold-archive", "sla-report", "partner-export", "hunting-index"]:
        add(name, "plumbline", "serve", rng.choice(OWNERS), rng.choice([1, 1, 2]), rng.choice(REGIONS), 60,
            rng.uniform(60, 400), rng.sample(middle, k=3))
    return pipelines, edges


def amount(rng, code, records):
    """The number in an error's message."""
    if code == "OOM": return rng.randrange(4100, 5200)
    return records // 20 + 1 if code == "MALFORMED" else rng.choice([30, 60, 120])


def busy(at):
    """How much happens at a time of day: twice as much at noon as at night."""
    return 1 + 0.5 * math.sin((at.hour + at.minute / 60 - 6) / 24 * 2 * math.pi)


def span(seconds):
    seconds = max(0.0, seconds)
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{int((seconds - whole) * 1000):03}"


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z" if at else ""


def simulate(rng, pipelines):
    runs = []
    delivered = {p["name"]: [BEGIN - dt.timedelta(minutes=30)] for p in pipelines}
    for p in pipelines:
        at = BEGIN + dt.timedelta(minutes=rng.uniform(0, p["every"]))
        version, backlog = 1 + rng.randrange(3), 0
        while at < END:
            failed_before = 0
            for attempt in (1, 2, 3):
                code, upstream_delay = outcome(rng, p, at, delivered)
                factor = busy(at)
                queue = rng.expovariate(1 / (4 * factor))
                records = int(p["records"] * factor * rng.uniform(0.7, 1.3)) + backlog
                seconds = p["base"] * factor * rng.lognormvariate(0, 0.25) * (1 + min(backlog / 4000, 3))
                malformed = sum(rng.random() < 0.002 for _ in range(min(records, 400)))
                text = category = ""
                if code:
                    category, text = ERRORS[code]
                    if code in ("AADSTS7000222", "HTTP401"): seconds = rng.uniform(1, 4)
                    if code == "TIMEOUT": seconds = 600 + rng.uniform(0, 30)
                    if code == "MALFORMED": malformed = max(malformed, records // 20 + 1)
                    late = max((u for u in p["upstream"]), key=lambda u: upstream_delay.get(u, 0), default="")
                    text = text.format(source=p["source"], n=amount(rng, code, records), upstream=late,
                                       page=rng.randrange(1, 90),
                                       since=stamp(last_before(delivered[late], at)) if late else "")
                ended = at + dt.timedelta(seconds=queue + seconds)
                status = "failed" if code else "succeeded"
                if ended > END: status, text, code, category = "running", "", "", ""
                ok = status == "succeeded"
                runs.append({
                    "pipeline": p["name"], "source": p["source"], "started": at,
                    "ended": None if status == "running" else ended, "status": status, "attempt": attempt,
                    "duration": span(seconds) if status != "running" else "", "queue_delay": span(queue),
                    "upstream_delay": span(60 * max(upstream_delay.values(), default=0)),
                    "records_in": records if ok else 0, "records_out": max(0, records - malformed) if ok else 0,
                    "malformed": malformed if ok or code == "MALFORMED" else 0,
                    "bytes": records * rng.randrange(380, 900) if ok else 0,
                    "cpu": round(min(0.99, 0.25 * factor * rng.lognormvariate(0, 0.3)), 3),
                    "memory_mb": round(300 + records * 0.4 + rng.uniform(0, 200), 1),
                    "io_wait": round(rng.betavariate(1.5, 12), 3), "backlog": backlog,
                    "schema_version": version, "error_code": code or "", "error_category": category, "error": text})
                if ok:
                    delivered[p["name"]].append(ended)
                    backlog = 0
                    break
                if status == "running": break
                failed_before += 1
                at = ended + dt.timedelta(seconds=60 * attempt)
                if code in ("UPSTREAM", "SCHEMA"): break
            if failed_before: backlog += int(p["records"])
            at += dt.timedelta(minutes=p["every"] * rng.uniform(0.9, 1.1) / busy(at) ** 0.3)
    runs.sort(key=lambda run: (run["started"], run["pipeline"], run["attempt"]))
    for number, run in enumerate(runs, 100_001):
        run["run_id"] = f"r{number}"
    return runs


def last_before(times, at):
    found = times[0]
    for time in times:
        if time > at: break
        found = time
    return found


def outcome(rng, p, at, delivered):
    """The error code of a run that starts now, or None; and minutes since each upstream delivered."""
    delay = {u: max(0.0, (at - last_before(delivered[u], at)).total_seconds() / 60 - 45) for u in p["upstream"]}
    if p["kind"] == "ingest" and p["source"] == EXPIRED_SOURCE and EXPIRED_AT <= at < RENEWED_AT:
        return "AADSTS7000222", delay
    late = [u for u, minutes in delay.items() if minutes > 30]
    if late and rng.random() < 0.5 + 0.45 * len(late) / len(delay):
        return "UPSTREAM", delay
    if rng.random() < 0.028 * busy(at):
        codes, weights = zip(("HTTP429", 5), ("HTTP503", 4), ("TIMEOUT", 5), ("OOM", 2), ("MALFORMED", 3),
                             ("SCHEMA", 1), ("HTTP401", 1))
        return rng.choices(codes, weights)[0], delay
    return None, delay


def now_of(p, runs):
    """The row of `pipelines` at the end of the world."""
    mine = [r for r in runs if r["pipeline"] == p["name"]]
    done = [r for r in mine if r["status"] != "running"]
    good = [r for r in done if r["status"] == "succeeded"]
    bad = [r for r in done if r["status"] == "failed"]
    day = [r for r in good if r["started"] >= END - dt.timedelta(days=1)]
    fresh = (END - good[-1]["ended"]).total_seconds() if good else None
    seconds = [(r["ended"] - r["started"]).total_seconds() for r in good]
    status = done[-1]["status"] if done else "skipped"
    if fresh is not None and fresh > 4 * 60 * p["every"]: status = "stale"
    return {"name": p["name"], "source": p["source"], "kind": p["kind"], "owner": p["owner"], "tier": p["tier"],
            "region": p["region"], "vendor": p["vendor"], "backup": "", "schedule": f"every {p['every']} min",
            "sla": span(120 * p["every"]), "status": status, "last_run": stamp(mine[-1]["started"]) if mine else "",
            "last_success": stamp(good[-1]["ended"]) if good else "",
            "last_error": bad[-1]["error"] if bad else "", "freshness": span(fresh) if fresh is not None else "",
            "success_rate": round(len(good) / len(done), 4) if done else "",
            "avg_duration": span(sum(seconds) / len(seconds)) if seconds else "",
            "records_24h": sum(r["records_in"] for r in day)}


def write(folder, name, columns, rows):
    with open(os.path.join(folder, name), "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--into", default=os.path.join(HERE, "telemetry"))
    arguments.add_argument("--seed", type=int, default=7)
    options = arguments.parse_args()
    rng = random.Random(options.seed)
    pipelines, edges = build(rng)
    runs = simulate(rng, pipelines)
    os.makedirs(options.into, exist_ok=True)
    states = [now_of(p, runs) for p in pipelines]
    write(options.into, "pipelines.csv", list(states[0]), states)
    write(options.into, "edges.csv", ["upstream", "downstream", "kind", "since", "until"],
          [{"upstream": u, "downstream": d, "kind": k, "since": stamp(BEGIN - dt.timedelta(days=90)), "until": ""}
           for u, d, k in edges])
    for run in runs:
        run["started"], run["ended"] = stamp(run["started"]), stamp(run["ended"])
    columns = ["run_id"] + [c for c in runs[0] if c != "run_id"]
    write(options.into, "runs.csv", columns, runs)
    failed = sum(run["status"] == "failed" for run in runs)
    print(f"{options.into}: {len(runs)} runs of {len(pipelines)} pipelines, {len(edges)} edges, "
          f"{100 - 100 * failed / len(runs):.1f} % succeeded")


if __name__ == "__main__":
    main()
