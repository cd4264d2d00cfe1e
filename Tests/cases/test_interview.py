"""Interviews and groups: a candidate in a terminal who is interrupted, an assistant, and a game master at the server.

usage: test_interview.py PATH_TO_PLUMB
"""
import os
import re
import signal
import sqlite3
import sys
import tempfile
import time

from desk import BINARY, TESTS, Desk

sys.path.insert(0, str(TESTS / "agents"))
sys.path.insert(0, str(TESTS / "server"))
sys.path.insert(0, str(TESTS / "shell"))
# Each of these takes the path of plumb from the arguments.
sys.argv.insert(1, BINARY)
from served import Server  # noqa: E402

sys.argv.insert(1, BINARY)
import terminal  # noqa: E402
from spoken import Agent  # noqa: E402

WORD = "correct horse"


def settings(desk, file):
    connection = sqlite3.connect(f"file:{desk.folder / file}?mode=ro", uri=True)
    found = dict(connection.execute("select name, value from plumb_settings").fetchall())
    connection.close()
    return found


def test_sealed(desk):
    """The answer sheet and the notes open with the passphrase and with nothing else."""
    desk.run("case", "start", "cascade", "--interview", "--seed", "9", "--into", "i.plumb", passphrase=WORD)
    assert "needs its passphrase" in desk.run("case", "sheet", "--file", "i.plumb", status=1)
    assert "passphrase is not" in desk.run("case", "sheet", "--file", "i.plumb", status=1, passphrase="correct house")
    sheet = desk.run("case", "sheet", "--file", "i.plumb", passphrase=WORD)
    culprit, cause = re.search(r"^- ([\w-]+): ([\w-]+)", sheet, re.M).groups()
    assert "How an expert goes" in sheet and "`fault`" in sheet
    assert "only the passphrase" in desk.run("case", "note", "--file", "i.plumb", "asked", "about", "the", "architecture", passphrase=WORD)
    desk.run("case", "note", "--file", "i.plumb", "my", "own", "remark")
    texts = settings(desk, "i.plumb")
    assert not any(cause in value or "architecture" in value for value in texts.values()), texts
    assert any("my own remark" in value for value in texts.values())
    # A file in which somebody changed a byte of the sheet is noticed.
    (desk.folder / "j.plumb").write_bytes((desk.folder / "i.plumb").read_bytes())
    connection = sqlite3.connect(desk.folder / "j.plumb")
    value = texts["case.sheet"]
    connection.execute("update plumb_settings set value = ? where name = 'case.sheet'", (value[:40] + ("A" if value[40] != "A" else "B") + value[41:],))
    connection.commit()
    connection.close()
    assert desk.run("case", "sheet", "--file", "j.plumb", status=1, passphrase=WORD)
    for words in (["interject", "How is it going?"], ["report"], ["debrief"]):
        assert "passphrase" in desk.run("case", *words, "--file", "i.plumb", status=1), words
    assert "does not allow an assistant" in desk.run("mcp", "i.plumb", status=1)
    desk.run("case", "answer", "--file", "i.plumb", f"pipeline={culprit}", f"cause={cause}")
    page = desk.run("case", "report", "--file", "i.plumb", "out.html", passphrase=WORD) and (desk.folder / "out.html").read_text()
    assert "asked about the architecture" in page and "interviewer" in page
    desk.run("case", "debrief", "--file", "i.plumb", "debrief.html", passphrase=WORD)
    debrief = (desk.folder / "debrief.html").read_text()
    assert debrief.count("Listen for:") == 3 and culprit in debrief


