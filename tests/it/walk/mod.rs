//! Random walks over random documents find what a naive model finds: any filter, order, page size and direction, also
//! between two cursors, below other documents, and while documents are deleted.

mod asks; // random questions
mod bed; // server, worlds, runner
mod below; // walks through relations
mod dates; // dates and their filters in the model
mod model; // what the answer must be
mod ordering; // how an order puts documents
mod pages; // one page: asking for it, comparing it
mod sums; // statistics over random gifts
mod times; // years and decades of the model
mod told; // filters of subscriptions
mod world; // random documents

use menagerie::domain::id::Kind;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;
use serde_json::Value as Json;

use self::asks::{Ask, about_gifts, about_the_timeline};
use self::bed::{Bed, hold};
use self::pages::{ARGUMENTS, Mark, PAGE, compare, expect, header, variables};
use crate::support::settings;

/// What is walked over.
#[derive(Clone, Copy, Debug)]
enum Over {
    Gifts,
    Timeline,
}

impl Over {
    fn about(self) -> BoxedStrategy<Ask> {
        match self {
            Self::Gifts => about_gifts(),
            Self::Timeline => about_the_timeline(),
        }
    }

    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Gifts => &[Kind::Gift],
            Self::Timeline => &[Kind::Gift, Kind::Event],
        }
    }

    fn present(self, bed: &Bed) -> impl Iterator<Item = &Json> {
        self.kinds().iter().flat_map(|kind| bed.present(*kind))
    }

    fn matches(self, world: &world::World, filter: &Json, document: &Json) -> bool {
        match self {
            Self::Gifts => model::gift_matches(world, filter, document),
            Self::Timeline => model::entry_matches(world, filter, document),
        }
    }

    async fn page(self, bed: &Bed, ask: &Ask, at: Option<&Mark>, stop: Option<&Mark>) -> Json {
        let mut variables = variables(ask, at, stop);
        let query = match self {
            Self::Gifts => format!("query({}) {{ page: gifts({ARGUMENTS}) {PAGE} }}", header("Gift")),
            Self::Timeline => {
                variables["direction"] = ask.order[0]["direction"].clone();
                let arguments = ARGUMENTS.replace("orderBy: $orderBy", "direction: $direction");
                let header = header("Timeline").replace("$orderBy: [TimelineOrder!]", "$direction: OrderDirection!");
                format!("query({header}) {{ page: timeline({arguments}) {PAGE} }}")
            }
        };
        bed.app.query_with(&query, variables).await["page"].take()
    }
}

/// A walk from page to page over all gifts, or over the timeline.
#[derive(Clone, Debug)]
struct Walk {
    over: Over,
    ask: Ask,
    /// The row to start behind, as seen in the direction of the walk.
    start: Option<Index>,
    /// The row to stop before.
    stop: Option<Index>,
    /// What is deleted after each page: the row at the cursor, and others.
    deletions: Vec<(bool, Vec<Index>)>,
}

fn whole(over: Over) -> impl Strategy<Value = Walk> {
    over.about().prop_map(move |ask| Walk {
        over,
        ask,
        start: None,
        stop: None,
        deletions: vec![],
    })
}

fn between_two_cursors(over: Over) -> impl Strategy<Value = Walk> {
    let end = || weighted(0.8, any::<Index>());
    (whole(over), end(), end()).prop_map(|(walk, start, stop)| Walk { start, stop, ..walk })
}

fn with_deletions(over: Over) -> impl Strategy<Value = Walk> {
    let deletion = (proptest::bool::weighted(0.7), vec(any::<Index>(), 0..=2));
    let rest = (weighted(0.2, any::<Index>()), vec(deletion, 1..=8));
    (whole(over), rest).prop_map(|(walk, (stop, deletions))| Walk {
        stop,
        deletions,
        ..walk
    })
}

#[test]
fn a_walk_over_random_documents_finds_what_a_naive_model_finds() {
    hold(4, 40, whole(Over::Gifts), async |bed, walk| take(bed, &walk).await);
}

