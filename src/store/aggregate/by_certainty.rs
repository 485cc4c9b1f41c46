//! Gifts by the certainty of the claims about them.
//!
//! `$unionWith` concatenates gifts and claims, and `$group` joins them by the gift's id. A `$lookup` of the claims of
//! each gift is equivalent, but took ten times as long over 100,000 gifts in SecantusDB.

use mongodb::bson::{Bson, doc};

use super::groups::{Groups, add};
use super::{amounts, row_id, sums};
use crate::domain::id::Kind;
use crate::store::filter::Filter;
use crate::store::versions::ReadSet;
use crate::store::{Result, Store};

impl Store {
    /// The matching gifts by the certainties of their claims, in alphabetical order; by none without claims. One
    /// aggregation.
    pub(super) async fn gifts_by_certainty(&self, filter: &Filter, animals: bool) -> Result<Groups<Vec<String>>> {
        self.touch(ReadSet::one(Kind::Claim));
        let filter = self.resolve(filter).await?.to_document();
        let count = if animals { amounts::PARTS.len() } else { 1 };
        let mut of_gift = doc! { "_id": "$_id", "given": { "$first": amounts::given() } };
        let mut together = doc! {
            "_id": "$_id", "given": { "$max": "$given" }, "certainties": { "$max": "$certainties" },
        };
        let mut parts: Vec<(&str, Bson)> = Vec::new();
        for (part, expression) in amounts::PARTS.into_iter().zip(amounts::of_gift()).take(count) {
            let path = format!("${part}");
            of_gift.insert(part, doc! { "$first": expression });
            together.insert(part, doc! { "$max": path.clone() });
            parts.push((part, path.into()));
        }
        // All gift ids lie between the prefix with `_` and the prefix with the character after `_`. A regular
        // expression is equivalent, but takes twice as long. The match after `$unwind` removes other ids of an array.
        let prefix = Kind::Gift.prefix();
        let about_gifts = doc! { "about": { "$gte": format!("{prefix}_"), "$lt": format!("{prefix}`") } };
        let claims = vec![
            doc! { "$match": about_gifts.clone() },
            doc! { "$unwind": "$about" },
            doc! { "$match": about_gifts },
            doc! { "$group": { "_id": "$about", "certainties": { "$addToSet": "$certainty" } } },
        ];
        let certainties = doc! { "$ifNull": ["$certainties", []] };
        let id = row_id(certainties.into(), animals.then(|| "$given".into()));
        let pipeline = vec![
            doc! { "$match": filter.clone() },
            doc! { "$group": of_gift },
            doc! { "$unionWith": { "coll": Kind::Claim.collection(), "pipeline": claims } },
            doc! { "$group": together },
            // Removes gifts that only come from claims: they do not match the filter.
            doc! { "$match": { "gifts": 1 } },
            doc! { "$group": sums(id, parts) },
        ];
        let sets: Groups<Vec<String>> = self.aggregate(filter, pipeline).await?;
        let mut groups = Groups::new();
        for (mut set, group) in sets {
            // `$addToSet` has no order.
            set.sort_unstable();
            add(&mut groups, set, group);
        }
        Ok(groups)
    }
}
