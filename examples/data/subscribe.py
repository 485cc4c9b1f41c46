"""A subscription by Python's gql: python subscribe.py ADDRESS TOKEN, with the token of an editor; a line of JSON.

By itself gql offers the server both its protocols of WebSockets, and looks for the answer under the name
`Sec-WebSocket-Protocol`, letter by letter. Names of headers have no case: this server writes them small, as HTTP/2 has
them. gql then speaks the older protocol, and the server closes the socket. Two things help: to offer only the newer one,
or the transport of aiohttp.
"""

import asyncio
import json
import sys

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

ADDRESS, TOKEN = sys.argv[1].rstrip("/"), sys.argv[2]
SOCKET = f"{ADDRESS.replace('http', 'ws', 1)}/graphql"
GIFT = "gift_ru-kp-2024"
CHANGES = """
    subscription ($ids: [ID!], $after: String) {
      changes(ids: $ids, after: $after) { cursor node { ... on Gift { title } } }
    }
"""
UPDATE = "mutation ($input: UpdateGiftInput!) { updateGift(input: $input) { gift { title } } }"


async def edit(title: str) -> str:
    """Changes the title; gives the cursor of the place before."""
    transport = AIOHTTPTransport(url=f"{ADDRESS}/graphql", headers={"authorization": f"Bearer {TOKEN}"})
    async with Client(transport=transport) as session:
        before = await session.execute(gql("{ changesCursor }"))
        request = gql(UPDATE)
        request.variable_values = {"input": {"id": GIFT, "title": title}}
        await session.execute(request)
        return before["changesCursor"]


async def heard(transport, title: str) -> str:
    """The title that the first change after an edit tells, or what went wrong."""
    request = gql(CHANGES)
    request.variable_values = {"ids": [GIFT], "after": await edit(title)}
    try:
        async with Client(transport=transport) as session:
            async for change in session.subscribe(request):
                return change["changes"]["node"]["title"]
    except TransportError as error:
        return type(error).__name__
    return "nothing"


async def main() -> None:
    only = [WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    found = {
        "as it is": await heard(WebsocketsTransport(url=SOCKET), "title 1"),
        "subprotocols": await heard(WebsocketsTransport(url=SOCKET, subprotocols=only), "title 2"),
        "aiohttp": await heard(AIOHTTPWebsocketsTransport(url=SOCKET), "title 3"),
    }
    print(json.dumps(found))


asyncio.run(main())
