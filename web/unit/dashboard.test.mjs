// The dashboard's pure functions: filters and the address, counts as bars, dates in words, places on the time axis.
// `npm test` runs them; Vite reads the TypeScript.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

async function load(name) {
  const path = fileURLToPath(new URL(`../src/dashboard/${name}.ts`, import.meta.url));
  const { module } = await runnerImport(path, { configFile: false, logLevel: 'error' });
  return module;
}

const { changed, isFiltered, readView, writeView } = await load('data/address');
const { exportAddress, filterOf, isDateRefused, orderOf, pageOf } = await load('data/filters');
const { bounds, years } = await load('data/format');
const { drawn, scaleFor } = await load('data/ranges');
const { edtfOf, slots } = await load('data/slots');
const { addressOf, claimsOfTheWhole, contradictions, placeOf } = await load('gift/evidence');

test('a view survives the way through the address', () => {
  for (const address of [
    '',
    '?giver=china&recipient=japan',
    '?status=died-in-transit&mode=return-gift&certainty=speculation',
    '?text=white+%26+%22pandas%22&date=1957%2F1965&dates=certain',
    '?dates=unknown&by=family&period=year&sort=title&direction=asc',
    '?nation=north-korea&animal=giant-panda&after=abc',
    '?before=xyz',
  ]) {
    assert.equal(new URLSearchParams(writeView(readView(address))).toString(), new URLSearchParams(address).toString());
  }
});

test('what an address says that is not known is passed over', () => {
  assert.equal(writeView(readView('?status=eaten&by=colour&sort=ID&dates=&period=week&unknown=1')), '');
});

test('another filter begins at the first page of the table', () => {
  const view = changed(readView('?giver=china&after=abc'), { giver: 'russia' });
  assert.equal(writeView(view), '?giver=russia');
});

test('an order, a page and a grouping are no filters', () => {
  assert.equal(isFiltered(readView('?sort=title&after=abc&by=order&period=year')), false);
  assert.equal(isFiltered(readView('?dates=unknown')), true);
});

test('filters become those of the API', () => {
  assert.equal(filterOf(readView('')), undefined);
  assert.deepEqual(filterOf(readView('?giver=china&animal=giant-panda&family=Ursidae&status=died&text=zoo')), {
    text: 'zoo',
    giver: { slug: { eq: 'china' } },
    animal: { slug: { eq: 'giant-panda' }, family: { eq: 'Ursidae' } },
    status: { eq: 'DIED' },
  });
  assert.deepEqual(filterOf(readView('?nation=japan')), {
    or: [{ giver: { slug: { eq: 'japan' } } }, { recipient: { slug: { eq: 'japan' } } }],
  });
});

test('a gift without a date is in no span, and can be asked for', () => {
  assert.deepEqual(filterOf(readView('?date=197X')), { date: { overlaps: '197X', known: true } });
  assert.deepEqual(filterOf(readView('?date=197X&dates=certain')), { date: { within: '197X' } });
  assert.deepEqual(filterOf(readView('?dates=unknown')), { date: { known: false } });
});

test('order and page become those of the API', () => {
  assert.deepEqual(orderOf(readView('')), [{ field: 'DATE', direction: 'DESC' }]);
  assert.deepEqual(orderOf(readView('?sort=title&direction=asc')), [{ field: 'TITLE', direction: 'ASC' }]);
  assert.deepEqual(pageOf(readView('')), { first: 20 });
  assert.deepEqual(pageOf(readView('?after=a')), { first: 20, after: 'a' });
  assert.deepEqual(pageOf(readView('?before=b')), { last: 20, before: 'b' });
});

test('an export has the filters of the view', () => {
  assert.equal(exportAddress(readView(''), 'csv'), '/export/gifts.csv?bom=1');
  assert.equal(exportAddress(readView(''), 'ndjson'), '/export/gifts.ndjson');
  const where = new URL(exportAddress(readView('?mode=loan'), 'ndjson'), 'http://localhost').searchParams.get('where');
  assert.deepEqual(JSON.parse(where), { mode: { eq: 'LOAN' } });
});

test('only an error about the date belongs to its field', () => {
  assert.equal(isDateRefused('BAD_USER_INPUT', '`overlaps`: `19777x` is not accepted as a date'), true);
  assert.equal(isDateRefused('BAD_USER_INPUT', '`after`: not a cursor'), false);
  assert.equal(isDateRefused('LIMIT_EXCEEDED', '`within`: whatever'), false);
});

test('counts say their bounds, and nothing more', () => {
  assert.equal(bounds({ min: 1204, max: null }), '1,204 or more');
  assert.equal(bounds({ min: 2, max: 2 }), '2');
  assert.equal(bounds({ min: 2, max: 25 }), '2 to 25');
  assert.equal(bounds({ min: null, max: 5 }), 'up to 5');
  assert.equal(bounds({ min: null, max: null }), 'unknown');
  assert.equal(bounds({ min: 0, max: 0 }), '0');
  assert.equal(bounds({ min: 40, max: 40, approximate: true }), 'about 40');
});

