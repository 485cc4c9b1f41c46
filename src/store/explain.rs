//! How the database would execute the reads of a page: for judging indexes, never for an answer.

use mongodb::bson::{Bson, Document, doc};

use super::entity::{Entity, Projection};
use super::filter::Filter;
use super::find::Find;
use super::join::joined;
use super::page::PageRequest;
use super::validate::number_of;
use super::{Result, Store};
use crate::domain::id::Kind;

/// The work of one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    pub kind: Kind,
    /// The number of rows.
    pub returned: u64,
    pub documents_examined: u64,
    /// The number of index entries.
    pub keys_examined: u64,
    /// The stages of the plan, last one first, with the index of an index scan: `FETCH IXSCAN(giver)`.
    pub plan: String,
}

/// The work of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PagePlan {
    /// The reads for joins, which come first.
    pub joins: Vec<Explained>,
    /// The reads of the rows.
    pub rows: Vec<Explained>,
}

impl Store {
    /// Explains the reads of a page's rows, as [`Store::page`] sends them.
    pub async fn explain_page<E: Entity>(&self, request: &PageRequest, fields: &Projection) -> Result<PagePlan> {
        let joins = self.explain_joins(&request.filter).await?;
        let filter = self.resolve(&request.filter).await?.to_document();
        let mut rows = Vec::new();
        let mut wanted = request.limit + 1;
        for mut find in request.finds(E::KIND, &filter, self.projection(fields, &request.order, None)) {
            find.limit = wanted;
            let read = self.explain(&find).await?;
            wanted = wanted.saturating_sub(usize::try_from(read.returned).unwrap_or(usize::MAX));
            rows.push(read);
            if wanted == 0 {
                break;
            }
        }
        Ok(PagePlan { joins, rows })
    }

    /// Explains the read of all matching documents, unordered, as it is sent for a join.
    pub async fn explain_all<E: Entity>(&self, filter: &Filter) -> Result<PagePlan> {
        let joins = self.explain_joins(filter).await?;
        let filter = self.resolve(filter).await?.into_owned();
        let rows = vec![self.explain(&joined(E::KIND, "_id", &[filter])).await?];
        Ok(PagePlan { joins, rows })
    }

    async fn explain_joins(&self, filter: &Filter) -> Result<Vec<Explained>> {
        let mut reads = Vec::new();
        for read in self.joined_reads(filter).await? {
            reads.push(self.explain(&read).await?);
        }
        Ok(reads)
    }

    pub(super) async fn explain(&self, find: &Find) -> Result<Explained> {
        let answer = self
            .run(doc! { "explain": find.command(), "verbosity": "executionStats" })
            .await?;
        let statistics = answer.get_document("executionStats").cloned().unwrap_or_default();
        let planner = answer.get_document("queryPlanner").cloned().unwrap_or_default();
        let mut stages = Vec::new();
        collect_stages(planner.get("winningPlan"), &mut stages);
        Ok(Explained {
            kind: find.kind,
            returned: number(&statistics, "nReturned"),
            documents_examined: number(&statistics, "totalDocsExamined"),
            keys_examined: number(&statistics, "totalKeysExamined"),
            plan: stages.join(" "),
        })
    }
}

/// Collects the stages of a plan. Servers nest them differently, so any document in it may be one.
fn collect_stages(plan: Option<&Bson>, stages: &mut Vec<String>) {
    match plan {
        Some(Bson::Document(plan)) => {
            if let Ok(stage) = plan.get_str("stage") {
                stages.push(match plan.get_str("indexName") {
                    Ok(index) => format!("{stage}({index})"),
                    Err(_) => stage.to_owned(),
                });
            }
            plan.values().for_each(|part| collect_stages(Some(part), stages));
        }
        Some(Bson::Array(plans)) => plans.iter().for_each(|plan| collect_stages(Some(plan), stages)),
        _ => {}
    }
}

fn number(statistics: &Document, field: &str) -> u64 {
    // Exact up to 2^53 documents, more than any database has.
    statistics
        .get(field)
        .and_then(number_of)
        .map_or(0, |number| number as u64)
}
