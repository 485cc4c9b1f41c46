// The languages of the dashboard: each has all texts with all their places, plural forms, numbers and dates by `Intl`, and
// which language a reader gets. That no text is missing or one too many, the type checker says.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

// One server for all modules: the language that is spoken is one for all of them.
const vite = await createServer({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
after(() => vite.close());
const load = (name) => vite.ssrLoadModule(`/src/dashboard/${name}.ts`);

const { CODES, LANGUAGES, wanted } = await load('languages');
const { current, speak } = await load('data/language');
const { bounds, dateInWords, dayInWords, number, spanInWords, bucketInWords, years } = await load('data/format');
const { withLanguage } = await load('data/address');
const { shortest, nameOf } = await load('data/names');
const { placeOf } = await load('gift/evidence');

const languages = new Map(
  await Promise.all(CODES.map(async (code) => [code, await LANGUAGES[code].load()])),
);
const english = languages.get('en');
const others = CODES.filter((code) => code !== 'en');

const use = (code, names = new Map()) => speak({ ...languages.get(code), code, names });

/** What functions of texts are called with: each can be found again in what they give. */
const GIVEN = ['2', '3', '4'];

/** All texts by their path: what is fixed, and what a function makes of the first counts. */
function flat(texts, path = '') {
  return Object.entries(texts).flatMap(([name, text]) => {
    const here = path ? `${path}.${name}` : name;
    if (typeof text === 'object') return flat(text, here);
    return [[here, typeof text === 'function' ? text(...GIVEN.slice(0, text.length)) : text]];
  });
}

/** The places of a text, and which of the given values are in it. */
const places = (text) => [
  ...[...text.matchAll(/\{(\w+)[|}]/g)].map(([, name]) => name),
  ...GIVEN.filter((value) => text.includes(value)),
];

/** What is no word of a language. */
const NO_WORDS = new Set(['gift.date.edtf']);

test('no text of any language is empty', () => {
  for (const { texts } of languages.values()) {
    for (const [path, text] of flat(texts)) assert.match(text, /\S/, path);
  }
});

for (const code of others) {
  const texts = new Map(flat(languages.get(code).texts));

  test(`the texts of ${code} have the places and values of the English ones`, () => {
    const all = flat(english.texts);
    assert.deepEqual([...texts.keys()].sort(), all.map(([path]) => path).sort());
    for (const [path, text] of all) {
      if (path === 'overview.filters.dateHint') continue;
      assert.deepEqual(places(texts.get(path)).sort(), places(text).sort(), `${path}: ${texts.get(path)}`);
    }
  });

  test(`no text of ${code} was left in English`, () => {
    for (const [path, text] of flat(english.texts)) {
      const words = text.replace(/\{\w+[|}]/g, '');
      if (/\p{L}/u.test(words) && !NO_WORDS.has(path)) assert.notEqual(texts.get(path), text, path);
    }
  });
}

test('Russian has its plural forms', () => {
  const { gifts } = languages.get('ru').texts.figures;
  const told = [0, 1, 2, 5, 11, 21, 22, 25, 101].map(gifts);
  assert.deepEqual(told, [
    '0 подарков',
    '1 подарок',
    '2 подарка',
    '5 подарков',
    '11 подарков',
    '21 подарок',
    '22 подарка',
    '25 подарков',
    '101 подарок',
  ]);
  // A text without a form has that of the last one.
  assert.equal(gifts(1.5), '1,5 подарков');
});

test('English has its plural forms', () => {
  const { gifts } = english.texts.figures;
  assert.deepEqual([0, 1, 2, 11, 21, 1204].map(gifts), ['0 gifts', '1 gift', '2 gifts', '11 gifts', '21 gifts', '1,204 gifts']);
});

test('counts are told with their bounds in each language', () => {
  const all = [
    { min: 1204, max: null },
    { min: 2, max: 25 },
    { min: null, max: 5 },
    { min: null, max: null },
    { min: 40, max: 40, approximate: true },
    { min: 40, max: null, approximate: true },
  ];
  use('en');
  assert.equal(number(12345.5), '12,345.5');
  assert.deepEqual(all.map(bounds), ['1,204 or more', '2 to 25', 'up to 5', 'unknown', 'about 40', 'about 40 or more']);
  use('ru');
  assert.equal(number(12345.5), '12\u00a0345,5');
  assert.deepEqual(all.map(bounds), [
    '1\u00a0204 или больше',
    'от 2 до 25',
    'до 5',
    'неизвестно',
    'около 40',
    'около 40 или больше',
  ]);
});

test('dates that are exact are told by the language, and others in the words of the API', () => {
  const date = (edtf, text, calendar = 'GREGORIAN') => dateInWords({ edtf, text, calendar });
  use('ru');
  assert.deepEqual(date('2024-11-20', '20 November 2024'), { text: '20 ноября 2024 г.' });
  assert.deepEqual(date('2024-01-01', '1 January 2024'), { text: '1 января 2024 г.' });
  assert.deepEqual(date('2024-11', 'November 2024'), { text: 'ноябрь 2024 г.' });
  assert.deepEqual(date('0802', '802'), { text: '802' });
  assert.deepEqual(date('0802-07-20', '20 July 802'), { text: '20 июля 802 г.' });
  assert.deepEqual(date('0044', '44'), { text: '44' });
  assert.deepEqual(date('-0043', '44 BC'), { text: '44 г. до н. э.' });
  assert.deepEqual(date('-0043-03-15', '15 March 44 BC'), { text: '15 марта 44 г. до н. э.' });
  for (const [edtf, text] of [
    ['1965/', '1965, until an unknown time'],
    ['1972~', 'about 1972'],
    ['197X', '1970s'],
    ['2001-21', 'spring 2001'],
  ]) {
    assert.deepEqual(date(edtf, text), { text, lang: 'en' }, edtf);
  }
  assert.equal(date('1515-05-20', '20 May 1515 (Julian calendar)', 'JULIAN').lang, 'en');
  use('en');
  assert.deepEqual(date('2024-11-20', '20 November 2024'), { text: '20 November 2024' });
  assert.deepEqual(date('1965/', '1965, until an unknown time'), { text: '1965, until an unknown time' });
});

test('days and years are those of the calendar, early and before the year 1 too', () => {
  use('en');
  assert.deepEqual(
    ['2024-11-20', '0802-01-01', '-000043-03-15', '0000-12-31', '+012000-01-01'].map(dayInWords),
    ['20 November 2024', '1 January 802', '15 March 44 BC', '31 December 1 BC', '1 January 12000'],
  );
  assert.equal(years('-000043-01-01', '0012-12-31'), '44 BC–12');
  use('ru');
  assert.equal(dayInWords('0802-01-01'), '1 января 802 г.');
  assert.equal(years('1957-01-01', '1959-12-31'), '1957–1959');
  assert.equal(years('1965-01-01', null), 'с 1965');
  assert.equal(years(null, null), 'не все даты известны');
  assert.equal(bucketInWords(1970, 'decade'), '1970-е');
  assert.equal(bucketInWords(802, 'year'), '802');
  assert.equal(spanInWords(1010, '1509-12-31', 'decade'), '1010-е – 1500-е');
  assert.equal(spanInWords(1970, '1979-12-31', 'decade'), '1970-е');
  assert.equal(spanInWords(-49, '1509-12-31', 'decade'), '50 г. до н. э. – 1500-е');
});

test('the place of a claim is told in the language', () => {
  use('ru');
  assert.equal(placeOf({ locator: { paragraph: 2, sentence: 2, lastSentence: 3 } }), 'абзац 2, предложения 2–3');
  use('en');
  assert.equal(placeOf({ locator: { paragraph: 2, sentence: 1, lastSentence: null } }), 'paragraph 2, sentence 1');
});

test('names are those of the language where the API has them', () => {
  const names = [
    { language: 'zh', name: '英国' },
    { language: 'ru', name: 'Соединенное Королевство' },
    { language: 'ru', name: 'Великобритания' },
  ];
  assert.equal(shortest(names, 'ru'), 'Великобритания');
  assert.equal(shortest([{ language: 'ru', name: 'слон' }], 'ru'), 'Слон');
  assert.equal(shortest(names, 'ko'), undefined);
  use('ru', new Map([['nations/china', 'Китай']]));
  assert.deepEqual(nameOf('nations', 'china', 'China'), { text: 'Китай' });
  assert.deepEqual(nameOf('animals', 'china', 'China'), { text: 'China', lang: 'en' });
  use('en');
  assert.deepEqual(nameOf('nations', 'china', 'China'), { text: 'China' });
  assert.equal(current().code, 'en');
});

test('the address decides on the language, then the choice, then the browser', () => {
  assert.equal(wanted('', null, []), 'en');
  assert.equal(wanted('', null, ['en-US', 'ru']), 'en');
  assert.equal(wanted('', null, ['uk', 'ru-RU', 'en']), 'ru');
  assert.equal(wanted('', 'en', ['ru']), 'en');
  assert.equal(wanted('?lang=ru', 'en', ['en']), 'ru');
  assert.equal(wanted('?giver=china&lang=RU-ru', null, []), 'ru');
  assert.equal(wanted('?lang=tlh', 'ru', ['ru']), 'en');
  assert.equal(wanted('', 'gone', ['ru']), 'ru');
});

test('the language of the address stays in links, and takes nothing away', () => {
  assert.equal(withLanguage('/?giver=china', ''), '/?giver=china');
  assert.equal(withLanguage('/', '?lang=ru&giver=china'), '/?lang=ru');
  assert.equal(withLanguage('/?giver=china#over-time', '?lang=ru'), '/?giver=china&lang=ru#over-time');
  assert.equal(withLanguage('/gifts/cn-kr', '?lang=ru'), '/gifts/cn-kr?lang=ru');
  assert.equal(withLanguage('/?lang=en&giver=china', '?lang=ru'), '/?giver=china&lang=ru');
  assert.equal(withLanguage('/?giver=china&lang=ru', ''), '/?giver=china');
});
