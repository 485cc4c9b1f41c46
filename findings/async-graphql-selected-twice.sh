#!/usr/bin/env bash
# Fields selected twice run twice, and interfaces lose nulls (crate async-graphql 7.2.1)
#
# Guess: a field in two fragments is executed once with the selections of both; a fragment on a type
# that an object of an interface does not have leaves `{}`; an error in a non-null field of an
# interface makes its parent null.
# Rule: GraphQL, September 2025, 6.3.2 (CollectFields), 6.4.3 (MergeSelectionSets, CompleteValue) and
# 6.4.4 (Handling Execution Errors); 4.2 for the introspection of interfaces.
# Seen: a mutation in two fragments is executed twice and answered with the number that the first
# execution made. A list read twice is joined by position: where the second reading has one more in
# front, the answer has the id of one gift with the title of another. An object of an interface of
# which nothing is selected is null, also in a list whose members are non-null, where nobody may
# take it for "there is none". A non-null field that fails is left out. An operation of which nothing
# is left is `"data": null` without an error, and an interface has `interfaces: null`.
# Versions: async-graphql 7.2.1, futures-executor 0.3.31, serde_json 1.0.145 from the Rust registry, without
# default features. It builds for some minutes. Date: 2026-11-28.

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
async-graphql = { version = "=7.2.1", default-features = false }
futures-executor = "=0.3.31"
serde_json = "=1.0.145"
[profile.dev]
opt-level = 0
debug = false
PROGRAM

cat >src/main.rs <<'PROGRAM'
use async_graphql::*;
use std::sync::atomic::{AtomicI32, Ordering};

static MADE: AtomicI32 = AtomicI32::new(0);
static READ: AtomicI32 = AtomicI32::new(0);

#[derive(SimpleObject, Clone)]
struct Gift { id: ID, title: String }
#[derive(SimpleObject, Clone)]
struct Nation { id: ID, name: String }
struct Broken;
#[Object]
impl Broken {
    async fn id(&self) -> Result<&ID> { Err("not there".into()) }
}
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID"))]
enum Node { Gift(Gift), Nation(Nation), Broken(Broken) }
#[derive(SimpleObject)]
struct Made { number: i32, name: String }

struct Query;
#[Object]
impl Query {
    /// Newest first: every read sees a list that has changed.
    async fn gifts(&self) -> Vec<Gift> {
        let n = READ.fetch_add(1, Ordering::SeqCst);
        let mut all = vec![Gift { id: "1".into(), title: "First".into() }, Gift { id: "2".into(), title: "Second".into() }];
        if n % 2 == 1 { all.insert(0, Gift { id: "3".into(), title: "Third".into() }) }
        all
    }
    async fn node(&self) -> Option<Node> { Some(Node::Nation(Nation { id: "n".into(), name: "China".into() })) }
    async fn nodes(&self) -> Vec<Node> { vec![Node::Gift(Gift { id: "1".into(), title: "First".into() }), Node::Nation(Nation { id: "n".into(), name: "China".into() })] }
    async fn broken(&self) -> Option<Node> { Some(Node::Broken(Broken)) }
}
struct Mutation;
#[Object]
impl Mutation {
    async fn make(&self, name: String) -> Made { Made { number: MADE.fetch_add(1, Ordering::SeqCst) + 1, name } }
}
fn main() {
    let schema = Schema::new(Query, Mutation, EmptySubscription);
    for source in [
        "mutation { ...A ...B } fragment A on Mutation { make(name: \"x\") { number } } fragment B on Mutation { make(name: \"x\") { name } }",
        "{ ...A ...B } fragment A on Query { gifts { id } } fragment B on Query { gifts { title } }",
        "{ node { ... on Gift { title } } }",
        "{ nodes { ... on Gift { title } } }",
        "{ broken { __typename id } }",
        "{ ... @include(if: false) { node { id } } }",
        "{ __type(name: \"Node\") { interfaces { name } } }",
    ] {
        MADE.store(0, Ordering::SeqCst); READ.store(0, Ordering::SeqCst);
        let answer = futures_executor::block_on(schema.execute(source));
        println!("{source}\n  {} made {} read {}", serde_json::to_string(&answer).unwrap(), MADE.load(Ordering::SeqCst), READ.load(Ordering::SeqCst));
    }
}
PROGRAM

cat >expected <<'SEEN'
mutation { ...A ...B } fragment A on Mutation { make(name: "x") { number } } fragment B on Mutation { make(name: "x") { name } }
  {"data":{"make":{"number":1,"name":"x"}}} made 2 read 0
{ ...A ...B } fragment A on Query { gifts { id } } fragment B on Query { gifts { title } }
  {"data":{"gifts":[{"id":"1","title":"Third"},{"id":"2","title":"First"}]}} made 0 read 2
{ node { ... on Gift { title } } }
  {"data":{"node":null}} made 0 read 0
{ nodes { ... on Gift { title } } }
  {"data":{"nodes":[{"title":"First"},null]}} made 0 read 0
{ broken { __typename id } }
  {"data":{"broken":{"__typename":"Broken"}},"errors":[{"message":"not there","locations":[{"line":1,"column":23}]}]} made 0 read 0
{ ... @include(if: false) { node { id } } }
  {"data":null} made 0 read 0
{ __type(name: "Node") { interfaces { name } } }
  {"data":{"__type":{"interfaces":null}}} made 0 read 0
SEEN

cargo run --quiet >seen
cat seen
diff expected seen || { echo 'This is no longer what was seen on 2026-11-28.' >&2; exit 1; }
