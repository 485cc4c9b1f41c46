//! Gifts by their animals: by kind of animal, or by family, order or class.
//!
//! A gift is in the group of each of its items, but only once in each group.

use std::collections::HashMap;

use mongodb::bson::{Bson, doc};

use super::groups::{Groups, Rank, Wanted};
use super::{amounts, row_id, sums};
use crate::domain::count::CountRange;
use crate::domain::id::Kind;
use crate::store::filter::operator::Operator;
use crate::store::filter::{Filter, Value};
use crate::store::find::{Find, as_it_is};
use crate::store::path::value_at;
use crate::store::{Result, Store};

impl Store {
    /// The matching gifts by the ids of their animals or the names of their taxa. The key `None` is for gifts without
    /// items, and for items without such a taxon. One aggregation, for higher ranks after a read of all animals.
    pub(super) async fn gifts_by_animal(
        &self,
        filter: &Filter,
        rank: Rank,
        animals: bool,
    ) -> Result<Groups<Option<String>>> {
        let filter = self.resolve(filter).await?.to_document();
        let key: Bson = match rank.taxon() {
            None => doc! { "$ifNull": ["$items.animal", Bson::Null] }.into(),
            Some(taxon) => self.taxon_of_item(taxon).await?,
        };
        let given = animals.then(amounts::given);
        let mut id = row_id(key, given);
        id.insert("gift", "$_id");
        let mut of_gift = doc! { "_id": id };
        let count = if animals { amounts::PARTS.len() } else { 1 };
        if animals {
            of_gift.extend(amounts::of_items());
        }
        let parts = amounts::PARTS.into_iter().zip(amounts::of_kind()).take(count);
        let id = row_id("$_id.key".into(), animals.then(|| "$_id.given".into()));
        let pipeline = vec![
            doc! { "$match": filter.clone() },
            doc! { "$unwind": { "path": "$items", "preserveNullAndEmptyArrays": true } },
            doc! { "$group": of_gift },
            doc! { "$group": sums(id, parts) },
        ];
        self.aggregate(filter, pipeline).await
    }

    /// How many animals of each of these kinds changed hands over all gifts, loans and tributes.
    pub async fn animals_given(&self, animals: &[String]) -> Result<HashMap<String, CountRange>> {
        let holds_any = Operator::In(animals.iter().cloned().map(Value::Text).collect());
        let filter = Filter::field("items.animal", holds_any);
        let wanted = Wanted {
            by_animal: vec![(Rank::Animal, true)],
            ..Wanted::default()
        };
        let statistics = self.statistics(&filter, &wanted).await?;
        let given = |animal: &String| {
            let mut groups = statistics.by_animal.iter();
            let group = groups.find_map(|groups| groups.get(&Some(animal.clone())));
            group.map_or(CountRange::exactly(0), |group| group.tally.animals.total())
        };
        Ok(animals.iter().map(|animal| (animal.clone(), given(animal))).collect())
    }

    /// The taxon of an unwound item, as an expression. A `$lookup` for each item would take many times as long.
    async fn taxon_of_item(&self, taxon: &str) -> Result<Bson> {
        let mut find = Find::every(Kind::Animal, doc! {});
        find.projection = doc! { "taxonomy": 1 };
        let (mut ids, mut taxa) = (Vec::new(), Vec::new());
        for row in &self.find(find, as_it_is).await? {
            let name = value_at(&**row, taxon).and_then(|name| name.as_str());
            if let (Ok(id), Some(name)) = (row.get_str("_id"), name)
                && !name.is_empty()
            {
                ids.push(id.to_owned());
                taxa.push(name.to_owned());
            }
        }
        let place = doc! { "$indexOfArray": [{ "$literal": ids }, "$items.animal"] };
        let name = doc! { "$arrayElemAt": [{ "$literal": taxa }, "$$place"] };
        Ok(doc! { "$let": {
            "vars": { "place": place },
            "in": { "$cond": [{ "$gte": ["$$place", 0] }, name, Bson::Null] },
        } }
        .into())
    }
}
