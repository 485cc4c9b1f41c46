#!/usr/bin/env bash
# A schema that says what it is cannot be parsed (crate async-graphql-parser 7.2.1)
#
# Guess: a description before `schema { ... }` is parsed like one before a type.
# Rule: GraphQL, September 2025, 3.3: SchemaDefinition : Description? schema Directives? { ... }; introspection has
# `__Schema.description` since October 2021.
# Seen: "expected type_system_definition" at the description. The same text before a type is parsed, and graphql-js
# 16.15.0 parses both. Whoever reads an SDL by this crate has to cut the description off.
# Versions: async-graphql-parser 7.2.1 from the Rust registry. Date: 2026-11-30.

set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
export CARGO_TARGET_DIR="$here/target"

mkdir src
cat >Cargo.toml <<'PROGRAM'
[package]
name = "program"
version = "0.0.0"
edition = "2021"
[dependencies]
async-graphql-parser = "=7.2.1"
[profile.dev]
opt-level = 0
debug = false
PROGRAM

cat >src/main.rs <<'PROGRAM'
use async_graphql_parser::parse_schema;

fn main() {
    for (name, text) in [
        ("bare", "schema { query: Query } type Query { a: Int }"),
        ("a type described", "schema { query: Query } \"What can be asked.\" type Query { a: Int }"),
        ("the schema described", "\"What this is.\" schema { query: Query } type Query { a: Int }"),
    ] {
        match parse_schema(text) {
            Ok(document) => println!("{name}: {} definitions", document.definitions.len()),
            Err(error) => println!("{name}: {}", error.to_string().lines().last().unwrap_or_default().trim()),
        }
    }
}
PROGRAM

cat >expected <<'SEEN'
bare: 2 definitions
a type described: 2 definitions
the schema described: = expected type_system_definition
SEEN

cargo run --quiet >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-30.' >&2; exit 1; }
