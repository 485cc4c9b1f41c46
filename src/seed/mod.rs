//! Data from files, and made-up data: what `menagerie seed` and `menagerie generate` do.
//!
//! Reading and checking stands in `set.rs`, whether a set fits what is there in `fit.rs`, deciding and writing in
//! `load.rs`, synthetic data in `generate.rs`.

mod fit;
pub mod generate;
pub mod load;
pub mod set;
