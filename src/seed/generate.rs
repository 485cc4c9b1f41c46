//! Synthetic data: any number of gifts with everything around them, the same for the same seed on every machine.
//!
//! A quarter of the gifts has no date, a third no total; references always lead somewhere. Nothing here claims to be
//! true: ids and names say that they are made up.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value as Json, json};

use crate::domain::id::Kind;
use crate::domain::vocabulary::{Certainty, ConservationCategory, EventKind, GiftMode, GiftStatus};
use crate::store::collections;
use crate::store::write::{Batch, Effect, Prepared};
use crate::store::{Store, StoreError};

/// How many documents are written in one command.
const BATCH: usize = 1_000;
/// How many commands are under way at the same time.
const WRITERS: usize = 4;

const NATIONS: usize = 60;
const ANIMALS: usize = 80;
const SOURCES: usize = 12;

const REGIONS: [(&str, &str); 5] = [
    ("Africa", "Northern Africa"),
    ("Americas", "South America"),
    ("Asia", "Eastern Asia"),
    ("Europe", "Western Europe"),
    ("Oceania", "Polynesia"),
];
const TAXONOMY: [(&str, &str, &str); 6] = [
    ("Mammalia", "Carnivora", "Felidae"),
    ("Mammalia", "Carnivora", "Ursidae"),
    ("Mammalia", "Proboscidea", "Elephantidae"),
    ("Aves", "Galliformes", "Phasianidae"),
    ("Aves", "Anseriformes", "Anatidae"),
    ("Reptilia", "Squamata", "Varanidae"),
];
const SYLLABLES: [&str; 16] = [
    "ba", "dor", "el", "fi", "gan", "hu", "kal", "lin", "mo", "nar", "ö", "pa", "ri", "sun", "tav", "zé",
];

/// How many documents of each collection were new.
pub type GeneratedCounts = Vec<(Kind, u64)>;

/// Writes `gifts` gifts and what belongs to them; calls `progress` with how many documents are done.
///
/// Documents that exist already are left alone, so that a run that broke off can be run again.
pub async fn generate(
    store: &Store,
    gifts: usize,
    seed: u64,
    mut progress: impl FnMut(usize, usize),
) -> Result<GeneratedCounts, StoreError> {
    use futures_util::{StreamExt, TryStreamExt, stream};

    let world = World::new(gifts, seed);
    let plan = world.plan();
    let total: usize = plan.iter().map(|(_, count, _)| count).sum();
    let mut done = 0;
    let mut counts = GeneratedCounts::new();
    for (kind, count, make) in plan {
        let world = &world;
        let starts: Vec<usize> = (0..count).step_by(BATCH).collect();
        let mut batches = stream::iter(starts)
            .map(|start| async move {
                let end = count.min(start + BATCH);
                let documents = (start..end).map(|number| world.document(kind, number, make));
                let batch = Batch::generated(documents.collect::<Result<_, _>>()?);
                let outcomes = store.write(batch).await?;
                let new = outcomes.iter().filter(|outcome| outcome.effect == Effect::Created);
                Ok::<_, StoreError>((end - start, new.count() as u64))
            })
            .buffer_unordered(WRITERS);
        let mut new = 0;
        while let Some((size, added)) = batches.try_next().await? {
            done += size;
            new += added;
            progress(done, total);
        }
        counts.push((kind, new));
    }
    Ok(counts)
}

/// What a document says, by its number in its collection; without its id and slug.
type Make = fn(&World, usize, &mut ChaCha8Rng) -> Json;

struct World {
    gifts: usize,
    seed: u64,
}

impl World {
    const fn new(gifts: usize, seed: u64) -> Self {
        Self { gifts, seed }
    }

    /// How many documents there are of each collection that has any, and what makes them, in an order in which references lead back.
    fn plan(&self) -> Vec<(Kind, usize, Make)> {
        vec![
            (Kind::Source, SOURCES, Self::source),
            (Kind::Nation, NATIONS, Self::nation),
            (Kind::Animal, ANIMALS, Self::animal),
            (Kind::Event, self.events(), Self::event),
            (Kind::Gift, self.gifts, Self::gift),
            (Kind::Claim, self.gifts / 2, Self::claim),
        ]
    }

    const fn events(&self) -> usize {
        self.gifts / 50 + 5
    }

    fn id(&self, kind: Kind, number: usize) -> String {
        format!("{}_{}", kind.prefix(), self.slug(number))
    }

    fn slug(&self, number: usize) -> String {
        format!("synthetic-{}-{number:07}", self.seed)
    }

    fn document(&self, kind: Kind, number: usize, make: Make) -> Result<Prepared, StoreError> {
        // Each document has a stream of its own, so that batches can be made in any order.
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(((kind as u64) << 40) | number as u64);
        let mut json = make(self, number, &mut random);
        json["_id"] = json!(self.id(kind, number));
        if collections::field(kind, "slug").is_some() {
            json["slug"] = json!(self.slug(number));
        }
        // A test makes documents of every kind, so a fault of this file shows at once.
        Prepared::from_json(kind, &json).map_err(|problems| StoreError::Unreadable {
            collection: kind.collection(),
            detail: format!("synthetic document {number}: {problems:?}"),
        })
    }

