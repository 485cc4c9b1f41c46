// urql with Graphcache: the query asks for the next page by its variables, and the cache puts the pages together.

import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { useState } from 'react';
import { Client, fetchExchange, Provider, useQuery } from 'urql';
import { GiftList } from './gift-list.tsx';
import { GiftsDocument } from './generated/gifts.ts';

interface Props {
  /** Of the API: http://127.0.0.1:8080/graphql */
  url: string;
  /** How many gifts a page has. */
  first: number;
}

export function UrqlGifts({ url, first }: Props) {
  const [client] = useState(
    () =>
      new Client({
        url,
        preferGetMethod: false,
        exchanges: [
          cacheExchange({
            resolvers: { Query: { gifts: relayPagination() } },
            // They are parts of a gift and have no id.
            keys: { Count: () => null, PartialDate: () => null },
          }),
          fetchExchange,
        ],
      }),
  );
  return (
    <Provider value={client}>
      <Pages first={first} />
    </Provider>
  );
}

function Pages({ first }: { first: number }) {
  const [after, setAfter] = useState<string | null>(null);
  const [{ data, error, fetching, stale }] = useQuery({ query: GiftsDocument, variables: { first, after } });
  if (error) return <p role="alert">{error.message}</p>;
  // Null only beside an error: one field that fails leaves its neighbours alone.
  if (!data?.gifts) return <p>Loading…</p>;
  const { edges, pageInfo, totalCount } = data.gifts;
  const more = () => setAfter(pageInfo.endCursor ?? null);
  return (
    <GiftList
      gifts={edges.map(({ node }) => node)}
      totalCount={totalCount}
      more={pageInfo.hasNextPage && !fetching && !stale ? more : undefined}
    />
  );
}
