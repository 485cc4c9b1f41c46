//! The macros that make a collection: its documents, queries and mutations.

/// Makes the two queries of a collection: one document by a unique key, and the connection.
macro_rules! queries {
    ($query:ident for $entity:ident {
        $(#[$one_doc:meta])* $one:ident by $by:ident ( $($key_doc:tt $variant:ident: $key:ident as $key_name:tt),* );
        $(#[$many_doc:meta])* $many:ident;
    }) => {
        #[doc = concat!("Which ", stringify!($one), ": by one of its unique keys.")]
        #[derive(async_graphql::OneofObject, Clone, Debug)]
        pub enum $by {
            /// The id.
            Id(async_graphql::ID),
            $(#[doc = $key_doc] #[graphql(name = $key_name)] $variant(String),)*
        }

        impl $by {
            /// The stored field that holds the key, and the key.
            fn key(&self) -> (&'static str, &str) {
                match self {
                    Self::Id(id) => ("_id", id),
                    $(Self::$variant(key) => ($key_name, key),)*
                }
            }
        }

        /// The queries of this collection.
        #[derive(Default)]
        pub struct $query;

        impl $crate::graphql::collection::RootFields for $entity {
            type Query = $query;
        }

        #[async_graphql::Object]
        impl $query {
            $(#[$one_doc])*
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::DOCUMENT, None))]
            async fn $one(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which one.")] by: Option<$by>,
                #[graphql(desc = "The id.", deprecation = "Since 0.2: use `by`.")] id: Option<async_graphql::ID>,
                $(
                    #[graphql(name = $key_name, desc = $key_doc, deprecation = "Since 0.2: use `by`.")]
                    $key: Option<String>,
                )*
            ) -> $crate::api::error::Result<Option<$crate::graphql::eager::Object<std::sync::Arc<$entity>>>> {
                let given = [
                    by.as_ref().map(|by| by.key()),
                    id.as_ref().map(|id| ("_id", id.as_str())),
                    $($key.as_deref().map(|key| ($key_name, key)),)*
                ];
                $crate::graphql::loader::resolve::one(ctx, &given, &["by", "id", $($key_name),*]).await
            }

            $(#[$many_doc])*
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::PAGE, None), directive = $crate::graphql::cost::list_size::apply($crate::graphql::cost::names($crate::graphql::cost::WINDOW), $crate::graphql::cost::names($crate::graphql::cost::ON_PAGE)))]
            #[allow(clippy::too_many_arguments, reason = "Relay's four, the filter and the order")]
            async fn $many(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many from the start.")] first: Option<i32>,
                #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end; not together with `first`.")] last: Option<i32>,
                #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
                #[graphql(name = "where", desc = "Which documents.")] filter: Option<Box<<$entity as $crate::graphql::collection::Collection>::Filter>>,
                #[graphql(desc = "In which order; by id where nothing is said.")] order_by: Option<Vec<<$entity as $crate::graphql::collection::Collection>::Order>>,
            ) -> $crate::api::error::Result<Option<$crate::graphql::eager::Object<$crate::graphql::connection::Connection<$entity>>>> {
                let window = $crate::graphql::connection::Window { first, after, last, before };
                let arguments = $crate::graphql::connection::PageArguments { window, filter, order_by };
                $crate::graphql::loader::resolve::page(ctx, arguments).await.map(Some)
            }
        }
    };
}
pub(crate) use queries;

