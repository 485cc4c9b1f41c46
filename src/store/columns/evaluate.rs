//! Evaluates filters on columns: the third evaluator beside the database's and the one for documents in memory
//! (`filter/matches.rs`). Random tests hold the three against each other.

use mongodb::bson::RawBsonRef;

use super::column::texts_of;
use super::rows::Rows;
use super::tables::Tables;
use crate::domain::id::Kind;
use crate::store::filter::Filter;
use crate::store::filter::operator::Operator;

impl Tables {
    /// The rows of the documents of a kind that match a filter. `None` if the filter uses something that has no column.
    pub(super) fn matching(&self, kind: Kind, filter: &Filter) -> Option<Rows> {
        let live = &self.of(kind)?.live;
        if filter.is_everything() {
            return Some(live.clone());
        }
        let mut rows = self.rows(kind, filter)?;
        rows.and(live);
        Some(rows)
    }

    /// The same, with rows of deleted documents.
    fn rows(&self, kind: Kind, filter: &Filter) -> Option<Rows> {
        let len = self.of(kind)?.len();
        match filter {
            Filter::All(parts) => {
                let mut parts = parts.iter().map(|part| self.rows(kind, part));
                let first = parts.next().unwrap_or_else(|| Some(Rows::of(len, |_| true)));
                parts.try_fold(first?, |mut all, part| {
                    all.and(&part?);
                    Some(all)
                })
            }
            Filter::Any(parts) => parts.iter().try_fold(Rows::none(len), |mut any, part| {
                any.or(&self.rows(kind, part)?);
                Some(any)
            }),
            Filter::Not(part) => {
                let mut rows = self.rows(kind, part)?;
                rows.invert();
                Some(rows)
            }
            Filter::Field("_id", operator) => Some(self.with_id(kind, operator)),
            Filter::Field(path, operator) => Some(self.of(kind)?.column(path)?.holding(operator, &self.ids)),
            Filter::Joined { path, of, take, filter } => {
                // Asked for at each click on a certainty, and kept: the join of all claims takes twenty times as long.
                if (kind, *path, *of, *take) == (Kind::Gift, "_id", Kind::Claim, "about")
                    && let Some(rows) = self.gifts_by_certainty(filter)
                {
                    return Some(rows);
                }
                self.joined(kind, path, &self.taken(*of, take, filter)?)
            }
        }
    }

    /// The rows with an id for which an operator holds.
    fn with_id(&self, kind: Kind, operator: &Operator) -> Rows {
        let ids = self.of(kind).map_or(&[][..], |table| &table.ids);
        let Some(texts) = texts_of(operator) else {
            return Rows::of(ids.len(), |row| {
                let id = RawBsonRef::String(self.ids.text(ids[row] as usize));
                operator.is_about(Some(id)) != operator.rules_out()
            });
        };
        let mut rows = Rows::none(ids.len());
        let known = texts.into_iter().filter_map(|id| self.ids.find(id.as_bytes()));
        known
            .filter_map(|id| self.row(kind, id))
            .for_each(|row| rows.insert(row));
        if operator.rules_out() {
            rows.invert();
        }
        rows
    }

    /// The ids that the matching documents of a kind have at `take`, by their numbers.
    fn taken(&self, of: Kind, take: &str, filter: &Filter) -> Option<Rows> {
        let rows = self.matching(of, filter)?;
        let table = self.of(of)?;
        let mut ids = Rows::none(self.ids.len());
        if take == "_id" {
            rows.each(|row| ids.insert(table.ids[row] as usize));
            return Some(ids);
        }
        let column = table.column(take)?;
        rows.each(|row| column.each_id(column.codes().get(row), |id| ids.insert(id as usize)));
        Some(ids)
    }

