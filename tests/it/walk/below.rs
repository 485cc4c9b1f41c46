//! Walks through the relations of several documents at once: pages read one by one, and pages cut from one read.

use menagerie::domain::id::Kind;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::test_runner::TestCaseResult;
use serde_json::json;

use super::asks::{Ask, about_claims, about_gifts};
use super::bed::{Bed, hold};
use super::pages::{ARGUMENTS, Mark, PAGE, compare, expect, header, variables};
use super::{model, world};

/// A relation to many.
#[derive(Clone, Copy, Debug)]
struct Relation {
    parents: Kind,
    field: &'static str,
    of: Kind,
    /// Where the documents of the relation name their parents.
    path: &'static str,
}

const fn relation(parents: Kind, field: &'static str, of: Kind, path: &'static str) -> Relation {
    Relation {
        parents,
        field,
        of,
        path,
    }
}

/// A walk below several documents, along the pages of one of them.
#[derive(Clone, Debug)]
struct Descent {
    relation: Relation,
    parents: Vec<String>,
    along: Index,
    ask: Ask,
    /// Whether the row at the cursor is deleted after each page.
    delete: bool,
}

fn descent(relations: &'static [Relation], ask: BoxedStrategy<Ask>) -> impl Strategy<Value = Descent> {
    select(relations).prop_flat_map(move |relation| {
        let parents = subsequence(world::ids(relation.parents), 1..=8);
        let rest = (parents, any::<Index>(), ask.clone(), any::<bool>());
        rest.prop_map(move |(parents, along, ask, delete)| Descent {
            relation,
            parents,
            along,
            ask,
            delete,
        })
    })
}

#[test]
fn pages_below_each_of_several_documents_are_what_a_naive_model_finds() {
    const LARGE: [Relation; 3] = [
        relation(Kind::Nation, "giftsGiven", Kind::Gift, "giver"),
        relation(Kind::Nation, "giftsReceived", Kind::Gift, "recipient"),
        relation(Kind::Animal, "gifts", Kind::Gift, "items.animal"),
    ];
    hold(3, 40, descent(&LARGE, about_gifts()), async |bed, descent| {
        descend(bed, &descent).await
    });
}

#[test]
fn pages_cut_from_one_read_for_all_parents_are_what_a_naive_model_finds() {
    const SMALL: [Relation; 3] = [
        relation(Kind::Gift, "claims", Kind::Claim, "about"),
        relation(Kind::Nation, "claims", Kind::Claim, "about"),
        relation(Kind::Animal, "claims", Kind::Claim, "about"),
    ];
    hold(3, 40, descent(&SMALL, about_claims()), async |bed, descent| {
        descend(bed, &descent).await
    });
}

async fn descend(bed: &Bed, descent: &Descent) -> TestCaseResult {
    let Descent {
        relation: Relation {
            parents,
            field,
            of,
            path,
        },
        ask,
        ..
    } = descent;
    let query = format!(
        "query($parents: [ID!], {}) {{ parents: {}(first: 200, where: {{ id: {{ in: $parents }} }}) {{
            nodes {{ id page: {field}({ARGUMENTS}) {PAGE} }} }} }}",
        header(if *of == Kind::Gift { "Gift" } else { "Claim" }),
        parents.collection()
    );
    let matching = |parent: &str| {
        let mut documents: Vec<_> = bed.present(*of).collect();
        documents.retain(|document| {
            model::texts_at(document, path).contains(&parent)
                && match of {
                    Kind::Gift => model::gift_matches(&bed.world, &ask.filter, document),
                    _ => model::claim_matches(&ask.filter, document),
                }
        });
        documents
    };
    let along = descent.along.get(&descent.parents);
    let mut at: Option<Mark> = None;
    loop {
        let mut variables = variables(ask, at.as_ref(), None);
        variables["parents"] = json!(descent.parents);
        let data = bed.app.query_with(&query, variables).await;
        let nodes = data["parents"]["nodes"].as_array().expect("a list");
        prop_assert_eq!(nodes.len(), descent.parents.len());
        let mut next = None;
        for node in nodes {
            let parent = node["id"].as_str().expect("an id");
            let expected = expect(bed, ask, matching(parent), at.as_ref(), None);
            let rows = compare(bed, &node["page"], &expected)?;
            if parent == along && expected.goes_on(ask.backward) {
                next = if ask.backward { rows.first() } else { rows.last() }.cloned();
            }
        }
        let Some(mark) = next else { return Ok(()) };
        if descent.delete {
            bed.delete(&mark.id).await;
        }
        at = Some(mark);
    }
}
