//! The pipeline of every operation, on every transport: admission → document → cached? → cost → execution → record.
//!
//! `admission` admits a request and finds its `caller`. `run` takes an operation from there to its answer: `execution`
//! executes it, or waits for an identical one of another client, and `subscription` produces the events of a
//! subscription. `record` logs the result. `transport` reads requests and sends answers as a body, as messages of a
//! WebSocket, or as a stream of events. An export has no document, but shares admission and record.

pub mod admission;
pub mod caller;
mod execution;
pub mod record;
mod run;
pub mod subscription;
mod trace;

pub use execution::Pipeline;
pub use run::Done;
