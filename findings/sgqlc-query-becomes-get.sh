#!/usr/bin/env bash
# A client that is told QUERY sends GET (PyPI sgqlc 18)
#
# Guess: an endpoint with `method='QUERY'` sends a QUERY with the question as JSON in its body.
# Rule: the parameter is documented as "HTTP Method to use for the request"; RFC 10008 is a method whose
# question is in the body, which is why somebody asks for it: a question that is too long for an address.
# Seen: it sends a GET with the question in the address, without an error or a warning, over urllib and
# over requests. What is not POST is GET, a misspelt `POTS` too.
# Versions: sgqlc 18, requests 2.34.2 from PyPI. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install sgqlc==18 requests==2.34.2

cat >program.py <<'PROGRAM'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from sgqlc.endpoint.http import HTTPEndpoint
from sgqlc.endpoint.requests import RequestsEndpoint


class Handler(BaseHTTPRequestHandler):
    def any(self):
        body = self.rfile.read(int(self.headers.get('content-length') or 0))
        print('   ', self.command, self.path.split('?')[0], 'parameters:', '?' in self.path, 'body:', len(body) > 0)
        self.send_response(200)
        self.send_header('content-type', 'application/json')
        self.end_headers()
        self.wfile.write(b'{"data": {"a": 1}}')

    do_GET = do_POST = do_QUERY = any

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f'http://127.0.0.1:{server.server_port}/graphql'

for method in ('POST', 'QUERY', 'POTS'):
    for endpoint in (HTTPEndpoint, RequestsEndpoint):
        print(endpoint.__name__, method, flush=True)
        endpoint(url, method=method)('{ a }')
PROGRAM

cat >expected <<'SEEN'
HTTPEndpoint POST
    POST /graphql parameters: False body: True
RequestsEndpoint POST
    POST /graphql parameters: False body: True
HTTPEndpoint QUERY
    GET /graphql parameters: True body: False
RequestsEndpoint QUERY
    GET /graphql parameters: True body: False
HTTPEndpoint POTS
    GET /graphql parameters: True body: False
RequestsEndpoint POTS
    GET /graphql parameters: True body: False
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
