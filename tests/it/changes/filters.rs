//! A filter held against a document in memory says what the database says: random filters, random documents.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;
use menagerie::domain::date::Day;
use menagerie::domain::id::Kind;
use menagerie::feed::resume::changes_since;
use menagerie::feed::{self, Live};
use menagerie::store::Store;
use menagerie::store::cursor::Order;
use menagerie::store::entity::{Entity, Projection};
use menagerie::store::filter::operator::Operator;
use menagerie::store::filter::{Filter, Value};
use menagerie::store::page::{PageRequest, Want};
use mongodb::bson::{Bson, DateTime, Document, doc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::{database_at, database_options};

const DOCUMENTS: usize = 150;
const FILTERS: usize = 400;
const TEXTS: [&str; 7] = ["", "a", "ab", "b", "b.*(", "é", "source_7"];
const NUMBERS: [i64; 7] = [-1, 0, 1, 2, 71, i32::MAX as i64 + 1, 9_007_199_254_740_993];
const PATHS: [&str; 5] = ["_id", "a", "a.b", "a.b.c", "d"];

/// A document of which nothing but the id is read.
#[derive(serde::Deserialize)]
struct Bare {
    #[serde(rename = "_id")]
    id: String,
}

impl Entity for Bare {
    const KIND: Kind = Kind::Source;

    fn id(&self) -> &str {
        &self.id
    }
}

/// Midnights, and a moment of the day that no filter can name.
fn moments() -> impl Strategy<Value = DateTime> {
    select(vec![-86_400_000_i64, 0, 1, 86_400_000, 1_700_000_000_000]).prop_map(DateTime::from_millis)
}

fn scalar() -> impl Strategy<Value = Bson> {
    let reals = [
        -0.5,
        0.0,
        1.0,
        1.5,
        9_007_199_254_740_992.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    prop_oneof![
        2 => Just(Bson::Null),
        4 => select(TEXTS.to_vec()).prop_map(|text| Bson::String(text.to_owned())),
        2 => select(NUMBERS.to_vec()).prop_map(Bson::Int64),
        2 => select(vec![-1, 0, 1, 2, 71]).prop_map(Bson::Int32),
        2 => select(reals.to_vec()).prop_map(Bson::Double),
        2 => moments().prop_map(Bson::DateTime),
        1 => any::<bool>().prop_map(Bson::Boolean),
    ]
}

fn value() -> impl Strategy<Value = Bson> {
    scalar().prop_recursive(3, 12, 3, |inner| {
        let fields = vec((select(vec!["b", "c"]), inner.clone()), 0..3);
        let document = fields.prop_map(|fields| {
            Bson::Document(
                fields
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
            )
        });
        prop_oneof![2 => document, 1 => vec(inner, 0..3).prop_map(Bson::Array)]
    })
}

fn document() -> impl Strategy<Value = Document> {
    vec((select(vec!["a", "a", "d"]), value()), 0..3).prop_map(|fields| {
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    })
}

fn operand() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => select(TEXTS.to_vec()).prop_map(Value::from),
        3 => select(NUMBERS.to_vec()).prop_map(Value::Number),
        1 => select(vec!["1969-12-31", "1970-01-01", "1970-01-02", "2023-11-14"])
            .prop_map(|day| Value::Day(day.parse::<Day>().expect("a day"))),
    ]
}

