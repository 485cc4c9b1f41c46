//! The descriptions of the settings, for `--help` and the generated documentation.

use super::settings::{Config, Setting, settings};
use super::values::Profile;

/// The maximum line length, in bytes.
const WIDTH: usize = 100;

impl Setting {
    /// Its text, the accepted values, and its default in the profile `production` if that is a different one.
    pub fn described(&self) -> String {
        let mut described = format!("{} Accepted: {}.", self.text, self.accepted);
        if let Some(default) = self.in_production() {
            described += &format!(" In production: {default}.");
        }
        described
    }

    /// Its default in the profile `production`; `None` if it is the same as in `development`.
    pub fn in_production(&self) -> Option<String> {
        let [development, production] =
            [Profile::Development, Profile::Production].map(|profile| self.value(&Config::of(profile)));
        // The setting of the profile itself always differs.
        (development != production && self.name != "MENAGERIE_PROFILE").then_some(production)
    }
}

/// Describes all settings by section, each with its default.
pub fn help() -> String {
    let mut help = String::new();
    let mut section = "";
    for setting in settings() {
        if setting.section != section {
            section = setting.section;
            help += &format!("\n{section}:\n");
        }
        let default = setting.value(&Config::default());
        help += &format!(
            "  {}={default}\n{}",
            setting.name,
            wrapped(&setting.described(), "      ", WIDTH)
        );
    }
    help
}

/// Wraps a text at `width` bytes, which include the `indent` of each line. A longer word is not split.
pub fn wrapped(text: &str, indent: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent.len() + line.len() + 1 + word.len() > width {
            lines += &format!("{indent}{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    lines + &format!("{indent}{line}\n")
}
