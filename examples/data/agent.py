"""An agent's tools by the official client of MCP: python agent.py ADDRESS."""

import asyncio
import json
import sys

from mcp import Client


async def main() -> None:
    async with Client(f"{sys.argv[1].rstrip('/')}/mcp") as client:
        tools = await client.list_tools()
        found = await client.call_tool("FindGifts", {"giver": "russia", "first": 2})
        gifts = json.loads(found.content[0].text)["gifts"]
        print(json.dumps({"tools": len(tools.tools), "gifts": gifts["totalCount"], "listed": len(gifts["nodes"])}))


asyncio.run(main())