    fn source(&self, number: usize, _: &mut ChaCha8Rng) -> Json {
        json!({ "title": format!("Synthetic source {number}"), "kind": "DATASET" })
    }

    fn nation(&self, _: usize, random: &mut ChaCha8Rng) -> Json {
        let name = name(random);
        let (region, subregion) = pick(&REGIONS, random);
        // No codes: one is a nation's own, and ISO 3166 has too few for users to assign.
        json!({
            "name": name, "officialName": format!("Synthetic Republic of {name}"),
            "region": region, "subregion": subregion, "capital": { "name": self::name(random) },
        })
    }

    fn animal(&self, number: usize, random: &mut ChaCha8Rng) -> Json {
        let (class, order, family) = pick(&TAXONOMY, random);
        let category: ConservationCategory = *pick(ConservationCategory::ALL, random);
        json!({
            "commonName": format!("synthetic {} {number}", name(random).to_lowercase()),
            "rank": "SPECIES", "taxonomy": { "class": class, "order": order, "family": family },
            "conservation": { "category": category.as_str() }, "nativeTo": [],
        })
    }

    fn event(&self, number: usize, random: &mut ChaCha8Rng) -> Json {
        let kind: EventKind = *pick(EventKind::ALL, random);
        json!({
            "title": format!("Synthetic event {number}"), "kind": kind.as_str(), "date": date(random),
            "nations": [{ "nation": self.any(Kind::Nation, NATIONS, random), "role": "PARTY" }],
            "people": [], "summary": format!("Made up: {}", name(random)),
            "headcount": count(random),
        })
    }

    fn gift(&self, _: usize, random: &mut ChaCha8Rng) -> Json {
        let mode: GiftMode = *pick(GiftMode::ALL, random);
        let status: GiftStatus = *pick(GiftStatus::ALL, random);
        let items: Vec<Json> = (0..random.random_range(1..=3))
            .map(|_| {
                json!({
                    "animal": self.any(Kind::Animal, ANIMALS, random), "count": count(random),
                    "otherReadings": [], "attributes": [], "names": [name(random)],
                })
            })
            .collect();
        let event = random
            .random_bool(0.3)
            .then(|| self.any(Kind::Event, self.events(), random));
        json!({
            "title": format!("{} and {}", name(random), name(random)),
            "giver": self.any(Kind::Nation, NATIONS, random), "recipient": self.any(Kind::Nation, NATIONS, random),
            "mode": mode.as_str(), "status": status.as_str(), "statusHistory": [], "items": items,
            "total": count(random), "date": date(random), "event": event, "inferred": [],
        })
    }

    fn claim(&self, number: usize, random: &mut ChaCha8Rng) -> Json {
        let certainty: Certainty = *pick(Certainty::ALL, random);
        json!({
            "code": format!("S{number}"), "source": self.any(Kind::Source, SOURCES, random),
            "statement": format!("Made up: {} gave {}.", name(random), name(random)), "certainty": certainty.as_str(),
            "attributions": [], "about": [self.any(Kind::Gift, self.gifts, random)], "conflictsWith": [], "dependsOn": [],
        })
    }

    fn any(&self, kind: Kind, count: usize, random: &mut impl Rng) -> String {
        self.id(kind, random.random_range(0..count))
    }
}

fn pick<'a, T>(values: &'a [T], random: &mut impl Rng) -> &'a T {
    &values[random.random_range(0..values.len())]
}

fn name(random: &mut impl Rng) -> String {
    let mut name: String = (0..random.random_range(2..=3))
        .map(|_| *pick(&SYLLABLES, random))
        .collect();
    if let Some(first) = name.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// A third is unknown; the rest is exact, has a range, or no upper bound.
fn count(random: &mut impl Rng) -> Json {
    let least = random.random_range(1..=200);
    match random.random_range(0..9) {
        0..=2 => Json::Null,
        3..=5 => json!({ "min": least, "max": least }),
        6 | 7 => json!({ "min": least, "max": least + random.random_range(1..=50) }),
        _ => json!({ "min": least }),
    }
}

/// A quarter is unknown; the rest has days, months, years, decades, intervals, open ends.
fn date(random: &mut impl Rng) -> Json {
    let year = random.random_range(1500..=2024);
    let (month, day) = (random.random_range(1..=12), random.random_range(1..=28));
    let edtf = match random.random_range(0..12) {
        0..=2 => return Json::Null,
        3..=6 => format!("{year}-{month:02}-{day:02}"),
        7 | 8 => format!("{year}-{month:02}"),
        9 => format!("{year}"),
        10 => format!("{year}/{}", year + random.random_range(0..=5)),
        _ => format!("{year}/"),
    };
    json!({ "edtf": edtf })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_document_fits_its_collection_and_is_the_same_each_time() {
        let (world, again) = (World::new(500, 7), World::new(500, 7));
        for (kind, count, make) in world.plan() {
            for number in 0..count {
                let first = world.document(kind, number, make).expect("it is valid");
                let second = again.document(kind, number, make).expect("it is valid");
                assert_eq!(first.fingerprint, second.fingerprint);
            }
        }
    }
}
