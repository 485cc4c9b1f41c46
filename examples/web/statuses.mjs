// What clients make of the statuses of answers: each kind of answer, by each client with the media types that it asks for by itself.
// `node statuses.mjs ADDRESS`: a line of JSON for each client and kind.

import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { Client, fetchExchange } from '@urql/core';
import { GraphQLClient } from 'graphql-request';
import relay from 'relay-runtime';

const url = `${(process.argv[2] ?? 'http://127.0.0.1:8080').replace(/\/$/, '')}/graphql`;

const KINDS = {
  good: 'query Good { gift(by: { slug: "ru-kp-2024" }) { id slug } }',
  'in part': 'query InPart { node(id: "nonsense") { id } gift(by: { slug: "ru-kp-2024" }) { id slug } }',
  invalid: 'query Invalid { nothing }',
  'a variable of another type': 'query Typed($first: Int) { gifts(first: $first) { nodes { id } } }',
};
const VARIABLES = { 'a variable of another type': { first: 'many' } };

let status;
const watched = async (...request) => {
  const response = await fetch(...request);
  status = response.status;
  return response;
};

const CLIENTS = {
  async apollo(query, variables) {
    const link = new HttpLink({ uri: url, fetch: watched });
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const { data, error } = await client.query({ query: gql(query), variables, errorPolicy: 'all', fetchPolicy: 'no-cache' });
    if (error && !CombinedGraphQLErrors.is(error)) return { failed: error.message };
    return { data, codes: error?.errors.map(({ extensions }) => extensions?.code) };
  },
  async urql(query, variables) {
    const client = new Client({ url, exchanges: [fetchExchange], fetch: watched, preferGetMethod: false });
    const { data, error } = await client.query(query, variables).toPromise();
    if (error?.networkError) return { failed: error.networkError.message };
    return { data, codes: error?.graphQLErrors.map(({ extensions }) => extensions?.code) };
  },
  async 'graphql-request'(query, variables) {
    const client = new GraphQLClient(url, { fetch: watched, errorPolicy: 'all' });
    const codes = (errors) => errors?.map(({ extensions }) => extensions?.code);
    try {
      const { data, errors } = await client.rawRequest(query, variables);
      return { data, codes: codes(errors) };
    } catch (error) {
      // It throws at 422, whatever the policy; the errors are in what it throws.
      if (!error.response?.errors) throw error;
      return { data: error.response.data, codes: codes(error.response.errors) };
    }
  },
  async fetch(query, variables) {
    const { data, errors } = await fetched(query, variables);
    return { data, codes: errors?.map(({ extensions }) => extensions?.code) };
  },
  // Relay leaves the request to a function of its user. Without data it throws, with the errors in what it throws.
  async relay(query, variables) {
    const network = relay.Network.create(({ text }, given) => fetched(text, given));
    const environment = new relay.Environment({ network, store: new relay.Store(new relay.RecordSource()) });
    const operation = relay.createOperationDescriptor(compiled(query, variables), variables);
    const told = await environment.execute({ operation }).toPromise().catch(({ source, message }) => source ?? { failed: message });
    if (told.failed) return told;
    return { data: environment.lookup(operation.fragment).data, codes: told.errors?.map(({ extensions }) => extensions?.code) };
  },
};

/** The answer to a request as plain JSON, whatever its status. */
async function fetched(query, variables) {
  const response = await watched(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json;q=0.9' },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** What Relay's compiler makes of a query with these variables, as far as it reads the gift. */
function compiled(text, variables) {
  const name = /query (\w+)/.exec(text)[1];
  const scalar = (field) => ({ kind: 'ScalarField', alias: null, args: null, name: field, storageKey: null });
  const args = [{ kind: 'Literal', name: 'by', value: { slug: 'ru-kp-2024' } }];
  const gift = { kind: 'LinkedField', alias: null, args, concreteType: 'Gift', name: 'gift', plural: false, storageKey: null, selections: [scalar('id'), scalar('slug')] };
  const argumentDefinitions = Object.keys(variables).map((variable) => ({ kind: 'LocalArgument', name: variable, defaultValue: null }));
  const selections = text.includes('gift(') ? [gift] : [];
  return {
    kind: 'Request',
    fragment: { kind: 'Fragment', argumentDefinitions: [], metadata: null, name, selections, type: 'Query', abstractKey: null },
    operation: { kind: 'Operation', argumentDefinitions, name, selections },
    params: { cacheID: name, id: null, metadata: {}, name, operationKind: 'query', text },
  };
}

for (const [client, ask] of Object.entries(CLIENTS)) {
  for (const [kind, query] of Object.entries(KINDS)) {
    let found;
    try {
      found = await ask(query, VARIABLES[kind] ?? {});
    } catch (error) {
      found = { failed: String(error.message).slice(0, 200) };
    }
    console.log(JSON.stringify({ client, kind, status, slug: found.data?.gift?.slug, codes: found.codes ?? [], failed: found.failed }));
  }
}
