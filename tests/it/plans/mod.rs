//! What questions cost: commands per query, and documents that the database takes up for every filter and order.
//!
//! Nothing here looks at a clock. Commands are counted by the driver's events, documents by the database's `explain`.

mod catalog; // the filters and orders that the schema offers
mod commands; // how many commands a query sends
mod examples; // values for every filter
mod exceptions; // what the docs list
mod explain; // how many documents are taken up for what is given
mod joins; // how many commands a filter across relations sends
mod parts; // of objects only the parts that are selected are read
mod statistics; // how many commands statistics take
