//! Sums over gifts, computed by the database: the number of gifts and animals in each group.
//!
//! Each grouping is one aggregation, unless the columns answer. Ordering, the remainder, and buckets of time are up to the
//! caller.

mod amounts;
mod by_animal;
mod by_certainty;
pub mod groups;
mod row;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, OptionFuture, try_join, try_join_all, try_join4};
use mongodb::bson::{Bson, Document, doc};

pub use groups::{All, Group, Groups, Pair, Rank, Span, Statistics, Tally, Wanted, Words};

use groups::add;
use row::RowKey;

use super::bson_types::date_of;
use super::columns::groups::Gifts;
use super::filter::Filter;
use super::find::{Find, all_rows};
use super::versions::ReadSet;
use super::{Result, Store};
use crate::domain::count::Sum;
use crate::domain::date::Day;
use crate::domain::id::Kind;

/// A key to group gifts by.
trait GroupKey: RowKey + Send + 'static {
    /// The key of a gift, as a database expression.
    fn expression() -> Bson;

    /// Accumulators in addition to those of the tally.
    fn accumulators() -> Document {
        doc! {}
    }
}

impl GroupKey for All {
    fn expression() -> Bson {
        doc! {}.into()
    }
}

impl GroupKey for Words {
    fn expression() -> Bson {
        doc! { "status": "$status", "mode": "$mode" }.into()
    }
}

impl GroupKey for Pair {
    fn expression() -> Bson {
        doc! { "giver": "$giver", "recipient": "$recipient" }.into()
    }

    fn accumulators() -> Document {
        // `$min` and `$max` pass over what is not known.
        let missing = |path: &str| amounts::flag(amounts::not(amounts::known(path)));
        doc! {
            "first": { "$min": "$date.earliest" }, "firstUnknown": { "$max": missing("$date.earliest") },
            "last": { "$max": "$date.latest" }, "lastUnknown": { "$max": missing("$date.latest") },
        }
    }
}

impl GroupKey for Span {
    fn expression() -> Bson {
        // Servers can only compute years of four digits; for other days the key has the day itself.
        let (first, last) = (Day::from_civil(0, 1, 1), Day::from_civil(9999, 12, 31));
        let year = |path: &str| {
            let known =
                doc! { "$and": [{ "$gte": [path, first.map(date_of)] }, { "$lte": [path, last.map(date_of)] }] };
            doc! { "$cond": [known, { "$year": path }, path] }
        };
        let is = |flag: &str| doc! { "$eq": [flag, true] };
        doc! {
            "dated": amounts::known("$date.edtf"),
            "qualified": { "$or": [is("$date.approximate"), is("$date.uncertain")] },
            "endUnknown": is("$date.endUnknown"),
            "from": year("$date.earliest"),
            "to": year("$date.latest"),
        }
        .into()
    }
}

/// The id of a row. `given` is only part of it if animals are counted.
fn row_id(key: Bson, given: Option<Bson>) -> Document {
    let mut id = doc! { "key": key };
    if let Some(given) = given {
        id.insert("given", given);
    }
    id
}

