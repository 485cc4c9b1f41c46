//! What those see who look after the server: metrics, health, the line per operation, traces; and TLS.

mod causes; // errors, in full and by request
mod health; // alive, ready, the port of their own
mod metrics; // what is counted, what is logged
pub mod tls; // certificates, HTTP/2
mod traces; // spans that reach a collector
