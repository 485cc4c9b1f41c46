//! The one way of every operation, whatever brings it: admission → document → cached? → cost → execution → record.
//!
//! `admission` lets a request in and finds who asks (`caller`). `run` takes an operation from there to its answer:
//! `execution` executes it, or waits for the same one of another client, and `subscription` has the events of one that goes
//! on. `record` writes down what became of it. The doors in `transport` read requests and give answers their form: a body,
//! the frames of a socket, a stream of events. An export has no document; it takes the same admission and the same record.

pub mod admission;
pub mod caller;
mod execution;
pub mod record;
mod run;
pub mod subscription;
mod trace;

pub use execution::Pipeline;
pub use run::Done;
