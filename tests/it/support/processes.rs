//! Signals to processes.

use std::process::Command;

/// Sends this signal, `-9` or `-TERM`, to a process that is there.
pub fn signal(process: u32, signal: &str) {
    let status = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(status.expect("kill runs").success());
}