/// The stage that sums the parts of gifts.
fn sums(id: Document, parts: impl IntoIterator<Item = (&'static str, Bson)>) -> Document {
    let mut stage = doc! { "_id": id };
    stage.extend(
        parts
            .into_iter()
            .map(|(name, part)| (name.to_owned(), doc! { "$sum": part }.into())),
    );
    stage
}

impl Store {
    /// The matching gifts in groups, all of one moment if the columns answer; otherwise one aggregation for each grouping,
    /// all concurrently.
    pub async fn statistics(&self, filter: &Filter, wanted: &Wanted) -> Result<Statistics> {
        if wanted.certainties.is_some() {
            self.touch(ReadSet::one(Kind::Claim));
        }
        if !wanted.by_animal.is_empty() {
            self.touch(ReadSet::one(Kind::Animal));
        }
        let asked = wanted.clone();
        let columns = move |gifts: &Gifts<'_>| gifts.statistics(&asked);
        self.by_columns_or(filter, columns, || self.aggregated(filter, wanted))
            .await
    }

    async fn aggregated(&self, filter: &Filter, wanted: &Wanted) -> Result<Statistics> {
        // Joins in the filter are resolved once, for all aggregations.
        let filter = &*self.resolve(filter).await?;
        let pairs = ends(wanted).map(|(key, animals)| self.groups_by(filter, key.into(), animals));
        let of_gifts = try_join4(
            some(wanted.words.map(|animals| self.gift_groups(filter, animals))),
            some(pairs),
            some(wanted.spans.map(|animals| self.gift_groups(filter, animals))),
            some(
                wanted
                    .certainties
                    .map(|animals| self.gifts_by_certainty(filter, animals)),
            ),
        );
        let all = some(wanted.all.map(|animals| self.gift_groups(filter, animals)));
        let by_animal = wanted.by_animal.iter();
        let by_animal = by_animal.map(|(rank, animals)| self.gifts_by_animal(filter, *rank, *animals).boxed());
        let ((words, pairs, spans, certainties), (all, by_animal)) =
            try_join(of_gifts, try_join(all, try_join_all(by_animal))).await?;
        Ok(Statistics {
            all,
            words,
            givers: one_end(wanted.givers, &pairs, |pair| &pair.giver),
            recipients: one_end(wanted.recipients, &pairs, |pair| &pair.recipient),
            flows: wanted.flows.zip(pairs).map(|(animals, pairs)| told(pairs, animals)),
            spans,
            certainties,
            by_animal,
        })
    }

    /// `animals`: whether to count animals, which takes longer.
    async fn gift_groups<K: GroupKey>(&self, filter: &Filter, animals: bool) -> Result<Groups<K>> {
        self.groups_by(filter, K::expression(), animals).await
    }

    async fn groups_by<K: GroupKey>(&self, filter: &Filter, key: Bson, animals: bool) -> Result<Groups<K>> {
        let filter = self.resolve(filter).await?.to_document();
        let id = row_id(key, animals.then(amounts::given));
        let parts = amounts::PARTS.into_iter().zip(amounts::of_gift());
        let mut stage = sums(id, parts.take(if animals { amounts::PARTS.len() } else { 1 }));
        stage.extend(K::accumulators());
        self.aggregate(
            filter.clone(),
            vec![doc! { "$match": filter }, doc! { "$group": stage }],
        )
        .await
    }

    /// Runs a pipeline over gifts. `filter`: its first stage, to be explained. Merges rows of equal keys.
    #[tracing::instrument(
        target = "menagerie::trace", name = "aggregate", skip_all,
        fields(
            otel.kind = "client", db.system.name = "mongodb", db.operation.name = "aggregate",
            db.collection.name = Kind::Gift.collection(), db.namespace = self.database.name(),
        ),
    )]
    async fn aggregate<K: RowKey + Send + 'static>(
        &self,
        filter: Document,
        pipeline: Vec<Document>,
    ) -> Result<Groups<K>> {
        let (collection, clock) = (self.documents(Kind::Gift), self.clock());
        let read = async move {
            let rows = collection.aggregate(pipeline).max_time(clock.time_left());
            // Everything in one reply, unless it exceeds the size of a reply. The default first batch has 101 rows.
            let rows = rows.batch_size(i32::MAX.unsigned_abs());
            all_rows(rows.batch().await?, row::read).await
        };
        let explained = self.explained(|| Find::every(Kind::Gift, filter));
        // The semaphore is never closed.
        let _permit = self.aggregations.acquire().await.ok();
        let rows = self.commanded(Kind::Gift, explained, read, Vec::len).await?;
        let mut groups = Groups::new();
        for (key, group) in rows {
            add(&mut groups, key, group);
        }
        Ok(groups)
    }
}

/// The nations that gifts are grouped by, all in one aggregation, and whether animals are counted. A side that nobody asks
/// for is empty in every [`Pair`].
fn ends(wanted: &Wanted) -> Option<(Document, bool)> {
    let (giver, recipient) = (doc! { "giver": "$giver" }, doc! { "recipient": "$recipient" });
    let both = doc! { "giver": "$giver", "recipient": "$recipient" };
    let of_ends = [
        (wanted.givers, giver),
        (wanted.recipients, recipient),
        (wanted.flows, both),
    ];
    let wanted = of_ends.into_iter().filter_map(|(animals, key)| Some((key, animals?)));
    wanted.reduce(|(mut all, counted), (key, animals)| {
        all.extend(key);
        (all, counted || animals)
    })
}

/// The groups of pairs by one of their nations, if they are wanted.
fn one_end(animals: Option<bool>, pairs: &Option<Groups<Pair>>, end: fn(&Pair) -> &String) -> Option<Groups<String>> {
    let (animals, mut groups) = (animals?, Groups::new());
    for (pair, group) in pairs.as_ref()? {
        let tally = group.tally.clone();
        add(
            &mut groups,
            end(pair).clone(),
            Group {
                tally,
                ..Group::default()
            },
        );
    }
    Some(told(groups, animals))
}

/// Groups that others have asked for with animals, for whoever asks without.
fn told<K>(mut groups: Groups<K>, animals: bool) -> Groups<K> {
    if !animals {
        groups
            .values_mut()
            .for_each(|group| group.tally.animals = Sum::default());
    }
    groups
}

/// An optional read. Boxed: five of them run concurrently, and the driver's futures are too large for that on a
/// worker's stack.
fn some<'a, T: 'a>(read: Option<impl Future<Output = Result<T>> + Send + 'a>) -> BoxFuture<'a, Result<Option<T>>> {
    let read: OptionFuture<_> = read.map(FutureExt::boxed).into();
    async { read.await.transpose() }.boxed()
}
