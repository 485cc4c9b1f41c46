// Runs the server audits of graphql-http against a running server: `node audits.mjs http://127.0.0.1:8080`.
//
// Prints one JSON line per audit: {id, name, status, reason}; status is ok, notice (a MAY), warn (a SHOULD) or error (a
// MUST). What to make of them is the caller's business, so the exit status is 0 whatever they find.

import { serverAudits } from 'graphql-http';

const address = process.argv[2];
if (!address) {
  console.error('usage: node audits.mjs ADDRESS; accepted is the address of a server, such as http://127.0.0.1:8080');
  process.exit(2);
}

for (const audit of serverAudits({ url: `${address}/graphql`, fetchFn: fetch })) {
  const { id, name, status, reason, response } = await audit.fn();
  // A body that nobody reads keeps its connection.
  if (response && !response.bodyUsed) await response.body?.cancel();
  console.log(JSON.stringify({ id, name, status, reason }));
}
