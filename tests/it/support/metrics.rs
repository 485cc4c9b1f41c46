//! What the metrics say.

/// The value of a metric in their text, by its name and labels as they are written.
pub fn value(text: &str, name: &str) -> f64 {
    let mut lines = text.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let value = value.unwrap_or_else(|| panic!("no {name} in:\n{text}"));
    value.parse().expect("a number")
}
