//! Reads everything that a root field selects, level by level, before its resolvers run.
//!
//! Each level costs one command per collection that it refers to, one per small relation, and one per parent for large
//! relations, all concurrently. Resolvers then find everything in the loader.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;

use async_graphql::parser::types::{Field, OperationDefinition, OperationType, SelectionSet};
use async_graphql::registry::Registry;
use futures_util::future::{BoxFuture, try_join_all};
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

use super::{Loader, PageKey};
use crate::api::error::Result;
use crate::domain::id::Kind;
use crate::graphql::collection::Collection;
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::relation::Relation;
use crate::graphql::selection::{self, Computed, Projections};
use crate::limits::Limits;
use crate::store::entity::Projection;
use crate::store::filter::Filter;
use crate::store::page::Want;

/// How many pages below documents are read concurrently.
const PARALLEL: usize = 8;
/// How many documents of a small relation one command reads for a whole level; if there are more, each parent is paged.
const FEW: usize = 2_000;

/// Documents of one collection in the loader, and the selection sets on them.
pub struct SelectedDocuments<'a> {
    pub kind: Kind,
    pub ids: Vec<String>,
    pub sets: Vec<&'a SelectionSet>,
}

/// Looks up a collection by its kind.
#[derive(Clone, Copy)]
pub struct Collections(pub fn(Kind) -> &'static dyn AnyCollection);

/// A collection whose type is known at run time only.
pub trait AnyCollection: Sync {
    fn computed(&self) -> &'static [Computed];
    /// Adds to `level` what is selected below a group of its documents.
    fn plan<'a>(&self, fetch: Fetch<'a>, group: &SelectedDocuments<'a>, level: &mut Level<'a>);
    /// Reads the documents that are not in the loader yet.
    fn by_ids<'a>(&self, fetch: Fetch<'a>, ids: Vec<String>) -> BoxFuture<'a, Result<()>>;
    /// Reads the pages that one field requests, one for each parent.
    fn pages_below<'a>(&self, fetch: Fetch<'a>, below: Below<'a>) -> BoxFuture<'a, Result<SelectedDocuments<'a>>>;
}

/// [`AnyCollection`] for the collection of a type.
pub struct Of<E>(PhantomData<fn() -> E>);

impl<E> Of<E> {
    /// The only value.
    pub const IT: Self = Self(PhantomData);
}

impl<E: Collection> AnyCollection for Of<E> {
    fn computed(&self) -> &'static [Computed] {
        E::COMPUTED
    }

    fn plan<'a>(&self, fetch: Fetch<'a>, group: &SelectedDocuments<'a>, level: &mut Level<'a>) {
        fetch.plan::<E>(group, level);
    }

    fn by_ids<'a>(&self, fetch: Fetch<'a>, ids: Vec<String>) -> BoxFuture<'a, Result<()>> {
        fetch.by_ids::<E>(ids).boxed()
    }

    fn pages_below<'a>(&self, fetch: Fetch<'a>, below: Below<'a>) -> BoxFuture<'a, Result<SelectedDocuments<'a>>> {
        fetch.pages_below::<E>(below).boxed()
    }
}

/// A connection to read below a group of documents.
pub struct Below<'a> {
    of: Kind,
    stored: &'static str,
    few: bool,
    parents: Vec<String>,
    field: &'a Field,
}

/// What has to be read for one level of the selection.
#[derive(Default)]
pub struct Level<'a> {
    groups: Vec<SelectedDocuments<'a>>,
    below: Vec<Below<'a>>,
    animals: BTreeSet<String>,
}

/// The context of reads into the loader.
#[derive(Clone, Copy)]
pub struct Fetch<'a> {
    pub loader: &'a Loader,
    pub collections: Collections,
    pub registry: &'a Registry,
    pub operation: &'a OperationDefinition,
    pub limits: &'a Limits,
}

impl<'a> Fetch<'a> {
    /// The projection of a collection: all fields that the whole operation reads of it.
    pub fn projection(self, kind: Kind) -> Arc<Projection> {
        let root = match self.operation.ty {
            OperationType::Query => Some(&self.registry.query_type),
            OperationType::Mutation => self.registry.mutation_type.as_ref(),
            OperationType::Subscription => self.registry.subscription_type.as_ref(),
        };
        let all = || {
            let root = root.map(String::as_str).unwrap_or_default();
            let computed = |kind| self.collection(kind).computed();
            Projections::of(self.registry, root, &self.operation.selection_set.node, &computed)
        };
        self.loader.memo.get_or_init(all).of_kind(kind)
    }

