//! The limit's answers to queries for documents.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::{try_join, try_join_all, try_join3};
use menagerie::domain::date::{self, Day};
use mongodb::bson::{DateTime, doc};
use serde::Serialize;
use serde_json::json;

use super::read::{Failure, Reader};
use super::shapes::{Animal, Bounds, Edtf, Event, Gift, Item, Nation, Number, Span, Text};

/// An answer as bytes, for the one root field that it has.
pub(super) fn answer(field: &'static str, value: impl Serialize) -> Result<Vec<u8>, Failure> {
    let mut json = Vec::with_capacity(4_096);
    json.extend(b"{\"data\":{\"");
    json.extend(field.as_bytes());
    json.extend(b"\":");
    serde_json::to_writer(&mut json, &value)?;
    json.extend(b"}}");
    Ok(json)
}

/// What a reference leads to.
pub(super) fn of<'m, T>(documents: &'m HashMap<&str, T>, id: &str) -> Result<&'m T, Failure> {
    documents
        .get(id)
        .ok_or_else(|| format!("no document has the id {id}").into())
}

#[derive(Serialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

/// A gift with its nations and animals; `D` is how its date is shown, `C` how counts are.
#[derive(Serialize)]
struct Shown<'a, D, C> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'a str>,
    status: &'a str,
    date: Option<D>,
    total: Option<C>,
    giver: &'a Nation<'a>,
    recipient: &'a Nation<'a>,
    items: Vec<ShownItem<'a, C>>,
}

#[derive(Serialize)]
struct ShownItem<'a, C> {
    count: Option<C>,
    animal: &'a Animal<'a>,
}

fn items<'a, C: From<Bounds>>(
    items: &[Item<'_>],
    animals: &'a HashMap<&str, Animal<'a>>,
) -> Result<Vec<ShownItem<'a, C>>, Failure> {
    let shown = |item: &Item<'_>| {
        Ok(ShownItem {
            count: item.count.map(C::from),
            animal: of(animals, item.animal)?,
        })
    };
    items.iter().map(shown).collect()
}

/// One gift with everything around it.
pub async fn point(reader: &Reader, id: &str) -> Result<Vec<u8>, Failure> {
    #[derive(Serialize)]
    struct Point<'a> {
        #[serde(flatten)]
        gift: Shown<'a, Span<'a>, Number>,
        event: Option<&'a Event<'a>>,
    }
    let fields = [
        "slug",
        "title",
        "mode",
        "status",
        "giver",
        "recipient",
        "event",
        "date",
        "total",
        "items",
    ];
    let found = reader.page(doc! { "_id": id }, doc! {}, &fields, 1).await?;
    let gifts = found.read::<Gift<'_>>()?;
    let Some(gift) = gifts.first() else {
        return answer("gift", None::<()>);
    };
    let (nations, animals, events) = try_join3(
        reader.by_ids(&reader.nations, BTreeSet::from([gift.giver, gift.recipient]), &["name"]),
        reader.by_ids(
            &reader.animals,
            gift.items.iter().map(|item| item.animal).collect(),
            &["commonName", "scientificName"],
        ),
        reader.by_ids(&reader.events, gift.event.into_iter().collect(), &["title"]),
    )
    .await?;
    let (nations, animals, events) = (nations.by_id()?, animals.by_id()?, events.by_id::<Event<'_>>()?);
    let shown = Shown {
        id: gift.id,
        slug: Some(gift.slug),
        title: gift.title,
        mode: Some(gift.mode),
        status: gift.status,
        date: gift.date.map(Span),
        total: gift.total.map(Number::from),
        giver: of(&nations, gift.giver)?,
        recipient: of(&nations, gift.recipient)?,
        items: items(&gift.items, &animals)?,
    };
    let event = gift.event.map(|event| of(&events, event)).transpose()?;
    answer("gift", Point { gift: shown, event })
}

/// A page with giver, recipient and animals.
pub async fn list(reader: &Reader, first: usize) -> Result<Vec<u8>, Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Info {
        has_next_page: bool,
        end_cursor: Option<String>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Page<T> {
        nodes: Vec<T>,
        page_info: Info,
    }
    let fields = ["title", "status", "giver", "recipient", "date", "total", "items"];
    let found = reader.page(doc! {}, doc! { "_id": 1 }, &fields, first).await?;
    let mut gifts = found.read::<Gift<'_>>()?;
    let has_next_page = gifts.len() > first;
    gifts.truncate(first);
    let ends = gifts.iter().flat_map(|gift| [gift.giver, gift.recipient]).collect();
    let kinds = gifts
        .iter()
        .flat_map(|gift| &gift.items)
        .map(|item| item.animal)
        .collect();
    let (nations, animals) = try_join(
        reader.by_ids(&reader.nations, ends, &["name"]),
        reader.by_ids(&reader.animals, kinds, &["commonName", "scientificName"]),
    )
    .await?;
    let (nations, animals) = (nations.by_id()?, animals.by_id()?);
    let mut nodes = Vec::with_capacity(gifts.len());
    for gift in &gifts {
        nodes.push(Shown {
            id: gift.id,
            slug: None,
            title: gift.title,
            mode: None,
            status: gift.status,
            date: gift.date.map(Edtf::from),
            total: gift.total.map(Text::from),
            giver: of(&nations, gift.giver)?,
            recipient: of(&nations, gift.recipient)?,
            items: items(&gift.items, &animals)?,
        });
    }
    let cursor = |gift: &Gift<'_>| URL_SAFE_NO_PAD.encode(json!(["+_id", [gift.id]]).to_string());
    let page_info = Info {
        has_next_page,
        end_cursor: gifts.last().map(cursor),
    };
    answer("gifts", Page { nodes, page_info })
}

