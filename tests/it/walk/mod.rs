//! Random walks over random documents find what a naive model finds: any filter, order, page size and direction, also
//! between two cursors, below other documents, and while documents are deleted.

mod asks; // random questions
mod bed; // server, worlds, runner
mod below; // walks through relations
mod model; // what the answer must be
mod pages; // one page: asking for it, comparing it
mod world; // random documents

use menagerie::domain::id::Kind;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;
use serde_json::Value as Json;

use self::asks::{Ask, about_gifts};
use self::bed::{Bed, hold};
use self::pages::{ARGUMENTS, Mark, PAGE, compare, expect, header, variables};
use crate::support::settings;

/// A walk from page to page over all gifts.
#[derive(Clone, Debug)]
struct Walk {
    ask: Ask,
    /// The row to start behind, as seen in the direction of the walk.
    start: Option<Index>,
    /// The row to stop before.
    stop: Option<Index>,
    /// What is deleted after each page: the row at the cursor, and others.
    deletions: Vec<(bool, Vec<Index>)>,
}

#[test]
fn a_walk_over_random_documents_finds_what_a_naive_model_finds() {
    let walk = about_gifts().prop_map(|ask| Walk {
        ask,
        start: None,
        stop: None,
        deletions: vec![],
    });
    hold(4, 40, walk, async |bed, walk| take(bed, &walk).await);
}

#[test]
fn a_walk_between_two_cursors_finds_what_lies_between_them() {
    let end = || weighted(0.8, any::<Index>());
    let walk = (about_gifts(), end(), end()).prop_map(|(ask, start, stop)| Walk {
        ask,
        start,
        stop,
        deletions: vec![],
    });
    hold(4, 40, walk, async |bed, walk| take(bed, &walk).await);
}

#[test]
fn a_walk_loses_and_doubles_nothing_when_rows_are_deleted_at_its_cursor_and_elsewhere() {
    let deletion = (proptest::bool::weighted(0.7), vec(any::<Index>(), 0..=2));
    let walk = (about_gifts(), weighted(0.2, any::<Index>()), vec(deletion, 1..=8));
    let walk = walk.prop_map(|(ask, stop, deletions)| Walk {
        ask,
        start: None,
        stop,
        deletions,
    });
    hold(4, 40, walk, async |bed, walk| take(bed, &walk).await);
}

async fn take(bed: &Bed, walk: &Walk) -> TestCaseResult {
    let Ask {
        filter,
        order,
        backward,
        ..
    } = &walk.ask;
    let matching = || {
        bed.present(Kind::Gift)
            .filter(|gift| model::gift_matches(&bed.world, filter, gift))
            .collect()
    };
    let (start, stop) = ends(bed, walk).await?;
    let mut deletions = walk.deletions.iter();
    let mut at = start.clone();
    let mut seen = Vec::new();
    loop {
        let expected = expect(bed, Kind::Gift, &walk.ask, matching(), at.as_ref(), stop.as_ref());
        let found = ask_for(bed, &walk.ask, at.as_ref(), stop.as_ref()).await;
        let mut rows = compare(bed, Kind::Gift, &found, &expected)?;
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
            let all = world::ids(Kind::Gift);
            for id in here.chain(elsewhere.iter().map(|index| index.get(&all).clone())) {
                bed.delete(Kind::Gift, &id).await;
            }
        }
    }
    // Each page was right by itself. Together they must be one list, in order, that misses nothing.
    let before = |left: &str, right: &str| {
        let stand = model::compare(order, bed.document(Kind::Gift, left), bed.document(Kind::Gift, right));
        if *backward { stand.is_gt() } else { stand.is_lt() }
    };
    prop_assert!(
        seen.is_sorted_by(|left, right| before(&left.id, &right.id)),
        "{:?}",
        seen
    );
    for gift in matching() {
        let id = gift["_id"].as_str().expect("an id");
        let inside = start.as_ref().is_none_or(|start| before(&start.id, id))
            && stop.as_ref().is_none_or(|stop| before(id, &stop.id));
        prop_assert_eq!(inside, seen.iter().any(|mark| mark.id == id), "{}", id);
    }
    Ok(())
}

async fn ask_for(bed: &Bed, ask: &Ask, at: Option<&Mark>, stop: Option<&Mark>) -> Json {
    let query = format!("query({}) {{ page: gifts({ARGUMENTS}) {PAGE} }}", header("Gift"));
    bed.app.query_with(&query, variables(ask, at, stop)).await["page"].take()
}

/// Where the walk starts and stops: at any gifts, whether the filter holds for them or not.
async fn ends(bed: &Bed, walk: &Walk) -> Result<(Option<Mark>, Option<Mark>), TestCaseError> {
    if walk.start.is_none() && walk.stop.is_none() {
        return Ok((None, None));
    }
    let all = Ask {
        filter: Json::Null,
        size: Some(settings().limits.max_page_size),
        backward: false,
        ..walk.ask.clone()
    };
    let expected = expect(bed, Kind::Gift, &all, bed.present(Kind::Gift).collect(), None, None);
    let marks = compare(bed, Kind::Gift, &ask_for(bed, &all, None, None).await, &expected)?;
    let mark = |index: &Option<Index>| index.map(|index| index.get(&marks).clone());
    Ok((mark(&walk.start), mark(&walk.stop)))
}
