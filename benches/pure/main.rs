//! What the pure parts cost in CPU time: EDTF dates, cursors, and filters from the value of an argument to the store's terms.
//!
//! `cargo bench --bench pure` measures with criterion, which keeps a history. What checking documents costs is measured in
//! `benches/guard`, and the whole server in `benches/load`.

#![allow(
    clippy::expect_used,
    reason = "a benchmark whose own data are wrong has nothing to measure, and ends"
)]

#[path = "../guard/time.rs"]
mod time;

use std::hint::black_box;
use std::time::Duration;

use async_graphql::{InputType, Value};
use criterion::{BenchmarkId, Criterion};
use menagerie::domain::date::Edtf;
use menagerie::graphql::collections::gift::GiftFilter;
use menagerie::graphql::filter::CollectionFilter;
use menagerie::store::cursor::{BY_ID, KeyKind, Order, OrderBy, SortKey};
use serde_json::json;
use time::CpuTime;

fn main() {
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    dates(&mut criterion);
    cursors(&mut criterion);
    filters(&mut criterion);
    criterion.final_summary();
}

fn dates(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("edtf");
    for text in [
        "1972",
        "198X",
        "2024-11-20",
        "1959/..",
        "1826-10-31/1827",
        "1985-04-12T23:20:30+01:00",
        "1985-13",
    ] {
        group.bench_function(BenchmarkId::from_parameter(text.replace('/', " to ")), |bencher| {
            bencher.iter(|| black_box(text).parse::<Edtf>().map(|date| date.bounds()));
        });
    }
    group.finish();
}

fn cursors(criterion: &mut Criterion<CpuTime>) {
    let by = |path, kind| OrderBy {
        path,
        kind,
        descending: true,
    };
    let id = || SortKey::Text("gift_synthetic-1-0012345".to_owned());
    let cases = [
        ("id", Order::new([BY_ID]), vec![id()]),
        (
            "date and id",
            Order::new([by("date.earliest", KeyKind::Moment)]),
            vec![SortKey::Moment(-62_135_596_800_000), id()],
        ),
        (
            "total, title and id",
            Order::new([by("total.min", KeyKind::Number), by("title", KeyKind::Text)]),
            vec![
                SortKey::Absent,
                SortKey::Text("Two giant pandas on loan to Finland".to_owned()),
                id(),
            ],
        ),
    ];
    let mut group = criterion.benchmark_group("cursor");
    for (name, order, keys) in cases {
        let cursor = order.encode(&keys);
        group.bench_function(BenchmarkId::new("encode", name), |bencher| {
            bencher.iter(|| order.encode(black_box(&keys)));
        });
        group.bench_function(BenchmarkId::new("decode", name), |bencher| {
            bencher.iter(|| order.decode(black_box(&cursor)).expect("it is a cursor of this order"));
        });
    }
    group.finish();
}

fn filters(criterion: &mut Criterion<CpuTime>) {
    let ids: Vec<String> = (0..100).map(|number| format!("gift_synthetic-1-{number:07}")).collect();
    let cases = [
        ("by a giver", json!({ "giver": { "slug": { "eq": "china" } } })),
        (
            "by date, total and words",
            json!({
                "date": { "overlaps": "198X" }, "total": { "atLeast": 2, "sure": false }, "text": "giant panda",
                "status": { "notIn": ["DECLINED", "SHELVED"] },
            }),
        ),
        ("by 100 ids", json!({ "id": { "in": ids } })),
    ];
    let mut group = criterion.benchmark_group("filter");
    for (name, json) in cases {
        let value = Value::from_json(json).expect("it is a value");
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                let filter = GiftFilter::parse(Some(black_box(&value).clone())).expect("it is a filter");
                filter.filter().expect("its values can be")
            });
        });
    }
    group.finish();
}
