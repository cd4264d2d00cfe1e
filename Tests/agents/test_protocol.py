"""`plumb mcp` message by message: both forms of the protocol, every tool, limits and errors.

usage: test_protocol.py PATH_TO_PLUMB
"""
import pathlib
import sys
import tempfile
import time

from spoken import Agent, small_world

BINARY = sys.argv[1]
MODERN = {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}}
TOOLS = ["query", "schema", "values", "risk", "why", "lineage", "changes"]


def text(result):
    return result["content"][0]["text"]


def test_earlier_form(world):
    agent = Agent(BINARY, *world)
    for asked, chosen in [("2024-11-05", "2024-11-05"), ("2025-11-25", "2025-11-25"), ("2099-01-01", "2025-11-25")]:
        result = agent.ask("initialize", {"protocolVersion": asked, "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})["result"]
        assert result["protocolVersion"] == chosen and result["serverInfo"]["name"] == "plumb", result
        assert "resultType" not in result
    agent.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert agent.ask("ping")["result"] == {}
    tools = agent.ask("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools] == TOOLS
    assert all(tool["annotations"]["readOnlyHint"] for tool in tools)
    assert agent.close() == (0, ""), "standard error must stay empty"


def test_current_form(world):
    agent = Agent(BINARY, *world)
    found = agent.ask("server/discover", MODERN)["result"]
    assert "2026-07-28" in found["supportedVersions"] and found["resultType"] == "complete" and found["ttlMs"] > 0, found
    listed = agent.ask("tools/list", MODERN)["result"]
    assert listed["resultType"] == "complete" and listed["cacheScope"] == "private"
    result = agent.ask("tools/call", {"name": "query", "arguments": {"kql": "runs | count"}, **MODERN})["result"]
    assert result["resultType"] == "complete" and result["structuredContent"]["data"] == [[144]], result
    wrong = {"_meta": {"io.modelcontextprotocol/protocolVersion": "1999-01-01"}}
    error = agent.ask("tools/list", wrong)["error"]
    assert error["code"] == -32022 and "2026-07-28" in error["data"]["supported"] and error["data"]["requested"] == "1999-01-01", error
    agent.close()


def test_tools(world):
    agent = Agent(BINARY, *world)
    result = agent.call("query", kql="// failures\nlet n = 1; runs | where status == 'failed' | summarize n = count() by pipeline")
    assert result["structuredContent"]["data"] == [["clean", 8]], result
    assert "truncated: false" in text(result) and "clean,8" in text(result)

    tables = agent.call("schema")["structuredContent"]["data"]
    assert {row[0] for row in tables} >= {"runs", "edges"}, tables
    columns = agent.call("schema", table="runs")["structuredContent"]["data"]
    assert columns[0][:2] == ["pipeline", "string"] and columns[0][2] in {"load", "clean", "serve"}, columns

    values = agent.call("values", column="pipeline")["structuredContent"]["data"]
    assert sorted(values) == [["clean", 48], ["load", 48], ["serve", 48]], values
    assert agent.call("values", column="pipeline", contains="LOA")["structuredContent"]["data"] == [["load", 48]]
    quantiles = agent.call("values", column="started", table="runs")["structuredContent"]
    assert quantiles["rows"] == 48 or "least" in [c["name"] for c in quantiles["columns"]], quantiles

    down = agent.call("lineage", pipeline="load")["structuredContent"]["data"]
    assert [row[0] for row in down] == ["clean", "serve"], down
    assert [row[0] for row in agent.call("lineage", pipeline="serve", direction="upstream", hops=1)["structuredContent"]["data"]] == ["clean"]

    reasons = agent.call("why", pipeline="clean")["structuredContent"]
    assert reasons["rows"] >= 1 and "cause" in [c["name"] for c in reasons["columns"]], reasons
    assert agent.call("changes")["structuredContent"]["rows"] >= 1
    earlier = agent.call("changes", before="2026-04-01 .. 2026-04-02", after="ago(1d) .. now()", by=["pipeline"])
    assert not earlier.get("isError"), earlier
    # A model needs more history than two days; the answer says so instead of guessing.
    risk = agent.call("risk", top=2)
    assert risk.get("isError") or risk["structuredContent"]["rows"] <= 2, risk
    assert agent.close()[0] == 0


def test_limits(world):
    agent = Agent(BINARY, *world, "--max-rows", "500", "--query-time", "1s", "--query-memory", "64MB")
    result = agent.call("query", kql="range i from 1 to 100000 step 1")["structuredContent"]
    assert (result["rows"], result["returned"], result["truncated"]) == (100_000, 100, True), result["rows"]
    result = agent.call("query", kql="range i from 1 to 100000 step 1", limit=9999)["structuredContent"]
    assert result["returned"] == 500, "an agent must not raise the limit"
    result = agent.call("query", kql="range i from 1 to 400 step 1 | extend t = strcat_array(repeat('x', 1000), '')", limit=400)
    assert len(text(result)) < 80_000 and result["structuredContent"]["truncated"]
    began = time.time()
    slow = agent.call("query", kql="range i from 1 to 3000000000000 step 1 | summarize sum(i)")
    assert slow["isError"] and "longer than 1" in text(slow), slow
    assert time.time() - began < 30
    large = agent.call("query", kql="range i from 1 to 30000000 step 1 | summarize count() by strcat('key ', i) | count")
    assert large["isError"], large
    assert agent.call("query", kql="print 1")["structuredContent"]["data"] == [[1]]
    agent.close()


def test_cancellation(world):
    agent = Agent(BINARY, *world)
    agent.send({"jsonrpc": "2.0", "id": "slow", "method": "tools/call", "params": {
        "name": "query", "arguments": {"kql": "range i from 1 to 30000000000 step 1 | summarize sum(i)"}}})
    time.sleep(0.5)
    agent.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "slow"}})
    assert agent.read()["result"]["isError"]
    assert agent.call("query", kql="print 2")["structuredContent"]["data"] == [[2]]
    agent.close()


