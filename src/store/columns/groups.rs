//! Groups of gifts, summed over columns: the same groups that the pipelines of `aggregate` compute in the database.

use std::collections::{BTreeMap, HashMap};

use super::codes::Codes;
use super::column::{Cell, Column};
use super::measures::{Amount, KindAmount, Measures};
use super::rows::{BITS, Rows};
use super::tables::{Table, Tables};
use crate::domain::count::Sum;
use crate::domain::date::Day;
use crate::domain::id::Kind;
use crate::store::aggregate::groups::{All, Group, Groups, Pair, Span, Statistics, Tally, Wanted, Words, add};
use crate::store::filter::Filter;

/// More places than this are kept by number only where there is something.
const DENSE: usize = 1 << 20;

/// Running sums over gifts.
#[derive(Clone, Default)]
struct Sums {
    gifts: u64,
    min: i64,
    max: i64,
    open: u64,
    unknown: u64,
    approximate: bool,
}

impl Sums {
    fn add(&mut self, amount: &Amount) {
        self.gifts += 1;
        self.min += amount.min;
        self.max += amount.max;
        self.open += u64::from(amount.open);
        self.unknown += u64::from(amount.unknown);
        self.approximate |= amount.approximate;
    }

    /// `animals`: whether animals are counted.
    fn group(self, animals: bool) -> Group {
        let unknown = u32::try_from(self.unknown).unwrap_or(u32::MAX);
        let max = (self.open == 0).then_some(self.max);
        let animals = match animals {
            true => Sum::of(self.min, max, unknown, self.approximate),
            false => Sum::default(),
        };
        let gifts = self.gifts;
        Group {
            tally: Tally { gifts, animals },
            ..Group::default()
        }
    }
}

/// What is kept for each of so many numbers.
enum Places<S> {
    Dense(Vec<S>),
    Sparse(HashMap<usize, S>),
}

impl<S: Default + Clone> Places<S> {
    fn new(len: usize) -> Self {
        match len <= DENSE {
            true => Self::Dense(vec![S::default(); len]),
            false => Self::Sparse(HashMap::new()),
        }
    }

    /// The place of a number.
    fn at(&mut self, number: usize) -> &mut S {
        match self {
            Self::Dense(places) => &mut places[number],
            Self::Sparse(places) => places.entry(number).or_default(),
        }
    }

    /// The groups that have gifts.
    fn groups<K: Ord>(self, group: impl Fn(S) -> Group, mut key: impl FnMut(usize) -> K) -> Groups<K> {
        let all: Vec<(usize, S)> = match self {
            Self::Dense(places) => places.into_iter().enumerate().collect(),
            Self::Sparse(places) => places.into_iter().collect(),
        };
        let mut groups = Groups::new();
        for (number, place) in all {
            let group = group(place);
            if group.tally.gifts == 0 {
                continue;
            }
            add(&mut groups, key(number), group);
        }
        groups
    }
}

/// The sums of a pair of nations, and the first and the last moment of its gifts.
#[derive(Clone)]
struct PairSums {
    sums: Sums,
    /// [`i64::MIN`] if that of one of them is not known.
    first: i64,
    /// [`i64::MAX`] if that of one of them is not known.
    last: i64,
}

impl Default for PairSums {
    fn default() -> Self {
        Self {
            sums: Sums::default(),
            first: i64::MAX,
            last: i64::MIN,
        }
    }
}

impl PairSums {
    fn group(self, animals: bool) -> Group {
        let day = |millis: i64| (millis != i64::MIN && millis != i64::MAX).then(|| Day::from_millis(millis));
        Group {
            first: day(self.first),
            last: day(self.last),
            ..self.sums.group(animals)
        }
    }
}

/// The gifts that match a filter: what groups are made of.
pub struct Gifts<'a> {
    tables: &'a Tables,
    table: &'a Table,
    measures: &'a Measures,
    rows: Rows,
}

impl<'a> Gifts<'a> {
    /// `None` if the filter uses something that has no column.
    pub(in crate::store) fn matching(tables: &'a Tables, filter: &Filter) -> Option<Self> {
        let table = tables.gifts();
        Some(Self {
            tables,
            table,
            measures: table.measures.as_ref()?,
            rows: tables.matching(Kind::Gift, filter)?,
        })
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.rows.count()
    }

