// One question to the API and its answer. GET, so that the browser's cache can ask whether anything has changed
// (`ETag`); POST where the address would become too long for servers and proxies in between.

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import { at } from '../../base.ts';
import type { Texts } from '../texts/en.ts';
import { credentials } from './token.ts';

/** The longest address that is asked for by GET, in characters. */
const LONGEST_ADDRESS = 7_500;

/** Why there is no answer. */
export class Failure extends Error {
  /** `code` as in the API's errors, with its message for the reader, in English. */
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Why there is no answer, where the server says nothing: the page has the words. */
export class OwnFailure extends Failure {
  constructor(readonly reason: keyof Texts['states']['reasons']) {
    super(reason, reason);
  }
}

/** What went wrong, as a failure. */
export const failureOf = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure(String(error), 'UNKNOWN');

/** The answer, and a text that is the same for the same data: fields may come in any order. */
export interface Answered<Answer> {
  data: Answer;
  text: string;
}

/**
 * What an answer without errors holds: a field that may fail is null only beside an error, and then there is no answer. A
 * single document may be missing all the same.
 */
export type Whole<Answer> = {
  [Field in keyof Answer]: Field extends 'gift' ? Answer[Field] : NonNullable<Answer[Field]>;
};

interface Envelope<Answer> {
  data?: Answer | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** Asks the API of the server that sent the page; fails with a `Failure`, or with the signal's reason. */
export async function ask<Answer, Variables>(
  operation: string & DocumentTypeDecoration<Answer, Variables>,
  variables: Variables,
  signal: AbortSignal,
): Promise<Answered<Whole<Answer>>> {
  const text = await send(operation, variables, signal);
  let envelope: Envelope<Whole<Answer>>;
  try {
    envelope = JSON.parse(text) as Envelope<Whole<Answer>>;
  } catch {
    throw new OwnFailure('NO_JSON');
  }
  const [error] = envelope.errors ?? [];
  if (error) throw new Failure(error.message, error.extensions?.code ?? 'UNKNOWN');
  if (!envelope.data) throw new OwnFailure('NO_DATA');
  return answered(envelope.data);
}

/** Data as an answer. */
export function answered<Answer>(data: Answer): Answered<Answer> {
  return { data, text: JSON.stringify(data, inOrder) };
}

function inOrder(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function send(query: string, variables: unknown, signal: AbortSignal): Promise<string> {
  const address = at(`/graphql?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`);
  const accept = 'application/graphql-response+json, application/json;q=0.9';
  try {
    const response =
      address.length <= LONGEST_ADDRESS && !query.startsWith('mutation')
        ? await fetch(address, { headers: { accept, ...credentials() }, cache: 'no-cache', signal })
        : await fetch(at('/graphql'), {
            method: 'POST',
            headers: { accept, 'content-type': 'application/json', ...credentials() },
            body: JSON.stringify({ query, variables }),
            signal,
          });
    return await response.text();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new OwnFailure('UNREACHABLE');
  }
}
