// GraphQL Yoga on Node's own HTTP server.

import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { connect, context, resolvers, typeDefs } from "./resolvers.mjs";

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context,
  logging: false,
  graphiql: false,
  landingPage: false,
});
await connect();
const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => {
  console.log(`GraphQL Yoga serves at http://127.0.0.1:${server.address().port}/graphql`);
});
