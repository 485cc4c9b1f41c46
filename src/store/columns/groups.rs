//! Groups of gifts, summed over columns: the same groups that the pipelines of `aggregate` compute in the database.

use std::collections::BTreeMap;
use std::iter::zip;

use super::codes::Codes;
use super::column::{Cell, Column};
use super::measures::{Certainties, KindAmount, Measures, Share};
use super::rows::{BITS, Rows};
use super::sums::{PairSums, Places, Sums};
use super::tables::{Table, Tables};
use crate::domain::id::Kind;
use crate::store::aggregate::groups::{All, Groups, Pair, Span, Statistics, Wanted, Words};
use crate::store::filter::Filter;

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

    /// Calls `add` for every gift: with its row, the codes of these columns, and the sums over it alone.
    fn each<const N: usize>(&self, columns: [&Codes; N], mut add: impl FnMut(usize, [usize; N], &Sums)) {
        let (mut blocks, mut numbers) = ([[0; BITS]; N], [[0; BITS]; 3]);
        let Measures { least, most, flags, .. } = self.measures;
        let [lowest, highest] = [least, most].map(|bound| bound.values.values());
        self.rows.each_block(|start, block| {
            for (codes, block) in zip([&least.codes, &most.codes, flags], &mut numbers) {
                codes.block(start, block);
            }
            for (codes, block) in columns.iter().zip(&mut blocks) {
                codes.block(start, block);
            }
            block.each(|at| {
                let codes = std::array::from_fn(|column| blocks[column][at] as usize);
                let [least, most] = [0, 1].map(|bound| numbers[bound][at] as usize);
                add(
                    start + at,
                    codes,
                    &Sums::new([lowest[least], highest[most]], numbers[2][at]),
                );
            });
        });
    }

    /// Calls `add` with the kinds of animals of every gift.
    fn each_list(&self, mut add: impl FnMut(&[Share])) {
        let mut lists = [0; BITS];
        self.rows.each_block(|start, block| {
            self.measures.list_of.block(start, &mut lists);
            block.each(|at| add(self.measures.list(lists[at] as usize)));
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
        self.each(columns, |row, codes, gift| places.at(number(row, codes)).add(gift));
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
        self.each(columns.map(Column::codes), |_, codes, gift| {
            let [giver, recipient, first, last] = std::array::from_fn(|at| codes[at] >> shifts[at]);
            let pair = places.at(giver * recipients + recipient);
            pair.sums.add(gift);
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
        let amounts = self.measures.kind_amounts.values();
        let sums: Vec<Sums> = amounts.iter().map(|amount| Sums::of(&amount.amount())).collect();
        let number = |share: &Share| number_of[share.animal as usize];
        let mut merged: Vec<(usize, KindAmount)> = Vec::new();
        self.each_list(|list| {
            if taxon.is_none() || list.len() == 1 {
                list.iter()
                    .for_each(|share| places[number(share)].add(&sums[share.amount as usize]));
                return;
            }
            merged.clear();
            for share in list {
                let amount = &amounts[share.amount as usize];
                match merged.iter_mut().find(|(known, _)| *known == number(share)) {
                    Some((_, known)) => known.merge(amount),
                    None => merged.push((number(share), *amount)),
                }
            }
            for (number, amount) in &merged {
                places[*number].add(&Sums::of(&amount.amount()));
            }
        });
        let keys: BTreeMap<usize, Option<&str>> = numbers.into_iter().map(|(name, number)| (number, name)).collect();
        let places = Places::Dense(places);
        Some(places.groups(|sums| sums.group(animals), |number| keys[&number].map(str::to_owned)))
    }

    /// By the certainties of the claims about them, in alphabetical order.
    fn by_certainty(&self, animals: bool) -> Option<Groups<Vec<String>>> {
        let Certainties { words, sets, .. } = self.tables.certainties()?;
        let key = |set: usize| {
            let held = words.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
            held.map(|(_, word)| (*word).clone()).collect::<Vec<String>>()
        };
        let number = |row: usize, _: [usize; 0]| usize::from(sets[row]);
        Some(self.sums([], (1 << words.len(), number), animals, key))
    }
}
