//! Looks for dear documents: random ones, and from the dearest of them on by small changes. What they expand to is bounded,
//! so that what is found and written out does no harm elsewhere.

use std::process::ExitCode;

use menagerie::limits::Limits;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{BUDGET, greatest, guard, price};

/// What a document is made from: how many of what, and how likely.
#[derive(Clone, Debug)]
struct Recipe {
    operations: u32,
    fragments: u32,
    variables: u32,
    /// How many selections a set has at most.
    width: u32,
    /// How deep fields are nested.
    depth: u32,
    /// How many aliases to choose from; none for 0.
    aliases: u32,
    /// Percent of selections: a spread, an inline fragment, a mistake, with arguments, with a directive.
    spreads: u32,
    inline: u32,
    mistakes: u32,
    arguments: u32,
    directives: u32,
    /// The length of the document in bytes.
    length: u32,
    seed: u64,
}

impl Recipe {
    fn random(random: &mut impl Rng, greatest: bool) -> Self {
        let most = if greatest { 10 } else { 1 };
        Self {
            operations: random.random_range(1..=20 * most),
            fragments: random.random_range(0..=100 * most),
            variables: if random.random_bool(0.7) {
                0
            } else {
                random.random_range(0..=100 * most)
            },
            width: random.random_range(1..=60),
            depth: random.random_range(1..=12),
            aliases: if random.random_bool(0.6) {
                0
            } else {
                random.random_range(0..=20)
            },
            spreads: random.random_range(0..=80),
            inline: random.random_range(0..=60),
            mistakes: if random.random_bool(0.5) {
                0
            } else {
                random.random_range(0..=40)
            },
            arguments: random.random_range(0..=60),
            directives: if random.random_bool(0.8) { 0 } else { 1 },
            length: random.random_range(500..=30_000 * most),
            seed: random.random(),
        }
    }

    /// The same with one or two parts of another.
    fn changed(&self, random: &mut impl Rng, greatest: bool) -> Self {
        let other = Self::random(random, greatest);
        let mut new = self.clone();
        for _ in 0..random.random_range(1..=2) {
            match random.random_range(0..13) {
                0 => new.operations = other.operations,
                1 => new.fragments = other.fragments,
                2 => new.variables = other.variables,
                3 => new.width = other.width,
                4 => new.depth = other.depth,
                5 => new.aliases = other.aliases,
                6 => new.spreads = other.spreads,
                7 => new.inline = other.inline,
                8 => new.mistakes = other.mistakes,
                9 => new.arguments = other.arguments,
                10 => new.directives = other.directives,
                11 => new.length = other.length,
                _ => new.seed = other.seed,
            }
        }
        new
    }

    fn cooked(&self) -> String {
        let mut cook = Cook {
            recipe: self,
            random: ChaCha8Rng::seed_from_u64(self.seed),
            text: String::new(),
            end: 0,
            spread: 0,
        };
        let parts = self.operations + self.fragments;
        for part in 0..parts {
            // Each part gets its share of the length.
            cook.end = (self.length / parts * (part + 1)) as usize;
            if part < self.operations {
                cook.operation(part);
            } else {
                cook.fragment(part - self.operations);
            }
        }
        cook.text
    }
}

struct Cook<'a> {
    recipe: &'a Recipe,
    random: ChaCha8Rng,
    text: String,
    end: usize,
    /// How many fragments the definition spreads so far.
    spread: u32,
}

/// Fragments spread only those of a later layer, and so many: what they expand to is no more than a few times their
/// number to the power of the layers.
const LAYERS: u32 = 5;
const SPREADS: u32 = 4;

/// The kinds of types with a selection, and the fields that lead from one to another.
const LEAVES: [&[&str]; 5] = [
    &["__typename"],
    &["id", "slug", "title", "status", "__typename"],
    &["id", "slug", "name", "m49", "__typename"],
    &["totalCount", "__typename"],
    &["name", "kind", "__typename"],
];
const WAYS: [&[(&str, usize)]; 5] = [
    &[("gifts", 3), ("gift", 1), ("nation", 2), ("__schema{types{TYPE}}", 4)],
    &[("giver", 2), ("recipient", 2)],
    &[("giftsGiven", 3), ("giftsReceived", 3)],
    &[("nodes", 1), ("edges{node{TYPE}}", 1)],
    &[
        ("ofType", 4),
        ("fields{type{TYPE}}", 4),
        ("interfaces", 4),
        ("possibleTypes", 4),
    ],
];
const TYPES: [&str; 5] = ["Query", "Gift", "Nation", "GiftConnection", "__Type"];