/// Makes an object type for a collection: the struct, with the fields that all documents share, and its relations.
///
/// - `references`: fields that hold ids of other documents. `holds`: fields that contain more references below them.
/// - `connections`: the inverse relations: the path of the id in the other collection, and `FEW` or `MANY`.
/// - `resolvers`: fields resolved by hand; `computed`: the stored fields that they need; `sums`: sums over gifts.
macro_rules! document {
    (
        $(#[$meta:meta])*
        pub struct $entity:ident by $filter:ident, $order:ident {
            $(#[$id:meta])*
            id,
            $($(#[$fdoc:meta])* $field:ident: $ftype:ty,)+
        }
        $(references { $($(#[$rdoc:meta])* $reference:ident: $rtype:ty,)+ })?
        $(holds { $($held:ident),+ })?
        connections { $($(#[$doc:meta])* $name:ident: $target:ident at $path:literal, $size:ident;)* }
        $(computed { $($computed:literal from $stored:literal),+ })?
        $(sums { $($sum:literal),+ })?
        $(resolvers { $($rest:tt)* })?
    ) => {
        $(#[$meta])*
        #[derive(SimpleObject, Debug, Default, Deserialize)]
        #[graphql(complex, serial)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $entity {
            $(#[$id])*
            #[serde(rename = "_id")]
            pub(super) id: ID,
            $($(#[$fdoc])* $field: $ftype,)+
            /// Grows by one with every change.
            version: i32,
            /// When it was entered here.
            created_at: Timestamp,
            /// When it was last changed here.
            updated_at: Timestamp,
            $($(#[graphql(skip)] $reference: $rtype,)+)?
        }

        impl $crate::store::entity::Entity for $entity {
            const KIND: $crate::domain::id::Kind = $crate::domain::id::Kind::$entity;

            fn id(&self) -> &str {
                &self.id
            }
        }

        $crate::graphql::relation::holds! { $entity: $($($held,)+)? $($($reference,)+)? }

        impl $crate::graphql::collection::Collection for $entity {
            const COMPUTED: &'static [$crate::graphql::selection::Computed] = &[$($(($computed, $stored)),+)?];
            type Filter = $filter;
            type Order = $order;

            fn relations() -> &'static [$crate::graphql::relation::Relation] {
                use $crate::graphql::relation::Relation;
                static RELATIONS: std::sync::LazyLock<Vec<Relation>> = std::sync::LazyLock::new(|| {
                    let mut relations = Relation::references::<$entity>();
                    $(relations.push(Relation::inverse(
                        stringify!($name),
                        $crate::domain::id::Kind::$target,
                        $path,
                        $crate::graphql::relation::$size,
                    ));)*
                    $($(relations.push(Relation::AnimalsGiven { field: $sum });)+)?
                    relations
                });
                &RELATIONS
            }
        }

        #[async_graphql::ComplexObject]
        impl $entity {
            $($(#[$doc])*
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::PAGE, None), directive = $crate::graphql::cost::list_size::apply($crate::graphql::cost::names($crate::graphql::cost::WINDOW), $crate::graphql::cost::names($crate::graphql::cost::ON_PAGE)))]
            #[allow(clippy::too_many_arguments, reason = "Relay's four, the filter and the order")]
            async fn $name(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many from the start.")] first: Option<i32>,
                #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
                #[graphql(desc = "How many from the end; not together with `first`.")] last: Option<i32>,
                #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
                #[graphql(name = "where", desc = "Which documents.")] filter: Option<Box<<$target as $crate::graphql::collection::Collection>::Filter>>,
                #[graphql(desc = "In which order; by id where nothing is said.")] order_by: Option<Vec<<$target as $crate::graphql::collection::Collection>::Order>>,
            ) -> $crate::api::error::Result<$crate::graphql::eager::Object<std::sync::Arc<$crate::graphql::connection::Connection<$target>>>> {
                let window = $crate::graphql::connection::Window { first, after, last, before };
                let arguments = $crate::graphql::connection::PageArguments { window, filter, order_by };
                $crate::graphql::loader::resolve::below::<$target>(ctx, &self.id, $path, arguments).await
            })*
            $($($(#[$rdoc])*
            async fn $reference(&self) -> &$rtype {
                &self.$reference
            })+)?
            $($($rest)*)?

            /// What editors have changed in this document, the latest change first. For editors.
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::PAGE, None), directive = $crate::graphql::cost::list_size::apply($crate::graphql::cost::names($crate::graphql::cost::FIRST), $crate::graphql::cost::names($crate::graphql::cost::ON_PAGE)))]
            async fn history(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "How many from the start.")] first: Option<i32>,
                #[graphql(desc = "Only what stands behind this cursor.")] after: Option<String>,
            ) -> $crate::api::error::Result<Option<$crate::graphql::eager::Object<$crate::graphql::connection::Connection<$crate::graphql::history::HistoryEntry>>>> {
                $crate::graphql::history::of(ctx, &self.id, first, after).await.map(Some)
            }
        }
    };
}
pub(crate) use document;

/// Makes the mutations of a collection. A new document must have the `required` fields; `lists` default to empty, and
/// `optional` fields to absent.
macro_rules! mutations {
    ($mutation:ident for $entity:ident as $one:ident, $noun:literal {
        $create:ident($create_input:ident) -> $created:ident;
        $update:ident($update_input:ident) -> $updated:ident;
        $delete:ident;
        $(flags { $($(#[$fdoc:meta])* $flag:ident),+ })?
        required { $($(#[$rdoc:meta])* $required:ident: $rtype:ty),+ $(,)? }
        $(lists { $($(#[$ldoc:meta])* $list:ident: $ltype:ty),+ $(,)? })?
        optional { $($(#[$odoc:meta])* $optional:ident: $otype:ty),+ $(,)? }
    }) => {
        #[doc = concat!("A new ", $noun, ".")]
        #[derive(async_graphql::InputObject, Clone, Debug, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $create_input {
            #[doc = concat!("Its id; without one it is made of `", stringify!($one), "_` and the slug, or else of the time.")]
            #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
            id: Option<async_graphql::ID>,
            $($(#[$rdoc])* $required: $rtype,)+
            $($($(#[$ldoc])* #[graphql(default)] $list: Vec<$ltype>,)+)?
            $($(#[$odoc])* #[serde(skip_serializing_if = "Option::is_none")] $optional: Option<$otype>,)+
            /// A text of your own, up to 200 characters: the same request with the same key is made once, however often
            /// it comes within 24 hours.
            #[serde(skip)]
            idempotency_key: Option<String>,
        }

        #[doc = concat!("What is to change in a ", $noun, ": what is left out stays, also in objects such as a date; null clears; a list is replaced as a whole.")]
        #[derive(async_graphql::InputObject, Clone, Debug, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $update_input {
            /// Which document.
            #[serde(skip)]
            id: async_graphql::ID,
            $(
                $(#[$rdoc])*
                #[serde(skip_serializing_if = "async_graphql::MaybeUndefined::is_undefined")]
                $required: async_graphql::MaybeUndefined<<$rtype as $crate::graphql::mutation::inputs::Patched>::Patch>,
            )+
            $($(
                $(#[$ldoc])*
                #[serde(skip_serializing_if = "async_graphql::MaybeUndefined::is_undefined")]
                $list: async_graphql::MaybeUndefined<Vec<$ltype>>,
            )+)?
            $(
                $(#[$odoc])*
                #[serde(skip_serializing_if = "async_graphql::MaybeUndefined::is_undefined")]
                $optional: async_graphql::MaybeUndefined<<$otype as $crate::graphql::mutation::inputs::Patched>::Patch>,
            )+
            $($($(#[$fdoc])* #[graphql(default)] #[serde(skip)] $flag: bool,)+)?
            /// Only if the document has this version: otherwise nothing is changed, and the error is CONFLICT.
            #[serde(skip)]
            expected_version: Option<i32>,
            /// A text of your own, up to 200 characters: the same request with the same key is made once, however often
            /// it comes within 24 hours.
            #[serde(skip)]
            idempotency_key: Option<String>,
        }

        $crate::graphql::collections::declare::payload! {
            $created, $one: $entity, "What became of a document that was to be entered."
        }
        $crate::graphql::collections::declare::payload! {
            $updated, $one: $entity, "What became of a document that was to be changed."
        }

        /// The mutations of this collection.
        #[derive(Default)]
        pub struct $mutation;

        impl $crate::graphql::collection::RootMutations for $entity {
            type Mutation = $mutation;
        }

        #[async_graphql::Object]
        impl $mutation {
            #[doc = concat!("Enters a new ", $noun, ".")]
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::CHANGE, None))]
            async fn $create(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "What it says.")] input: Box<$create_input>,
            ) -> $crate::api::error::Result<Option<$crate::graphql::eager::Object<$created>>> {
                use $crate::graphql::mutation::{EditRequest, PayloadQuery, create, made};
                let asked = EditRequest::new(create($crate::domain::id::Kind::$entity, &input)?, input.idempotency_key);
                let ($one, user_errors) = made(ctx, asked, stringify!($one)).await?;
                Ok(Some($created { $one, user_errors, query: PayloadQuery }.into()))
            }

            #[doc = concat!("Changes a ", $noun, ".")]
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::CHANGE, None))]
            async fn $update(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which, and what is to change.")] input: Box<$update_input>,
            ) -> $crate::api::error::Result<Option<$crate::graphql::eager::Object<$updated>>> {
                use $crate::graphql::mutation::{EditRequest, PayloadQuery, made, update};
                let asked = EditRequest::new(update(&input.id, input.expected_version, &input)?, input.idempotency_key)
                    $($(.$flag(input.$flag))+)?;
                let ($one, user_errors) = made(ctx, asked, stringify!($one)).await?;
                Ok(Some($updated { $one, user_errors, query: PayloadQuery }.into()))
            }

            #[doc = concat!("Deletes a ", $noun, " that no other document refers to.")]
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::CHANGE, None))]
            async fn $delete(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which.")] input: $crate::graphql::mutation::DeleteInput,
            ) -> $crate::api::error::Result<Option<$crate::graphql::eager::Object<$crate::graphql::mutation::DeletePayload>>> {
                $crate::graphql::mutation::delete(ctx, $crate::domain::id::Kind::$entity, input).await.map(Some)
            }
        }
    };
}
pub(crate) use mutations;

/// Makes the payload of a mutation.
macro_rules! payload {
    ($payload:ident, $one:ident: $entity:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(async_graphql::SimpleObject, Debug)]
        #[graphql(serial)]
        pub struct $payload {
            /// The document as it is now; null where nothing was changed, and where it is gone by now.
            #[graphql(directive = $crate::graphql::cost::cost::apply($crate::graphql::cost::DOCUMENT, None))]
            $one: Option<$crate::graphql::eager::Object<std::sync::Arc<$entity>>>,
            /// Why nothing was changed.
            user_errors: $crate::graphql::mutation::UserErrors,
            /// Everything that can be asked for, as it is after this.
            query: $crate::graphql::mutation::PayloadQuery,
        }
    };
}
pub(crate) use payload;
