//! Many documents in one request, as rows: what `menagerie import` does with files, up to a thousand rows at a time.

use async_graphql::{Context, InputObject, Json, Object, SimpleObject};
use futures_util::FutureExt;
use serde_json::Value;

use crate::api::error::{ApiError, Result};
use crate::api::viewer::editor;
use crate::domain::id::Kind;
use crate::graphql::cost::{CHANGE, ROW, cost};
use crate::graphql::eager;
use crate::graphql::loader::resolve::loader;
use crate::store::write::{Batch, Effect, Intent, Policy, Prepared, Violation, ViolationCode, Write};

/// The maximum number of rows in a request.
const MOST: usize = 1_000;

/// Which documents to write.
#[derive(InputObject, Clone, Debug)]
pub struct ImportRowsInput {
    /// Of which kind they are.
    kind: Kind,
    /// Up to 1,000 documents, as far as the limits of `serviceConfig` let them through, each with all that it is to say:
    /// ids in the place of relations, `id` for its own. What the server fills in, such as `version` and the bounds of
    /// dates, is passed over, so rows of `/export/….ndjson` can be given as they are. A row without `id` gets one made of
    /// its slug, or of what it says.
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
}

/// What became of rows that were to be written.
#[derive(SimpleObject, Debug, Default)]
#[graphql(serial)]
pub struct ImportRowsPayload {
    /// How many documents are new.
    created: i32,
    /// How many documents say something else now; each was replaced as a whole.
    updated: i32,
    /// How many rows say what is stored already.
    unchanged: i32,
    /// What is wrong with rows. Unless `keepGood` is set, nothing was written where there is any.
    user_errors: eager::List<eager::Object<RowError>>,
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

/// Adds `importRows` to `Mutation`.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Writes documents as rows say: what is not there is entered, what says something else is replaced as a whole, and
    /// what says so already is left alone, so the same request again changes nothing. One transaction: all or nothing,
    /// unless `keepGood` is set. Rows may refer to each other.
    #[graphql(directive = cost::apply(CHANGE, None))]
    async fn import_rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: Box<ImportRowsInput>,
    ) -> Result<eager::Object<ImportRowsPayload>> {
        async { Ok(eager::Object::from(imported(ctx, *input).await?)) }
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
    } = input;
    if rows.len() > MOST {
        return Ok(too_many(rows.len()));
    }
    // On a blocking thread: so many rows take as long as a thousand requests.
    let prepared = tokio::task::spawn_blocking(move || prepared(kind, &rows));
    let (places, rows, mut errors) = prepared.await.map_err(|_| ApiError::Internal)?;
    let is_whole = keep_good || errors.is_empty();
    let batch = Batch {
        writes: rows.into_iter().map(Write::Put).collect(),
        policy: Policy::Import {
            without_claims,
            keep_good,
        },
        by,
        intent: if dry_run || !is_whole {
            Intent::Try
        } else {
            Intent::Write
        },
    };
    let outcomes = loader.store.write(batch).await?;
    let mut counts = [0; Effect::COUNT];
    for (place, outcome) in places.into_iter().zip(outcomes) {
        if outcome.violations.is_empty() {
            counts[outcome.effect as usize] += 1;
        }
        let wrong = outcome.violations.into_iter();
        errors.extend(wrong.map(|violation| RowError::new(place, violation)));
    }
    if !keep_good && !errors.is_empty() {
        counts = [0; Effect::COUNT];
    }
    errors.sort_by_key(|error| error.row);
    Ok(ImportRowsPayload {
        created: counts[Effect::Created as usize],
        updated: counts[Effect::Updated as usize],
        unchanged: counts[Effect::Unchanged as usize],
        user_errors: errors.into_iter().map(eager::Object::from).collect(),
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

/// The rows that are documents of this kind, their indexes among all rows, and the errors of the others.
fn prepared(kind: Kind, rows: &[Json<Value>]) -> (Vec<usize>, Vec<Prepared>, Vec<RowError>) {
    let (mut places, mut good, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for (place, Json(row)) in rows.iter().enumerate() {
        match Prepared::from_row(kind, row) {
            Ok(row) => {
                places.push(place);
                good.push(row);
            }
            Err(problems) => {
                let wrong = problems.iter().map(Violation::invalid);
                errors.extend(wrong.map(|violation| RowError::new(place, violation)));
            }
        }
    }
    (places, good, errors)
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
