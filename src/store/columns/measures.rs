//! What statistics need of a gift beside its columns: its number of animals, that of each kind, and the years that its
//! date spans. The same meaning as the database expressions in `aggregate/amounts.rs`.

use mongodb::bson::{RawBsonRef, RawDocument};

use super::codes::Codes;
use super::column::Ids;
use super::distinct::{Distinct, Lists};
use super::unfit::Unfit;
use crate::domain::date::Day;
use crate::domain::vocabulary::GiftStatus;
use crate::store::aggregate::groups::Span;
use crate::store::path::value_at;

/// The number of animals of a gift; of one that was not given nothing is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Amount {
    /// 0 for an unknown bound.
    pub min: i64,
    /// The same.
    pub max: i64,
    /// Whether the maximum is unknown.
    pub open: bool,
    /// Whether both bounds are.
    pub unknown: bool,
    pub approximate: bool,
    /// Whether the gift was given at all.
    pub given: bool,
}

/// The number of one kind of animal in a gift, from its items of that kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct KindAmount {
    pub min: i64,
    pub max: i64,
    pub open: bool,
    /// Whether one of the items was given.
    pub given: bool,
    /// Whether a given one has a number.
    pub counted: bool,
    pub approximate: bool,
}

impl KindAmount {
    /// Adds the items of another kind.
    pub fn merge(&mut self, other: &Self) {
        self.min += other.min;
        self.max += other.max;
        self.open |= other.open;
        self.given |= other.given;
        self.counted |= other.counted;
        self.approximate |= other.approximate;
    }

    /// As the number of a gift, which may not have been given at all. Without a branch: which gifts were given is as good as
    /// random.
    pub const fn amount(&self, given: bool) -> Amount {
        let mask = -(given as i64);
        Amount {
            min: self.min & mask,
            max: self.max & mask,
            open: self.open & given,
            unknown: self.given & !self.counted & given,
            approximate: self.approximate & given,
            given,
        }
    }
}

/// The measures of all gifts.
#[derive(Default)]
pub(super) struct Measures {
    pub amounts: Distinct<Amount>,
    pub amount_of: Codes,
    pub spans: Distinct<Span>,
    pub span_of: Codes,
    /// The kinds of animals that occur: the number of an id, `None` for a gift without items.
    pub animals: Distinct<Option<u32>>,
    pub kind_amounts: Distinct<KindAmount>,
    /// For each list of kinds, in turn the number of an animal and that of its amount.
    kinds: Lists<u32>,
    pub kinds_of: Codes,
}

impl Measures {
    /// Sets a row to what the gift has.
    pub fn put(&mut self, row: usize, gift: &RawDocument, ids: &mut Ids) -> Result<(), Unfit> {
        let items = items_of(gift)?;
        let amount = self.amounts.number(amount_of(gift, &items)?)?;
        self.amount_of.set(row, amount);
        let span = self.spans.number(span_of(gift)?)?;
        self.span_of.set(row, span);
        let mut kinds: Vec<(u32, KindAmount)> = Vec::new();
        for item in &items {
            let id = item.animal.map(|animal| ids.number(animal.as_bytes())).transpose()?;
            let animal = self.animals.number(id)?;
            let amount = item.kind_amount();
            match kinds.iter_mut().find(|(known, _)| *known == animal) {
                Some((_, known)) => known.merge(&amount),
                None => kinds.push((animal, amount)),
            }
        }
        if items.is_empty() {
            kinds.push((self.animals.number(None)?, Item::default().kind_amount()));
        }
        let mut list = Vec::with_capacity(2 * kinds.len());
        for (animal, amount) in kinds {
            list.extend([animal, self.kind_amounts.number(amount)?]);
        }
        self.kinds_of.set(row, self.kinds.any_number(&list)?);
        Ok(())
    }

    /// The kinds of animals in a list: the number of each, and how many. Each list is numbered in `kinds_of`.
    pub fn kinds(&self, list: usize) -> impl ExactSizeIterator<Item = (usize, &KindAmount)> {
        let pairs = self.kinds.get(list).chunks_exact(2);
        pairs.map(|pair| (pair[0] as usize, &self.kind_amounts.values()[pair[1] as usize]))
    }

    /// How many lists of kinds there are, with those that no gift has any more.
    pub fn lists(&self) -> usize {
        self.kinds.len()
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        let codes = self.amount_of.bytes() + self.span_of.bytes() + self.kinds_of.bytes();
        let values = self.amounts.bytes() + self.spans.bytes() + self.animals.bytes() + self.kind_amounts.bytes();
        codes + values + self.kinds.bytes()
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.amount_of.shrink();
        self.span_of.shrink();
        self.kinds_of.shrink();
        self.amounts.shrink();
        self.spans.shrink();
        self.kind_amounts.shrink();
        self.kinds.shrink();
    }
}