#[test]
fn a_walk_between_two_cursors_finds_what_lies_between_them() {
    let walk = between_two_cursors(Over::Gifts);
    hold(4, 40, walk, async |bed, walk| take(bed, &walk).await);
}

#[test]
fn a_walk_loses_and_doubles_nothing_when_rows_are_deleted_at_its_cursor_and_elsewhere() {
    let walk = with_deletions(Over::Gifts);
    hold(4, 40, walk, async |bed, walk| take(bed, &walk).await);
}

#[test]
fn a_walk_over_the_timeline_finds_what_a_naive_model_finds() {
    hold(4, 40, whole(Over::Timeline), async |bed, walk| take(bed, &walk).await);
}

#[test]
fn a_walk_over_the_timeline_between_two_cursors_finds_what_lies_between_them() {
    let walk = between_two_cursors(Over::Timeline);
    hold(4, 40, walk, async |bed, walk| take(bed, &walk).await);
}

#[test]
fn a_walk_over_the_timeline_loses_and_doubles_nothing_when_entries_are_deleted() {
    let walk = with_deletions(Over::Timeline);
    hold(4, 40, walk, async |bed, walk| take(bed, &walk).await);
}

async fn take(bed: &Bed, walk: &Walk) -> TestCaseResult {
    let Ask {
        filter,
        order,
        backward,
        ..
    } = &walk.ask;
    let over = walk.over;
    let matching = || {
        over.present(bed)
            .filter(|document| over.matches(&bed.world, filter, document))
            .collect()
    };
    let (start, stop) = ends(bed, walk).await?;
    let mut deletions = walk.deletions.iter();
    let mut at = start.clone();
    let mut seen = Vec::new();
    loop {
        let expected = expect(bed, &walk.ask, matching(), at.as_ref(), stop.as_ref());
        let found = over.page(bed, &walk.ask, at.as_ref(), stop.as_ref()).await;
        let mut rows = compare(bed, &found, &expected)?;
        if *backward {
            rows.reverse();
        }
        at = rows.last().cloned();
        seen.extend(rows);
        if !expected.goes_on(*backward) {
            break;
        }
        if let Some((here, elsewhere)) = deletions.next() {
            let here = at.iter().filter(|_| *here).map(|mark| mark.id.clone());
            let all: Vec<String> = over.kinds().iter().flat_map(|kind| world::ids(*kind)).collect();
            for id in here.chain(elsewhere.iter().map(|index| index.get(&all).clone())) {
                bed.delete(&id).await;
            }
        }
    }
    // Each page was right by itself. Together they must be one list, in order, that misses nothing.
    let before = |left: &str, right: &str| {
        let stand = ordering::compare(order, bed.document(left), bed.document(right));
        if *backward { stand.is_gt() } else { stand.is_lt() }
    };
    prop_assert!(
        seen.is_sorted_by(|left, right| before(&left.id, &right.id)),
        "{:?}",
        seen
    );
    for document in matching() {
        let id = document["_id"].as_str().expect("an id");
        let inside = start.as_ref().is_none_or(|start| before(&start.id, id))
            && stop.as_ref().is_none_or(|stop| before(id, &stop.id));
        prop_assert_eq!(inside, seen.iter().any(|mark| mark.id == id), "{}", id);
    }
    Ok(())
}

/// Where the walk starts and stops: at any rows, whether the filter holds for them or not.
async fn ends(bed: &Bed, walk: &Walk) -> Result<(Option<Mark>, Option<Mark>), TestCaseError> {
    if walk.start.is_none() && walk.stop.is_none() {
        return Ok((None, None));
    }
    let all = Ask {
        filter: Json::Null,
        size: Some(settings().config.limits.max_page_size),
        backward: false,
        ..walk.ask.clone()
    };
    let expected = expect(bed, &all, walk.over.present(bed).collect(), None, None);
    let marks = compare(bed, &walk.over.page(bed, &all, None, None).await, &expected)?;
    let mark = |index: &Option<Index>| index.map(|index| index.get(&marks).clone());
    Ok((mark(&walk.start), mark(&walk.stop)))
}