def test_refusals(world, folder):
    agent = Agent(BINARY, *world)
    for kql, part in [
        ("runs | where statuss == 'failed'", "did you mean `status`"), ("runs | wher status", "where"), ("", "must not be empty"),
        (".drop table runs", "read"), (".set t <| runs", "read"), (".import " + str(folder / "runs.csv"), "read"),
        (".attach '/etc/passwd' as p", "read"), (f"externaldata(a: string) ['{folder}/runs.csv']", "extern"),
        ("runs | render timechart with (file='x.svg')", None), (".show tables", None),
    ]:
        result = agent.call("query", kql=kql)
        assert bool(result.get("isError")) == (part is not None), (kql, result)
        assert part is None or part in text(result), (kql, text(result))
    assert not (folder / "x.svg").exists() and not pathlib.Path("x.svg").exists()
    for tool, arguments, part in [
        ("query", {}, "kql"), ("query", {"kql": 7}, "string"), ("query", {"kql": "print 1", "rows": 3}, "no argument `rows`"),
        ("values", {"column": "statos"}, "status"), ("values", {"column": "status", "table": "rums"}, "runs"),
        ("schema", {"table": "x'; .drop table runs"}, "unknown table"), ("why", {"pipeline": "laod"}, "load"),
        ("lineage", {"pipeline": "load", "direction": "sideways"}, "upstream"), ("changes", {"before": "yesterday"}, ".."),
        ("why", {"pipeline": "load", "at": "soon"}, "times"), ("risk", {"within": "soon"}, "2h"), ("query", {"kql": "print 1", "limit": 0}, "at least 1"),
    ]:
        result = agent.call(tool, **arguments)
        assert result.get("isError") and part in text(result), (tool, arguments, result)
    assert agent.call("query", kql="runs | count")["structuredContent"]["data"] == [[144]], "nothing was changed"

    for line, code in [
        ("{", -32700), ("[]", -32600), ("7", -32600), ('{"jsonrpc":"2.0","id":1}', -32600), ('{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
        ('{"jsonrpc":"2.0","id":1,"method":"resources/list"}', -32601), ('{"jsonrpc":"2.0","id":1,"method":"tools/call"}', -32602),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drop"}}', -32602),
        ('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query","arguments":[1]}}', -32602),
        ('{"jsonrpc":"2.0","id":1,"method":"initialize"}', -32602), ("\ufffd", -32700), ("[" * 5000, -32700),
    ]:
        agent.send(line)
        assert agent.read()["error"]["code"] == code, line[:80]
    agent.send('[{"jsonrpc":"2.0","id":5,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"}]')
    assert agent.read() == [{"jsonrpc": "2.0", "id": 5, "result": {}}]
    assert agent.close()[0] == 0


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        world = small_world(folder)
        for test in [test_earlier_form, test_current_form, test_tools, test_limits, test_cancellation]:
            test(world)
            print(f"ok {test.__name__}")
        test_refusals(world, folder)
        print("ok test_refusals")


main()