    /// The groups that are wanted; `None` if one needs something that has no column.
    pub fn statistics(&self, wanted: &Wanted) -> Option<Statistics> {
        fn some<T, A>(wanted: &Option<A>, groups: impl FnOnce(&A) -> Option<T>) -> Option<Option<T>> {
            match wanted {
                None => Some(None),
                Some(wanted) => groups(wanted).map(Some),
            }
        }
        let by_animal = wanted.by_animal.iter();
        Some(Statistics {
            all: wanted.all.map(|animals| self.all(animals)),
            words: some(&wanted.words, |animals| self.by_words(*animals))?,
            givers: some(&wanted.givers, |animals| self.by_end("giver", *animals))?,
            recipients: some(&wanted.recipients, |animals| self.by_end("recipient", *animals))?,
            flows: some(&wanted.flows, |animals| self.by_pair(*animals))?,
            spans: wanted.spans.map(|animals| self.by_span(animals)),
            certainties: some(&wanted.certainties, |animals| self.by_certainty(*animals))?,
            by_animal: by_animal
                .map(|(rank, animals)| self.by_animal(rank.taxon(), *animals))
                .collect::<Option<_>>()?,
        })
    }

    /// Calls `add` for every gift: with its row, the codes of these columns, and its number of animals.
    fn each<const N: usize>(&self, columns: [&Codes; N], mut add: impl FnMut(usize, [usize; N], &Amount)) {
        let (mut blocks, mut of_amounts) = ([[0; BITS]; N], [0; BITS]);
        let amounts = self.measures.amounts.values();
        self.rows.each_block(|start, block| {
            self.measures.amount_of.block(start, &mut of_amounts);
            for (codes, block) in columns.iter().zip(&mut blocks) {
                codes.block(start, block);
            }
            block.each(|at| {
                let codes = std::array::from_fn(|column| blocks[column][at] as usize);
                add(start + at, codes, &amounts[of_amounts[at] as usize]);
            });
        });
    }

    /// Sums by the number that the codes of a row make, which is below `len`.
    fn sums<K: Ord, const N: usize>(
        &self,
        columns: [&Codes; N],
        (len, number): (usize, impl Fn(usize, [usize; N]) -> usize),
        animals: bool,
        key: impl FnMut(usize) -> K,
    ) -> Groups<K> {
        let mut places = Places::<Sums>::new(len);
        self.each(columns, |row, codes, amount| places.at(number(row, codes)).add(amount));
        places.groups(|sums| sums.group(animals), key)
    }

