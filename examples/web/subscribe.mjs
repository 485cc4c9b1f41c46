// A subscription by Apollo Client over HTTP alone, as parts of one answer. `node subscribe.mjs ADDRESS`: what it hears, a
// line of JSON each, until there were three.

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';

const uri = `${process.argv[2].replace(/\/$/, '')}/graphql`;
const client = new ApolloClient({ link: new HttpLink({ uri }), cache: new InMemoryCache() });
const query = gql`
  subscription Titles {
    changes(ids: ["gift_ru-kp-2024"]) {
      cursor
      node {
        ... on Gift {
          id
          title
        }
      }
    }
  }
`;

let heard = 0;
const events = client.subscribe({ query, fetchPolicy: 'no-cache' });
const listening = events.subscribe(({ data, error }) => {
  if (error) throw error;
  console.log(JSON.stringify({ cursor: data.changes.cursor, title: data.changes.node.title }));
  heard += 1;
  if (heard === 3) {
    listening.unsubscribe();
    process.exit(0);
  }
});
