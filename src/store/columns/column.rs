//! One column: what all documents of a collection have at one path.
//!
//! A row has a code: an even one stands for a single value, an odd one for a set of several, as a path through a list
//! leads to. Of the numbers of values, odd ones are those of texts, even ones those of other cells. So a filter tests each distinct value once, by the operator's own test ([`Operator::is_about`]), and then
//! only looks up codes. What a path leads to is decided by the walker that filters on documents use
//! ([`walk`]), so that both cannot differ.

use std::collections::BTreeSet;
use std::ops::ControlFlow::{Break, Continue};

use mongodb::bson::{DateTime, RawBsonRef, RawDocument};

use super::codes::Codes;
use super::distinct::{Distinct, Lists};
use super::rows::Rows;
use super::unfit::Unfit;
use crate::domain::id::Kind;
use crate::store::collections;
use crate::store::filter::Value;
use crate::store::filter::operator::Operator;
use crate::store::path::walk;
use crate::store::projected::Projected;
use crate::store::references::references;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cell {
    /// Nothing, or null.
    Absent,
    /// Something that no operator compares with, such as a list, or nothing that a path through an empty list finds.
    Other,
    Flag(bool),
    Number(i64),
    /// The bits of a floating-point number.
    Real(u64),
    /// Milliseconds since 1970-01-01T00:00:00Z.
    Moment(i64),
    /// The number of a text of the column.
    Text(u32),
    /// The number of an id.
    Id(u32),
}

impl Cell {
    /// The milliseconds of the moment, if it is one.
    pub const fn moment(self) -> Option<i64> {
        match self {
            Self::Moment(millis) => Some(millis),
            _ => None,
        }
    }

    /// The number of the id, if it is one.
    pub const fn id(self) -> Option<u32> {
        match self {
            Self::Id(id) => Some(id),
            _ => None,
        }
    }
}

/// The ids of all documents, which columns of references share.
pub(super) type Ids = Lists<u8>;

/// A column.
pub(super) struct Column {
    pub path: &'static str,
    /// Whether it holds ids.
    refers: bool,
    /// Whether only presence matters.
    known_only: bool,
    cells: Distinct<Cell>,
    texts: Lists<u8>,
    /// Sets of numbers of values, each in ascending order.
    sets: Lists<u32>,
    codes: Codes,
}

impl Column {
    pub fn new(path: &'static str, refers: bool, known_only: bool) -> Self {
        Self {
            path,
            refers,
            known_only,
            cells: Distinct::default(),
            texts: Lists::default(),
            sets: Lists::default(),
            codes: Codes::default(),
        }
    }

    /// Sets a row to what the document has.
    pub fn put(&mut self, row: usize, document: &RawDocument, ids: &mut Ids) -> Result<(), Unfit> {
        let mut found: Vec<u32> = Vec::new();
        let walked = walk(document, self.path, &mut |value, _| match self.number(value, ids) {
            Ok(None) => Continue(()),
            Ok(Some(number)) => {
                found.push(number);
                Continue(())
            }
            Err(unfit) => Break(unfit),
        });
        if let Break(unfit) = walked {
            return Err(unfit);
        }
        found.sort_unstable();
        found.dedup();
        let code = match found.as_slice() {
            [] => self.cells.number(Cell::Other)?.checked_mul(4),
            [only] => only.checked_mul(2),
            several => self.sets.any_number(several)?.checked_mul(2).map(|code| code + 1),
        };
        self.codes.set(row, code.ok_or(Unfit::TooMany)?);
        Ok(())
    }

