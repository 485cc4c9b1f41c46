//! How many documents the database takes up for every filter and every order, over 20,000 gifts.
//!
//! The law is: at most twice as many as it gives. What breaks it stands in `schema/README.md` with its reason, and
//! nothing else stands there.

use async_graphql::Value;
use futures_util::{StreamExt, stream};
use menagerie::domain::id::Kind;
use menagerie::graphql::collection::Collection;
use menagerie::graphql::collections::{
    animal::Animal, claim::Claim, event::Event, gift::Gift, nation::Nation, source::Source,
};
use menagerie::graphql::connection::PageArguments;
use menagerie::limits::Limits;
use menagerie::store::cursor::SortKey;
use menagerie::store::entity::Projection;
use menagerie::store::explain::{Explained, PagePlan};
use menagerie::store::page::{PageRequest, Want};
use serde_json::{Value as Json, json};

use super::catalog::Catalog;
use super::examples::examples;
use super::exceptions::Exception;
use crate::support::TestApp;

/// How many gifts there are, beside those of the seed sets.
const GIFTS: usize = 20_000;
/// How many rows a page has.
const PAGE: usize = 50;
/// How many plans are asked for at a time: the database looks at the whole collection for each.
const PARALLEL: usize = 4;

/// One read that was explained.
struct Verdict {
    /// What was asked: `gifts date.before {"date":{"before":"1600"}}`.
    question: String,
    /// The filter, `date.before`, or the order.
    subject: String,
    /// `a page` or `all`.
    read: &'static str,
    plan: PagePlan,
}

impl Verdict {
    /// How many documents the read gives; not those that only stand in for a filter across a relation.
    fn given(&self) -> u64 {
        self.plan.rows.iter().map(|read| read.returned).sum()
    }

    /// How many documents it takes up, of all collections.
    fn taken_up(&self) -> u64 {
        let reads = self.plan.joins.iter().chain(&self.plan.rows);
        reads.map(|read| read.documents_examined).sum()
    }

    fn keeps_the_law(&self) -> bool {
        self.taken_up() <= 2 * self.given()
    }

    /// Whether the default order alone gives the rows.
    fn walks_the_ids(&self) -> bool {
        self.plan.rows.iter().any(|read| read.plan.contains("(_id_)"))
    }

    fn describe(&self) -> String {
        let show = |read: &Explained| {
            let (kind, plan) = (read.kind.collection(), &read.plan);
            format!("{} of {} {kind} by {plan}", read.returned, read.documents_examined)
        };
        let reads: Vec<String> = self.plan.joins.iter().chain(&self.plan.rows).map(show).collect();
        format!("{}, {}: {}", self.question, self.read, reads.join("; "))
    }
}

