// Relay: a fragment with @refetchable and @connection, and `loadNext`. The compiler writes the query of the next page.

import { Suspense, useState } from 'react';
import { graphql, RelayEnvironmentProvider, useLazyLoadQuery, usePaginationFragment } from 'react-relay';
import { Environment, Network, RecordSource, Store, type FetchFunction } from 'relay-runtime';
import { GiftList } from './gift-list.tsx';
import type { relay_gifts$key } from './generated/relay/relay_gifts.graphql.ts';
import type { relayPageQuery } from './generated/relay/relayPageQuery.graphql.ts';
import type { relayQuery } from './generated/relay/relayQuery.graphql.ts';

interface Props {
  /** Of the API: http://127.0.0.1:8080/graphql */
  url: string;
  /** How many gifts a page has. */
  first: number;
}

function fetching(url: string): FetchFunction {
  return async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  };
}

export function RelayGifts({ url, first }: Props) {
  const [environment] = useState(
    () => new Environment({ network: Network.create(fetching(url)), store: new Store(new RecordSource()) }),
  );
  return (
    <RelayEnvironmentProvider environment={environment}>
      <Suspense fallback={<p>Loading…</p>}>
        <FirstPage first={first} />
      </Suspense>
    </RelayEnvironmentProvider>
  );
}

function FirstPage({ first }: { first: number }) {
  const data = useLazyLoadQuery<relayQuery>(
    graphql`
      query relayQuery($first: Int!) {
        ...relay_gifts @arguments(first: $first)
      }
    `,
    { first },
  );
  return <Pages first={first} query={data} />;
}

function Pages({ first, query }: { first: number; query: relay_gifts$key }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<relayPageQuery, relay_gifts$key>(
    graphql`
      fragment relay_gifts on Query
      @refetchable(queryName: "relayPageQuery")
      @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
        gifts(first: $first, after: $after, orderBy: [{ field: DATE, direction: DESC }])
          @connection(key: "relay_gifts") {
          totalCount
          edges {
            node {
              id
              title
              date {
                edtf
              }
              total {
                text
              }
            }
          }
        }
      }
    `,
    query,
  );
  // Null only beside an error: one field that fails leaves its neighbours alone.
  if (!data.gifts) return <p role="alert">The gifts could not be read.</p>;
  return (
    <GiftList
      gifts={data.gifts.edges.map(({ node }) => node)}
      totalCount={data.gifts.totalCount}
      more={hasNext && !isLoadingNext ? () => void loadNext(first) : undefined}
    />
  );
}
