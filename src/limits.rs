//! The limits on requests: a table of their names, settings, defaults and ranges, and the values in force.
//!
//! `api` compares requests with them; `guard`, `http` and the connections measure. `config` makes the settings of this table.

/// In what a number is given.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    /// Its name; empty where things are counted.
    pub name: &'static str,
    /// How many of those in which the program counts make one of them.
    pub factor: u64,
}

impl Unit {
    /// Things.
    pub const COUNT: Self = Self::new("", 1);
    /// Time, which the program counts in milliseconds as well.
    pub const MILLISECONDS: Self = Self::new("milliseconds", 1);
    /// Memory, which the program counts in bytes.
    pub const KIB: Self = Self::new("KiB", 1024);
    /// The same, for more of it.
    pub const MIB: Self = Self::new("MiB", 1024 * 1024);

    /// A unit.
    pub const fn new(name: &'static str, factor: u64) -> Self {
        Self { name, factor }
    }
}

/// What is known of a limit.
#[derive(Debug)]
pub struct Facts {
    /// The name for clients: in `serviceConfig`, and in `extensions.name` of an error.
    pub name: &'static str,
    /// The environment variable that sets it.
    pub variable: &'static str,
    pub default: u64,
    /// The least and the greatest value that can be set.
    pub range: (u64, u64),
    /// What is counted, as the subject of a sentence.
    pub counted: &'static str,
    /// What else there is to know for who sets it; mostly nothing.
    pub note: &'static str,
}

/// One of the numbers that queries meet and that are no [`Limit`]: clients know them by fields of their own.
#[derive(Debug)]
pub struct RequestBound {
    /// The variable that sets it.
    pub variable: &'static str,
    /// In what it is given.
    pub unit: Unit,
    /// The least and the greatest that can be set.
    pub range: (u64, u64),
    /// What it is for.
    pub text: &'static str,
    /// Its value, as the program counts.
    pub get: fn(&Limits) -> u64,
    /// Sets its value, as the program counts. It is the caller's to keep within the range.
    pub set: fn(&mut Limits, u64),
}

macro_rules! limits {
    (
        $($(#[doc = $text:literal])+ $field:ident: $type:ident $bound:literal $unit:ident $usual:literal in $from:literal..=$to:literal;)*
        $($limit:ident $name:literal $variable:literal $default:literal in $least:literal..=$most:literal: $counted:literal $(, $note:literal)?;)*
    ) => {
        /// A limit on requests.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Limit {
            $(#[doc = $counted] $limit,)*
        }

        impl Limit {
            /// Every limit, in the order of the settings.
            pub const ALL: [Self; [$(Self::$limit),*].len()] = [$(Self::$limit),*];

            /// The limit's row of the table.
            pub const fn facts(self) -> &'static Facts {
                match self {
                    $(Self::$limit => &Facts {
                        name: $name,
                        variable: $variable,
                        default: $default,
                        range: ($least, $most),
                        counted: $counted,
                        note: concat!($($note)?),
                    },)*
                }
            }
        }

        /// The limits that queries meet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $text])+ pub $field: $type,)*
            values: [u64; Limit::ALL.len()],
            measured: [bool; Limit::ALL.len()],
        }

        impl Default for Limits {
            fn default() -> Self {
                Self {
                    $($field: $usual * Unit::$unit.factor as $type,)*
                    values: Limit::ALL.map(|limit| limit.facts().default),
                    measured: [false; Limit::ALL.len()],
                }
            }
        }

        impl Limits {
            /// The bounds, in the order of the settings.
            pub const BOUNDS: &[RequestBound] = &[$(RequestBound {
                variable: $bound,
                unit: Unit::$unit,
                range: ($from, $to),
                text: concat!($($text),+),
                get: |limits| limits.$field as u64,
                set: |limits, value| limits.$field = value as $type,
            }),*];
        }
    };
}

