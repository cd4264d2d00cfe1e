"""`plumb case` from start to report, as a learner, a candidate and an agent use it, and twenty ways to cheat that must fail.

usage: test_cases.py PATH_TO_PLUMB
"""
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile

from desk import BINARY, TESTS, Desk, truth

sys.path.insert(0, str(TESTS / "agents"))
sys.path.insert(0, str(TESTS / "server"))
sys.path.insert(0, str(TESTS / "shell"))
# Each of these takes the path of plumb from the arguments.
sys.argv.insert(1, BINARY)
from served import Server  # noqa: E402

sys.argv.insert(1, BINARY)
import terminal  # noqa: E402


def test_learner(desk):
    listed = desk.run("case", "list")
    assert listed.count("\n") >= 12 and "slow-10x" in listed, listed
    brief = desk.run("case", "start", "slow-10x", "--seed", "42", "--into", "slow.plumb")
    assert "ten times" in brief and "slow.plumb" in brief, brief
    assert "open" in desk.run("case", "status") and "ten times" in desk.run("case", "status", "--brief")
    assert "points" in desk.run("case", "hint")
    assert "after an answer" in desk.run("case", "replay", status=1)
    desk.query("slow.plumb", "runs | where started > ago(1d) | summarize failed = countif(status == 'failed') by bin(started, 1h)")
    desk.query("slow.plumb", "runs | where statuss == 1", status=1)
    for bad in ["pipeline=x cause=cpu", "pipeline cause=cpu", "cause=cpu", "pipeline=entra-signin-eastus cause=gremlins"]:
        assert "error" in desk.run("case", "answer", *bad.split(), status=1), bad
    culprit, cause = truth(desk, "slow.plumb")
    wrong = "entra-signin-eastus" if culprit != "entra-signin-eastus" else "entra-audit-eastus"
    assert "Not this pipeline" in desk.run("case", "answer", f"pipeline={wrong}", "cause=cpu")
    assert "expert" in desk.run("case", "replay")
    answered = desk.run("case", "answer", f"pipeline={culprit}", f"cause={cause}", f"blast=(lineage downstream of {culprit})")
    assert "Right: pipeline and cause" in answered, answered
    assert "points" in desk.run("case", "report", "out.html") and "<meter" not in (desk.folder / "out.html").read_text()
    page = desk.run("case", "report", "out.md") and (desk.folder / "out.md").read_text()
    assert "## Facts" in page and "## Transcript" in page and "statuss" in page and "hint 1" in page, page
    assert "incidents" in desk.query("slow.plumb", ".show tables")
    assert "closed" in desk.run("case", "status") and "closed" in desk.run("case", "hint", status=1)
    for file in ["out.txt", "/nowhere/out.md"]:
        desk.run("case", "report", file, status=1)
    # A file that has tables is not overwritten.
    assert "already" in desk.run("case", "start", "slow-10x", "--into", "slow.plumb", status=1)
    assert "did you mean `slow-10x`" in desk.run("case", "start", "slow-10", status=1)
    # Without --into the case is remembered, and can be started again.
    for _ in range(2):
        desk.run("case", "start", "false-alarm", "--seed", "3")
    assert "false-alarm" in desk.run("case", "status")


def test_mitigation(desk):
    desk.run("case", "start", "critical-feed", "--seed", "5", "--into", "feed.plumb", "--difficulty", "easy")
    feed, _ = truth(desk, "feed.plumb")
    assert "stand in for itself" in desk.run("case", "mitigate", "failover", feed, "to", feed, status=1)
    assert "no pipeline is called" in desk.run("case", "mitigate", "failover", feed, "to", "nobody", status=1)
    reader = desk.query("feed.plumb", f"edges | where upstream == '{feed}' and isnull(until) and kind != 'lookup' | take 1 | project downstream").split()[-1]
    other = desk.query(
        "feed.plumb", f"pipelines | where kind == 'ingest' and status == 'succeeded' and name != '{feed}' and records_24h > 50 and schedule in ('every 10m', 'every 15m', 'every 30m') | top 1 by records_24h asc | project name").split()[-1]
    desk.run("case", "mitigate", "failover", feed, "to", other)
    before = desk.query("feed.plumb", "print now()")
    desk.query("feed.plumb", ".advance 6h")
    assert desk.query("feed.plumb", "print now()") != before
    late = f"runs | where pipeline == '{reader}' and started > ago(3h) | summarize failed = 1.0 * countif(status == 'failed') / count() | project x = failed < 0.5"
    assert "true" in desk.query("feed.plumb", late), reader
    assert "true" in desk.query(
        "feed.plumb", f"runs | where pipeline == '{other}' | summarize now_ = avgif(records_in, started > ago(4h)), before = avgif(records_in, started between (ago(28h) .. ago(24h))) | project x = now_ > before")
    assert "failover" in desk.run("case", "status")