    fn collection(self, kind: Kind) -> &'static dyn AnyCollection {
        self.collections.0(kind)
    }

    /// Reads everything selected below documents that are in the loader.
    pub async fn everything_below(self, start: Vec<SelectedDocuments<'a>>) -> Result<()> {
        let mut groups = start;
        while !groups.is_empty() {
            let mut level = Level::default();
            for group in &groups {
                self.collection(group.kind).plan(self, group, &mut level);
            }
            groups = self.read(level).await?;
        }
        Ok(())
    }

    /// Reads documents by id, with everything selected on them: one command per kind, all concurrently.
    pub async fn documents(self, groups: Vec<SelectedDocuments<'a>>) -> Result<()> {
        let mut wanted: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
        for group in &groups {
            wanted.entry(group.kind).or_default().extend(group.ids.iter().cloned());
        }
        try_join_all(self.reads(wanted)).await?;
        self.everything_below(groups).await
    }

    fn reads(self, wanted: BTreeMap<Kind, BTreeSet<String>>) -> Vec<BoxFuture<'a, Result<()>>> {
        let read =
            |(kind, ids): (Kind, BTreeSet<String>)| self.collection(kind).by_ids(self, ids.into_iter().collect());
        wanted.into_iter().map(read).collect()
    }

    /// Reads one document, unless it is in the loader.
    pub fn by_id(self, kind: Kind, id: &str) -> BoxFuture<'a, Result<()>> {
        self.collection(kind).by_ids(self, vec![id.to_owned()])
    }

    fn plan<E: Collection>(self, group: &SelectedDocuments<'a>, level: &mut Level<'a>) {
        let identities = self.loader.of::<E>();
        let selected = selection::fields(&group.sets, Some(E::NAME));
        for link in E::relations() {
            match link {
                Relation::Reference { fields, way, to } => {
                    let sets = selection::under(&selected, fields);
                    if sets.is_empty() {
                        continue;
                    }
                    let documents: Vec<Arc<E>> = group.ids.iter().filter_map(|id| identities.get(id)).collect();
                    let mut held = Vec::new();
                    documents.iter().for_each(|document| document.ids(way, &mut held));
                    held.sort_unstable();
                    held.dedup();
                    for (kind, ids) in by_kind(*to, held) {
                        level.groups.push(SelectedDocuments {
                            kind,
                            ids,
                            sets: sets.clone(),
                        });
                    }
                }
                Relation::Inverse { field, of, stored, few } => {
                    for asked in named(&selected, field) {
                        level.below.push(Below {
                            of: *of,
                            stored,
                            few: *few,
                            parents: group.ids.clone(),
                            field: asked,
                        });
                    }
                }
                Relation::AnimalsGiven { field } => {
                    if named(&selected, field).next().is_some() {
                        level.animals.extend(group.ids.iter().cloned());
                    }
                }
            }
        }
    }

    /// Reads a level and returns the groups of the next.
    async fn read(self, level: Level<'a>) -> Result<Vec<SelectedDocuments<'a>>> {
        let mut wanted: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
        for group in &level.groups {
            wanted.entry(group.kind).or_default().extend(group.ids.iter().cloned());
        }
        let by_id = self.reads(wanted);
        let mut below: Vec<BoxFuture<'a, Result<SelectedDocuments<'a>>>> = Vec::new();
        for connection in level.below {
            below.push(self.collection(connection.of).pages_below(self, connection));
        }
        let pages: BoxFuture<'a, Result<Vec<SelectedDocuments<'a>>>> =
            stream::iter(below).buffered(PARALLEL).try_collect().boxed();
        let sums = async {
            if !level.animals.is_empty() {
                let animals: Vec<String> = level.animals.iter().cloned().collect();
                self.loader.put_given(self.loader.store.animals_given(&animals).await?);
            }
            Ok(())
        };
        let (_, pages, ()) = futures_util::future::try_join3(try_join_all(by_id), pages, sums).await?;
        let mut groups = level.groups;
        groups.extend(pages);
        Ok(groups)
    }

    /// Reads the documents that are not in the loader yet.
    pub async fn by_ids<E: Collection>(self, mut ids: Vec<String>) -> Result<()> {
        let identities = self.loader.of::<E>();
        ids.retain(|id| identities.get(id).is_none());
        let fields = self.projection(E::KIND);
        let found = self.loader.live.by_ids::<E>(&self.loader.store, ids, &fields).await?;
        found.into_iter().for_each(|document| identities.put(document));
        Ok(())
    }

    async fn pages_below<E: Collection>(self, below: Below<'a>) -> Result<SelectedDocuments<'a>> {
        let field = below.field;
        match self.readable_pages_below::<E>(below).await {
            // The field's resolver reports an error of the caller, with its path.
            Err(error) if error.is_of_input() => {
                self.loader.refuse(field, error);
                Ok(SelectedDocuments {
                    kind: E::KIND,
                    ids: Vec::new(),
                    sets: Vec::new(),
                })
            }
            read => read,
        }
    }

    async fn readable_pages_below<E: Collection>(self, below: Below<'a>) -> Result<SelectedDocuments<'a>> {
        let arguments = PageArguments::<E>::read(|name| selection::argument(below.field, name))?;
        let set = &below.field.selection_set.node;
        let want = self.wanted(set);
        let identities = self.loader.of::<E>();
        let mut ids = BTreeSet::new();
        let mut keep = |parent: &str, page: Connection<E>| {
            ids.extend(page.documents().map(|document| document.id().to_owned()));
            identities.put_page(PageKey::new(parent, below.field), Arc::new(page));
        };
        let sliced = if below.few && below.parents.len() > 1 {
            self.slices::<E>(&below, &arguments, want).await?
        } else {
            None
        };
        match sliced {
            Some(pages) => pages.into_iter().for_each(|(parent, page)| keep(&parent, page)),
            None => {
                let reads: Vec<_> = below
                    .parents
                    .iter()
                    .map(|parent| self.page_below(below.stored, parent, &arguments, want).boxed())
                    .collect();
                let pages: Vec<Connection<E>> = stream::iter(reads).buffered(PARALLEL).try_collect().await?;
                let pages = below.parents.iter().cloned().zip(pages);
                pages.for_each(|(parent, page)| keep(&parent, page));
            }
        }
        Ok(SelectedDocuments {
            kind: E::KIND,
            ids: ids.into_iter().collect(),
            sets: selection::on_page(set),
        })
    }

    /// Pages of a small relation, cut out of one read for all parents; `None` if it has more than [`FEW`] documents.
    async fn slices<E: Collection>(
        self,
        below: &Below<'a>,
        arguments: &PageArguments<E>,
        want: Want,
    ) -> Result<Option<Vec<(String, Connection<E>)>>> {
        let request = arguments.request(self.limits, want)?;
        let fields = self.projection(E::KIND);
        let found = self
            .loader
            .store
            .by_parents::<E>(below.stored, &below.parents, &request, FEW, &fields)
            .await?;
        Ok(found.map(|by_parent| {
            by_parent
                .into_iter()
                .map(|(parent, rows)| (parent, Connection::slice(rows, request.clone())))
                .collect()
        }))
    }

    /// The page of the documents that hold the id `parent` at `stored`.
    pub async fn page_below<E: Collection>(
        self,
        stored: &'static str,
        parent: &str,
        arguments: &PageArguments<E>,
        want: Want,
    ) -> Result<Connection<E>> {
        self.page(arguments, want, Some(Filter::equal(stored, parent))).await
    }

    /// A page of a collection, within `scope` if that is given.
    pub async fn page<E: Collection>(
        self,
        arguments: &PageArguments<E>,
        want: Want,
        scope: Option<Filter>,
    ) -> Result<Connection<E>> {
        let mut request = arguments.request(self.limits, want)?;
        if let Some(scope) = scope {
            request.filter = Filter::All(vec![scope, request.filter]);
        }
        let fields = self.projection(E::KIND);
        let page = self.loader.store.page::<E>(&request, &fields).await?;
        Ok(Connection::new(page, request.order))
    }

    /// Which parts of a connection have to be read.
    pub fn wanted(self, set: &'a SelectionSet) -> Want {
        let mut want = Want::default();
        for field in selection::fields(&[set], None) {
            match field.name.node.as_str() {
                "totalCount" => want.total = true,
                "nodes" | "edges" => want.rows = true,
                "pageInfo" => {
                    want.rows = true;
                    for detail in selection::fields(&[&field.selection_set.node], None) {
                        match detail.name.node.as_str() {
                            "hasPreviousPage" => want.previous = true,
                            "hasNextPage" => want.next = true,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        want
    }
}

/// Groups ids by their kind, which is `to` if that is given. Ids of no known kind are dropped.
fn by_kind(to: Option<Kind>, ids: Vec<&str>) -> BTreeMap<Kind, Vec<String>> {
    let mut kinds: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    for id in ids {
        if let Some(kind) = to.or_else(|| Kind::of(id).ok()) {
            kinds.entry(kind).or_default().push(id.to_owned());
        }
    }
    kinds
}

fn named<'f, 'a>(fields: &'f [&'a Field], name: &'f str) -> impl Iterator<Item = &'a Field> + use<'f, 'a> {
    fields.iter().copied().filter(move |field| field.name.node == name)
}
