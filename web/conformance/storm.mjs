// Good clients in a storm of hostile ones: `node storm.mjs http://127.0.0.1:8080 --connections 500 --seconds 60`.
//
// First the good clients alone, then the same ones, at the same pace, with hostile ones up to that many connections.
// Prints a table, then a JSON line {alone, storm, ratio, hostile}; times are in milliseconds. The exit status is 1 when a
// good request failed, or when the 99th percentile of the good ones is more than 5 times that of the quiet run.
//
// The good clients live in a thread of their own, so that what the hostile ones do in this process does not count as
// latency. Each asks one question after the other and pauses between: the load that they offer is fixed.

import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import http from 'node:http';
import net from 'node:net';

const GOOD = 20;
const PAUSE_MS = 100;
const RATIO = 5;
// How long a good client waits for an answer before it counts as failed.
const PATIENCE_MS = 15_000;

const QUESTIONS = [
  { query: '{ __typename }' },
  { query: '{ gift(by: { slug: "ru-kp-2024" }) { title total { text } giver { name } } }' },
  { query: '{ gifts(first: 5) { totalCount nodes { title mode } } }' },
  { query: 'query ($code: String!) { nation(by: { isoAlpha2: $code }) { name giftsGiven(first: 3) { nodes { title } } } }', variables: { code: 'KP' } },
];

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// --- The good clients: this part runs in the thread.

function ask(agent, url, question) {
  const body = JSON.stringify(question);
  const options = {
    agent,
    method: 'POST',
    timeout: PATIENCE_MS,
    headers: { 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(body) },
  };
  return new Promise((resolve) => {
    const request = http.request(url, options, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', (error) => resolve(`the answer broke off: ${error.message}`));
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        let answer;
        try {
          answer = JSON.parse(text);
        } catch {
          answer = {};
        }
        const good = response.statusCode === 200 && answer.data && !answer.errors;
        resolve(good ? undefined : `${response.statusCode}: ${text.slice(0, 200)}`);
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    request.on('error', (error) => resolve(error.message));
    request.end(body);
  });
}

// The good clients come from another address than the hostile ones, where this machine has another: the server gives each
// address its share of what may be under way at once.
function localAddress({ hostname }) {
  return process.platform === 'linux' && hostname === '127.0.0.1' ? '127.0.0.2' : undefined;
}

async function goodClients({ url, seconds }) {
  const until = performance.now() + seconds * 1000;
  const took = [];
  const failures = {};
  const client = async (number) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1, localAddress: localAddress(new URL(url)) });
    // Not all at the same moment.
    await sleep((number * PAUSE_MS) / GOOD);
    for (let turn = number; performance.now() < until; turn += 1) {
      const began = performance.now();
      const failure = await ask(agent, url, QUESTIONS[turn % QUESTIONS.length]);
      took.push(performance.now() - began);
      if (failure) failures[failure] = (failures[failure] ?? 0) + 1;
      await sleep(PAUSE_MS);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: GOOD }, (_, number) => client(number)));
  return { took, failures };
}

// --- The hostile clients.

const chain = (links, spreads) => {
  const link = (index) =>
    `fragment F${index} on Query{${index + 1 < links ? `...F${index + 1} `.repeat(spreads) : '__typename'}}`;
  return `{...F0}${Array.from({ length: links }, (_, index) => link(index)).join('')}`;
};

const post = (document) => {
  const body = JSON.stringify({ query: document });
  return `POST /graphql HTTP/1.1\r\nHost: storm\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const head = (length) => `POST /graphql HTTP/1.1\r\nHost: storm\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

// No more of anything than the server refuses by default: what is measured is how many there are. Each is what is sent, what follows drop by drop, and after how long the client leaves; without one it waits for the end
// of the connection, a second at most.
const HOSTILE = [
  { name: 'nested braces', send: post('{a'.repeat(66)) },
  { name: 'nested lists', send: post(`{gifts(first:${'['.repeat(66)}1${']'.repeat(66)}){totalCount}}`) },
  { name: 'fragments that expand to too much', send: post(chain(11, 2)) },
  { name: '101 aliases', send: post(`{${Array.from({ length: 101 }, (_, index) => `a${index}:__typename`).join(' ')}}`) },
  { name: '60 fields of the root', send: post(`{${'gifts{totalCount}'.repeat(60)}}`) },
  { name: 'pages of pages', send: post('{nations(first:200){nodes{giftsGiven(first:200){nodes{recipient{giftsReceived(first:200){nodes{id}}}}}}}}') },
  { name: 'a dear question that is accepted', send: post('{gifts(first:100){totalCount nodes{title giver{name} recipient{name} items{animal{commonName}}}}}') },
  { name: 'a dear question, and gone', send: post('{gifts(first:100){totalCount nodes{title claims(first:5){nodes{statement}}}}}'), leave: 5 },
  { name: 'introspection, not read', send: post('{__schema{types{name description fields{name description}}}}').repeat(10), deaf: true, leave: 1_000 },
  { name: 'an export, not read', send: 'GET /export/claims.ndjson HTTP/1.1\r\nHost: storm\r\n\r\n', deaf: true, leave: 5_000 },
  { name: 'most of a large body', send: head(250_000) + ' '.repeat(240_000), leave: 5_000 },
  { name: 'garbage', send: Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 7_919) % 256)) },
  { name: 'a body that is too large', send: head(1_000_000) + ' '.repeat(300_000) },
  { name: 'a body that drips', send: head(10_000), drop: ' ', every: 200, leave: 5_000 },
  { name: 'half a head', send: 'POST /graphql HTTP/1.1\r\nHost: storm\r\nX-', leave: 5_000 },
  { name: 'half a body', send: `${head(100)}{"query":`, leave: 5_000 },
  { name: 'nothing at all', send: '', leave: 5_000 },
  { name: 'connected, and gone', send: '', leave: 1 },
];