def test_terminal(desk):
    """Interjections while a line is typed, pasted text, the timer, and what the process does not show."""
    shell = terminal.Terminal(
        "case", "start", "cascade", "--seed", "9", "--interview", "--into", "t.plumb", "--timer", "4m", "--interject", "1s,2s,3s", "--transcript", "out.md",
        folder=str(desk.folder), home=str(desk.folder), PLUMB_PASSPHRASE=WORD, XDG_STATE_HOME=str(desk.folder / "state"))
    shell.expect("recorded with its time")
    shell.expect("There is a timer")
    shell.expect(terminal.PROMPT)
    shell.type("runs | summarize all = ")
    shell.expect("It is 45 minutes later")
    shell.type("count()\r")
    shell.expect("all\r\n")
    shell.expect(terminal.PROMPT)
    shown = " ".join(shell.raw.split())
    assert ".note TEXT replies" in shown and "looked odd this morning" in shown and "minutes are left" in shown, shown
    for path in ("environ", "cmdline"):
        assert WORD not in open(f"/proc/{shell.pid}/{path}").read(), path
    assert "safe mode" in shell.answer(".load x=/proc/self/environ")
    shell.type("\x1b[200~runs | where started > ago(1h) | count\x1b[201~\r")
    shell.expect(terminal.PROMPT)
    shell.answer(".note we do not know yet")
    # By hand, from elsewhere.
    desk.run("case", "interject", "--file", "t.plumb", "Finance asks what this costs", passphrase=WORD)
    shell.expect("Finance asks what this costs")
    shell.expect(terminal.PROMPT)
    sheet = desk.run("case", "sheet", "--file", "t.plumb", passphrase=WORD)
    second = re.search(r"second page arrives: ([\w-]+) fails", sheet)[1]
    assert "true" in shell.answer(f'runs | where pipeline == "{second}" and started > ago(40m) | summarize x = countif(status == "failed") > 0')
    shell.answer(f"lineage upstream of {second} | count")
    culprit, cause = re.search(r"^- ([\w-]+): ([\w-]+)", sheet, re.M).groups()
    assert "the interviewer closes this case" in shell.answer(".case report") and "after the interview" in shell.answer(".case replay")
    assert "recorded" in shell.answer(f".answer pipeline={culprit} cause={cause}")
    shell.type("\x04")
    assert shell.status() == 0
    shell.close()
    page = (desk.folder / "out.md").read_text()
    assert page.count("event (timer)") == 3 and "event (interviewer)" in page and "query (pasted)" in page and page.count("(pasted)") == 1, page
    assert "interjected 4" in desk.run("case", "status", "--file", "t.plumb")
    report = desk.run("case", "report", "--file", "t.plumb", passphrase=WORD)
    assert re.search(r"interruptions handled \| [\d.]+ / [\d.]+ \| 2 of 4 interjections", report), report


def test_past(desk):
    """A second fault changes nothing of what was before, and an answer that names it as well is not wrong."""
    desk.run("case", "start", "cascade", "--seed", "4", "--into", "p.plumb")
    before = "runs | where started < datetime(2026-03-12 14:00) | summarize runs = count(), failed = countif(status == 'failed'), sum(records_out), sum(duration), dcount(pipeline)"
    first = desk.query("p.plumb", before)
    desk.run("case", "interject", "--file", "p.plumb", "fault")
    assert desk.query("p.plumb", before) == first
    assert "came already" in desk.run("case", "interject", "--file", "p.plumb", "fault", status=1)
    assert "too short" in desk.run("case", "interject", "--file", "p.plumb", "x", status=1)
    desk.query("p.plumb", ".advance 2h")
    assert desk.query("p.plumb", before) == first
    second = re.search(r"second page arrives: ([\w-]+) fails", desk.run("case", "transcript", "--file", "p.plumb"))[1]
    assert "0" not in desk.query("p.plumb", f"runs | where pipeline == '{second}' and started > ago(2h) and status == 'succeeded' | count | where Count > 3").split()
    (desk.folder / "q.plumb").write_bytes((desk.folder / "p.plumb").read_bytes())
    culprit, cause = re.search(r"What happened: ([\w-]+): ([\w-]+)", desk.run("case", "report", "--file", "q.plumb")).groups()
    assert "Right: pipeline and cause" in desk.run("case", "answer", "--file", "p.plumb", f"pipeline={culprit},{second}", f"cause={cause},expired-credentials")


def test_assistant(desk):
    """What was asked of an assistant, and what was verified."""
    scores = {}
    for name, checks in (("trusting", []), ("careful", ["runs | where pipeline == '{0}' and started > ago(1d) | summarize count() by status"])):
        file = f"{name}.plumb"
        desk.run("case", "start", "cascade", "--seed", "4", "--interview", "--assistant", "--into", file, passphrase=WORD)
        culprit, cause = re.search(r"^- ([\w-]+): ([\w-]+)", desk.run("case", "sheet", "--file", file, passphrase=WORD), re.M).groups()
        desk.query(file, "runs | where started > ago(1d) | summarize count() by status")
        agent = Agent(BINARY, str(desk.folder / file))
        agent.call("lineage", pipeline=culprit, direction="upstream")
        agent.call("query", kql=f"errors | where pipeline == '{culprit}' | take 3")
        assert agent.close()[0] == 0
        for text in checks:
            desk.query(file, text.format(culprit))
        desk.run("case", "answer", "--file", file, f"pipeline={culprit}", f"cause={cause}")
        page = desk.run("case", "report", "--file", file, passphrase=WORD)
        assert "What was asked of the assistant" in page and "entry 2, lineage" in page, page
        scores[name] = float(re.search(r"assistant verified \| ([\d.]+)", page)[1])
    assert scores["trusting"] == 0 and scores["careful"] > 5, scores


