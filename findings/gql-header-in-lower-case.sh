#!/usr/bin/env bash
# A header in lower case makes it speak another protocol (PyPI gql 4.4.0)
#
# Guess: a server that picks "graphql-transport-ws" of the two protocols that `WebsocketsTransport` offers is spoken to by
# it, however it writes the name of the header.
# Rule: RFC 9110, section 5.1: names of fields have no case. RFC 6455, section 4.2.2: the server picks the protocol.
# Seen: the transport looks for `Sec-WebSocket-Protocol` letter by letter. Where a server writes
# `sec-websocket-protocol`, it takes it that nothing was picked and speaks the older protocol: a `start` where a
# `subscribe` was agreed. The transport of aiohttp speaks the right one, for aiohttp's own parser respells known names.
# Versions: gql 4.4.0, websockets 17.4, aiohttp 3.14.5, graphql-core 3.3.2 from PyPI, Python 3.11. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check gql==4.4.0 graphql-core==3.3.2 websockets==17.4 aiohttp==3.14.5

cat >program.py <<'PROGRAM'
import asyncio
import base64
import hashlib
import json
import re

from gql import Client, gql
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.websockets import WebsocketsTransport

NAME = "Sec-WebSocket-Protocol"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
heard = []


async def message(reader):
    """The JSON of a short frame."""
    opcode, size = await reader.readexactly(2)
    if opcode & 15 == 8:
        return None
    size &= 127
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2), "big")
    mask = await reader.readexactly(4)
    data = await reader.readexactly(size)
    return json.loads(bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)))


def serving(name):
    async def serve(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        key = re.search(rb"(?i)sec-websocket-key: *(\S+)", request)[1]
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Accept: {accept}", f"{name}: graphql-transport-ws", "", ""]
        writer.write("\r\n".join(lines).encode())
        while one := await message(reader):
            if one["type"] == "connection_init":
                writer.write(b'\x81\x19{"type":"connection_ack"}')
            elif one["type"] in ("subscribe", "start"):
                heard.append(one["type"])
                break
        writer.close()

    return serve


async def main():
    for name in (NAME, NAME.lower()):
        server = await asyncio.start_server(serving(name), "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for transport in (WebsocketsTransport, AIOHTTPWebsocketsTransport):
            try:
                async with Client(transport=transport(url=url)) as session:
                    async for _ in session.subscribe(gql("subscription { a }")):
                        pass
            except Exception:
                pass
            print(f"{name}, {transport.__name__}: {heard.pop()}")
        server.close()


asyncio.run(main())
PROGRAM

cat >expected <<'SEEN'
Sec-WebSocket-Protocol, WebsocketsTransport: subscribe
Sec-WebSocket-Protocol, AIOHTTPWebsocketsTransport: subscribe
sec-websocket-protocol, WebsocketsTransport: start
sec-websocket-protocol, AIOHTTPWebsocketsTransport: subscribe
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
