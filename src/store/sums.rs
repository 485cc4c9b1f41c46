//! Sums that the database computes: the animals of each kind given.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};

use super::find::Find;
use super::validate::number_of;
use super::{Result, Store};
use crate::domain::count::Count;
use crate::domain::id::Kind;
use crate::domain::vocabulary::GiftStatus;

impl Store {
    /// How many animals of each of these kinds changed hands over all gifts, loans and tributes. One aggregation.
    ///
    /// Items are unwound rather than summed by a path through the array, because not every server resolves such
    /// paths in expressions. An item without a count adds 0 to the least and makes the most unknown.
    #[tracing::instrument(
        target = "menagerie::trace", name = "aggregate", skip_all,
        fields(otel.kind = "client", db.system.name = "mongodb", db.collection.name = Kind::Gift.collection()),
    )]
    pub async fn animals_given(&self, animals: &[String]) -> Result<HashMap<String, Count>> {
        let never: Vec<&str> = GiftStatus::NEVER_GIVEN.iter().map(|status| status.as_str()).collect();
        let wanted = doc! { "items.animal": { "$in": animals } };
        let open = doc! { "$cond": [{ "$eq": [{ "$ifNull": ["$items.count.max", Bson::Null] }, Bson::Null] }, 1, 0] };
        let gifts = doc! { "items.animal": { "$in": animals }, "status": { "$nin": &never } };
        let pipeline = [
            doc! { "$match": gifts.clone() },
            doc! { "$unwind": "$items" },
            doc! { "$match": wanted },
            doc! { "$match": { "items.status": { "$nin": &never } } },
            doc! { "$group": {
                "_id": "$items.animal",
                "min": { "$sum": { "$ifNull": ["$items.count.min", 0] } },
                "max": { "$sum": { "$ifNull": ["$items.count.max", 0] } },
                "open": { "$sum": open },
            } },
        ];
        let read = async {
            let collection = self.documents(Kind::Gift);
            let groups = collection.aggregate(pipeline).max_time(self.time_left());
            Ok(groups.await?.try_collect::<Vec<Document>>().await?)
        };
        let alike = self.alike(|| Find::every(Kind::Gift, gifts.clone()));
        let groups = self.metered(alike, read, Vec::len).await?;
        let mut sums: HashMap<String, Count> = animals
            .iter()
            .map(|animal| (animal.clone(), Count::exactly(0)))
            .collect();
        for group in &groups {
            if let Ok(animal) = group.get_str("_id") {
                sums.insert(animal.to_owned(), total_of(group));
            }
        }
        Ok(sums)
    }
}

fn total_of(group: &Document) -> Count {
    // Servers may answer a sum in any width; counts are far below 2^53.
    let number = |field: &str| group.get(field).and_then(number_of).map_or(0, |number| number as i64);
    let max = (number("open") == 0)
        .then(|| i32::try_from(number("max")).ok())
        .flatten();
    Count {
        min: Some(i32::try_from(number("min")).unwrap_or(i32::MAX)),
        max,
        phrase: None,
    }
}