def test_group(desk):
    """The group sees pages, never the game master's."""
    desk.run("case", "start", "cascade", "--seed", "4", "--interview", "--into", "g.plumb", "--interject", "1s", passphrase=WORD)
    path = str(desk.folder / "g.plumb")
    culprit, cause = re.search(r"^- ([\w-]+): ([\w-]+)", desk.run("case", "sheet", "--file", "g.plumb", passphrase=WORD), re.M).groups()
    secret = re.compile(culprit + r"\W+" + cause)
    assert "must differ" in desk.run("serve", "--token", "M", "--master-token", "M", "g.plumb", status=2)
    assert "contains a case" in desk.run("serve", "--master-token", "M", "--port", "0", status=1)
    os.environ["PLUMB_PASSPHRASE"] = WORD
    server = Server("--quiet", "--token", "group", "--master-token", "master", data=(path,))
    del os.environ["PLUMB_PASSPHRASE"]
    try:
        assert WORD not in open(f"/proc/{server.process.pid}/environ").read()
        group, master = {"Authorization": "Bearer group"}, {"Authorization": "Bearer master"}

        def get(path, who, status=200):
            reply = server.send("GET", path, **who)
            assert reply.status == status, (path, reply.status, reply.text[:300])
            return reply.text

        def post(path, who, body, status=303):
            reply = server.send("POST", path, body, **who, **{"Content-Type": "application/x-www-form-urlencoded"})
            assert reply.status == status, (path, reply.status, reply.text[:300])
            return reply.headers.get("location", "")

        get("/case", {}, status=401)
        time.sleep(1.1)
        page = get("/case", group)
        assert "state" in page or "fails" in page, page
        assert not secret.search(page) and "/game" not in page
        assert "What came in between" in page and ".note TEXT replies" in page
        for path in ("/game", "/game/report", "/game/debrief"):
            assert not secret.search(get(path, group, status=403))
            assert secret.search(get(path, master)), path
        for path in ("/game/interject", "/game/close", "/game/advance", "/game/note"):
            post(path, group, "text=lead", status=403)
        assert "Transcript" in get("/game", master) and "Game master" in get("/", master) and "Game master" not in get("/", group)
        reply = server.send("POST", "/v2/rest/query", {"csl": "runs | summarize count() by status", "db": "g"}, **group)
        assert reply.status == 200, reply.text
        get("/query?csl=" + "errors+%7C+take+3", group)
        page = get("/game", master)
        assert "runs | summarize count() by status" in page and "errors | take 3" in page and "(server)" in page
        assert "Interjected" in post("/game/interject", master, "text=lead")
        assert "looked odd this morning" in get("/case", group)
        assert "problem" in post("/game/interject", master, "text=lead")
        before = re.search(r"It is ([\d: -]+) there", get("/case", group))[1]
        assert "passed" in post("/game/advance", master, "")
        assert re.search(r"It is ([\d: -]+) there", get("/case", group))[1] != before
        post("/game/note", master, "text=they+talk+a+lot")
        assert "recorded" in post("/case/answer", group, f"pipeline={culprit}&cause={cause}&since=&blast=(lineage+downstream+of+{culprit})")
        assert "problem" in post("/case/answer", group, "pipeline=nobody&cause=x")
        assert "they talk a lot" in get("/game/report", master) and "they talk a lot" not in get("/case", group)
        # A browser signs in with either token.
        cookie = server.send("POST", "/login", "token=master", **{"Content-Type": "application/x-www-form-urlencoded"}).headers["set-cookie"].split(";")[0]
        assert "Answer sheet" in get("/game", {"Cookie": cookie})
        assert server.send("GET", "/game", Accept="text/html").headers.get("location") == "/login"
        assert "closed" in post("/game/close", master, "")
        reply = server.send("POST", "/v2/rest/query", {"csl": "incidents | top 50 by began | project pipeline, cause", "db": "g"}, **group)
        assert secret.search(reply.text), reply.text[:500]
    finally:
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
        server.log.close()


def main():
    for name in sys.argv[1:] or ["sealed", "terminal", "past", "assistant", "group"]:
        with tempfile.TemporaryDirectory() as folder:
            globals()["test_" + name](Desk(folder))
        print("ok", name, flush=True)


main()