    /// A column whose rows have one value each.
    fn single(&self, path: &str) -> Option<&'a Column> {
        self.table.column(path).filter(|column| column.is_single())
    }

    fn text(&self, column: &Column, number: usize) -> Option<String> {
        column.text(number, &self.tables.ids).map(str::to_owned)
    }

    fn all(&self, animals: bool) -> Groups<All> {
        self.sums([], (1, |_, _| 0), animals, |_| All {})
    }

    fn by_words(&self, animals: bool) -> Option<Groups<Words>> {
        let (status, mode) = (self.single("status")?, self.single("mode")?);
        let modes = mode.places();
        let shifts = [status.shift(), mode.shift()];
        let number = |_, [status, mode]: [usize; 2]| (status >> shifts[0]) * modes + (mode >> shifts[1]);
        let key = |number| Words {
            status: self.text(status, number / modes),
            mode: self.text(mode, number % modes),
        };
        let len = status.places() * modes;
        Some(self.sums([status.codes(), mode.codes()], (len, number), animals, key))
    }

    fn by_span(&self, animals: bool) -> Groups<Span> {
        let spans = self.measures.spans.values();
        let number = |_, [span]: [usize; 1]| span;
        self.sums([&self.measures.span_of], (spans.len(), number), animals, |number| {
            spans[number]
        })
    }

    /// By the nation at one end.
    fn by_end(&self, path: &str, animals: bool) -> Option<Groups<String>> {
        let end = self.single(path)?;
        let number = |_, [code]: [usize; 1]| code >> end.shift();
        let key = |number| self.text(end, number).unwrap_or_default();
        Some(self.sums([end.codes()], (end.places(), number), animals, key))
    }

    /// By giver and recipient, with the days between which they lie.
    fn by_pair(&self, animals: bool) -> Option<Groups<Pair>> {
        let (giver, recipient) = (self.single("giver")?, self.single("recipient")?);
        let moments = |path, unknown| {
            let column = self.single(path)?;
            let moment = |place| column.at(place).and_then(Cell::moment).unwrap_or(unknown);
            let moments: Vec<i64> = (0..column.places()).map(moment).collect();
            Some((column, moments))
        };
        let (earliest, firsts) = moments("date.earliest", i64::MIN)?;
        let (latest, lasts) = moments("date.latest", i64::MAX)?;
        let recipients = recipient.places();
        let mut places = Places::<PairSums>::new(giver.places() * recipients);
        let columns = [giver, recipient, earliest, latest];
        let shifts = columns.map(Column::shift);
        self.each(columns.map(Column::codes), |_, codes, amount| {
            let [giver, recipient, first, last] = std::array::from_fn(|at| codes[at] >> shifts[at]);
            let pair = places.at(giver * recipients + recipient);
            pair.sums.add(amount);
            pair.first = pair.first.min(firsts[first]);
            pair.last = pair.last.max(lasts[last]);
        });
        let key = |number| Pair {
            giver: self.text(giver, number / recipients).unwrap_or_default(),
            recipient: self.text(recipient, number % recipients).unwrap_or_default(),
        };
        Some(places.groups(|pair| pair.group(animals), key))
    }

    /// By the ids of their animals or, with a path, by what these animals have there: a name of a taxon.
    fn by_animal(&self, taxon: Option<&str>, animals: bool) -> Option<Groups<Option<String>>> {
        let ids = self.measures.animals.values();
        let names: Vec<Option<&str>> = match taxon {
            None => ids
                .iter()
                .map(|id| id.map(|id| self.tables.ids.text(id as usize)))
                .collect(),
            Some(path) => {
                let animals = self.tables.of(Kind::Animal)?;
                let column = animals.column(path).filter(|column| column.is_single())?;
                let row = |id| {
                    self.tables
                        .row(Kind::Animal, id)
                        .filter(|row| animals.live.contains(*row))
                };
                let name = |row| column.text(column.single(row), &self.tables.ids);
                let names = ids.iter().map(|id| id.and_then(row).and_then(name));
                names.map(|name| name.filter(|name| !name.is_empty())).collect()
            }
        };
        let mut numbers = BTreeMap::new();
        for name in &names {
            let next = numbers.len();
            numbers.entry(*name).or_insert(next);
        }
        let number_of: Vec<usize> = names.iter().map(|name| numbers[name]).collect();
        let mut places = vec![Sums::default(); numbers.len()];
        let mut merged: Vec<(usize, KindAmount)> = Vec::new();
        self.each([&self.measures.kinds_of], |_, [list], gift| {
            let kinds = self.measures.kinds(list);
            if taxon.is_none() || kinds.len() == 1 {
                kinds.for_each(|(animal, amount)| places[number_of[animal]].add(&amount.amount(gift.given)));
                return;
            }
            merged.clear();
            for (animal, amount) in kinds {
                let number = number_of[animal];
                match merged.iter_mut().find(|(known, _)| *known == number) {
                    Some((_, known)) => known.merge(amount),
                    None => merged.push((number, *amount)),
                }
            }
            for (number, amount) in &merged {
                places[*number].add(&amount.amount(gift.given));
            }
        });
        let keys: BTreeMap<usize, Option<&str>> = numbers.into_iter().map(|(name, number)| (number, name)).collect();
        let places = Places::Dense(places);
        Some(places.groups(|sums| sums.group(animals), |number| keys[&number].map(str::to_owned)))
    }

    /// By the certainties of the claims about them, in alphabetical order.
    fn by_certainty(&self, animals: bool) -> Option<Groups<Vec<String>>> {
        let claims = self.tables.of(Kind::Claim)?;
        let (about, certainty) = (claims.column("about")?, claims.column("certainty")?);
        let texts: Vec<Option<String>> = (0..certainty.places())
            .map(|place| self.text(certainty, place))
            .collect();
        let mut words: Vec<&String> = texts.iter().flatten().collect();
        words.sort_unstable();
        if !certainty.is_single() || words.len() > u16::BITS as usize {
            return None;
        }
        let place_of = |text: &Option<String>| words.iter().position(|word| Some(*word) == text.as_ref());
        let bits: Vec<u16> = texts
            .iter()
            .map(|text| place_of(text).map_or(0, |place| 1 << place))
            .collect();
        let mut sets = vec![0_u16; self.table.len()];
        claims.live.each(|claim| {
            let bit = bits[certainty.single(claim)];
            let gifts = about
                .ids(claim)
                .filter_map(|id| self.tables.row(Kind::Gift, u32::try_from(id).ok()?));
            gifts.for_each(|gift| sets[gift] |= bit);
        });
        let key = |set: usize| {
            let held = words.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
            held.map(|(_, word)| (*word).clone()).collect::<Vec<String>>()
        };
        let number = |row: usize, _: [usize; 0]| usize::from(sets[row]);
        Some(self.sums([], (1 << words.len(), number), animals, key))
    }
}
