//! Distinct values, numbered in the order in which they are first seen: what a column's codes stand for.

use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::unfit::Unfit;

/// Distinct values of one size.
pub(super) struct Distinct<T> {
    values: Vec<T>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl<T: Hash + Eq> Distinct<T> {
    /// The number of a value, which is added if it is new.
    pub fn number(&mut self, value: T) -> Result<u32, Unfit> {
        if let Some(number) = self.find(&value) {
            return Ok(number);
        }
        let Self {
            values,
            numbers,
            hasher,
        } = self;
        let number = u32::try_from(values.len()).map_err(|_| Unfit::TooMany)?;
        let hash = hasher.hash_one(&value);
        values.push(value);
        numbers.insert_unique(hash, number, |number| hasher.hash_one(&values[*number as usize]));
        Ok(number)
    }

    /// The number of a value, if it is known.
    pub fn find(&self, value: &T) -> Option<u32> {
        let is = |number: &u32| self.values[*number as usize] == *value;
        self.numbers.find(self.hasher.hash_one(value), is).copied()
    }

    /// The values by number.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<T>() + table_bytes(&self.numbers)
    }

    /// Gives back what was reserved for more values.
    pub fn shrink(&mut self) {
        self.values.shrink_to_fit();
    }
}

/// Distinct lists, such as texts, which are lists of bytes: all in one buffer.
pub(super) struct Lists<T> {
    items: Vec<T>,
    /// Where each list begins, and where the last one ends.
    starts: Vec<u32>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            starts: vec![0],
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl<T: Copy + Hash + Eq> Lists<T> {
    /// The number of a list, which is added if it is new.
    pub fn number(&mut self, list: &[T]) -> Result<u32, Unfit> {
        if let Some(number) = self.find(list) {
            return Ok(number);
        }
        let number = self.add(list)?;
        let Self {
            items,
            starts,
            numbers,
            hasher,
        } = self;
        let hash = |number: &u32| hasher.hash_one(list_at(items, starts, *number as usize));
        numbers.insert_unique(hasher.hash_one(list), number, hash);
        Ok(number)
    }

    /// A number for a list, which others may have as well: only the first lists are looked up. For lists that mostly differ,
    /// of which looking up takes more memory than what is found saves.
    pub fn any_number(&mut self, list: &[T]) -> Result<u32, Unfit> {
        /// How many are looked up.
        const FIRST: usize = 1 << 16;
        match self.len() < FIRST {
            true => self.number(list),
            false => self.find(list).map_or_else(|| self.add(list), Ok),
        }
    }

    fn add(&mut self, list: &[T]) -> Result<u32, Unfit> {
        let number = u32::try_from(self.len()).map_err(|_| Unfit::TooMany)?;
        let end = u32::try_from(self.items.len() + list.len()).map_err(|_| Unfit::TooMany)?;
        self.items.extend_from_slice(list);
        self.starts.push(end);
        Ok(number)
    }

    /// The number of a list, if it is known.
    pub fn find(&self, list: &[T]) -> Option<u32> {
        let is = |number: &u32| self.get(*number as usize) == list;
        self.numbers.find(self.hasher.hash_one(list), is).copied()
    }

    /// The list with a number; empty if there is none.
    pub fn get(&self, number: usize) -> &[T] {
        list_at(&self.items, &self.starts, number)
    }

    /// How many lists there are.
    pub const fn len(&self) -> usize {
        // The last one is an end.
        self.starts.len() - 1
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        let (items, starts) = (self.items.capacity(), self.starts.capacity());
        items * size_of::<T>() + starts * size_of::<u32>() + table_bytes(&self.numbers)
    }

    /// Gives back what was reserved for more lists.
    pub fn shrink(&mut self) {
        self.items.shrink_to_fit();
        self.starts.shrink_to_fit();
    }
}

impl Lists<u8> {
    /// The text with a number.
    pub fn text(&self, number: usize) -> &str {
        // Only whole texts are added.
        std::str::from_utf8(self.get(number)).unwrap_or_default()
    }
}

#[inline]
fn list_at<'a, T>(items: &'a [T], starts: &[u32], number: usize) -> &'a [T] {
    match starts.get(number..number.saturating_add(2)) {
        Some(&[start, end]) => items.get(start as usize..end as usize).unwrap_or_default(),
        _ => &[],
    }
}

/// A bucket has a number and a byte that tells whether it is taken; seven of eight may be taken.
fn table_bytes(table: &HashTable<u32>) -> usize {
    table.capacity() * 8 / 7 * (size_of::<u32>() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_number_and_each_number_its_value() {
        let (mut values, mut texts) = (Distinct::default(), Lists::default());
        for round in 0..2 {
            for (at, text) in ["lion", "", "bear", "lions"].into_iter().enumerate() {
                assert_eq!(texts.number(text.as_bytes()), Ok(at as u32), "{round}");
                assert_eq!(values.number(text), Ok(at as u32), "{round}");
                assert_eq!((texts.text(at), values.values()[at]), (text, text));
            }
        }
        assert_eq!((texts.find(b"yak"), texts.len()), (None, 4));
        assert_eq!(texts.get(4), b"");
    }
}
