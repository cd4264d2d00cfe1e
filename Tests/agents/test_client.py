"""`plumb mcp` with PyPI's `mcp` client, in both forms of the protocol.

usage: test_client.py PATH_TO_PLUMB (in an environment with the package mcp)
"""
import asyncio
import pathlib
import sys
import tempfile

from mcp import ClientSession, StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

from spoken import small_world

BINARY = sys.argv[1]


async def use(session):
    tools = await session.list_tools()
    assert [tool.name for tool in tools.tools] == ["query", "schema", "values", "risk", "why", "lineage", "changes"]
    result = await session.call_tool("query", {"kql": "runs | where status == 'failed' | summarize failures = count() by pipeline"})
    assert result.structured_content["data"] == [["clean", 8]], result
    assert not result.is_error
    result = await session.call_tool("query", {"kql": "runs | where statuss == 'failed'"})
    assert result.is_error and "did you mean `status`" in result.content[0].text, result


async def handshake(parameters):
    async with stdio_client(parameters) as (reader, writer), ClientSession(reader, writer) as session:
        result = await session.initialize()
        assert result.server_info.name == "plumb", result
        await use(session)


async def discovery(parameters):
    async with Client(stdio_client(parameters)) as client:
        assert client.protocol_version == "2026-07-28", client.protocol_version
        await use(client)


def main():
    with tempfile.TemporaryDirectory() as folder:
        parameters = StdioServerParameters(command=BINARY, args=["mcp", *small_world(pathlib.Path(folder))])
        asyncio.run(handshake(parameters))
        print("ok handshake")
        asyncio.run(discovery(parameters))
        print("ok discovery")


main()
