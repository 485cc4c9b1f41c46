"""What Python's gql makes of the statuses of answers: python statuses.py ADDRESS."""

import json
import sys

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport

KINDS = {
    "good": 'query { gift(by: { slug: "ru-kp-2024" }) { id slug } }',
    "in part": 'query { node(id: "nonsense") { id } gift(by: { slug: "ru-kp-2024" }) { id slug } }',
    "invalid": "query { nothing }",
}

for accept in ("*/*", "application/graphql-response+json"):
    transport = RequestsHTTPTransport(url=f"{sys.argv[1].rstrip('/')}/graphql", headers={"accept": accept})
    client = Client(transport=transport)
    for kind, query in KINDS.items():
        try:
            found = {"slug": client.execute(gql(query))["gift"]["slug"], "codes": []}
        except TransportQueryError as error:
            gift = (error.data or {}).get("gift") or {}
            found = {"slug": gift.get("slug"), "codes": [one["extensions"]["code"] for one in error.errors]}
        print(json.dumps({"accept": accept, "kind": kind, **found}))
