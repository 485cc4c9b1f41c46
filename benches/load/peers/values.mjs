// What the stored values mean: days, counts in words, spans of years, groups as entries. Pure.

/** A stored day as ISO 8601; years of four digits only. */
export const day = (moment) => (moment ? moment.toISOString().slice(0, 10) : null);

/** The bounds of a count in words. */
export function text({ min = null, max = null }) {
  if (min === null) return max === null ? "unknown" : `at most ${max}`;
  if (max === null) return `${min} or more`;
  return min === max ? `${min}` : `${min} to ${max}`;
}

/** The first and last day of years: `1980`, or `1980/1989`. */
export function spanOf(edtf) {
  const [, from, to = from] = /^(\d{4})(?:\/(\d{4}))?$/.exec(edtf) ?? [];
  if (!from) throw new RangeError(`${edtf} is no span of years`);
  return { earliest: new Date(`${from}-01-01`), latest: new Date(`${to}-12-31`) };
}

/** A word of a vocabulary as people write it. */
export const words = (word) => word.toLowerCase().replaceAll("_", " ");

const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
const value = (group) => ({ kind: "VALUE", others: 0, ...group });

function withRest(shown, apart, rest) {
  const list = [...shown.map(value), ...apart];
  if (rest.length) {
    const gifts = rest.reduce((sum, group) => sum + group.gifts, 0);
    const label = rest.length === 1 ? "1 other" : `${rest.length} others`;
    list.push({ kind: "OTHERS", label, gifts, others: rest.length });
  }
  return list;
}

/** Groups with keys and labels as a list: most gifts first, then by label; behind `first` the rest is summed up. */
export function entries(groups, first) {
  groups.sort(
    (one, other) => other.gifts - one.gifts || compare(one.label, other.label) || compare(one.key, other.key),
  );
  return withRest(groups.slice(0, first), [], groups.slice(first));
}

/** Groups by the years in which dates begin and end, as decades. */
export function decades(groups, first) {
  const buckets = new Map();
  const add = (decade, gifts) => buckets.set(decade, (buckets.get(decade) ?? 0) + gifts);
  const decade = (year) => (year === null || year === undefined ? null : Math.floor(year / 10) * 10);
  let [spanning, missing] = [0, 0];
  for (const { _id, gifts } of groups) {
    const [from, to] = [decade(_id.from), decade(_id.to)];
    if (!_id.dated) missing += gifts;
    else if (from !== null && from === to) add(from, gifts);
    else {
      spanning += gifts;
      for (const end of [from, to]) if (end !== null) add(end, 0);
    }
  }
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  const listed = sorted.map(([year, gifts]) => ({ label: `${year}s`, year, gifts }));
  const apart = [
    { kind: "SPANNING", label: "no certain decade", gifts: spanning },
    { kind: "MISSING", label: "no date", gifts: missing },
  ];
  return withRest(
    listed.slice(0, first),
    apart.filter(({ gifts }) => gifts > 0),
    listed.slice(first),
  );
}
