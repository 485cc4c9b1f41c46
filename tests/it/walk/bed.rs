//! Where the random questions are asked: a server over one world after the other, whose documents can be deleted and
//! put back; and the runner, which makes the worlds and the questions and shrinks a question that fails.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

use menagerie::domain::id::Kind;
use menagerie::store::write::Prepared;
use mongodb::bson::{DateTime, Document, doc};
use proptest::prelude::Strategy;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::Value as Json;

use super::world::{World, world};
use crate::support::{TestApp, insert_new};

/// A server over a world.
pub struct Bed {
    pub app: TestApp,
    pub world: World,
    database: mongodb::Database,
    deleted: RefCell<Vec<(Kind, Document)>>,
}

impl Bed {
    async fn start(world: World) -> Self {
        let app = TestApp::empty().await;
        Self {
            database: app.raw().await,
            app,
            world,
            deleted: RefCell::default(),
        }
    }

    fn documents(&self, kind: Kind) -> mongodb::Collection<Document> {
        self.database.collection(kind.collection())
    }

    /// Replaces all documents by those of another world.
    async fn fill(&mut self, world: World) {
        self.deleted.borrow_mut().clear();
        self.world = world;
        for kind in Kind::ALL {
            self.documents(kind).delete_many(doc! {}).await.expect("a deletion");
            let mut prepared = Vec::new();
            let mut moments = Vec::new();
            for document in self.world.of(kind) {
                let mut document = document.clone();
                let mut take = |field: &str| {
                    let taken = document.as_object_mut().and_then(|fields| fields.shift_remove(field));
                    DateTime::from_millis(taken.and_then(|moment| moment.as_i64()).expect("a moment"))
                };
                let moment = doc! { "createdAt": take("createdAt"), "updatedAt": take("updatedAt") };
                prepared.push(Prepared::from_json(kind, &document).expect("a good document"));
                match moments.iter_mut().find(|(known, _)| *known == moment) {
                    Some((_, ids)) => ids,
                    None => &mut moments.push_mut((moment, Vec::new())).1,
                }
                .push(document["_id"].as_str().expect("an id").to_owned());
            }
            let count = prepared.len() as u64;
            let written = insert_new(&self.app.store, prepared)
                .await
                .expect("documents are written");
            assert_eq!(written, count, "{kind:?}");
            for (moment, ids) in moments {
                let those = doc! { "_id": { "$in": ids } };
                self.documents(kind)
                    .update_many(those, doc! { "$set": moment })
                    .await
                    .expect("an update");
            }
        }
    }

    /// Deletes a document, if it is there.
    pub async fn delete(&self, id: &str) {
        let kind = Kind::of(id).expect("an id");
        let document = self
            .documents(kind)
            .find_one_and_delete(doc! { "_id": id })
            .await
            .expect("a deletion");
        self.deleted
            .borrow_mut()
            .extend(document.map(|document| (kind, document)));
    }

    /// Puts back all that was deleted.
    pub async fn restore(&self) {
        for (kind, document) in self.deleted.take() {
            self.documents(kind)
                .insert_one(document)
                .await
                .expect("a document is written");
        }
    }

    /// The documents of a kind that have not been deleted.
    pub fn present(&self, kind: Kind) -> impl Iterator<Item = &Json> {
        let gone = |document: &&Json| {
            let deleted = self.deleted.borrow();
            deleted
                .iter()
                .any(|(_, gone)| gone.get_str("_id").ok() == document["_id"].as_str())
        };
        self.world.of(kind).iter().filter(move |document| !gone(document))
    }

    /// The document with this id, deleted or not.
    pub fn document(&self, id: &str) -> &Json {
        let kind = Kind::of(id).expect("an id");
        let mut all = self.world.of(kind).iter();
        all.find(|document| document["_id"] == *id)
            .expect("a document of this world")
    }
}

/// Asks `questions` random questions of each of `worlds` random worlds.
///
/// A question that fails is shrunk within its world. The seed that is named then repeats world and question, when it
/// is given in `PROPTEST_RNG_SEED`. `WALK_WORLDS` and `WALK_QUESTIONS` ask for more of both.
pub fn hold<Q: std::fmt::Debug>(
    worlds: u64,
    questions: u32,
    ask: impl Strategy<Value = Q>,
    check: impl AsyncFn(&Bed, Q) -> Result<(), TestCaseError>,
) {
    let worlds = more("WALK_WORLDS").unwrap_or(worlds);
    let questions = more("WALK_QUESTIONS").unwrap_or(questions);
    let mut config = Config {
        cases: questions,
        max_shrink_iters: 300,
        failure_persistence: None,
        ..Config::default()
    };
    let first = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => RandomState::new().hash_one(worlds),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut bed: Option<Bed> = None;
    for seed in (0..worlds).map(|place| first.wrapping_add(place)) {
        config.rng_seed = RngSeed::Fixed(seed);
        let mut runner = TestRunner::new(config.clone());
        let random = world().new_tree(&mut runner).expect("a world").current();
        let bed = match &mut bed {
            Some(bed) => bed,
            none => none.insert(runtime.block_on(Bed::start(random.clone()))),
        };
        runtime.block_on(bed.fill(random));
        let bed = &*bed;
        let outcome = runner.run(&ask, |question| {
            runtime.block_on(async {
                bed.restore().await;
                check(bed, question).await
            })
        });
        match outcome {
            Ok(()) => {}
            Err(TestError::Fail(reason, question)) => {
                panic!(
                    "PROPTEST_RNG_SEED={seed} repeats this. The smallest question that fails:\n{question:#?}\n{reason}"
                )
            }
            Err(TestError::Abort(reason)) => panic!("PROPTEST_RNG_SEED={seed} repeats this: {reason}"),
        }
    }
    // The driver's clean-up needs its runtime.
    runtime.block_on(async { drop(bed) });
}

/// The number that a variable of the environment asks for, if it is set.
fn more<N: std::str::FromStr>(variable: &str) -> Option<N> {
    let number = std::env::var(variable).ok()?;
    Some(
        number
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is {number:?}, which is no number")),
    )
}
