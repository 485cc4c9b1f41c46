#!/usr/bin/env bash
# A field that is null without right leaves its parent standing (PyPI py-gql 0.6.1)
#
# Guess: when `n: Int!` is null, the nearest nullable field around it becomes null.
# Rule: GraphQL, September 2025, 6.4.4, Handling Execution Errors: a non-null field is never null
# in an answer; its error goes up to the parent.
# Seen: the error is told, with the right path, and `{"nation": {"n": null}}` is answered all the
# same: a client with types made from the schema meets a null where there can be none. When the
# resolver of such a field raises a ResolverError, the same. graphql-core makes the parent null.
# Versions: py-gql 0.6.1, graphql-core 3.2.6 from PyPI. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install py-gql==0.6.1 graphql-core==3.2.6

cat >program.py <<'PROGRAM'
import json

import graphql
import py_gql

SDL = 'type Query { nation: Nation } type Nation { name: String n: Int! }'
QUERY = '{ nation { name n } }'
ROOT = {'nation': {'name': 'China', 'n': None}}

result = graphql.graphql_sync(graphql.build_schema(SDL), QUERY, ROOT)
print('graphql-core:', json.dumps(result.data), result.errors[0].path)

response = py_gql.graphql_blocking(py_gql.build_schema(SDL), QUERY, root=ROOT).response()
print('py-gql:', json.dumps(response['data']), response['errors'][0]['path'])

schema = py_gql.build_schema(SDL)


@schema.resolver('Nation.n')
def fail(parent, context, info):
    raise py_gql.exc.ResolverError('not counted')


response = py_gql.graphql_blocking(schema, QUERY, root=ROOT).response()
print('py-gql, resolver that fails:', json.dumps(response['data']), response['errors'][0]['path'])
PROGRAM

cat >expected <<'SEEN'
graphql-core: {"nation": null} ['nation', 'n']
py-gql: {"nation": {"name": "China", "n": null}} ['nation', 'n']
py-gql, resolver that fails: {"nation": {"name": "China", "n": null}} ['nation', 'n']
SEEN

venv/bin/python program.py >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
