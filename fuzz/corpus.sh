#!/bin/sh
# Fills fuzz/corpus/guard with documents to begin from: the sample operations, and those that graphql-js has judged.
set -eu
cd "$(dirname "$0")"
mkdir -p corpus/guard
cp ../schema/operations/*.graphql corpus/guard/
for variables in ../schema/operations/*.variables.json; do
    name=$(basename "$variables" .variables.json)
    # A zero byte stands between a document and its variables.
    { cat "../schema/operations/$name.graphql"; printf '\0'; cat "$variables"; } >"corpus/guard/$name.with-variables"
done
node ../web/conformance/documents.mjs ../schema/schema.graphql | node -e '
  const lines = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  lines.filter((line) => "document" in line).forEach(({ document }, index) =>
    require("fs").writeFileSync(`corpus/guard/document-${index}`, document));
'
echo "$(find corpus/guard -type f | wc -l) documents in fuzz/corpus/guard"
