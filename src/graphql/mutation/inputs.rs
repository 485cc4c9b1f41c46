//! Input types of the values in documents. Beyond their types, the store validates every document by
//! `schema/collections`.

use async_graphql::{ID, InputObject, InputType, MaybeUndefined};
use serde::Serialize;

use crate::domain::date::Calendar;
use crate::domain::vocabulary::{
    AnimalRank, AttributionScope, Certainty, ConservationCategory, DatePart, EventKind, EventStatus, GiftMode,
    GiftStatus, NationRole, PlaceKind, SourceKind,
};

/// What may stand in a patch in the place of a value: of an object a patch of it, in which all may be left out.
pub trait Patched {
    /// That.
    type Patch: InputType + Serialize;
}

/// Values that a patch replaces as a whole.
macro_rules! replaced {
    ($($name:ty),+ $(,)?) => {
        $(impl Patched for $name {
            type Patch = Self;
        })+
    };
}

replaced! {
    String, ID, i32, f64, bool, AnimalRank, Certainty, ConservationCategory, DatePart, EventKind, EventStatus, GiftMode,
    GiftStatus, PlaceKind, SourceKind, Calendar,
}

/// Declares an input type of a value: required fields, lists, and optional fields. With `patch`, also the type of its
/// patches: what a patch leaves out stays, and null clears.
macro_rules! value {
    ($(#[$meta:meta])* $name:ident patch $patch:ident {
        $(required { $($(#[$rdoc:meta])* $required:ident: $rtype:ty),+ $(,)? })?
        $(lists { $($(#[$ldoc:meta])* $list:ident: $ltype:ty),+ $(,)? })?
        $(optional { $($(#[$odoc:meta])* $optional:ident: $otype:ty),+ $(,)? })?
    }) => {
        value! {
            $(#[$meta])* $name {
                $(required { $($(#[$rdoc])* $required: $rtype),+ })?
                $(lists { $($(#[$ldoc])* $list: $ltype),+ })?
                $(optional { $($(#[$odoc])* $optional: $otype),+ })?
            }
        }

        $(#[$meta])*
        /// A patch of what is there: what is left out stays, and null clears.
        #[derive(InputObject, Clone, Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $patch {
            $($(
                $(#[$rdoc])*
                #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
                $required: MaybeUndefined<<$rtype as Patched>::Patch>,
            )+)?
            $($(
                $(#[$ldoc])*
                #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
                $list: MaybeUndefined<Vec<$ltype>>,
            )+)?
            $($(
                $(#[$odoc])*
                #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
                $optional: MaybeUndefined<<$otype as Patched>::Patch>,
            )+)?
        }

        impl Patched for $name {
            type Patch = $patch;
        }
    };
    ($(#[$meta:meta])* $name:ident {
        $(required { $($(#[$rdoc:meta])* $required:ident: $rtype:ty),+ $(,)? })?
        $(lists { $($(#[$ldoc:meta])* $list:ident: $ltype:ty),+ $(,)? })?
        $(optional { $($(#[$odoc:meta])* $optional:ident: $otype:ty),+ $(,)? })?
    }) => {
        $(#[$meta])*
        #[derive(InputObject, Clone, Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($($(#[$rdoc])* $required: $rtype,)+)?
            $($($(#[$ldoc])* #[graphql(default)] $list: Vec<$ltype>,)+)?
            $($($(#[$odoc])* #[serde(skip_serializing_if = "Option::is_none")] $optional: Option<$otype>,)+)?
        }
    };
}

value! {
    /// How many, with bounds. A bound without a number is unknown; "over 70" is `min: 71`, "a pair" `min: 2, max: 2`.
    CountInput patch CountPatchInput {
        optional {
            /// The least that it can be: 0 or more.
            min: i32,
            /// The most that it can be: not below `min`.
            max: i32,
            /// Whether the source gives the number as approximate, such as "about 40".
            approximate: bool,
            /// The words of the source, where they say more than the bounds.
            phrase: String,
            /// The id of the claim that it rests on.
            claim: ID,
        }
    }
}

value! {
    /// A date that may be known in part only. Its bounds and its precision follow from `edtf`.
    DateInput patch DatePatchInput {
        required {
            /// The date in the Extended Date/Time Format: `2024-11-20`, `2024-11`, `1965/1980`, `198X`, `1844~`. A text of
            /// another form is refused with what it may mean.
            edtf: String,
        }
        lists {
            /// The parts that the source does not say and that were concluded from elsewhere.
            inferred: DatePart,
            /// What other sources say instead.
            other_readings: DateReadingInput,
        }
        optional {
            /// The date in the words of the source.
            phrase: String,
            /// The calendar in which the source counts its days: of `edtf` only. Gregorian where nothing is said.
            calendar: Calendar,
            /// The id of the claim that it rests on.
            claim: ID,
        }
    }
}

value! {
    /// What another source says of a date, or how its words can be read otherwise.
    DateReadingInput {
        required {
            /// The date in the Extended Date/Time Format.
            edtf: String,
        }
        lists {
            /// The parts that the source does not say and that were concluded from elsewhere.
            inferred: DatePart,
        }
        optional {
            /// The date in the words of the source.
            phrase: String,
            /// The calendar in which the source counts its days: of `edtf` only. Gregorian where nothing is said.
            calendar: Calendar,
            /// The id of the claim that it rests on.
            claim: ID,
            /// How it comes about.
            note: String,
        }
    }
}

value! {
    /// A person and the office held at that time.
    PersonInput patch PersonPatchInput {
        required {
            /// The name.
            name: String,
        }
        optional {
            /// The office.
            office: String,
        }
    }
}

value! {
    /// A point on the Earth in degrees (WGS 84).
    LocationInput patch LocationPatchInput {
        required {
            /// Longitude, east positive: -180 to 180.
            lon: f64,
            /// Latitude, north positive: -90 to 90.
            lat: f64,
        }
    }
}

value! {
    /// A place such as a zoo or a region.
    PlaceInput patch PlacePatchInput {
        required {
            /// The name.
            name: String,
            /// What kind of place it is.
            kind: PlaceKind,
        }
        optional {
            /// The city that it lies in.
            city: String,
            /// The id of the nation that it lies in.
            nation: ID,
            /// Where it lies.
            location: LocationInput,
            /// Since when, and until when, it has been open.
            open: DateInput,
        }
    }
}

value! {
    /// The animals of one kind in a gift.
    GiftItemInput {
        required {
            /// The id of the kind of animal.
            animal: ID,
        }
        lists {
            /// What else the source can mean. The first reading is the one given in `count`.
            other_readings: ItemReadingInput,
            /// What the source says about these animals, such as "white".
            attributes: String,
            /// The animals' own names.
            names: String,
        }
        optional {
            /// How many animals.
            count: CountInput,
            /// How many species, where the item stands for several.
            species_count: CountInput,
            /// What has become of these animals, where it differs from the gift's status.
            status: GiftStatus,
        }
    }
}

value! {
    /// Another reading of what a source says about an item.
    ItemReadingInput {
        required {
            /// How it comes about.
            note: String,
        }
        optional {
            /// How many animals in this reading.
            count: CountInput,
            /// How many species in this reading.
            species_count: CountInput,
        }
    }
}

value! {
    /// A step in what became of a gift.
    GiftStatusChangeInput {
        required {
            /// The status that it came to.
            status: GiftStatus,
            /// What happened.
            note: String,
        }
        optional {
            /// When.
            date: DateInput,
            /// The id of the claim that it rests on.
            claim: ID,
        }
    }
}

value! {
    /// The part of a nation in an event.
    EventNationInput {
        required {
            /// The id of the nation.
            nation: ID,
            /// Which part it has.
            role: NationRole,
        }
    }
}

value! {
    /// Where a kind stands among the animals.
    TaxonomyInput patch TaxonomyPatchInput {
        required {
            /// The class.
            class: String,
            /// The order.
            order: String,
            /// The family.
            family: String,
        }
    }
}

value! {
    /// A category of the IUCN Red List.
    ConservationInput patch ConservationPatchInput {
        required {
            /// The category.
            category: ConservationCategory,
        }
        optional {
            /// The year of the assessment.
            year: i32,
        }
    }
}

value! {
    /// A capital.
    CapitalInput patch CapitalPatchInput {
        required {
            /// The name.
            name: String,
        }
        optional {
            /// Where it lies.
            location: LocationInput,
        }
    }
}

value! {
    /// A place in a text, counted from 1.
    LocatorInput patch LocatorPatchInput {
        required {
            /// The paragraph.
            paragraph: i32,
            /// The sentence in the paragraph; the first, where there are several.
            sentence: i32,
        }
        optional {
            /// The last sentence, where there are several.
            last_sentence: i32,
        }
    }
}

value! {
    /// Somebody to whom a source ascribes a statement.
    AttributionInput {
        required {
            /// The id of the source that stands for them.
            to: ID,
            /// Whether it is clear that the statement is theirs.
            scope: AttributionScope,
        }
    }
}
