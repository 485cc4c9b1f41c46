//! What each collection takes: its inputs, payloads and three mutations, by one macro.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use futures_util::FutureExt;
use serde::Serialize;

use super::inputs::{
    AttributionInput, CapitalInput, ConservationInput, CountInput, DateInput, EventNationInput, GiftItemInput,
    GiftStatusChangeInput, LocatorInput, PersonInput, PlaceInput, TaxonomyInput, patched_list,
};
use super::{Asked, DeleteInput, DeletePayload, UserError, document, json, make};
use crate::api::error::{ApiError, to_graphql};
use crate::domain::vocabulary::{AnimalRank, Certainty, EventKind, EventStatus, GiftMode, GiftStatus, SourceKind};
use crate::graphql::collections::animal::Animal;
use crate::graphql::collections::claim::Claim;
use crate::graphql::collections::event::Event;
use crate::graphql::collections::gift::Gift;
use crate::graphql::collections::nation::Nation;
use crate::graphql::collections::source::Source;
use crate::graphql::eager;
use crate::store::edit::Wish;
use crate::store::entity::Entity;

/// Makes the mutations of a collection. Fields that are `required` must be given for a new document, `lists` are empty
/// where nothing is said, and `optional` ones are left out.
macro_rules! mutations {
    ($mutation:ident for $entity:ident as $one:ident, $noun:literal {
        $create:ident as $create_name:literal ($create_input:ident) -> $created:ident;
        $update:ident as $update_name:literal ($update_input:ident) -> $updated:ident;
        $delete:ident as $delete_name:literal;
        flags { $($(#[$fdoc:meta])* $flag:ident),* }
        required { $($(#[$rdoc:meta])* $required:ident: $rtype:ty),+ $(,)? }
        lists { $($(#[$ldoc:meta])* $list:ident: $ltype:ty),* $(,)? }
        optional { $($(#[$odoc:meta])* $optional:ident: $otype:ty),+ $(,)? }
    }) => {
        #[doc = concat!("A new ", $noun, ".")]
        #[derive(InputObject, Clone, Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $create_input {
            #[doc = concat!("Its id; without one it is made of `", stringify!($one), "_` and the slug, or else of the time.")]
            #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
            id: Option<ID>,
            $($(#[$rdoc])* $required: $rtype,)+
            $($(#[$ldoc])* #[graphql(default)] $list: Vec<$ltype>,)*
            $($(#[$odoc])* #[serde(skip_serializing_if = "Option::is_none")] $optional: Option<$otype>,)+
            /// A text of your own, up to 200 characters: the same request with the same key is made once, however often
            /// it comes within 24 hours.
            #[serde(skip)]
            idempotency_key: Option<String>,
        }

        #[doc = concat!("What is to change in a ", $noun, ": what is left out stays, and null clears.")]
        #[derive(InputObject, Clone, Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $update_input {
            /// Which document.
            #[serde(skip)]
            id: ID,
            $($(#[$rdoc])* #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")] $required: MaybeUndefined<$rtype>,)+
            $(
                $(#[$ldoc])*
                #[serde(skip_serializing_if = "MaybeUndefined::is_undefined", serialize_with = "patched_list")]
                $list: MaybeUndefined<Vec<$ltype>>,
            )*
            $($(#[$odoc])* #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")] $optional: MaybeUndefined<$otype>,)+
            $($(#[$fdoc])* #[graphql(default)] #[serde(skip)] $flag: bool,)*
            /// Only if the document has this version: otherwise nothing is changed, and the error is CONFLICT.
            #[serde(skip)]
            expected_version: Option<i32>,
            /// A text of your own, up to 200 characters: the same request with the same key is made once, however often
            /// it comes within 24 hours.
            #[serde(skip)]
            idempotency_key: Option<String>,
        }

        mutations! { @payload $created, $one: $entity, "What became of a document that was to be entered." }
        mutations! { @payload $updated, $one: $entity, "What became of a document that was to be changed." }

        /// The mutations of this collection.
        #[derive(Default)]
        pub struct $mutation;

        #[Object]
        impl $mutation {
            #[doc = concat!("Enters a new ", $noun, ".")]
            async fn $create(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "What it says.")] input: Box<$create_input>,
            ) -> async_graphql::Result<eager::Object<$created>> {
                async {
                    let wish = Wish::Create(json(&*input)?);
                    let asked = Asked::new($create_name, wish, input.idempotency_key.clone());
                    mutations! { @made ctx, asked, $entity, $created, $one }
                }
                .boxed()
                .await
                .map_err(to_graphql)
            }

            #[doc = concat!("Changes a ", $noun, ".")]
            async fn $update(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "Which, and what is to change.")] input: Box<$update_input>,
            ) -> async_graphql::Result<eager::Object<$updated>> {
                async {
                    let wish = Wish::Update {
                        id: input.id.to_string(),
                        patch: json(&*input)?,
                    };
                    let asked = Asked::new($update_name, wish, input.idempotency_key.clone())
                        .expecting(input.expected_version)
                        $(.$flag(input.$flag))*;
                    mutations! { @made ctx, asked, $entity, $updated, $one }
                }
                .boxed()
                .await
                .map_err(to_graphql)
            }

            #[doc = concat!("Deletes a ", $noun, " that no other document refers to.")]
            async fn $delete(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "Which.")] input: DeleteInput,
            ) -> async_graphql::Result<eager::Object<DeletePayload>> {
                async {
                    let wish = Wish::Delete { id: input.id.to_string() };
                    let asked = Asked::new($delete_name, wish, input.idempotency_key.clone())
                        .expecting(input.expected_version);
                    let (deleted_id, user_errors) = match make(ctx, $entity::KIND, asked).await? {
                        Ok(id) => (Some(id.into()), eager::List::default()),
                        Err(errors) => (None, errors.into_iter().map(eager::Object::from).collect()),
                    };
                    Ok::<_, ApiError>(eager::Object::from(DeletePayload { deleted_id, user_errors }))
                }
                .boxed()
                .await
                .map_err(to_graphql)
            }
        }
    };
    (@payload $payload:ident, $one:ident: $entity:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(SimpleObject, Debug)]
        #[graphql(serial)]
        pub struct $payload {
            /// The document as it is now; null where nothing was changed, and where it is gone by now.
            $one: Option<eager::Object<Arc<$entity>>>,
            /// Why nothing was changed.
            user_errors: eager::List<eager::Object<UserError>>,
        }
    };
    (@made $ctx:ident, $asked:ident, $entity:ident, $payload:ident, $one:ident) => {{
        let ($one, user_errors) = match make($ctx, $entity::KIND, $asked).await? {
            Ok(id) => (document::<$entity>($ctx, &id, stringify!($one)).await?, eager::List::default()),
            Err(errors) => (None, errors.into_iter().map(eager::Object::from).collect()),
        };
        Ok::<_, ApiError>(eager::Object::from($payload { $one, user_errors }))
    }};
}

mutations! { GiftMutation for Gift as gift, "gift" {
    create_gift as "createGift" (CreateGiftInput) -> CreateGiftPayload;
    update_gift as "updateGift" (UpdateGiftInput) -> UpdateGiftPayload;
    delete_gift as "deleteGift";
    flags {
        /// Lets figures change that name no claim: the counts of the gift and its items.
        without_claim
    }
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// What it was, in a few words.
        title: String,
        /// The id of the nation that gave.
        giver: ID,
        /// The id of the nation that received.
        recipient: ID,
        /// In what way the animals changed hands.
        mode: GiftMode,
        /// What has become of it.
        status: GiftStatus,
    }
    lists {
        /// What became of it step by step.
        status_history: GiftStatusChangeInput,
        /// The animals that the sources name.
        items: GiftItemInput,
        /// The fields that the sources do not say and that were concluded from elsewhere.
        inferred: String,
    }
    optional {
        /// Who handed it over.
        presented_by: PersonInput,
        /// Who took it.
        presented_to: PersonInput,
        /// In whose name it was given.
        on_behalf_of: PersonInput,
        /// How many animals in all, where a source says so.
        total: CountInput,
        /// On how many occasions, where the gift stands for several.
        occasions: CountInput,
        /// When.
        date: DateInput,
        /// Where the animals came from.
        origin: PlaceInput,
        /// Where the animals went.
        destination: PlaceInput,
        /// The id of the event that it belongs to.
        event: ID,
    }
} }

mutations! { NationMutation for Nation as nation, "nation" {
    create_nation as "createNation" (CreateNationInput) -> CreateNationPayload;
    update_nation as "updateNation" (UpdateNationInput) -> UpdateNationPayload;
    delete_nation as "deleteNation";
    flags {}
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// The everyday English name.
        name: String,
        /// The official English name.
        official_name: String,
    }
    lists {}
    optional {
        /// The two-letter code of ISO 3166-1.
        iso_alpha2: String,
        /// The three-letter code of ISO 3166-1.
        iso_alpha3: String,
        /// The three-digit M49 code of the United Nations.
        m49: String,
        /// The M49 region; for a former state that of its capital.
        region: String,
        /// The M49 subregion; for a former state that of its capital.
        subregion: String,
        /// The capital.
        capital: CapitalInput,
        /// When a former state existed.
        existed: DateInput,
    }
} }

mutations! { AnimalMutation for Animal as animal, "kind of animal" {
    create_animal as "createAnimal" (CreateAnimalInput) -> CreateAnimalPayload;
    update_animal as "updateAnimal" (UpdateAnimalInput) -> UpdateAnimalPayload;
    delete_animal as "deleteAnimal";
    flags {}
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// The everyday English name.
        common_name: String,
        /// The rank at which the sources name it.
        rank: AnimalRank,
        /// Where it stands among the animals.
        taxonomy: TaxonomyInput,
    }
    lists {
        /// The ISO two-letter codes of its native range.
        native_to: String,
    }
    optional {
        /// The scientific name, with author and year where known.
        scientific_name: String,
        /// Its category in the IUCN Red List.
        conservation: ConservationInput,
        /// The id of the nation that a breed comes from.
        origin: ID,
    }
} }

mutations! { EventMutation for Event as event, "event" {
    create_event as "createEvent" (CreateEventInput) -> CreateEventPayload;
    update_event as "updateEvent" (UpdateEventInput) -> UpdateEventPayload;
    delete_event as "deleteEvent";
    flags {}
    required {
        /// The readable name in addresses: lower case letters, digits and single hyphens between them.
        slug: String,
        /// What it was, in a few words.
        title: String,
        /// What kind of event it is.
        kind: EventKind,
        /// What happened, in our words.
        summary: String,
    }
    lists {
        /// The nations that have a part in it.
        nations: EventNationInput,
        /// The people who have a part in it.
        people: PersonInput,
    }
    optional {
        /// When.
        date: DateInput,
        /// Where.
        place: PlaceInput,
        /// How many took part; `headcountOf` says what is counted.
        headcount: CountInput,
        /// What the headcount counts, such as "soldiers".
        headcount_of: String,
        /// How far it has come, where the sources say so.
        status: EventStatus,
    }
} }

mutations! { ClaimMutation for Claim as claim, "claim" {
    create_claim as "createClaim" (CreateClaimInput) -> CreateClaimPayload;
    update_claim as "updateClaim" (UpdateClaimInput) -> UpdateClaimPayload;
    delete_claim as "deleteClaim";
    flags {}
    required {
        /// A short name within its source, such as `C05`.
        code: String,
        /// The id of the source where it was read.
        source: ID,
        /// What is said, in our words.
        statement: String,
        /// How the source puts it forward.
        certainty: Certainty,
    }
    lists {
        /// Who says so according to the source; empty where the source speaks for itself.
        attributions: AttributionInput,
        /// The ids of the documents that it is about.
        about: ID,
        /// The ids of the claims that contradict it.
        conflicts_with: ID,
        /// The ids of the claims that it rests on.
        depends_on: ID,
    }
    optional {
        /// Where it stands in the source, for texts that were read as a whole.
        locator: LocatorInput,
        /// The address where it was read, for sources on the web.
        url: String,
    }
} }

mutations! { SourceMutation for Source as source, "source" {
    create_source as "createSource" (CreateSourceInput) -> CreateSourcePayload;
    update_source as "updateSource" (UpdateSourceInput) -> UpdateSourcePayload;
    delete_source as "deleteSource";
    flags {}
    required {
        /// What it is called here.
        title: String,
        /// What kind of source it is.
        kind: SourceKind,
    }
    lists {}
    optional {
        /// Who published it.
        publisher: String,
        /// When it was published, where it says so.
        published: DateInput,
        /// Its address.
        url: String,
        /// The SHA-256 of the text that was read, in hexadecimal digits.
        sha256: String,
    }
} }
