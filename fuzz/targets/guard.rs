//! Bytes against the guard, and what it lets through against what stands behind it: nothing may panic, overflow its
//! stack or take long (`-timeout`), whatever the bytes are.
//!
//! Behind a zero byte stand the variables, as JSON.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use menagerie::limits::Limits;
use menagerie::graphql::{schema, sdl};
use menagerie::guard::{Guard, Rules, Variables};

static GUARD: LazyLock<Guard> = LazyLock::new(|| {
    let limits = Limits::default();
    let rules = Rules {
        limits,
        introspection: true,
        suggestions: true,
    };
    Guard::new(&sdl(&schema(limits)), rules).expect("the schema is valid")
});

fuzz_target!(|bytes: &[u8]| {
    // The layer before the guard refuses what is no UTF-8.
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (document, variables) = text.split_once('\0').unwrap_or((text, "{}"));
    let checked = match GUARD.check(document) {
        Ok(checked) => checked,
        Err(refusal) => {
            // It has to tell at least one reason, and can be written out.
            assert!(!refusal.errors().is_empty());
            return;
        }
    };
    let Ok(variables) = Variables::read(variables, GUARD.limits()) else {
        return;
    };
    for name in [None, Some("A")] {
        if let Ok(operation) = checked.operation(name) {
            // A variable without a value of its type is refused, which is as good.
            let _ = GUARD.prepare(&checked, operation, &variables);
        }
    }
});
