#!/bin/sh
# Fills fuzz/corpus/guard with documents to begin from: the sample operations, and those that graphql-js has judged.
set -eu
cd "$(dirname "$0")"
mkdir -p corpus/guard
cp ../schema/operations/*.graphql corpus/guard/
node ../web/conformance/documents.mjs ../schema/schema.graphql | node -e '
  const lines = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  lines.filter((line) => "document" in line).forEach(({ document }, index) =>
    require("fs").writeFileSync(`corpus/guard/document-${index}`, document));
'
echo "$(find corpus/guard -type f | wc -l) documents in fuzz/corpus/guard"
