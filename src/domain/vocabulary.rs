//! The closed vocabularies of the data: certainties, modes, statuses, kinds.
//!
//! The same words are stored (SCREAMING_SNAKE_CASE), accepted in seed files and shown in GraphQL. A test compares these
//! enums with the accepted values in `schema/collections/*.json`.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Declares a vocabulary: the enum with its descriptions, and `ALL` for tests and messages. The default is the value of
/// a field that was not read.
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Enum, Deserialize, Serialize, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] #[graphql(name = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word, as stored and as shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

vocabulary! {
    /// How a claim is put forward by its source. It says how the source speaks, not whether it is true.
    Certainty {
        /// The source says so in its own voice.
        Stated = "STATED",
        /// The source passes on what somebody else reports.
        Reported = "REPORTED",
        /// The source quotes somebody's words.
        Quoted = "QUOTED",
        /// Talk of what might be, without evidence given.
        Speculation = "SPECULATION",
        /// A worry about what might come.
        Concern = "CONCERN",
        /// A judgement by those who should know, short of certainty.
        Assessment = "ASSESSMENT",
        /// Announced for the future.
        Planned = "PLANNED",
        /// A reading of what facts mean.
        Interpretation = "INTERPRETATION",
        /// The source says that it is not known, or nobody has checked it.
        #[default]
        Unknown = "UNKNOWN",
    }
}

vocabulary! {
    /// In what way animals changed hands.
    GiftMode {
        /// Given for good.
        Gift = "GIFT",
        /// Given in answer to an earlier gift.
        ReturnGift = "RETURN_GIFT",
        /// Owed by a weaker ruler to a stronger one.
        Tribute = "TRIBUTE",
        /// Lent: the animals stay the giver's property.
        Loan = "LOAN",
        /// The source does not say.
        #[default]
        Unspecified = "UNSPECIFIED",
    }
}

vocabulary! {
    /// What has become of a gift or of one of its items.
    GiftStatus {
        /// Announced, not carried out yet.
        Planned = "PLANNED",
        /// Planned and then given up.
        Shelved = "SHELVED",
        /// Offered; no answer is known.
        Offered = "OFFERED",
        /// Offered and not accepted.
        Declined = "DECLINED",
        /// On the way.
        InTransit = "IN_TRANSIT",
        /// Arrived and kept apart for a time.
        Quarantine = "QUARANTINE",
        /// Arrived.
        Delivered = "DELIVERED",
        /// Shown to the public.
        OnDisplay = "ON_DISPLAY",
        /// Gone back to the giver.
        Returned = "RETURNED",
        /// Sold by the recipient.
        Sold = "SOLD",
        /// Lost on the way.
        LostInTransit = "LOST_IN_TRANSIT",
        /// Died on the way.
        DiedInTransit = "DIED_IN_TRANSIT",
        /// Arrived and died since.
        Died = "DIED",
        /// The sources do not say.
        #[default]
        Unknown = "UNKNOWN",
    }
}

impl GiftStatus {
    /// The statuses of animals that never left their giver: such gifts do not count as animals given.
    pub const NEVER_GIVEN: [Self; 4] = [Self::Planned, Self::Shelved, Self::Offered, Self::Declined];
    /// The statuses after which nothing of a gift changes hands any more.
    pub const ENDS: [Self; 7] = [
        Self::Shelved,
        Self::Declined,
        Self::Returned,
        Self::Sold,
        Self::LostInTransit,
        Self::DiedInTransit,
        Self::Died,
    ];
}

vocabulary! {
    /// At which rank an animal is named.
    AnimalRank {
        /// A species.
        Species = "SPECIES",
        /// A subspecies.
        Subspecies = "SUBSPECIES",
        /// The domestic form of a wild species.
        DomesticForm = "DOMESTIC_FORM",
        /// A breed of a domestic animal.
        Breed = "BREED",
        /// A group whose species is not named.
        #[default]
        Group = "GROUP",
    }
}