#[tokio::test]
async fn every_filter_and_order_takes_up_what_it_gives_or_is_listed_with_its_reason() {
    let app = TestApp::with(&["article", "history"]).await;
    app.generate(GIFTS, 1).await;
    let catalog = Catalog::of(&app).await;
    let mut verdicts = Vec::new();
    verdicts.extend(judge::<Gift>(&app, &catalog).await);
    verdicts.extend(judge::<Nation>(&app, &catalog).await);
    verdicts.extend(judge::<Animal>(&app, &catalog).await);
    verdicts.extend(judge::<Event>(&app, &catalog).await);
    verdicts.extend(judge::<Claim>(&app, &catalog).await);
    verdicts.extend(judge::<Source>(&app, &catalog).await);
    for kind in Kind::ALL.map(Kind::collection) {
        let is_explained = verdicts.iter().any(|verdict| verdict.question.starts_with(kind));
        assert!(is_explained, "{kind} are not explained: a line above is missing");
    }

    let costly: Vec<&Verdict> = verdicts.iter().filter(|verdict| !verdict.keeps_the_law()).collect();
    let listed = Exception::listed();
    let is_about = |exception: &&Exception, verdict: &Verdict| exception.is_about(&verdict.subject, verdict.read);
    let mut wrong = Vec::new();
    for verdict in &costly {
        let allowed = listed
            .iter()
            .filter(|exception| is_about(exception, verdict))
            .map(|exception| exception.at_most);
        match allowed.max() {
            None => wrong.push(format!("neither indexed nor listed: {}", verdict.describe())),
            Some(most) if verdict.taken_up() > most => {
                wrong.push(format!("listed with {most} at most: {}", verdict.describe()));
            }
            Some(_) => {}
        }
    }
    for exception in &listed {
        if !costly.iter().any(|verdict| is_about(&exception, verdict)) {
            wrong.push(format!("listed, but keeps the law: {exception:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Explains every filter and every order of a collection.
async fn judge<E: Collection>(app: &TestApp, catalog: &Catalog) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for filter in catalog.filters(E::NAME) {
        let found = filtered::<E>(app, &filter).await;
        assert!(
            found.iter().any(|verdict| verdict.given() > 0),
            "{} {filter}: no example in tests/it/plans/examples.rs finds anything",
            E::NAME
        );
        verdicts.extend(found);
    }
    for order in catalog.orders(E::NAME) {
        verdicts.extend(ordered::<E>(app, &order).await);
    }
    verdicts
}

/// Explains a filter with each of its examples: the first page in the default order and, where that leaves open whether
/// the filter has an index, all that matches.
async fn filtered<E: Collection>(app: &TestApp, filter: &str) -> Vec<Verdict> {
    let values = examples(E::KIND, filter).unwrap_or_default();
    let explained = values.into_iter().map(|value| async move {
        let request = request::<E>(&json!({ "where": value.clone(), "first": PAGE }));
        let verdict = |read, plan| Verdict {
            question: format!("{} {value}", E::KIND.collection()),
            subject: filter.to_owned(),
            read,
            plan,
        };
        let page = app.store.explain_page::<E>(&request, &fields()).await;
        let page = verdict("a page", page.expect("a plan"));
        if page.keeps_the_law() && !page.walks_the_ids() {
            return vec![page];
        }
        let all = app.store.explain_all::<E>(&request.filter).await;
        vec![page, verdict("all", all.expect("a plan"))]
    });
    let verdicts: Vec<Vec<Verdict>> = stream::iter(explained).buffered(PARALLEL).collect().await;
    verdicts.into_iter().flatten().collect()
}

/// Explains an order both ways: the first page, one in the middle, one among the rows without a value.
async fn ordered<E: Collection>(app: &TestApp, order: &str) -> Vec<Verdict> {
    let all = request::<E>(&json!({ "orderBy": [{ "field": order }], "first": 1_000_000 }));
    let rows = app
        .store
        .page::<E>(&all, &Projection::default())
        .await
        .expect("rows")
        .rows;
    let absent: Vec<_> = rows.iter().filter(|row| row.keys[0] == SortKey::Absent).collect();
    let mut places = vec![None, rows.get(rows.len() / 2)];
    places.extend(absent.get(absent.len() / 2).map(|row| Some(*row)));
    let explained = ["ASC", "DESC"]
        .into_iter()
        .flat_map(|direction| places.iter().map(move |place| (direction, *place)));
    let explained = explained.map(|(direction, place)| async move {
        let order_by = json!([{ "field": order, "direction": direction }]);
        let mut request = request::<E>(&json!({ "orderBy": order_by, "first": PAGE }));
        request.after = place.map(|row| row.keys.clone());
        let plan = app.store.explain_page::<E>(&request, &fields()).await;
        Verdict {
            question: format!(
                "{} by {order} {direction} after {:?}",
                E::KIND.collection(),
                request.after
            ),
            subject: order.to_owned(),
            read: "a page",
            plan: plan.expect("a plan"),
        }
    });
    stream::iter(explained).buffered(PARALLEL).collect().await
}

/// A field that no order has, so that no index alone answers for a document.
fn fields() -> Projection {
    let mut fields = Projection::default();
    fields.add("version");
    fields
}

/// The request that these arguments make, read as a query's are.
fn request<E: Collection>(arguments: &Json) -> PageRequest {
    let mut limits = Limits::default();
    (limits.page_size, limits.max_page_size) = (PAGE, 1_000_000);
    let want = Want {
        rows: true,
        ..Want::default()
    };
    let value = |name: &str| {
        arguments
            .get(name)
            .map(|value| Value::from_json(value.clone()).expect("a value"))
    };
    PageArguments::<E>::read(|name| Ok(value(name)))
        .and_then(|arguments| arguments.request(&limits, want))
        .unwrap_or_else(|error| panic!("{arguments}: {error}"))
}
