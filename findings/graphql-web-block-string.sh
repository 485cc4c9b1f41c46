#!/usr/bin/env bash
# The first line of a block string is lost (npm @0no-co/graphql.web 1.3.4)
#
# Guess: the block string """Two pandas / (indented) came by air""" has two lines, "Two pandas" and
# "came by air".
# Rule: GraphQL, September 2025, String Value, BlockStringValue(): the first line is not looked at
# for the common indent and nothing is taken from it; only empty lines at both ends are removed.
# Seen: when text stands on the line of the opening quotes and the following lines are indented,
# that text is dropped. graphql-js has both lines. graphql.web is the parser inside of urql: what
# a mutation has written as such a literal is parsed, printed and sent without its first line.
# Versions: @0no-co/graphql.web 1.3.4, graphql 16.15.0, @urql/core 6.0.3 from npm. Date: 2026-11-28.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix . graphql@16.15.0 @0no-co/graphql.web@1.3.4 @urql/core@6.0.3

cat >program.mjs <<'PROGRAM'
import * as reference from 'graphql'
import * as web from '@0no-co/graphql.web'
import { createRequest, stringifyDocument } from '@urql/core'

const value = ({ definitions }) => JSON.stringify(definitions[0].selectionSet.selections[0].arguments[0].value.value)
const documents = {
  'text on the first line': 'mutation { claim(text: """Two pandas\n    came by air.\n  """) }',
  'text from the second line': 'mutation { claim(text: """\n    Two pandas\n    came by air.\n  """) }',
}
for (const [name, source] of Object.entries(documents)) {
  console.log(name)
  console.log('  graphql-js:', value(reference.parse(source)))
  console.log('  graphql.web:', value(web.parse(source)))
  console.log('  printed by graphql.web:', value(reference.parse(web.print(web.parse(source)))))
  console.log('  sent by urql:', value(reference.parse(stringifyDocument(createRequest(source, {}).query))))
}
PROGRAM

cat >expected <<'SEEN'
text on the first line
  graphql-js: "Two pandas\ncame by air."
  graphql.web: "came by air."
  printed by graphql.web: "came by air."
  sent by urql: "came by air."
text from the second line
  graphql-js: "Two pandas\ncame by air."
  graphql.web: "Two pandas\ncame by air."
  printed by graphql.web: "Two pandas\ncame by air."
  sent by urql: "Two pandas\ncame by air."
SEEN

node program.mjs >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
