#!/usr/bin/env bash
# Told to keep QUERY, a cache mixes up questions, another keeps nothing (PyPI CacheControl 0.14.4, hishel 2.0.0)
#
# Guess: CacheControl with QUERY among its `cacheable_methods` keeps answers by address alone; hishel with
# QUERY among its `supported_methods` too, for it has no place for a request's body.
# Rule: RFC 10008: the key under which a cache keeps the answer to a QUERY has the request's body in it.
# Seen: CacheControl answers the second question with the answer to the first, as guessed. hishel does
# not: it asks the server each time, whatever `supported_methods` says, for POST as well, which is the
# example in its own documentation; GET is kept. requests-cache, told the same, is right.
# Versions: CacheControl 0.14.4, requests 2.34.2, hishel 2.0.0, httpx 0.28.1, requests-cache 1.3.3 from PyPI.
# Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install CacheControl==0.14.4 requests==2.34.2 'hishel[httpx]==2.0.0' httpx==0.28.1 requests-cache==1.3.3

cat >program.py <<'PROGRAM'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests
from cachecontrol import CacheControl
from hishel import SqliteStorage
from hishel.httpx import CacheClient
from requests_cache import CachedSession

asked = 0


class Handler(BaseHTTPRequestHandler):
    def any(self):
        global asked
        asked += 1
        body = self.rfile.read(int(self.headers.get('content-length') or 0))
        self.send_response(200)
        self.send_header('cache-control', 'public, max-age=600')
        self.end_headers()
        self.wfile.write(b'answer to ' + (body or self.path.encode()))

    do_GET = do_POST = do_QUERY = any

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f'http://127.0.0.1:{server.server_port}/'


def ask(name, send):
    for body in ('one', 'one', 'two'):
        before = asked
        text = send(body).text
        print(f'{name}: {body}: {text}' + (' (kept)' if asked == before else ''))


told = CacheControl(requests.Session(), cacheable_methods=('GET', 'QUERY'))
ask('CacheControl QUERY', lambda body: told.request('QUERY', url, data=body))
client = CacheClient(storage=SqliteStorage(database_path='kept.db'), rfc={'supported_methods': ['GET', 'POST', 'QUERY']})
ask('hishel QUERY', lambda body: client.request('QUERY', url + 'query', content=body))
ask('hishel POST', lambda body: client.request('POST', url + 'post', content=body))
ask('hishel GET', lambda body: client.request('GET', url + 'get?' + body))
session = CachedSession(backend='memory', allowable_methods=['GET', 'QUERY'])
ask('requests-cache QUERY', lambda body: session.request('QUERY', url, data=body))
PROGRAM

cat >expected <<'SEEN'
CacheControl QUERY: one: answer to one
CacheControl QUERY: one: answer to one (kept)
CacheControl QUERY: two: answer to one (kept)
hishel QUERY: one: answer to one
hishel QUERY: one: answer to one
hishel QUERY: two: answer to two
hishel POST: one: answer to one
hishel POST: one: answer to one
hishel POST: two: answer to two
hishel GET: one: answer to /get?one
hishel GET: one: answer to /get?one (kept)
hishel GET: two: answer to /get?two
requests-cache QUERY: one: answer to one
requests-cache QUERY: one: answer to one (kept)
requests-cache QUERY: two: answer to two
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