test('a count is drawn from its least to its most, to the end of the scale where that is unknown', () => {
  const scale = scaleFor([
    { min: 1, max: 2 },
    { min: 447, max: null },
  ]);
  assert.deepEqual(scale.ticks, [1, 10, 100]);
  assert.equal(scale.place(0), 0);
  assert.ok(scale.place(447) < 1 && scale.place(447) > scale.place(100));
  assert.deepEqual(drawn({ min: 2, max: 2 }, scale), {
    least: scale.place(2),
    most: scale.place(2),
    isOpen: false,
    isExact: true,
  });
  assert.deepEqual(drawn({ min: 71, max: null }, scale), {
    least: scale.place(71),
    most: 1,
    isOpen: true,
    isExact: false,
  });
  assert.equal(drawn({ min: null, max: null }, scale).least, null);
});

test('years between two days are told as far as they are known', () => {
  assert.equal(years('0802-01-01', '0802-12-31'), '802');
  assert.equal(years('1957-01-01', '1959-12-31'), '1957–1959');
  assert.equal(years('1965-01-01', null), 'since 1965');
  assert.equal(years(null, null), 'not all dates are known');
});

test('the time axis has each decade, and one place for a long stretch of nothing', () => {
  const groups = [800, 1510, 1530, 1540].map((year) => ({ kind: 'VALUE', year, end: `${year + 9}-12-31`, label: `${year}s` }));
  assert.deepEqual(
    slots(groups, 10).map(({ kind, label }) => `${kind} ${label}`),
    ['group 800s', 'gap ⋯', 'group 1510s', 'empty 1520s', 'group 1530s', 'group 1540s'],
  );
  assert.deepEqual(slots([], 10), []);
  const run = { kind: 'RUN', year: -49, end: '1509-12-31', label: '-004X to 1500s' };
  assert.deepEqual(
    slots([run, ...groups.slice(1)], 10).map(({ kind, label }) => `${kind} ${label}`),
    ['group -004X to 1500s', 'group 1510s', 'empty 1520s', 'group 1530s', 'group 1540s'],
  );
});

test('a place on the time axis is an EDTF date to filter by', () => {
  const at = (year, end, kind = 'VALUE') => ({ kind, year, end, label: '' });
  assert.equal(edtfOf(at(1970, '1979-12-31'), 10), '197X');
  assert.equal(edtfOf(at(800, '0809-12-31'), 10), '080X');
  assert.equal(edtfOf(at(802, '0802-12-31'), 1), '0802');
  assert.equal(edtfOf(at(-49, '-000040-12-31'), 10), '-004X');
  assert.equal(edtfOf(at(-43, '-000043-12-31'), 1), '-0043');
  assert.equal(edtfOf(at(12000, '+012000-12-31'), 1), null);
  assert.equal(edtfOf(at(-43, '1938-12-31', 'RUN'), 1), '-0043/1938');
  assert.equal(edtfOf(at(null, null, 'SPANNING'), 1), null);
});

const claim = (id, about, conflicts = []) => ({
  id,
  about: about.map((one) => ({ id: one })),
  conflictsWith: conflicts.map((one) => ({ id: one })),
});

test('what hangs together by contradictions is one group', () => {
  const groups = (claims) => contradictions(claims).map((group) => group.map(({ id }) => id).sort().join());
  assert.deepEqual(groups([claim('a', [], ['b']), claim('b', [], ['a', 'c'])]), ['a,b,c']);
  const two = [claim('a', [], ['b']), claim('c', [], ['d']), claim('x', []), claim('b', [], ['a'])];
  assert.deepEqual(groups(two), ['c,d', 'a,b']);
  assert.deepEqual(groups([...two, claim('e', [], ['b', 'd'])]), ['a,b,c,d,e']);
});

test('claims about one of several animals stand at it, not at the whole', () => {
  const animals = ['lion', 'bear'].map((id) => ({ animal: { id } }));
  const nodes = [claim('a', ['gift', 'lion']), claim('b', ['gift']), claim('c', ['gift'])];
  const gift = { items: animals, claims: { nodes }, statusHistory: [{ claim: { id: 'c' } }] };
  const ids = (claims) => claims.map(({ id }) => id).join();
  assert.equal(ids(claimsOfTheWhole(gift)), 'b');
  assert.equal(ids(claimsOfTheWhole({ ...gift, items: animals.slice(0, 1) })), 'a,b,c');
  assert.equal(ids(claimsOfTheWhole({ ...gift, claims: { nodes: nodes.slice(0, 1) } })), 'a');
});

test('a claim leads to where it was read, if that is a page of the web', () => {
  const source = { url: 'https://example.org/source' };
  assert.equal(addressOf({ url: null, source }), 'https://example.org/source');
  assert.equal(addressOf({ url: 'http://example.org/page', source }), 'http://example.org/page');
  assert.equal(addressOf({ url: 'javascript:alert(1)', source }), null);
  assert.equal(placeOf({ locator: { paragraph: 2, sentence: 2, lastSentence: 3 } }), 'paragraph 2, sentences 2 to 3');
  assert.equal(placeOf({ locator: null }), null);
});
