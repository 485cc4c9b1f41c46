// Apollo Client: `fetchMore` with the field policy for Relay connections, which puts the pages together.

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloProvider, useQuery } from '@apollo/client/react';
import { relayStylePagination } from '@apollo/client/utilities';
import { useState } from 'react';
import { GiftList } from './gift-list.tsx';
import { GiftsDocument } from './generated/gifts.ts';

interface Props {
  /** Of the API: http://127.0.0.1:8080/graphql */
  url: string;
  /** How many gifts a page has. */
  first: number;
}

export function ApolloGifts({ url, first }: Props) {
  const [client] = useState(
    () =>
      new ApolloClient({
        link: new HttpLink({ uri: url }),
        cache: new InMemoryCache({
          // Lists with other filters or orders are lists of their own.
          typePolicies: { Query: { fields: { gifts: relayStylePagination(['where', 'orderBy']) } } },
        }),
      }),
  );
  return (
    <ApolloProvider client={client}>
      <Pages first={first} />
    </ApolloProvider>
  );
}

function Pages({ first }: { first: number }) {
  const { data, error, loading, fetchMore } = useQuery(GiftsDocument, {
    variables: { first },
    notifyOnNetworkStatusChange: true,
  });
  if (error) return <p role="alert">{error.message}</p>;
  // Null only beside an error: one field that fails leaves its neighbours alone.
  if (!data?.gifts) return <p>Loading…</p>;
  const { edges, pageInfo, totalCount } = data.gifts;
  const more = () => void fetchMore({ variables: { after: pageInfo.endCursor } });
  return (
    <GiftList
      gifts={edges.map(({ node }) => node)}
      totalCount={totalCount}
      more={pageInfo.hasNextPage && !loading ? more : undefined}
    />
  );
}