fn test() -> impl Strategy<Value = Operator> {
    prop_oneof![
        vec(operand(), 0..3).prop_map(Operator::In),
        vec(select(TEXTS.to_vec()), 0..3)
            .prop_map(|ids| Operator::Among(Arc::new(ids.into_iter().map(str::to_owned).collect()))),
        vec(operand(), 0..3).prop_map(Operator::NotIn),
        operand().prop_map(Operator::AtLeast),
        operand().prop_map(Operator::AtMost),
        operand().prop_map(Operator::Below),
        operand().prop_map(Operator::Above),
        operand().prop_map(Operator::MaybeAtLeast),
        operand().prop_map(Operator::MaybeAtMost),
        Just(Operator::Known),
        Just(Operator::Unknown),
        select(vec!["a", "ab", ".", "b.*(", "source", "x"]).prop_map(|prefix| Operator::Prefix(prefix.to_owned())),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = (select(PATHS.to_vec()), test()).prop_map(|(path, test)| Filter::field(path, test));
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::All),
            vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

async fn found(store: &Store, filter: &Filter) -> BTreeSet<String> {
    let request = PageRequest {
        filter: filter.clone(),
        order: Order::new([]),
        after: None,
        before: None,
        backward: false,
        limit: DOCUMENTS,
        want: Want {
            rows: true,
            ..Want::default()
        },
    };
    let page = store.page::<Bare>(&request, &Projection::default()).await;
    let page = page.unwrap_or_else(|error| panic!("{error} for {filter:?}"));
    page.rows.iter().map(|row| row.node.id.clone()).collect()
}

/// Random documents of the collection.
fn documents(runner: &mut TestRunner) -> Vec<Document> {
    let mut made = Vec::new();
    for number in 0..DOCUMENTS {
        let mut document = document().new_tree(runner).expect("a document").current();
        document.insert("_id", format!("source_{number}"));
        made.push(document);
    }
    made
}

/// Fails where the documents that meet the filter in memory are not those that the database finds.
fn are_the_same(met: &BTreeSet<String>, found: &BTreeSet<String>, filter: &Filter, written: &[Document]) {
    let Some(differs) = met.symmetric_difference(found).next() else {
        return;
    };
    let document = written
        .iter()
        .find(|document| document.get_str("_id").is_ok_and(|id| id == differs));
    panic!(
        "{filter:?}: the database finds {differs}: {}\n{document:?}",
        found.contains(differs)
    );
}

#[tokio::test]
async fn a_document_meets_a_filter_in_memory_where_the_database_finds_it() {
    let options = database_options();
    // Without a schema: any document at all.
    let store = Store::connect(&options).await.expect("the store connects");
    let live = Live::new(&store, 0);
    let following = feed::follow(store.clone(), live.clone());
    let mut changes = Box::pin(changes_since(store.clone(), &live, None).await.expect("it begins"));
    let mut runner = TestRunner::default();
    let database = database_at(&options.uri, &options.database).await;
    let sources = database.collection::<Document>("sources");
    let written = documents(&mut runner);
    sources.insert_many(&written).await.expect("they are written");
    let mut told = Vec::new();
    for _ in 0..DOCUMENTS {
        told.push(changes.next().await.expect("another").expect("a change"));
    }
    let (mut neither, mut asked) = (0, Vec::<(Filter, BTreeSet<String>)>::new());
    for _ in 0..FILTERS {
        let filter = filter().new_tree(&mut runner).expect("a filter").current();
        let expected = found(&store, &filter).await;
        let met = told.iter().filter(|change| change.meets(&filter));
        let met: BTreeSet<String> = met.map(|change| change.id.clone()).collect();
        are_the_same(&met, &expected, &filter, &written);
        neither += usize::from(expected.is_empty() || expected.len() == DOCUMENTS);
        asked.push((filter, expected));
    }
    sources.delete_many(doc! {}).await.expect("they are deleted");
    for _ in 0..DOCUMENTS {
        let gone = changes.next().await.expect("another").expect("a change");
        for (filter, found) in &asked {
            // All that is known by then is the id, which must not rule out one that was found.
            let may = gone.may_have_met(filter);
            assert!(may || !found.contains(&gone.id), "{filter:?} and {}", gone.id);
        }
    }
    assert!(
        neither < FILTERS * 3 / 4,
        "{neither} of {FILTERS} filters tell nothing apart"
    );
    following.stop().await;
    let gone = database.run_command(doc! { "dropDatabase": 1 }).await;
    gone.expect("it is dropped");
}
