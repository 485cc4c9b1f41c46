//! All settings in words: for `--help`, which shows them to who runs the program.

use super::settings::{Config, Setting, settings};
use super::values::Profile;

/// How many letters a line has at most.
const WIDTH: usize = 100;

impl Setting {
    /// What there is to know of it: its text, what is accepted, and its default where the profile `production` changes it.
    pub fn described(&self) -> String {
        let mut described = format!("{} Accepted: {}.", self.text, self.accepted);
        if let Some(default) = self.in_production() {
            described += &format!(" In production: {default}.");
        }
        described
    }

    /// Its default in the profile `production`, where that is another one.
    pub fn in_production(&self) -> Option<String> {
        let [development, production] =
            [Profile::Development, Profile::Production].map(|profile| self.value(&Config::of(profile)));
        // Of the profile itself there is nothing to say.
        (development != production && self.name != "MENAGERIE_PROFILE").then_some(production)
    }
}

/// All settings, section by section, each with its default.
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

/// A text in lines of so many letters, each behind `indent`.
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
