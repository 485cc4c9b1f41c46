//! Bytes against the guard, and what it lets through against the parser behind it: neither may panic, overflow its stack
//! or take long (`-timeout`), whatever the bytes are.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use menagerie::graphql::limits::Limits;
use menagerie::graphql::{schema, sdl};
use menagerie::http::guard::Guard;

static GUARD: LazyLock<Guard> = LazyLock::new(|| {
    let limits = Limits::default();
    Guard::new(&sdl(&schema(limits)), limits)
});

fuzz_target!(|bytes: &[u8]| {
    // The layer before the guard refuses what is no UTF-8.
    let Ok(document) = std::str::from_utf8(bytes) else {
        return;
    };
    if GUARD.check(document).is_ok() {
        // Whether it parses is not the question here: a stack that overflows ends the process.
        let _ = async_graphql::parser::parse_query(document);
    }
});
