//! Claims: who says what, where, and how sure it is.

use super::Node;
use super::prelude::*;
use super::source::Source;

document! {
    /// One statement of one source. Two claims are never merged: what contradicts is kept and linked.
    pub struct Claim by ClaimFilter, ClaimOrder {
        /// The id: `claim_` and a readable name.
        id,
        /// A short name, unique in its source, such as `C05`.
        code: String,
        /// Where it stands in the source, for texts that were read as a whole.
        locator: Option<eager::Object<Locator>>,
        /// The address where it was read, for sources on the web.
        url: Option<String>,
        /// What is said, in our words.
        statement: String,
        /// How the source puts it forward.
        certainty: Certainty,
        /// Who says so according to the source; empty where the source speaks for itself.
        attributions: eager::List<eager::Object<Attribution>>,
    }
    references {
        /// Where it was read.
        #[graphql(directive = cost::apply(DOCUMENT, None))]
        source: Ref<Source>,
        /// The documents that it is about.
        #[graphql(directive = cost::apply(0, Some(DOCUMENT)))]
        about: Refs<Node>,
        /// The claims that contradict it; each of them names this one too.
        #[graphql(directive = cost::apply(0, Some(DOCUMENT)))]
        conflicts_with: Refs<Claim>,
        /// The claims that it rests on.
        #[graphql(directive = cost::apply(0, Some(DOCUMENT)))]
        depends_on: Refs<Claim>,
    }
    holds { attributions }
    connections {
        /// The claims that rest on this one.
        dependents: Claim at "dependsOn", FEW;
        /// What sources say about this claim.
        claims: Claim at "about", FEW;
    }
}

/// A place in a text, counted from 1.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase", default)]
pub struct Locator {
    /// The paragraph.
    paragraph: i32,
    /// The sentence in the paragraph; the first, where there are several.
    sentence: i32,
    /// The last sentence, where there are several.
    last_sentence: Option<i32>,
}

/// Somebody to whom a source ascribes a statement.
#[derive(SimpleObject, Debug, Default, Deserialize)]
#[graphql(serial)]
#[serde(default)]
pub struct Attribution {
    /// Whether it is clear that the statement is theirs.
    scope: AttributionScope,
    /// Who says so.
    #[graphql(directive = cost::apply(DOCUMENT, None))]
    to: Ref<Source>,
}

holds! { Attribution: to }

filter! { ClaimFilter, "claims" {
    /// By id.
    id: IdFilter => |ids| ids.on("_id", Some(Kind::Claim)),
    /// By code.
    code: StringFilter => |codes| codes.on("code"),
    /// By the id of the source where it was read.
    source: IdFilter => |ids| ids.on("source", Some(Kind::Source)),
    /// By the id of a source to whom it is ascribed.
    attributed_to: IdFilter => |ids| ids.in_list("attributions.to", Some(Kind::Source)),
    /// By how the source puts it forward.
    certainty: EnumFilter<Certainty> => |words| words.on("certainty"),
    /// By the id of a document that it is about.
    about: IdFilter => |ids| ids.in_list("about", None),
    /// Whether another claim contradicts it.
    conflicting: bool => |conflicting| Ok(Filter::presence_in_list("conflictsWith", *conflicting)),
    /// By words: each must begin a word of the statement or the code. Case and accents do not matter.
    text: String => |text| Ok(text_filter(text)),
} }

orders! { ClaimOrder, ClaimOrderField, "claims" {
    /// By code.
    Code = "sortKeys.code" as Text,
} }

queries! { ClaimQuery for Claim {
    /// One claim, by its id or its code; null where there is none. Where sources share a code, the first id decides.
    claim by ClaimBy("The code, such as `C05`." Code: code as "code");
    /// Claims, page by page.
    claims;
} }

mutations! { ClaimMutation for Claim as claim, "claim" {
    create_claim(CreateClaimInput) -> CreateClaimPayload;
    update_claim(UpdateClaimInput) -> UpdateClaimPayload;
    delete_claim;
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
