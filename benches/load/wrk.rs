//! `wrk`, which asks: its script, its run, and what it tells afterwards.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What a run showed.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// How many answers came.
    pub requests: f64,
    /// How many in a second.
    pub per_second: f64,
    /// The middle of the times that a client waited.
    pub p50: Duration,
    /// The time that one in a hundred clients waited longer than.
    pub p99: Duration,
}

/// Whether it can be run.
pub fn is_there() -> bool {
    // It has no option that ends in success.
    Command::new("wrk").arg("--version").output().is_ok()
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: &'static str,
    pub url: String,
    /// Its `Accept`.
    pub accept: &'static str,
    /// JSON, or nothing.
    pub body: String,
}

impl Request {
    /// A query, as clients send it.
    pub fn post(url: &str, body: String) -> Self {
        Self {
            method: "POST",
            url: url.to_owned(),
            accept: "application/json",
            body,
        }
    }
}

/// Asks a server the same thing over and over. `folder` is where the script may lie.
pub fn run(folder: &Path, request: &Request, connections: usize, time: Duration) -> Result<Run, String> {
    let script = folder.join("ask.lua");
    let Request {
        method,
        url,
        accept,
        body,
    } = request;
    let body = match body.as_str() {
        "" => String::new(),
        body => format!("wrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = [===[{body}]===]"),
    };
    let text = format!(
        r#"wrk.method = "{method}"
wrk.headers["Accept"] = "{accept}"
{body}
function done(summary, latency)
  local lost = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format("\nTOLD %d %d %d %d %d %d", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), lost, summary.errors.status))
end
"#
    );
    fs::write(&script, text).map_err(|error| format!("{}: {error}", script.display()))?;
    let output = Command::new("wrk")
        .args(["--threads", "1", "--timeout", "10s"])
        .args(["--connections", &connections.to_string()])
        .args(["--duration", &format!("{}s", time.as_secs().max(1))])
        .arg("--script")
        .args([script.as_os_str(), OsStr::new(url)])
        .output()
        .map_err(|error| format!("wrk cannot be run: {error}"))?;
    let told = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = told
        .lines()
        .find_map(|line| line.strip_prefix("TOLD "))
        .map(|line| line.split(' ').filter_map(|number| number.parse().ok()).collect())
        .unwrap_or_default();
    let [requests, micros, p50, p99, lost, refused] = numbers[..] else {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(format!("wrk told nothing about {url}: {told}{error}"));
    };
    if requests == 0.0 || lost > 0.0 || refused > 0.0 {
        return Err(format!(
            "of {requests} requests to {url} {lost} got no answer and {refused} one that is no success"
        ));
    }
    Ok(Run {
        requests,
        per_second: requests * 1e6 / micros,
        p50: Duration::from_micros(p50 as u64),
        p99: Duration::from_micros(p99 as u64),
    })
}
