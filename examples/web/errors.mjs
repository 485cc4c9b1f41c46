// Each kind of error once, and what a program does next: `node errors.mjs ADDRESS`, a line of JSON. Programs look at
// `extensions.code`, people at the message; docs/ERRORS.md lists the codes.

import { ask } from './ask.mjs';
import { refusing } from './gate.mjs';

const address = process.argv[2].replace(/\/$/, '');

/** What a program does next. */
function next({ errors: [error], retryAfter }) {
  switch (error?.extensions.code) {
    case undefined:
      return 'use the data';
    case 'RATE_LIMITED':
    case 'UNAVAILABLE':
    case 'NO_FEED':
      return `ask again in ${retryAfter} s`;
    case 'UNCONFIRMED':
      return 'send it again with the same idempotencyKey';
    case 'CURSOR_EXPIRED':
    case 'CHANGES_LOST':
      return 'begin afresh: ask for changesCursor and the data, then subscribe';
    case 'CONFLICT':
      return 'read it again, and repeat the change';
    case 'UNAUTHENTICATED':
      return 'get a new token';
    case 'FORBIDDEN':
      return 'use a token that may do more';
    case 'LIMIT_EXCEEDED':
    case 'TIMEOUT': {
      const { name, limit } = error.extensions;
      return `ask for less${limit === undefined ? '' : `: ${name} is at most ${limit}`}`;
    }
    case 'PERSISTED_QUERY_NOT_FOUND':
    case 'PERSISTED_QUERY_NOT_SUPPORTED':
      return 'send the whole document';
    case 'INTERNAL':
      return 'report it';
    default:
      // GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, BAD_USER_INPUT: asking again gives the same.
      return 'correct the request';
  }
}

// A server that has no time is hard to come by: see gate.mjs.
const busy = await refusing(address, { status: 503, times: 1 });
const spent = await refusing(address, { status: 429, times: 1 });
const GIFT = '{ gift(slug: "ru-kp-2024") { slug } }';
const ANSWERS = {
  good: await ask(address, GIFT),
  parse: await ask(address, '{ gift('),
  validation: await ask(address, '{ nothing }'),
  variable: await ask(address, 'query ($first: Int) { gifts(first: $first) { totalCount } }', { first: 'many' }),
  'in part': await ask(address, '{ good: gift(slug: "ru-kp-2024") { slug } gifts(after: "no cursor") { totalCount } }'),
  limit: await ask(address, '{ gifts(first: 100000) { nodes { slug } } }'),
  token: await ask(address, GIFT, {}, { authorization: 'Bearer nonsense' }),
  write: await ask(address, 'mutation { deleteGift(input: { id: "gift_ru-kp-2024" }) { deletedId } }'),
  spent: await ask(spent.address, GIFT),
  busy: await ask(busy.address, GIFT),
};
const kinds = Object.entries(ANSWERS).map(([kind, answer]) => [
  kind,
  { status: answer.status, code: answer.errors[0]?.extensions.code, path: answer.errors[0]?.path, next: next(answer) },
]);
console.log(JSON.stringify(Object.fromEntries(kinds)));
process.exit();
