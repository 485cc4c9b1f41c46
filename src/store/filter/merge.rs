//! The joins of a filter: merging, visiting and replacing them. Pure, no I/O; `join.rs` resolves them.

use std::collections::BTreeMap;

use super::Filter;
use crate::domain::id::Kind;

impl Filter {
    /// The equivalent filter with as few joins as possible. Alternatives across one relation are merged into one join,
    /// since any of them may hold. Conditions that must all hold are not: each may hold for another document.
    #[must_use]
    pub(in crate::store) fn merged(&self) -> Self {
        match self {
            Self::All(parts) => {
                let parts = parts.iter().map(Self::merged);
                let parts = parts.flat_map(|part| match part {
                    Self::All(parts) => parts,
                    part => vec![part],
                });
                Self::only_or(parts.collect(), Self::All)
            }
            Self::Any(parts) => Self::any(parts.iter().map(Self::merged)),
            Self::Not(part) => Self::Not(Box::new(part.merged())),
            Self::Field(..) => self.clone(),
            Self::Joined { path, of, take, filter } => Self::across(path, *of, take, filter.merged()),
        }
    }

    /// At least one of these filters, which are merged themselves.
    fn any(parts: impl Iterator<Item = Self>) -> Self {
        let mut relations: BTreeMap<_, Vec<Self>> = BTreeMap::new();
        let mut rest = Vec::new();
        let parts = parts.flat_map(|part| match part {
            Self::Any(parts) => parts,
            part => vec![part],
        });
        for part in parts {
            match part {
                Self::Joined { path, of, take, filter } => {
                    relations.entry((path, of, take)).or_default().push(*filter);
                }
                part => rest.push(part),
            }
        }
        for ((path, of, take), inner) in relations {
            rest.push(Self::across(path, of, take, Self::any(inner.into_iter())));
        }
        Self::only_or(rest, Self::Any)
    }

    fn across(path: &'static str, of: Kind, take: &'static str, filter: Self) -> Self {
        if take == "_id" {
            return Self::refers(path, of, filter);
        }
        Self::Joined {
            path,
            of,
            take,
            filter: Box::new(filter),
        }
    }

    fn only_or(mut parts: Vec<Self>, several: fn(Vec<Self>) -> Self) -> Self {
        match parts.len() {
            1 => parts.pop().unwrap_or_else(|| several(Vec::new())),
            _ => several(parts),
        }
    }

    /// Visits the outermost joins: the collection, the field taken there, and the inner filter.
    pub(in crate::store) fn each_join<'a>(&'a self, visit: &mut dyn FnMut(Kind, &'static str, &'a Self)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_join(visit)),
            Self::Not(part) => part.each_join(visit),
            Self::Field(..) => {}
            Self::Joined { of, take, filter, .. } => visit(*of, take, filter),
        }
    }

    /// Replaces the outermost joins, given their path, collection, field taken there, and inner filter.
    #[must_use]
    pub(in crate::store) fn with_joins(
        &self,
        replace: &mut dyn FnMut(&'static str, Kind, &'static str, &Self) -> Self,
    ) -> Self {
        let mut each = |parts: &[Self]| parts.iter().map(|part| part.with_joins(replace)).collect();
        match self {
            Self::All(parts) => Self::All(each(parts)),
            Self::Any(parts) => Self::Any(each(parts)),
            Self::Not(part) => Self::Not(Box::new(part.with_joins(replace))),
            Self::Field(..) => self.clone(),
            Self::Joined { path, of, take, filter } => replace(path, *of, take, filter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_across_one_relation_are_one_and_conditions_that_must_all_hold_are_not() {
        let of = |region: &str| Filter::refers("giver", Kind::Nation, Filter::equal("region", region));
        let to = |region: &str| Filter::refers("recipient", Kind::Nation, Filter::equal("region", region));
        let alone = |filter| Filter::All(vec![filter]);
        let both = Filter::Any(vec![Filter::equal("region", "Asia"), Filter::equal("region", "Africa")]);
        let any = Filter::Any(vec![
            alone(of("Asia")),
            to("Asia"),
            Filter::Any(vec![alone(of("Africa")), Filter::equal("slug", "a")]),
        ]);
        let expected = vec![
            Filter::equal("slug", "a"),
            Filter::refers("giver", Kind::Nation, both),
            to("Asia"),
        ];
        assert_eq!(any.merged(), Filter::Any(expected));
        let all = Filter::All(vec![alone(of("Asia")), of("Africa")]);
        assert_eq!(all.merged(), Filter::All(vec![of("Asia"), of("Africa")]));
    }

    #[test]
    fn alternatives_are_one_on_every_level_of_relations_within_relations() {
        let of = |region: &str| {
            let nation = Filter::refers("origin", Kind::Nation, Filter::equal("region", region));
            Filter::refers("items.animal", Kind::Animal, nation)
        };
        let both = Filter::Any(vec![Filter::equal("region", "Asia"), Filter::equal("region", "Africa")]);
        let expected = Filter::refers(
            "items.animal",
            Kind::Animal,
            Filter::refers("origin", Kind::Nation, both),
        );
        assert_eq!(Filter::Any(vec![of("Asia"), of("Africa")]).merged(), expected);
    }
}
