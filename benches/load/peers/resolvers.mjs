// The schema, resolvers and data loaders that all peers share, so that the comparison is one of the servers.
//
// Written as a good user of them would: the mongodb driver, relations through `dataloader` with one batch of each kind
// per request, whole documents but for the searchable words, statistics by `$group`. Only what is measured is there.

import { readFileSync } from "node:fs";
import DataLoader from "dataloader";
import { MongoClient } from "mongodb";
import { day, decades, entries, spanOf, text, words } from "./values.mjs";

/** The project's own schema. */
export const typeDefs = readFileSync(new URL("../../../schema/schema.graphql", import.meta.url), "utf8");

const client = new MongoClient(process.env.MONGODB_URI);
const db = client.db(process.env.MONGODB_DATABASE);
const gifts = db.collection("gifts");
const nations = db.collection("nations");
const projection = { words: 0 };

/** Connects before the first request comes. */
export const connect = () => client.connect();

function byId(name) {
  return new DataLoader(async (ids) => {
    const found = await db.collection(name).find({ _id: { $in: ids } }, { projection }).toArray();
    const documents = new Map(found.map((document) => [document._id, document]));
    return ids.map((id) => documents.get(id) ?? null);
  });
}

async function page(filter, sort, first) {
  const rows = await gifts.find(filter, { projection, sort, limit: first + 1 }).toArray();
  return { nodes: rows.slice(0, first), hasNextPage: rows.length > first };
}

/** What a request has of its own. */
export function context() {
  return {
    nations: byId("nations"),
    animals: byId("animals"),
    events: byId("events"),
    given: new DataLoader(
      (keys) => Promise.all(keys.map(({ giver, first }) => page({ giver }, { _id: 1 }, first))),
      { cacheKeyFn: ({ giver, first }) => `${giver} ${first}` },
    ),
  };
}

async function giftFilter(where) {
  const filter = {};
  if (where?.date?.overlaps) {
    const { earliest, latest } = spanOf(where.date.overlaps);
    // Not ruled out: a date that is open or unknown at an end may lie in the span.
    filter["date.earliest"] = { $not: { $gt: latest } };
    filter["date.latest"] = { $not: { $lt: earliest } };
  }
  if (where?.giver?.region?.eq) {
    const found = await nations.find({ region: where.giver.region.eq }, { projection: { _id: 1 } }).toArray();
    filter.giver = { $in: found.map(({ _id }) => _id) };
  }
  return filter;
}

const ORDERS = { ID: "_id", DATE: "date.earliest" };

function sortOf(orderBy) {
  const [order] = orderBy ?? [];
  const direction = order?.direction === "DESC" ? -1 : 1;
  const field = ORDERS[order?.field ?? "ID"];
  return field === "_id" ? { _id: direction } : { [field]: direction, _id: direction };
}

const id = ({ _id }) => _id;
const group = (key) => gifts.aggregate([{ $group: { _id: key, gifts: { $sum: 1 } } }], { batchSize: 10_000 }).toArray();

/** The resolvers of what is measured. */
export const resolvers = {
  Query: {
    gift: (_, { id }) => gifts.findOne({ _id: id }, { projection }),
    gifts: async (_, { first, where, orderBy }) => page(await giftFilter(where), sortOf(orderBy), first ?? 20),
    giftStats: () => ({}),
  },
  Node: { __resolveType: ({ _id }) => _id[0].toUpperCase() + _id.slice(1, _id.indexOf("_")) },
  Gift: {
    id,
    giver: ({ giver }, _, { nations }) => nations.load(giver),
    recipient: ({ recipient }, _, { nations }) => nations.load(recipient),
    event: ({ event }, _, { events }) => (event ? events.load(event) : null),
  },
  GiftItem: { animal: ({ animal }, _, { animals }) => animals.load(animal) },
  GiftConnection: {
    pageInfo: ({ nodes, hasNextPage }) => ({ nodes, hasNextPage }),
  },
  PageInfo: {
    // Of the order by id, the only one whose cursors are measured.
    endCursor: ({ nodes }) =>
      nodes.length ? Buffer.from(JSON.stringify(["+_id", [nodes.at(-1)._id]])).toString("base64url") : null,
  },
  Nation: {
    id,
    giftsGiven: ({ _id }, { first }, { given }) => given.load({ giver: _id, first: first ?? 20 }),
  },
  Animal: { id },
  Event: { id },
  Count: { text },
  PartialDate: {
    earliest: ({ earliest }) => day(earliest),
    latest: ({ latest }) => day(latest),
  },
  GiftStats: {
    gifts: () => gifts.countDocuments(),
    byGiver: async (_, { first }, { nations }) => {
      const groups = await group("$giver");
      const named = await nations.loadMany(groups.map(id));
      const labelled = groups.map(({ _id, gifts }, index) => ({ key: _id, label: named[index].name, gifts }));
      return entries(labelled, first ?? 20).map((entry) => ({ ...entry, nation: entry.key ?? null }));
    },
    byDecade: async (_, { first }) => {
      const year = (path) => ({ $cond: [{ $gt: [path, null] }, { $year: path }, null] });
      return decades(
        await group({
          dated: { $gt: ["$date.edtf", null] },
          from: year("$date.earliest"),
          to: year("$date.latest"),
        }),
        first ?? 20,
      );
    },
    byStatus: async () => {
      const groups = await group("$status");
      const labelled = groups.map(({ _id, gifts }) => ({ key: _id, label: words(_id), gifts }));
      return entries(labelled, Infinity).map((entry) => ({ ...entry, status: entry.key }));
    },
  },
  GiftsByNation: { nation: ({ nation }, _, { nations }) => (nation ? nations.load(nation) : null) },
};
