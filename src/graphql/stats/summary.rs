//! The statistics in a few sentences for people. Does no I/O.

use std::collections::BTreeMap;

use super::figures::{End, Figures};
use super::groups::AnimalGrouping;
use crate::api::error::Result;

impl Figures {
    /// What stands out: how many gifts from how many nations to how many, who gave the most, what was given most often, and
    /// of how many gifts no number of animals is known.
    pub fn summary(&self) -> Result<String> {
        let totals = self.totals()?;
        if totals.gifts == 0 {
            return Ok("No gift matches.".to_owned());
        }
        let (givers, recipients) = (self.gifts_by(End::Giver)?, self.gifts_by(End::Recipient)?);
        let gifts = plural(totals.gifts, "gift");
        let mut sentences = vec![format!(
            "{gifts} of animals, from {} to {}.",
            self.all(&givers),
            self.all(&recipients)
        )];
        if givers.len() > 1 {
            sentences.extend(
                self.most(&givers)
                    .map(|(names, most, each)| format!("{names} gave the most: {most}{each}.")),
            );
        }
        let mut animals = BTreeMap::new();
        for (key, group) in self.of_animals(AnimalGrouping::Animal)? {
            animals.extend(key.as_ref().map(|key| (key, group.tally.gifts)));
        }
        if totals.gifts > 1 {
            let said = |(names, most, each)| format!("Given most often: {names}, in {most}{each}.");
            sentences.extend(self.most(&animals).map(said));
        } else {
            let names: Vec<&str> = animals.keys().map(|key| self.name(key)).collect();
            sentences.extend((!names.is_empty()).then(|| format!("Given: {}.", listed(&names))));
        }
        match totals.animals.unknown_counts {
            0 => {}
            1 if totals.gifts == 1 => sentences.push("Nobody knows how many animals it was.".to_owned()),
            unknown => sentences.push(format!(
                "Of {} nobody knows how many animals it was.",
                grouped(unknown.into())
            )),
        }
        Ok(sentences.join(" "))
    }

    /// How many gifts each nation has at one end.
    fn gifts_by(&self, end: End) -> Result<BTreeMap<&String, u64>> {
        let groups = self.of_nations(end)?.iter();
        Ok(groups.map(|(nation, group)| (nation, group.tally.gifts)).collect())
    }

    /// The only nation by its name, or how many there are.
    fn all(&self, nations: &BTreeMap<&String, u64>) -> String {
        match nations.keys().next() {
            Some(only) if nations.len() == 1 => self.name(only).to_owned(),
            _ => plural(nations.len() as u64, "nation"),
        }
    }

    /// What has the most, if that is one or two of several; the number, and " each" for two.
    fn most(&self, all: &BTreeMap<&String, u64>) -> Option<(String, String, &'static str)> {
        let most = *all.values().max()?;
        let mut names: Vec<&str> = all
            .iter()
            .filter(|(_, gifts)| **gifts == most)
            .map(|(key, _)| self.name(key))
            .collect();
        names.sort_unstable();
        let each = if names.len() > 1 { " each" } else { "" };
        (names.len() <= 2).then(|| (listed(&names), grouped(most), each))
    }
}

/// "1 gift", "1,204 gifts".
fn plural(count: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// "a, b and c".
fn listed(names: &[&str]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => names.concat(),
    }
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|part| std::str::from_utf8(part).ok())
        .collect();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_are_told_as_people_write_them() {
        for (number, told) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), told);
        }
        for (names, told) in [
            (&["a"][..], "a"),
            (&["a", "b"], "a and b"),
            (&["a", "b", "c"], "a, b and c"),
        ] {
            assert_eq!(listed(names), told);
        }
    }
}