/// The bounds of a count, where it has any.
#[derive(Clone, Copy, Debug, Default)]
struct Bounds {
    min: Option<i64>,
    max: Option<i64>,
    approximate: bool,
}

impl Bounds {
    fn of(count: Option<RawBsonRef<'_>>) -> Result<Self, Unfit> {
        let count = match count {
            None | Some(RawBsonRef::Null) => return Ok(Self::default()),
            Some(RawBsonRef::Document(count)) => count,
            Some(_) => return Err(Unfit::Value("count")),
        };
        Ok(Self {
            min: whole(value_at(count, "min"))?,
            max: whole(value_at(count, "max"))?,
            approximate: is_true(value_at(count, "approximate")),
        })
    }

    const fn is_known(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }
}

/// What matters of an item. The default is that of a gift without items.
#[derive(Default)]
struct Item<'a> {
    animal: Option<&'a str>,
    count: Bounds,
    never_given: bool,
}

impl Item<'_> {
    fn kind_amount(&self) -> KindAmount {
        let given = !self.never_given;
        KindAmount {
            min: self.count.min.filter(|_| given).unwrap_or(0),
            max: self.count.max.filter(|_| given).unwrap_or(0),
            open: given && self.count.max.is_none(),
            given,
            counted: given && self.count.is_known(),
            approximate: given && self.count.approximate,
        }
    }
}

fn items_of(gift: &RawDocument) -> Result<Vec<Item<'_>>, Unfit> {
    let items = match gift.get("items") {
        Ok(None | Some(RawBsonRef::Null)) => return Ok(Vec::new()),
        Ok(Some(RawBsonRef::Array(items))) => items,
        _ => return Err(Unfit::Value("items")),
    };
    let item = |item| match item {
        Ok(RawBsonRef::Document(item)) => Ok(Item {
            animal: text(value_at(item, "animal"))?,
            count: Bounds::of(value_at(item, "count"))?,
            never_given: was_never_given(value_at(item, "status")),
        }),
        _ => Err(Unfit::Value("items")),
    };
    items.into_iter().map(item).collect()
}

/// The total if a source gives one, otherwise the sum of the items that were given.
fn amount_of(gift: &RawDocument, items: &[Item<'_>]) -> Result<Amount, Unfit> {
    let given = !was_never_given(value_at(gift, "status"));
    let total = Bounds::of(value_at(gift, "total"))?;
    if !given {
        return Ok(Amount::default());
    }
    if total.is_known() {
        return Ok(Amount {
            min: total.min.unwrap_or(0),
            max: total.max.unwrap_or(0),
            open: total.max.is_none(),
            unknown: false,
            approximate: total.approximate,
            given,
        });
    }
    let mut all = KindAmount::default();
    items.iter().for_each(|item| all.merge(&item.kind_amount()));
    Ok(Amount {
        open: items.is_empty() || all.open,
        // Of a gift all of whose items were never given, nothing is unknown.
        unknown: items.is_empty() || (all.given && !all.counted),
        ..all.amount(given)
    })
}

/// The years in which the date of a gift begins and ends.
fn span_of(gift: &RawDocument) -> Result<Span, Unfit> {
    let is = |flag| is_true(value_at(gift, flag));
    let year = |path| match value_at(gift, path) {
        None | Some(RawBsonRef::Null) => Ok(None),
        Some(RawBsonRef::DateTime(moment)) => Ok(Some(Day::from_millis(moment.timestamp_millis()).civil().0)),
        Some(_) => Err(Unfit::Value("date")),
    };
    Ok(Span {
        dated: !matches!(value_at(gift, "date.edtf"), None | Some(RawBsonRef::Null)),
        qualified: is("date.approximate") || is("date.uncertain"),
        end_unknown: is("date.endUnknown"),
        from: year("date.earliest")?,
        to: year("date.latest")?,
    })
}

fn was_never_given(status: Option<RawBsonRef<'_>>) -> bool {
    let is = |word: &str| GiftStatus::NEVER_GIVEN.iter().any(|status| status.as_str() == word);
    matches!(status, Some(RawBsonRef::String(word)) if is(word))
}

fn is_true(flag: Option<RawBsonRef<'_>>) -> bool {
    matches!(flag, Some(RawBsonRef::Boolean(true)))
}

fn whole(number: Option<RawBsonRef<'_>>) -> Result<Option<i64>, Unfit> {
    match number {
        None | Some(RawBsonRef::Null) => Ok(None),
        Some(RawBsonRef::Int32(number)) => Ok(Some(number.into())),
        Some(RawBsonRef::Int64(number)) => Ok(Some(number)),
        Some(_) => Err(Unfit::Value("count")),
    }
}

fn text(text: Option<RawBsonRef<'_>>) -> Result<Option<&str>, Unfit> {
    match text {
        None | Some(RawBsonRef::Null) => Ok(None),
        Some(RawBsonRef::String(text)) => Ok(Some(text)),
        Some(_) => Err(Unfit::Value("items.animal")),
    }
}