    /// The number of a value; `None` for a list, whose items are values of their own.
    fn number(&mut self, value: Option<RawBsonRef<'_>>, ids: &mut Ids) -> Result<Option<u32>, Unfit> {
        let cell = match value {
            None | Some(RawBsonRef::Null) => Cell::Absent,
            Some(RawBsonRef::Array(_)) if !self.known_only => return Ok(None),
            Some(_) if self.known_only => Cell::Other,
            Some(RawBsonRef::Boolean(flag)) => Cell::Flag(flag),
            Some(RawBsonRef::Int32(number)) => Cell::Number(number.into()),
            Some(RawBsonRef::Int64(number)) => Cell::Number(number),
            Some(RawBsonRef::Double(number)) => Cell::Real(number.to_bits()),
            Some(RawBsonRef::DateTime(moment)) => Cell::Moment(moment.timestamp_millis()),
            Some(RawBsonRef::String(id)) if self.refers => Cell::Id(ids.number(id.as_bytes())?),
            Some(RawBsonRef::String(text)) => {
                let number = self.texts.number(text.as_bytes())?.checked_mul(2);
                return number.map(|number| Some(number + 1)).ok_or(Unfit::TooMany);
            }
            Some(_) => Cell::Other,
        };
        let number = self.cells.number(cell)?.checked_mul(2);
        number.map(Some).ok_or(Unfit::TooMany)
    }

    /// The rows for which an operator holds.
    pub fn holding(&self, operator: &Operator, ids: &Ids) -> Rows {
        let mut about = vec![false; self.numbered()];
        match texts_of(operator) {
            Some(texts) => {
                let known = texts.into_iter().filter_map(|text| self.find(text, ids));
                known.for_each(|number| about[number] = true);
            }
            None => {
                for number in self.values() {
                    about[number] = operator.is_about(self.as_bson(self.value(number), ids));
                }
            }
        }
        self.rows(&about, operator.rules_out())
    }

    /// The rows with an id for which `holds` is true.
    pub fn referring(&self, holds: impl Fn(u32) -> bool) -> Rows {
        let mut chosen = vec![false; self.numbered()];
        for (number, cell) in self.cells.values().iter().enumerate() {
            chosen[2 * number] = cell.id().is_some_and(&holds);
        }
        self.rows(&chosen, false)
    }

    /// The rows with a chosen value; or, inverted, those without.
    fn rows(&self, chosen: &[bool], inverted: bool) -> Rows {
        let mut codes = vec![inverted; 2 * chosen.len().max(self.sets.len())];
        for (number, chosen) in chosen.iter().enumerate() {
            codes[2 * number] = *chosen != inverted;
        }
        for number in 0..self.sets.len() {
            let any = self.sets.get(number).iter().any(|value| chosen[*value as usize]);
            codes[2 * number + 1] = any != inverted;
        }
        self.codes.chosen(&codes)
    }

    /// The number of the value with this text, if there is one.
    fn find(&self, text: &str, ids: &Ids) -> Option<usize> {
        if self.refers {
            let id = Cell::Id(ids.find(text.as_bytes())?);
            return Some(2 * self.cells.find(&id)? as usize);
        }
        Some(2 * self.texts.find(text.as_bytes())? as usize + 1)
    }

    /// One more than the greatest number of a value.
    fn numbered(&self) -> usize {
        2 * self.cells.values().len().max(self.texts.len())
    }

    /// The numbers of all values.
    fn values(&self) -> impl Iterator<Item = usize> {
        let cells = (0..self.cells.values().len()).map(|number| 2 * number);
        cells.chain((0..self.texts.len()).map(|number| 2 * number + 1))
    }

    fn value(&self, number: usize) -> Cell {
        match number % 2 {
            0 => self.cells.values()[number / 2],
            // In range: texts are numbered in 32 bits.
            _ => Cell::Text(u32::try_from(number / 2).unwrap_or(u32::MAX)),
        }
    }