/// Gifts, their givers, what those gave, and who received that.
pub async fn levels(reader: &Reader) -> Result<Vec<u8>, Failure> {
    #[derive(Serialize)]
    struct Top<'a> {
        id: &'a str,
        giver: Giver<'a>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Giver<'a> {
        id: &'a str,
        name: &'a str,
        gifts_given: Nodes<Given<'a>>,
    }
    #[derive(Serialize)]
    struct Given<'a> {
        id: &'a str,
        title: &'a str,
        recipient: &'a Nation<'a>,
    }
    let (first, below) = (10, 5);
    let found = reader.page(doc! {}, doc! { "_id": 1 }, &["giver"], first).await?;
    let mut gifts = found.read::<Gift<'_>>()?;
    gifts.truncate(first);
    let givers: BTreeSet<&str> = gifts.iter().map(|gift| gift.giver).collect();
    let pages = givers.iter().map(|giver| {
        let filter = doc! { "giver": *giver };
        reader.page(filter, doc! { "_id": 1 }, &["title", "recipient"], below)
    });
    let (nations, pages) = try_join(
        reader.by_ids(&reader.nations, givers.clone(), &["name"]),
        try_join_all(pages),
    )
    .await?;
    let mut given: HashMap<&str, Vec<Gift<'_>>> = HashMap::new();
    for (giver, page) in givers.iter().zip(&pages) {
        let mut rows = page.read::<Gift<'_>>()?;
        rows.truncate(below);
        given.insert(giver, rows);
    }
    let recipients = given.values().flatten().map(|gift| gift.recipient).collect();
    let recipients = reader.by_ids(&reader.nations, recipients, &["name"]).await?;
    let (nations, recipients) = (nations.by_id::<Nation<'_>>()?, recipients.by_id::<Nation<'_>>()?);
    let mut nodes = Vec::new();
    for gift in &gifts {
        let mut below = Vec::new();
        for row in of(&given, gift.giver)? {
            below.push(Given {
                id: row.id,
                title: row.title,
                recipient: of(&recipients, row.recipient)?,
            });
        }
        let Nation { id, name, .. } = of(&nations, gift.giver)?;
        let gifts_given = Nodes { nodes: below };
        let giver = Giver { id, name, gifts_given };
        nodes.push(Top { id: gift.id, giver });
    }
    answer("gifts", Nodes { nodes })
}

/// The latest gifts that may lie in a span, from givers of a region.
pub async fn filter(reader: &Reader, span: &str, region: &str) -> Result<Vec<u8>, Failure> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: &'a str,
        title: &'a str,
        date: Option<Edtf<'a>>,
        giver: From<'a>,
        recipient: To<'a>,
    }
    #[derive(Serialize)]
    struct From<'a> {
        name: &'a str,
        region: Option<&'a str>,
    }
    #[derive(Serialize)]
    struct To<'a> {
        name: &'a str,
    }
    let first = 20;
    let bounds = span.parse::<date::Edtf>()?.bounds();
    let moment = |day: Option<Day>| day.map(|day| DateTime::from_millis(day.to_millis()));
    let givers = reader.nations_of(region).await?;
    let givers: Vec<&str> = givers.read::<Nation<'_>>()?.iter().map(|nation| nation.id).collect();
    let filter = doc! {
        "giver": { "$in": givers },
        "date.earliest": { "$not": { "$gt": moment(bounds.latest) } },
        "date.latest": { "$not": { "$lt": moment(bounds.earliest) } },
    };
    let fields = ["title", "date", "giver", "recipient"];
    let sort = doc! { "date.earliest": -1, "_id": -1 };
    let found = reader.page(filter, sort, &fields, first).await?;
    let mut gifts = found.read::<Gift<'_>>()?;
    gifts.truncate(first);
    let ends = gifts.iter().flat_map(|gift| [gift.giver, gift.recipient]).collect();
    let nations = reader.by_ids(&reader.nations, ends, &["name", "region"]).await?;
    let nations = nations.by_id::<Nation<'_>>()?;
    let mut nodes = Vec::new();
    for gift in &gifts {
        let (giver, recipient) = (of(&nations, gift.giver)?, of(&nations, gift.recipient)?);
        nodes.push(Row {
            id: gift.id,
            title: gift.title,
            date: gift.date.map(Edtf::from),
            giver: From {
                name: giver.name,
                region: giver.region,
            },
            recipient: To { name: recipient.name },
        });
    }
    answer("gifts", Nodes { nodes })
}
