// One request to the API: POST to /graphql on the server that sent the page. A subscription's answer is a stream of
// events, which lasts until it is complete, breaks off, or is stopped (subscription.ts).

import type { GraphiQLProps } from 'graphiql';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { at } from '../base.ts';
import { failure, resultOf, said } from './answer.ts';
import { followed, forget } from './subscription.ts';

type Fetcher = GraphiQLProps['fetcher'];
type Params = Parameters<Fetcher>[0];
type Result = Extract<Awaited<ReturnType<Fetcher>>, { data?: unknown }>;

/** Whether the server is asked to tell what each request costs; the bar has the switch. */
export const cost = { isAsked: false };

/** Sends the operation; the headers of GraphiQL's header editor win over the page's own. */
export const fetcher: Fetcher = async (params, options) => {
  const asked = current(params);
  const subscribes = isSubscription(asked);
  const headers = new Headers({
    accept: subscribes ? 'text/event-stream' : 'application/graphql-response+json, application/json;q=0.9',
    'content-type': 'application/json',
  });
  if (cost.isAsked) headers.set('x-menagerie-cost', '1');
  for (const [name, value] of Object.entries(options?.headers ?? {})) {
    try {
      headers.set(name, String(value));
    } catch (error) {
      throw failure(`The request header ${JSON.stringify(name)} cannot be sent: ${said(error)}`);
    }
  }
  if (params.operationName !== 'IntrospectionQuery') forget();

  const leaving = new AbortController();
  let response: Response;
  try {
    const body = JSON.stringify(asked);
    response = await fetch(at('/graphql'), { method: 'POST', headers, body, signal: leaving.signal });
  } catch (error) {
    throw failure(`The server cannot be reached: ${said(error)}. Is it running?`);
  }
  // What is wrong with the request itself is told by JSON.
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream');
  if (streams && response.ok && response.body) return followed(response.body, leaving) as AsyncIterable<Result>;
  return resultOf<Result>(response);
};

/**
 * What is asked for now: GraphiQL reads the operation's name a moment after the text has changed, so that who types fast
 * would send the name that the text had before.
 */
function current(params: Params): Params {
  try {
    const { definitions } = parse(params.query);
    const isThere = definitions.some(
      (one) => one.kind === Kind.OPERATION_DEFINITION && one.name?.value === params.operationName,
    );
    return isThere ? params : { ...params, operationName: null };
  } catch {
    // The server says what is wrong with the text.
    return params;
  }
}

/** Whether a subscription is asked for: the operation of this name, or the only one. */
function isSubscription({ query, operationName }: Params): boolean {
  try {
    const operations = parse(query).definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
    const asked = operations.find((one) => one.name?.value === operationName) ?? operations[0];
    return asked?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    return false;
  }
}
