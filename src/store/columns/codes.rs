//! One number for each row, in as few bytes as the greatest of them needs.

use super::rows::{BITS, Rows};

/// Numbers by row.
pub(super) enum Codes {
    Byte(Vec<u8>),
    Short(Vec<u16>),
    Word(Vec<u32>),
}

impl Default for Codes {
    fn default() -> Self {
        Self::Byte(Vec::new())
    }
}

impl Codes {
    /// The number of a row, which must be there.
    pub fn get(&self, row: usize) -> usize {
        match self {
            Self::Byte(codes) => codes[row].into(),
            Self::Short(codes) => codes[row].into(),
            Self::Word(codes) => codes[row] as usize,
        }
    }

    /// The numbers of a block of rows from `start` on; behind the last row they say nothing. Faster than one by one.
    pub fn block(&self, start: usize, block: &mut [u32; BITS]) {
        fn of<C: Copy + Into<u32>>(codes: &[C], start: usize, block: &mut [u32; BITS]) {
            for (code, place) in codes[start..].iter().zip(block) {
                *place = (*code).into();
            }
        }
        match self {
            Self::Byte(codes) => of(codes, start, block),
            Self::Short(codes) => of(codes, start, block),
            Self::Word(codes) => of(codes, start, block),
        }
    }

    /// Sets the number of a row that is there, or of the row behind the last.
    pub fn set(&mut self, row: usize, code: u32) {
        match self {
            Self::Byte(codes) => match u8::try_from(code) {
                Ok(code) => return put(codes, row, code),
                Err(_) => *self = Self::Short(codes.iter().map(|code| (*code).into()).collect()),
            },
            Self::Short(codes) => match u16::try_from(code) {
                Ok(code) => return put(codes, row, code),
                Err(_) => *self = Self::Word(codes.iter().map(|code| (*code).into()).collect()),
            },
            Self::Word(codes) => return put(codes, row, code),
        }
        self.set(row, code);
    }

    /// The rows whose number is chosen, by number.
    pub fn chosen(&self, chosen: &[bool]) -> Rows {
        fn of<C: Copy + Into<u32>>(codes: &[C], chosen: &[bool]) -> Rows {
            Rows::of(codes.len(), |row| chosen[codes[row].into() as usize])
        }
        match self {
            Self::Byte(codes) => of(codes, chosen),
            Self::Short(codes) => of(codes, chosen),
            Self::Word(codes) => of(codes, chosen),
        }
    }

    /// Gives back what was reserved for more rows.
    pub fn shrink(&mut self) {
        match self {
            Self::Byte(codes) => codes.shrink_to_fit(),
            Self::Short(codes) => codes.shrink_to_fit(),
            Self::Word(codes) => codes.shrink_to_fit(),
        }
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Byte(codes) => codes.capacity(),
            Self::Short(codes) => codes.capacity() * size_of::<u16>(),
            Self::Word(codes) => codes.capacity() * size_of::<u32>(),
        }
    }
}

fn put<C>(codes: &mut Vec<C>, row: usize, code: C) {
    match codes.get_mut(row) {
        Some(place) => *place = code,
        None => codes.push(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_the_same_when_greater_ones_need_more_bytes() {
        let mut codes = Codes::default();
        let numbers = [0, 255, 7, 256, 65_535, 65_536, u32::MAX];
        for (row, number) in numbers.into_iter().enumerate() {
            codes.set(row, number);
            for (row, number) in numbers[..=row].iter().enumerate() {
                assert_eq!(codes.get(row), *number as usize);
            }
        }
        codes.set(1, 3);
        assert_eq!(codes.get(1), 3);
        assert_eq!(codes.bytes() % size_of::<u32>(), 0);
    }
}
