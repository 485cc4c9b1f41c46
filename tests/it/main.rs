//! Integration tests through the front door: HTTP and GraphQL against a real database, one database per test.
//!
//! The database server is the one that `MONGODB_URI` names, or an embedded one that this binary starts for itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod agents; // agents at /mcp: tools, resources, both versions of the protocol
mod agreement; // schema files, types, inputs, descriptions and columns have the same fields
mod article; // what the article says, found from every side; the traps in its figures
mod attacks; // a corpus of attacks on the program: each refused as it should be, and the program lives on
mod caching; // answers and documents that are kept: never stale, bounded, of use
mod changes; // subscriptions below HTTP: what is told, filters in memory, where they go on
mod checking; // what a check finds, what is put right, that the vocabularies agree
mod clients; // what clients do by themselves and what to set, by the programs in examples/
mod columns; // the columns of the gifts: equal to the database, current, whole, bounded
mod commands; // the program as users run it: commands, exit statuses, the server as a process
mod conformance; // what graphql-http and graphql-js hold a server to
mod dates; // dates and counts: certain and possible, proposals, calendars, what is derived again
mod docs; // README.md and docs/ tell the truth
mod embedded; // the embedded database: start, restart, stop, one server a folder
mod examples; // the Grafana dashboard and the clients in examples/ work
mod exports; // exports: the rows of the connections, in CSV and in JSON lines
mod federation; // the API as a subgraph of a larger graph
mod filtering; // nulls in filters, and what has none
mod front; // the front door over HTTP: statuses, batches, browsers, cost, rates, deadlines
mod house; // the house rules, held against the sources
mod identity; // who asks: tokens, signed tokens, refused headers
mod keys; // one document by one of its keys
mod killing; // the database killed under a writing load
mod live; // subscriptions over WebSockets and streams of events: the protocols, how they end, what they cost
mod merging; // what is selected several times is one field; what fails is null where it may be
mod named; // queries by their names: the same answers as by /graphql, rows, CSV, what is refused
mod observing; // metrics, health, traces, TLS
mod planning; // a document says the same by whatever root field it is reached
mod plans; // what questions cost: commands per query, documents taken up per filter and order
mod pricing; // every field that reads or writes has its price in the schema
mod registry; // a collection is told once: its places are counted, and every list is the same
mod search; // what is found and in which order, pages, how the index follows the data
mod seeding; // loading sets: what is written, what is left alone, what is refused
mod serving; // routes, the schema file, sample operations, errors
mod statistics; // sums over the gifts: the traps in the figures, lists and their rest, the order of root fields
mod stopping; // signals under load
mod support; // TestApp
mod throwing; // random bytes, token soup, broken queries: never a 5xx
mod timeline; // gifts and events in one list: what it holds, costs, refuses
mod transferring; // documents in files: imports, exports that imports read back, backups
mod walk; // random filters, orders and pages against a naive model
mod wire; // what other servers of the protocol say, by a proxy that says it
mod writing; // what editors change: mutations, history, races, roles