def test_words(desk):
    for difficulty, open_words, closed_words in [("easy", ["why {}", "slow"], []), ("normal", ["slow", "stale"], ["why {}"]), ("hard", ["lineage upstream of {}"], ["why {}", "slow", "compare (ago(2d) .. ago(1d)) with (ago(1d) .. now())", "predict risk", "predict_tree()"])]:
        file = f"{difficulty}.plumb"
        desk.run("case", "start", "cascade", "--seed", "2", "--into", file, "--difficulty", difficulty)
        name = "entra-signin-eastus"
        for word in open_words:
            desk.query(file, word.format(name))
        for word in closed_words:
            assert "cannot be used while this case is open" in desk.query(file, word.format(name), status=1), word


CHEATS = [
    # Tables, views and functions, by any name.
    "incidents", "incidents | take 5", "['incidents']", "table('incidents') | count", "union * | where id startswith 'INC'", "search 'INC'",
    "search 'expired-credentials'", "database('main').incidents", "cluster('local').database('main').incidents", "print exists = toscalar(incidents | count)",
    # Commands that show what there is.
    ".show tables", ".show tables details", ".show database schema", ".show table incidents cslschema", ".show functions", ".show queries", ".show features",
    ".schema incidents", ".schema", ".describe incidents", "incidents | getschema",
    # What was asked before, and how a query would run.
    "history | where query has 'incident'", "explain incidents", "explain why('{0}')", "profile incidents | count", ".expand why {0}", ".expand incidents",
    # Words that judge.
    "why {0}", "why('{0}')", "predict quality", "explain prediction of {0}",
    # The file itself and the machine's.
    ".attach '{1}' as own\n\nown.plumb_settings", ".attach '{1}' as own\n\n.show tables", ".load x=/proc/self/environ\n\nx", ".load x=/proc/self/cmdline\n\nx",
    "externaldata(line: string) ['/proc/self/environ'] with (format = 'txt')",
]


def test_cheats(desk):
    """Ways to the answer that are not an investigation. Each must show neither the culprit with its cause nor the table of incidents."""
    desk.run("case", "start", "two-faults", "--seed", "11", "--into", "open.plumb")
    culprit, cause = truth(desk, "open.plumb")
    (desk.folder / "copy-open.plumb").unlink()
    secret = re.compile(re.escape(culprit) + r"\W+" + re.escape(cause) + r"|INC-0")
    file = "open.plumb"

    def check(what, found):
        assert not secret.search(found), (what, secret.search(found), found[:2000])

    for text in CHEATS:
        text = text.format(culprit, file)
        check(text, desk.query(file, text, status=None))
    assert "incidents" not in desk.query(file, ".show tables")
    # Exported, dumped, saved and opened by another program.
    desk.run("export", file, "out", status=None)
    for path in (desk.folder / "out").rglob("*") if (desk.folder / "out").is_dir() else []:
        assert "incident" not in path.name
        check(path, path.read_text(errors="replace"))
    rows = stored(desk, file)
    # Neither the world's seed nor what was planted; the seed of the case may be read.
    assert not any(secret.search(value) or cause in value for value in rows), [value for value in rows if cause in value]
    assert "world.seed" not in rows
    # Rules and their tests against history know no incidents either.
    for arguments in [["alert", "test", "failing-retries", "--over", "1d", "--instances", file], ["alert", "check", file]]:
        check(arguments, desk.run(*arguments, status=None, text="incidents | take 5\n"))
    # A world of the same seed by other ways, and other seeds.
    desk.run("simulate", "--seed", "11", "--days", "10", "--into", "w.plumb")
    check("simulate", desk.query("w.plumb", "incidents | where isnull(ended) or ended > ago(12h) | project pipeline, cause"))
    desk.run("case", "start", "two-faults", "--seed", "12", "--into", "next.plumb")
    assert truth(desk, "next.plumb") != (culprit, cause)
    # The same case twice: what differs between the files is when they were made.
    desk.run("case", "start", "two-faults", "--seed", "11", "--into", "twin.plumb", "--difficulty", "hard")
    for value in set(stored(desk, "twin.plumb")) ^ set(rows):
        check("the difference of two files", value)
        assert cause not in value, value
    # What was recorded, before the report.
    for words in (["status"], ["transcript"], ["replay"], ["sheet"], ["debrief"]):
        check(words, desk.run("case", *words, "--file", file, status=0 if words[0] in ("status", "transcript") else 1))
    # Completion, a shell on the file, and what the list of processes shows.
    shell = terminal.Terminal(file, folder=str(desk.folder), home=str(desk.folder))
    shell.expect(terminal.PROMPT)
    for start in ("incid", ".show table inc"):
        shell.type(start + "\t\t")
        shell.type("\x03")
        check("completion", shell.expect(terminal.PROMPT))
    check("arguments", open(f"/proc/{shell.pid}/cmdline").read() + open(f"/proc/{shell.pid}/environ").read())
    shell.type("\x04")
    assert shell.status() == 0
    shell.close()
    # Agents and clients of the server.
    from spoken import Agent

    agent = Agent(BINARY, str(desk.folder / file))
    for tool, arguments in [("query", {"kql": "incidents"}), ("why", {"pipeline": culprit}), ("schema", {}), ("values", {"table": "incidents", "column": "cause"})]:
        check(tool, json.dumps(agent.call(tool, **arguments)))
    agent.close()
    server = Server("--quiet", data=(str(desk.folder / file),))
    try:
        for path in ["/", "/case", "/game", "/game/report", f"/pipeline?name={culprit}", "/pipelines", "/lineage?focus=" + culprit, "/query?csl=incidents", "/assets/words.json"]:
            check(path, server.send("GET", path, Accept="text/html").text)
        for kql in ["incidents", f"why('{culprit}')", ".show tables", ".show database schema as json", ".show queries"]:
            check(kql, server.send("POST", "/v1/rest/mgmt" if kql.startswith(".") else "/v2/rest/query", {"csl": kql, "db": "open"}).text)
        assert server.send("POST", "/game/close", "").status == 404
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
        server.log.close()


