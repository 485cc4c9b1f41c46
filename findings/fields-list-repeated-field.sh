#!/usr/bin/env bash
# The second selection of a field is missing in the projection (npm graphql-fields-list 2.3.0)
#
# Guess: for `{gift{giver{name}} gift{title}}` the list of what to read from the database has both
# giver.name and title.
# Rule: GraphQL, September 2025, 6.3.2 (CollectFields) and 6.4.3 (MergeSelectionSets): selections
# of one response key are merged and resolved once; graphql-js therefore hands a resolver all of
# them, in `info.fieldNodes`, which is a list.
# Seen: only the first selection is looked at. With its projection sent to MongoDB, `title` is
# null in an answer without errors: this is what clients send whose components have a fragment
# on `Query` each. A nested field that is selected twice is merged, and so are both by the
# libraries graphql-fields, graphql-list-fields and graphql-parse-resolve-info.
# Versions: graphql-fields-list 2.3.0, graphql-fields 2.0.3, graphql 16.15.0 from npm.
# Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . graphql@16.15.0 graphql-fields-list@2.3.0 graphql-fields@2.0.3

cat >program.mjs <<'PROGRAM'
import { buildSchema, graphql } from 'graphql'
import list from 'graphql-fields-list'
import fields from 'graphql-fields'

const schema = buildSchema('type Query { gift: Gift } type Gift { title: String giver: Nation } type Nation { name: String slug: String }')
const stored = { title: 'Two pandas', giver: { name: 'China', slug: 'china' } }
schema.getQueryType().getFields().gift.resolve = (parent, args, context, info) => {
  const projection = list.fieldsProjection(info)
  console.log('graphql-fields-list:', JSON.stringify(projection))
  console.log('graphql-fields:', JSON.stringify(fields(info)))
  const read = {}
  if (Object.keys(projection).some((path) => path.startsWith('giver.'))) read.giver = stored.giver
  if (projection.title) read.title = stored.title
  return read
}
for (const source of ['{ gift { giver { name } } gift { title } }', '{ gift { giver { name } giver { slug } title } }']) {
  console.log(source)
  console.log('answer:', JSON.stringify(await graphql({ schema, source })))
}
PROGRAM

cat >expected <<'SEEN'
{ gift { giver { name } } gift { title } }
graphql-fields-list: {"giver.name":1}
graphql-fields: {"giver":{"name":{}},"title":{}}
answer: {"data":{"gift":{"giver":{"name":"China"},"title":null}}}
{ gift { giver { name } giver { slug } title } }
graphql-fields-list: {"title":1,"giver.name":1,"giver.slug":1}
graphql-fields: {"giver":{"name":{},"slug":{}},"title":{}}
answer: {"data":{"gift":{"giver":{"name":"China","slug":"china"},"title":"Two pandas"}}}
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