    /// The rows that have one of these ids at a path.
    fn joined(&self, kind: Kind, path: &str, ids: &Rows) -> Option<Rows> {
        let table = self.of(kind)?;
        Some(match path {
            "_id" => Rows::of(table.len(), |row| ids.contains(table.ids[row] as usize)),
            path => table.column(path)?.referring(|id| ids.contains(id as usize)),
        })
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{RawArrayBuf, RawDocumentBuf, rawdoc};

    use super::*;

    fn claim(number: &str, certainty: Option<&str>, about: &[&str]) -> RawDocumentBuf {
        let mut claim =
            rawdoc! { "_id": format!("claim_{number}"), "about": RawArrayBuf::from_iter(about.iter().copied()) };
        if let Some(certainty) = certainty {
            claim.append(mongodb::bson::cstr!("certainty"), certainty);
        }
        claim
    }

    /// Four gifts, of which one is deleted, and claims about them and others, of which one is deleted.
    fn tables() -> Tables {
        let mut tables = Tables::default();
        let mut put = |kind, document: &RawDocumentBuf| tables.put(kind, document).expect("it fits");
        for gift in ["gift_a", "gift_b", "gift_c", "gift_d"] {
            put(Kind::Gift, &rawdoc! { "_id": gift });
        }
        put(Kind::Nation, &rawdoc! { "_id": "nation_x" });
        put(Kind::Claim, &claim("1", Some("STATED"), &["gift_a", "nation_x"]));
        put(Kind::Claim, &claim("2", Some("CONCERN"), &["gift_a", "gift_b"]));
        put(Kind::Claim, &claim("3", Some("CONCERN"), &["gift_d"]));
        put(Kind::Claim, &claim("4", Some("QUOTED"), &["nation_x"]));
        put(Kind::Claim, &claim("5", Some("PLANNED"), &["gift_c", "gift_unknown"]));
        put(Kind::Claim, &claim("6", Some("QUOTED"), &["gift_b"]));
        tables.remove(Kind::Claim, "claim_6");
        tables.remove(Kind::Gift, "gift_d");
        tables
    }

    #[test]
    fn what_is_kept_of_certainties_answers_as_the_join_does() {
        let texts = |words: &[&str]| words.iter().map(|word| (*word).into()).collect::<Vec<_>>();
        let stated = Filter::equal("certainty", "STATED");
        let others = Filter::field("certainty", Operator::NotIn(texts(&["STATED"])));
        let filters = [
            Filter::All(vec![]),
            Filter::All(vec![stated.clone()]),
            others.clone(),
            Filter::All(vec![stated.clone(), others]),
            Filter::field("certainty", Operator::In(texts(&["QUOTED", "PLANNED", "NO WORD"]))),
            Filter::field("certainty", Operator::In(vec![])),
            Filter::field("certainty", Operator::NotIn(vec![])),
            Filter::presence("certainty", true),
            Filter::presence("certainty", false),
            Filter::Not(Box::new(stated.clone())),
            Filter::Any(vec![stated.clone(), Filter::equal("certainty", "QUOTED")]),
        ];
        for certainty in [Some("STATED"), None] {
            for filter in &filters {
                let mut tables = tables();
                let last = claim("7", certainty, &["gift_c"]);
                tables.put(Kind::Claim, &last).expect("it fits");
                let whole = Filter::claimed(Kind::Gift, filter.clone());
                let found = tables.rows(Kind::Gift, &whole);
                assert!(tables.certainties.get().is_some(), "what is kept was not asked");
                let Filter::Joined { path, of, take, filter } = &whole else {
                    panic!("{whole:?}");
                };
                let taken = tables.taken(*of, take, filter).expect("columns");
                assert_eq!(
                    found,
                    tables.joined(Kind::Gift, path, &taken),
                    "{certainty:?} {filter:?}"
                );
                // With a claim that has no certainty, the join answers.
                assert_eq!(tables.gifts_by_certainty(filter).is_some(), certainty.is_some());
            }
        }
        let other = Filter::All(vec![stated, Filter::equal("source", "source_article")]);
        assert_eq!(tables().gifts_by_certainty(&other), None);
    }
}