    fn as_bson<'a>(&'a self, cell: Cell, ids: &'a Ids) -> Option<RawBsonRef<'a>> {
        Some(match cell {
            Cell::Absent => return None,
            Cell::Other => RawBsonRef::Undefined,
            Cell::Flag(flag) => RawBsonRef::Boolean(flag),
            Cell::Number(number) => RawBsonRef::Int64(number),
            Cell::Real(bits) => RawBsonRef::Double(f64::from_bits(bits)),
            Cell::Moment(millis) => RawBsonRef::DateTime(DateTime::from_millis(millis)),
            Cell::Text(number) => RawBsonRef::String(self.texts.text(number as usize)),
            Cell::Id(number) => RawBsonRef::String(ids.text(number as usize)),
        })
    }

    /// Whether no row has several values.
    pub fn is_single(&self) -> bool {
        self.sets.len() == 0
    }

    /// By how many bits a code of a single column is shifted to be the place of its value; see [`Column::places`].
    #[inline]
    pub fn shift(&self) -> u32 {
        if self.texts.len() == 0 { 2 } else { 1 }
    }

    /// How many places there are for single values: few more than there are values.
    pub fn places(&self) -> usize {
        (2 * self.numbered()) >> self.shift()
    }

    /// The value of a place.
    pub fn at(&self, place: usize) -> Option<Cell> {
        let number = (place << self.shift()) / 2;
        match number % 2 {
            0 => self.cells.values().get(number / 2).copied(),
            _ => (number / 2 < self.texts.len()).then(|| self.value(number)),
        }
    }

    /// The place of the value of a row, if the column is single.
    pub fn single(&self, row: usize) -> usize {
        self.codes.get(row) >> self.shift()
    }

    /// The codes by row.
    pub const fn codes(&self) -> &Codes {
        &self.codes
    }

    /// Calls `visit` with every id of the rows that have this code.
    #[inline]
    pub fn each_id(&self, code: usize, mut visit: impl FnMut(u32)) {
        let mut of = |number| self.value(number).id().into_iter().for_each(&mut visit);
        match code % 2 {
            0 => of(code / 2),
            _ => self.sets.get(code / 2).iter().for_each(|number| of(*number as usize)),
        }
    }

    /// The text of a place, if it is one.
    pub fn text<'a>(&'a self, place: usize, ids: &'a Ids) -> Option<&'a str> {
        match self.as_bson(self.at(place)?, ids) {
            Some(RawBsonRef::String(text)) => Some(text),
            _ => None,
        }
    }

    /// How many sets there are, with those that no row has any more.
    pub fn sets(&self) -> usize {
        self.sets.len()
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.cells.bytes() + self.texts.bytes() + self.sets.bytes() + self.codes.bytes()
    }

    /// Gives back what was reserved for more.
    pub fn shrink(&mut self) {
        self.cells.shrink();
        self.texts.shrink();
        self.sets.shrink();
        self.codes.shrink();
    }
}

/// The texts that an operator compares with, if it compares with texts and for equality only: these are looked up
/// instead of being compared with every value.
pub(super) fn texts_of(operator: &Operator) -> Option<Vec<&str>> {
    match operator {
        Operator::In(values) | Operator::NotIn(values) => {
            let text = |value: &'_ Value| matches!(value, Value::Text(_));
            let texts = values.iter().filter_map(|value| match value {
                Value::Text(text) => Some(text.as_str()),
                _ => None,
            });
            values.iter().all(text).then(|| texts.collect())
        }
        Operator::Among(ids) => Some(ids.iter().map(String::as_str).collect()),
        _ => None,
    }
}

/// The columns of a collection, as `schema/collections` declares them.
pub(super) fn columns_of(kind: Kind) -> Vec<Column> {
    let references = references().iter().filter(|reference| reference.from == kind);
    let refers: BTreeSet<&str> = references.map(|reference| reference.path).collect();
    let Ok(schema) = collections::of(kind) else {
        return Vec::new();
    };
    let column = |projected: &'static Projected| {
        let path = projected.path.as_str();
        Column::new(path, refers.contains(path), projected.known_only)
    };
    schema.projected.iter().map(column).collect()
}