function attack({ port, hostname }, { send, drop, every, leave = 1_000, deaf }) {
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname);
    const timers = [setTimeout(() => socket.destroy(), leave)];
    if (drop) timers.push(setInterval(() => socket.write(drop), every));
    socket.on('connect', () => {
      socket.write(send);
      if (!deaf) socket.once('data', () => socket.destroy()).resume();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      timers.forEach(clearTimeout);
      resolve();
    });
  });
}

async function hostileClients(url, count, seconds) {
  const until = performance.now() + seconds * 1000;
  let attacks = 0;
  const client = async (number) => {
    for (let turn = number; performance.now() < until; turn += 1) {
      await attack(url, HOSTILE[turn % HOSTILE.length]);
      attacks += 1;
      await sleep(1_000);
    }
  };
  await Promise.all(
    Array.from({ length: count }, async (_, number) => {
      // Spread over the first second.
      await sleep((number * 1_000) / count);
      await client(number);
    }),
  );
  return attacks;
}

// --- Both together.

function inThread(url, seconds) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { url: String(url), seconds } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

const round = (number) => Math.round(number * 100) / 100;

function summary({ took, failures }) {
  took.sort((one, other) => one - other);
  const percentile = (part) => round(took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? NaN);
  const failed = Object.values(failures).reduce((sum, times) => sum + times, 0);
  return { requests: took.length, failed, p50: percentile(0.5), p99: percentile(0.99), max: percentile(1), failures };
}

function options([address, ...rest]) {
  const found = { connections: 500, seconds: 60 };
  for (let index = 0; index < rest.length; index += 2) {
    const name = rest[index].replace(/^--/, '');
    const value = Number(rest[index + 1]);
    if (!(name in found) || !Number.isInteger(value) || value < 1) address = undefined;
    found[name] = value;
  }
  if (!address || !URL.canParse(address) || found.connections <= GOOD) {
    console.error(
      `usage: node storm.mjs ADDRESS [--connections N] [--seconds N]; accepted is an http:// address and more than ${GOOD} connections`,
    );
    process.exit(2);
  }
  return { url: new URL('/graphql', address), ...found };
}

async function main() {
  const { url, connections, seconds } = options(process.argv.slice(2));
  // What is read or compiled once is not what is measured.
  await inThread(url, 2);
  const alone = summary(await inThread(url, Math.min(seconds, 30)));
  const [good, attacks] = await Promise.all([inThread(url, seconds), hostileClients(url, connections - GOOD, seconds)]);
  const storm = summary(good);
  const ratio = round(storm.p99 / alone.p99);

  console.log(`${GOOD} good connections, ${connections - GOOD} hostile ones, ${seconds} s, ${attacks} attacks`);
  console.table({ alone: { ...alone, failures: undefined }, storm: { ...storm, failures: undefined } }, [
    'requests',
    'failed',
    'p50',
    'p99',
    'max',
  ]);
  console.log(JSON.stringify({ alone, storm, ratio, attacks }));
  const held = alone.failed === 0 && storm.failed === 0 && ratio <= RATIO;
  console.log(held ? `held: p99 is ${ratio} times that of the quiet run` : `not held: ${storm.failed} failed, p99 is ${ratio} times that of the quiet run`);
  process.exit(held ? 0 : 1);
}

if (isMainThread) await main();
else parentPort.postMessage(await goodClients(workerData));
