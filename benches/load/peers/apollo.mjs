// Apollo Server, standalone.

import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { connect, context, resolvers, typeDefs } from "./resolvers.mjs";

const server = new ApolloServer({
  typeDefs,
  resolvers,
  introspection: false,
  plugins: [ApolloServerPluginLandingPageDisabled()],
});
await connect();
const { url } = await startStandaloneServer(server, {
  context: async () => context(),
  listen: { host: "127.0.0.1", port: 0 },
});
console.log(`Apollo Server serves at ${url}`);