impl Cook<'_> {
    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.random.random_range(0..of.len())]
    }

    fn operation(&mut self, number: u32) {
        self.text += &format!("query O{number}");
        self.spread = 0;
        if self.recipe.variables > 0 {
            self.text.push('(');
            (0..self.recipe.variables).for_each(|variable| self.text += &format!("$v{variable}:Int "));
            self.text.push(')');
        }
        self.set(0, 0, 0);
    }

    fn fragment(&mut self, number: u32) {
        // Fragments spread later ones of their type only.
        let ty = number as usize % TYPES.len();
        self.text += &format!("fragment F{number} on {}", TYPES[ty]);
        self.spread = 0;
        let layer = number * LAYERS / self.recipe.fragments;
        self.set(ty, 0, ((layer + 1) * self.recipe.fragments).div_ceil(LAYERS));
    }

    fn set(&mut self, ty: usize, level: u32, behind: u32) {
        self.text.push('{');
        let most = self.random.random_range(1..=self.recipe.width);
        for number in 0..most {
            if number > 0 && self.text.len() > self.end {
                break;
            }
            if self.chance(self.recipe.spreads) && self.spread(ty, behind) {
                continue;
            }
            if level < self.recipe.depth && self.chance(self.recipe.inline) {
                self.text += &format!("...on {}", TYPES[ty]);
                self.set(ty, level + 1, behind);
            } else {
                self.field(ty, level, behind);
            }
        }
        self.text.push('}');
    }

    fn spread(&mut self, ty: usize, behind: u32) -> bool {
        let count = TYPES.len() as u32;
        let first = behind + (ty as u32 + count - behind % count) % count;
        if first >= self.recipe.fragments || self.spread == SPREADS {
            return false;
        }
        self.spread += 1;
        let choices = (self.recipe.fragments - first).div_ceil(count).min(8);
        let number = first + count * self.random.random_range(0..choices);
        self.text += &format!("...F{number} ");
        true
    }

    fn field(&mut self, ty: usize, level: u32, behind: u32) {
        if self.recipe.aliases > 0 && self.chance(20) {
            let alias = self.random.random_range(0..self.recipe.aliases);
            self.text += &format!("a{alias}:");
        }
        if self.chance(self.recipe.mistakes) {
            let number = self.random.random_range(0..100);
            self.text += &format!("nme{number} ");
            return;
        }
        if level >= self.recipe.depth || self.text.len() > self.end || self.chance(30) {
            let leaf = self.one(LEAVES[ty]);
            self.text += leaf;
            self.text.push(' ');
            return;
        }
        let (way, next) = self.one(WAYS[ty]);
        let (name, tail) = match way.split_once("TYPE}") {
            Some((head, tail)) => (head.trim_end_matches('{'), tail),
            None => (way, ""),
        };
        self.text += name;
        let argued = matches!(name, "gifts" | "giftsGiven" | "giftsReceived");
        if argued && self.chance(self.recipe.arguments) {
            let number = self.random.random_range(0..self.recipe.variables.max(1));
            self.text += &if self.recipe.variables > 0 {
                format!("(first:$v{number})")
            } else {
                format!("(where:{{slug:{{in:[\"{number}\"]}}}})")
            };
        }
        if self.recipe.directives > 0 && self.chance(1) {
            self.text += "@skip(if:false)";
        }
        self.set(next, level + 1, behind);
        self.text += tail;
    }
}

/// Looks for so many seconds, half of them with the default limits and half with the greatest.
pub fn search(seconds: u64) -> ExitCode {
    let mut dearest = 0.0_f64;
    for (name, limits) in [("default", Limits::default()), ("greatest", greatest())] {
        let found = best(limits, name == "greatest", seconds / 2);
        let shown: String = found.text.chars().take(1_500).collect();
        println!(
            "{name}: {:.1} µs/kB, {} bytes, {}\n{:?}\n{shown}\n",
            found.price,
            found.text.len(),
            found.told,
            found.recipe
        );
        dearest = dearest.max(found.price);
    }
    if dearest > BUDGET {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

struct Found {
    price: f64,
    told: String,
    text: String,
    recipe: Recipe,
}

fn best(limits: Limits, greatest: bool, seconds: u64) -> Found {
    let guard = guard(limits);
    let mut random = ChaCha8Rng::seed_from_u64(std::process::id().into());
    let until = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let tried = |recipe: Recipe| {
        let text = recipe.cooked();
        let (price, told) = price(&guard, &text);
        Found {
            price,
            told,
            text,
            recipe,
        }
    };
    let mut kept: Vec<Found> = Vec::new();
    let (mut count, mut passed) = (0_u32, 0_u32);
    while std::time::Instant::now() < until {
        let recipe = match kept.is_empty() || random.random_bool(0.3) {
            true => Recipe::random(&mut random, greatest),
            false => kept[random.random_range(0..kept.len())]
                .recipe
                .changed(&mut random, greatest),
        };
        let found = tried(recipe);
        count += 1;
        passed += u32::from(found.told == "passes");
        kept.push(found);
        kept.sort_by(|a, b| b.price.total_cmp(&a.price));
        kept.truncate(12);
    }
    println!("{count} documents tried, {passed} passed");
    kept.swap_remove(0)
}