vocabulary! {
    /// The category of the IUCN Red List.
    ConservationCategory {
        /// Least concern.
        #[default]
        LeastConcern = "LC",
        /// Near threatened.
        NearThreatened = "NT",
        /// Vulnerable.
        Vulnerable = "VU",
        /// Endangered.
        Endangered = "EN",
        /// Critically endangered.
        CriticallyEndangered = "CR",
        /// Extinct in the wild.
        ExtinctInTheWild = "EW",
        /// Extinct.
        Extinct = "EX",
        /// Too little is known for a judgement.
        DataDeficient = "DD",
        /// Not evaluated, as domestic animals are not.
        NotEvaluated = "NE",
        /// Not applicable: not a kind that can be evaluated.
        NotApplicable = "NA",
    }
}

vocabulary! {
    /// What kind of event it is.
    EventKind {
        /// A decision of a government.
        Decision = "DECISION",
        /// A war.
        War = "WAR",
        /// Sanctions against a nation.
        Sanctions = "SANCTIONS",
        /// Animals moved from one place to another.
        Transfer = "TRANSFER",
        /// A treaty or pledge.
        Treaty = "TREATY",
        /// Soldiers sent somewhere.
        Deployment = "DEPLOYMENT",
        /// Fighting in one place or region.
        Fighting = "FIGHTING",
        /// A lasting emergency.
        Crisis = "CRISIS",
        /// A build-up of arms.
        ArmsBuildUp = "ARMS_BUILD_UP",
        /// A pandemic.
        Pandemic = "PANDEMIC",
        /// A natural disaster.
        Disaster = "DISASTER",
        /// Military help, given or feared.
        MilitaryAid = "MILITARY_AID",
        /// A meeting of leaders.
        Summit = "SUMMIT",
        /// A change in relations between nations.
        Relations = "RELATIONS",
        /// Animals shown to the public.
        Display = "DISPLAY",
        /// Anything else.
        #[default]
        Other = "OTHER",
    }
}

vocabulary! {
    /// How far an event has come.
    EventStatus {
        /// Not known to have happened.
        #[default]
        Unconfirmed = "UNCONFIRMED",
        /// Announced for the future.
        Planned = "PLANNED",
        /// Still going on when its source was written.
        Ongoing = "ONGOING",
        /// Over.
        Over = "OVER",
    }
}

vocabulary! {
    /// The part that a nation has in an event.
    NationRole {
        /// Acts.
        #[default]
        Actor = "ACTOR",
        /// Is acted upon.
        Target = "TARGET",
        /// Takes part on a par with others.
        Party = "PARTY",
        /// It happens there.
        Host = "HOST",
        /// Is touched by it.
        Affected = "AFFECTED",
    }
}

vocabulary! {
    /// What kind of place it is.
    PlaceKind {
        /// A zoo.
        #[default]
        Zoo = "ZOO",
        /// A city.
        City = "CITY",
        /// A region.
        Region = "REGION",
        /// A port.
        Port = "PORT",
        /// A palace or residence.
        Palace = "PALACE",
        /// A park.
        Park = "PARK",
        /// Anything else.
        Other = "OTHER",
    }
}

vocabulary! {
    /// Whether it is clear that a statement is somebody's.
    AttributionScope {
        /// The source plainly names them for this statement.
        #[default]
        Clear = "CLEAR",
        /// The source leaves open whether this statement is theirs.
        Uncertain = "UNCERTAIN",
    }
}

vocabulary! {
    /// What kind of source it is.
    SourceKind {
        /// A news article that was read as a whole.
        Article = "ARTICLE",
        /// A news agency.
        Agency = "AGENCY",
        /// A government or one of its bodies.
        Government = "GOVERNMENT",
        /// Officials, unnamed.
        Officials = "OFFICIALS",
        /// Experts, unnamed.
        Experts = "EXPERTS",
        /// Newspapers, broadcasters and the like.
        Media = "MEDIA",
        /// A data set.
        Dataset = "DATASET",
        /// A page on the web.
        WebPage = "WEB_PAGE",
        /// Nobody in particular, such as "reports".
        #[default]
        Unnamed = "UNNAMED",
    }
}

vocabulary! {
    /// A part of a date.
    DatePart {
        /// The year.
        #[default]
        Year = "YEAR",
        /// The month.
        Month = "MONTH",
        /// The day.
        Day = "DAY",
    }
}

vocabulary! {
    /// What was done to a document.
    HistoryAction {
        /// It was entered.
        #[default]
        Created = "CREATED",
        /// Fields of it were changed.
        Updated = "UPDATED",
        /// It was deleted.
        Deleted = "DELETED",
    }
}
