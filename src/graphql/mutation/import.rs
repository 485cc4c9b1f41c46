//! Many documents in one request, as rows: what `menagerie import` does with files, up to a thousand rows at a time.

use async_graphql::{Context, ID, InputObject, Json, Object, SimpleObject};
use futures_util::FutureExt;
use serde_json::Value;

use super::PayloadQuery;
use crate::api::error::{ApiError, Result};
use crate::api::viewer::editor;
use crate::domain::id::Kind;
use crate::graphql::cost::{CHANGE, ROW, cost};
use crate::graphql::eager;
use crate::graphql::loader::resolve::loader;
use crate::store::write::{
    Batch, Door, Effect, FieldChange, ImportRow, Intent, Policy, Violation, ViolationCode, Write,
};

/// The maximum number of rows in a request.
const MOST: usize = 1_000;

/// Which documents to write.
#[derive(InputObject, Clone, Debug)]
pub struct ImportRowsInput {
    /// Of which kind they are.
    kind: Kind,
    /// Up to 1,000 rows, as far as the limits of `serviceConfig` let them through, each with something that a document is
    /// to say: a key that is left out stays as it is, also in objects such as `date`; null clears; a list is replaced as a
    /// whole. In the place of relations stand ids, or slugs, codes or exact names where these lead to one document; `id` is
    /// the document's own. What the server fills in, such as `version` and the bounds of dates, is passed over, so rows of
    /// `/export/….ndjson` can be given as they are. A row without `id` is about the document with its slug; a new one gets an
    /// id made of its slug, or of what the row says.
    #[graphql(directive = cost::apply(ROW, None))]
    rows: Vec<Json<Value>>,
    /// Write the good rows although others are bad.
    #[graphql(default)]
    keep_good: bool,
    /// Say what would be written, and write nothing.
    #[graphql(default)]
    dry_run: bool,
    /// Let figures change without a claim that supports them.
    #[graphql(default)]
    without_claims: bool,
    /// Each row is the whole document: what it leaves out is cleared.
    #[graphql(default)]
    replace: bool,
}

/// What became of rows that were to be written.
#[derive(SimpleObject, Debug, Default)]
#[graphql(serial)]
pub struct ImportRowsPayload {
    /// How many documents are new.
    created: i32,
    /// How many documents say something else now.
    updated: i32,
    /// How many rows say what is stored already.
    unchanged: i32,
    /// What changes in documents that are there already, value by value; on a dry run what would.
    changes: eager::List<eager::Object<ImportRowChange>>,
    /// What is wrong with rows. Unless `keepGood` is set, nothing was written where there is any.
    user_errors: eager::List<eager::Object<RowError>>,
    /// Everything that can be asked for, as it is after this.
    query: PayloadQuery,
}

/// A value that a row changes.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial, name = "RowChange")]
pub struct ImportRowChange {
    /// Which row, counted from 0.
    row: i32,
    /// The document.
    id: ID,
    /// The path of the value, such as `total.phrase`.
    field: String,
    /// What it said before; null where it said nothing.
    before: Option<Json<Value>>,
    /// What it says since then; null where it is cleared.
    after: Option<Json<Value>>,
}

/// Something that is wrong with a row.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(serial)]
pub struct RowError {
    /// Which row, counted from 0; null where it is about all of them.
    row: Option<i32>,
    /// What kind of mistake.
    code: ViolationCode,
    /// The field of the row that it is about, as a path such as `items[0].count.min`; null where it is about the row as a
    /// whole.
    field: Option<String>,
    /// What was found, and what is accepted.
    message: String,
}

impl RowError {
    fn new(row: usize, violation: Violation) -> Self {
        Self {
            row: Some(number(row)),
            code: violation.code,
            field: violation.field,
            message: violation.message,
        }
    }
}

impl ImportRowChange {
    fn new(row: usize, id: &str, change: FieldChange) -> Self {
        Self {
            row: number(row),
            id: id.into(),
            field: change.field,
            before: change.before.map(Json),
            after: change.after.map(Json),
        }
    }
}

/// Adds `importRows` to `Mutation`.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Writes documents as rows say: what is not there is entered, in others only what a row says is changed, and what says
    /// so already is left alone, so the same request again changes nothing. One transaction: all or nothing, unless
    /// `keepGood` is set. Rows may refer to each other.
    #[graphql(directive = cost::apply(CHANGE, None))]
    async fn import_rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: Box<ImportRowsInput>,
    ) -> Result<Option<eager::Object<ImportRowsPayload>>> {
        async { Ok(Some(eager::Object::from(imported(ctx, *input).await?))) }
            .boxed()
            .await
    }
}

async fn imported(ctx: &Context<'_>, input: ImportRowsInput) -> Result<ImportRowsPayload> {
    let by = editor(ctx)?;
    let loader = loader(ctx)?;
    // An earlier mutation of the request may have loaded documents that this one changes.
    loader.clear();
    let ImportRowsInput {
        kind,
        rows,
        keep_good,
        dry_run,
        without_claims,
        replace,
    } = input;
    if rows.len() > MOST {
        return Ok(too_many(rows.len()));
    }
    // On a blocking thread: so many rows take as long as a thousand requests.
    let read = move || {
        let rows = rows.iter().map(|Json(row)| ImportRow::new(kind, row));
        rows.map(Write::row).collect()
    };
    let batch = Batch {
        writes: tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| ApiError::Internal)?,
        policy: Policy::Import {
            replace,
            without_claims,
            door: Door::Request,
            keep_good,
        },
        by,
        intent: if dry_run { Intent::Try } else { Intent::Write },
    };
    let outcomes = loader.store.write(batch).await?;
    let is_whole = keep_good || outcomes.iter().all(|outcome| outcome.violations.is_empty());
    let mut counts = [0; Effect::COUNT];
    let (mut errors, mut changes) = (Vec::new(), Vec::new());
    for (place, outcome) in outcomes.into_iter().enumerate() {
        if outcome.violations.is_empty() && is_whole {
            counts[outcome.effect as usize] += 1;
            let changed = outcome.changes.into_iter();
            changes.extend(changed.map(|change| ImportRowChange::new(place, &outcome.id, change)));
        }
        let wrong = outcome.violations.into_iter();
        errors.extend(wrong.map(|violation| RowError::new(place, violation)));
    }
    Ok(ImportRowsPayload {
        created: counts[Effect::Created as usize],
        updated: counts[Effect::Updated as usize],
        unchanged: counts[Effect::Unchanged as usize],
        changes: changes.into_iter().map(eager::Object::from).collect(),
        user_errors: errors.into_iter().map(eager::Object::from).collect(),
        query: PayloadQuery,
    })
}

fn too_many(rows: usize) -> ImportRowsPayload {
    let error = RowError {
        row: None,
        code: ViolationCode::Invalid,
        field: Some("rows".to_owned()),
        message: format!("found {rows} rows; accepted: up to {MOST}, and the others in further requests"),
    };
    ImportRowsPayload {
        user_errors: [eager::Object::from(error)].into_iter().collect(),
        ..ImportRowsPayload::default()
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