def stored(desk, file):
    """Every text and number in a file, as sqlite3 reads it."""
    connection = sqlite3.connect(f"file:{desk.folder / file}?mode=ro", uri=True)
    rows = []
    for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
        assert name != "incidents"
        for row in connection.execute(f'select * from "{name}"').fetchall():
            rows += [str(value) for value in row if isinstance(value, (str, int))]
    connection.close()
    return rows


def test_interview(desk):
    assert "needs a passphrase" in desk.run("case", "start", "cascade", "--interview", "--seed", "9", "--into", "i.plumb", status=1)
    desk.run("case", "start", "cascade", "--interview", "--seed", "9", "--into", "i.plumb", passphrase="correct horse")
    desk.run("case", "start", "cascade", "--seed", "9", "--into", "learner.plumb")
    brief = [desk.run("case", "status", "--brief", "--file", name, passphrase=word, status=None) for name, word in [("i.plumb", "correct horse"), ("learner.plumb", None)]]
    assert brief[0].split("state")[0] != brief[1].split("state")[0], "the passphrase must move the culprit"
    for command in [["replay"], ["report"], ["hint"]]:
        assert "passphrase" in desk.run("case", *command, "--file", "i.plumb", status=1) or command == ["replay"]
    assert "passphrase is not" in desk.run("case", "report", "--file", "i.plumb", status=1, passphrase="wrong")
    desk.query("i.plumb", "runs | count")
    assert "recorded" in desk.run("case", "answer", "--file", "i.plumb", "pipeline=entra-signin-eastus", "cause=cpu")
    page = desk.run("case", "report", "--file", "i.plumb", passphrase="correct horse")
    assert "of 100 points" in page and "## Questions" in page


def test_agent(desk):
    """An agent that asks the tools gets the score of the same route typed."""
    from spoken import Agent

    desk.run("case", "start", "silent-loss", "--seed", "4", "--into", "agent.plumb")
    desk.run("case", "start", "silent-loss", "--seed", "4", "--into", "typed.plumb")
    culprit, cause = truth(desk, "agent.plumb")
    asked = ["runs | where started > ago(1d) | summarize sum(records_out) by bin(started, 1h)", f"lineage upstream of {culprit}", "alerts | summarize count() by rule"]
    agent = Agent(BINARY, str(desk.folder / "agent.plumb"))
    for kql in asked:
        assert not agent.call("query", kql=kql).get("isError")
    assert agent.call("why", pipeline=culprit)["isError"]
    assert agent.close()[0] == 0
    for kql in asked:
        desk.query("typed.plumb", kql)
    desk.query("typed.plumb", f"why('{culprit}')", status=1)
    scores = []
    for name in ["agent.plumb", "typed.plumb"]:
        desk.run("case", "answer", "--file", name, f"pipeline={culprit}", f"cause={cause}")
        scores.append(re.search(r"(\d+) of 100", desk.run("case", "report", "--file", name)).group(1))
    assert scores[0] == scores[1], scores


def test_verify(desk):
    found = json.loads(desk.run("case", "verify", "slow-10x", "silent-loss", "--seeds", "1", "--from", "150", "--format", "json", status=None))
    assert [one["case"] for one in found] == ["slow-10x", "silent-loss"], found
    assert all(0 <= one["careful"] <= 1 and 0 <= one["naive"] <= 1 for one in found)
    assert "--all" in desk.run("case", "verify", status=2) and "not a case" in desk.run("case", "verify", "nothing", status=2)


def main():
    names = sys.argv[1:] or ["learner", "mitigation", "words", "cheats", "interview", "agent", "verify"]
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            globals()["test_" + name](Desk(folder))
        print("ok", name)


main()
