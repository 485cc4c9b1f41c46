//! What statistics need of a gift beside its columns: its number of animals, that of each kind, and the years that its
//! date spans. The numbers have the meaning of the database expressions in `aggregate/amounts.rs`.

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
}

impl Amount {
    /// Whether the maximum is unknown, whether both bounds are, and whether they are approximate: a bit for each.
    pub fn flags(&self) -> u32 {
        u32::from(self.open) | u32::from(self.unknown) << 1 | u32::from(self.approximate) << 2
    }
}

/// The number of one kind of animal in a gift, from its items of that kind. The default is that of what was never given.
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

    /// As the number of a gift.
    pub const fn amount(&self) -> Amount {
        Amount {
            min: self.min,
            max: self.max,
            open: self.open,
            unknown: self.given && !self.counted,
            approximate: self.approximate,
        }
    }
}

/// One kind of animal in a gift: the numbers that it has in [`Measures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Share {
    pub animal: u32,
    pub amount: u32,
}

/// A number of each gift.
#[derive(Default)]
pub(super) struct Bound {
    pub values: Distinct<i64>,
    pub codes: Codes,
}

impl Bound {
    fn set(&mut self, row: usize, value: i64) -> Result<(), Unfit> {
        let number = self.values.number(value)?;
        self.codes.set(row, number);
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.values.bytes() + self.codes.bytes()
    }

    fn shrink(&mut self) {
        self.values.shrink();
        self.codes.shrink();
    }
}

/// The measures of all gifts.
#[derive(Default)]
pub(super) struct Measures {
    /// The numbers of animals, part by part: there are few of each, and many pairs, in which to look would take longer.
    pub least: Bound,
    pub most: Bound,
    /// [`Amount::flags`].
    pub flags: Codes,
    pub spans: Distinct<Span>,
    pub span_of: Codes,
    /// The kinds of animals that occur: the number of an id, `None` for a gift without items.
    pub animals: Distinct<Option<u32>>,
    pub kind_amounts: Distinct<KindAmount>,
    lists: Lists<Share>,
    pub list_of: Codes,
}

impl Measures {
    /// Sets a row to what the gift has.
    pub fn put(&mut self, row: usize, gift: &RawDocument, ids: &mut Ids) -> Result<(), Unfit> {
        let (items, given) = (items_of(gift)?, is_given(gift));
        let amount = amount_of(gift, &items, given)?;
        self.least.set(row, amount.min)?;
        self.most.set(row, amount.max)?;
        self.flags.set(row, amount.flags());
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
        let mut list = Vec::with_capacity(kinds.len());
        for (animal, amount) in kinds {
            let amount = if given { amount } else { KindAmount::default() };
            let amount = self.kind_amounts.number(amount)?;
            list.push(Share { animal, amount });
        }
        self.list_of.set(row, self.lists.any_number(&list)?);
        Ok(())
    }

    /// The kinds of animals of the gifts that `list_of` gives this number.
    pub fn list(&self, number: usize) -> &[Share] {
        self.lists.get(number)
    }

    /// How many lists there are, with those that no gift has any more.
    pub fn lists(&self) -> usize {
        self.lists.len()
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        let amounts = self.least.bytes() + self.most.bytes() + self.flags.bytes();
        let spans = self.spans.bytes() + self.span_of.bytes();
        let kinds = self.animals.bytes() + self.kind_amounts.bytes() + self.lists.bytes() + self.list_of.bytes();
        amounts + spans + kinds
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.least.shrink();
        self.most.shrink();
        self.flags.shrink();
        self.span_of.shrink();
        self.list_of.shrink();
        self.spans.shrink();
        self.kind_amounts.shrink();
        self.lists.shrink();
    }
}

/// What the claims about gifts say.
pub(super) struct Certainties {
    /// In alphabetical order.
    pub words: Vec<String>,
    /// For each row of gifts a bit for each word.
    pub sets: Vec<u16>,
    /// Whether there is a word for every claim.
    pub all_known: bool,
}

impl Certainties {
    /// How many bytes they take.
    pub const fn bytes(&self) -> usize {
        self.sets.capacity() * size_of::<u16>()
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
fn amount_of(gift: &RawDocument, items: &[Item<'_>], given: bool) -> Result<Amount, Unfit> {
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
        });
    }
    let mut all = KindAmount::default();
    items.iter().for_each(|item| all.merge(&item.kind_amount()));
    Ok(Amount {
        open: items.is_empty() || all.open,
        // Of a gift all of whose items were never given, nothing is unknown.
        unknown: items.is_empty() || (all.given && !all.counted),
        ..all.amount()
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

fn is_given(gift: &RawDocument) -> bool {
    !was_never_given(value_at(gift, "status"))
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