limits! {
    /// How long one request, and one command to the database, may take.
    request_timeout_ms: u64 "MENAGERIE_REQUEST_TIMEOUT_MS" MILLISECONDS 10_000 in 100..=600_000;
    /// How large the body of a request may be.
    body_limit_bytes: usize "MENAGERIE_BODY_LIMIT_KB" KIB 256 in 1..=65_536;
    /// How many documents a page has when neither `first` nor `last` says so.
    page_size: usize "MENAGERIE_PAGE_SIZE" COUNT 20 in 1..=10_000;
    /// How many documents a page has at most. At least `MENAGERIE_PAGE_SIZE`.
    max_page_size: usize "MENAGERIE_MAX_PAGE_SIZE" COUNT 200 in 1..=10_000;

    DocumentBytes "documentBytes" "MENAGERIE_MAX_DOCUMENT_BYTES" 32_768 in 256..=1_048_576:
        "the length of the document in bytes";
    Tokens "tokens" "MENAGERIE_MAX_TOKENS" 8_000 in 100..=60_000:
        "the number of tokens in the document, with blanks, commas and comments";
    Nesting "nesting" "MENAGERIE_MAX_NESTING" 64 in 16..=200:
        "the nesting of brackets of any kind in the document";
    NameLength "nameLength" "MENAGERIE_MAX_NAME_LENGTH" 128 in 32..=4_096:
        "the length of a name in the document";
    Operations "operations" "MENAGERIE_MAX_OPERATIONS" 20 in 1..=1_000:
        "the number of operations in the document";
    Fragments "fragments" "MENAGERIE_MAX_FRAGMENTS" 100 in 0..=1_000:
        "the number of fragments in the document";
    Directives "directives" "MENAGERIE_MAX_DIRECTIVES" 50 in 0..=1_000:
        "the number of directives in the document";
    Aliases "aliases" "MENAGERIE_MAX_ALIASES" 100 in 0..=10_000:
        "the number of aliases in the document";
    Variables "variables" "MENAGERIE_MAX_VARIABLES" 100 in 0..=1_000:
        "the number of variables of an operation";
    Depth "depth" "MENAGERIE_MAX_DEPTH" 20 in 3..=100:
        "the depth of the selected fields, fragments put in";
    Fields "fields" "MENAGERIE_MAX_FIELDS" 2_000 in 50..=10_000:
        "the number of fields and fragments selected in all operations, fragments put in";
    RootFields "rootFields" "MENAGERIE_MAX_ROOT_FIELDS" 50 in 1..=1_000:
        "the number of root fields, fragments put in";
    IntrospectionDepth "introspectionDepth" "MENAGERIE_MAX_INTROSPECTION_DEPTH" 2 in 1..=3:
        "the nesting of `fields`, `inputFields`, `interfaces` and `possibleTypes` in introspection";
    VariablesBytes "variablesBytes" "MENAGERIE_MAX_VARIABLES_BYTES" 65_536 in 2..=16_777_216:
        "the length of the variables in bytes";
    VariablesNesting "variablesNesting" "MENAGERIE_MAX_VARIABLES_NESTING" 16 in 1..=100:
        "the nesting of brackets in the variables";
    FilterConditions "filterConditions" "MENAGERIE_MAX_FILTER_CONDITIONS" 500 in 1..=100_000:
        "the number of conditions in all filters, fragments put in";
    Cost "cost" "MENAGERIE_MAX_COST" 50_000 in 1_000..=100_000_000:
        "the estimated cost in points";
    AnswerBytes "answerBytes" "MENAGERIE_MAX_ANSWER_BYTES" 8_388_608 in 65_536..=268_435_456:
        "the length of the data and messages of an answer in bytes";
    Batch "batch" "MENAGERIE_MAX_BATCH" 0 in 0..=100:
        "the number of requests in a batch", "0: no batches.";
    Concurrent "concurrent" "MENAGERIE_MAX_CONCURRENT" 1_000 in 1..=100_000:
        "the number of requests under way in this server";
    WaitingAnswerBytes "waitingAnswerBytes" "MENAGERIE_MAX_WAITING_ANSWER_BYTES" 50_331_648 in 65_536..=68_719_476_736:
        "the bytes of large answers in this server that their clients have not taken";
    WaitingBodyBytes "waitingBodyBytes" "MENAGERIE_MAX_WAITING_BODY_BYTES" 16_777_216 in 65_536..=68_719_476_736:
        "the bytes of unfinished request bodies in this server", "At least one body of `MENAGERIE_BODY_LIMIT_KB`.";
    Exports "exports" "MENAGERIE_MAX_EXPORTS" 16 in 1..=10_000:
        "the number of exports under way in this server";
    Sockets "sockets" "MENAGERIE_MAX_SOCKETS" 10_000 in 0..=100_000:
        "the number of WebSockets open in this server";
    SocketOperations "socketOperations" "MENAGERIE_MAX_SOCKET_OPERATIONS" 100 in 1..=1_000:
        "the number of operations under way in a WebSocket";
    Subscriptions "subscriptions" "MENAGERIE_MAX_SUBSCRIPTIONS" 10_000 in 0..=100_000:
        "the number of subscriptions under way in this server";
    ClientShare "clientShare" "MENAGERIE_MAX_CLIENT_SHARE" 50 in 1..=100:
        "the part of what may be under way in this server that one client holds, in percent",
        "It holds for requests, bytes of bodies, exports, WebSockets and subscriptions; 100: all of it. Behind a proxy that \
         is not in `MENAGERIE_TRUSTED_PROXIES` all who come without a token are one client: name the proxy there, or set 100.";
    PointsPerMinute "pointsPerMinute" "MENAGERIE_MAX_POINTS_PER_MINUTE" 0 in 0..=1_000_000_000:
        "the points that a client spends in a minute", "0: no such limit.";
}

impl Limits {
    /// The value that is set; see [`Limits::ceiling`] for what is accepted.
    pub fn of(&self, limit: Limit) -> u64 {
        self.values[limit as usize]
    }

    /// Sets a limit. The caller must keep it in its range.
    pub fn set(&mut self, limit: Limit, value: u64) {
        self.values[limit as usize] = value;
    }

    /// Like [`Limits::set`], for chains.
    #[must_use]
    pub fn with(mut self, limit: Limit, value: u64) -> Self {
        self.set(limit, value);
        self
    }

    /// Whether the limit is only measured: requests over it are logged and accepted.
    pub fn is_measured(&self, limit: Limit) -> bool {
        self.measured[limit as usize]
    }

    /// Only measures a limit from now on.
    pub fn measure(&mut self, limit: Limit) {
        self.measured[limit as usize] = true;
    }

    /// The greatest accepted value: the limit, or if it is only measured, the greatest that can be set. Never
    /// unbounded, as that would put the process itself at risk.
    pub fn ceiling(&self, limit: Limit) -> u64 {
        if self.is_measured(limit) {
            limit.facts().range.1
        } else {
            self.of(limit)
        }
    }
}
