// Mercurius on Fastify, with its compiler.

import Fastify from "fastify";
import { makeExecutableSchema } from "@graphql-tools/schema";
import mercurius from "mercurius";
import { connect, context, resolvers, typeDefs } from "./resolvers.mjs";

const app = Fastify({ logger: false });
app.register(mercurius, {
  schema: makeExecutableSchema({ typeDefs, resolvers }),
  context,
  jit: 1,
  graphiql: false,
});
await connect();
const address = await app.listen({ host: "127.0.0.1", port: 0 });
console.log(`Mercurius serves at ${address}/graphql`);
