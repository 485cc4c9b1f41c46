// An agent as its tools have it: both official clients of MCP, the newer one in both versions of the protocol. It lists, searches,
// reads one gift with its claims, and counts by decade. `node agent.mjs ADDRESS`: what it did, as lines of JSON.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const address = new URL('/mcp', process.argv[2] ?? 'http://127.0.0.1:8080');
const about = { name: 'menagerie-example', version: '1.0.0' };

const clients = {
  'client, 2026-07-28': [new Client(about, { versionNegotiation: { mode: { pin: '2026-07-28' } } }), new StreamableHTTPClientTransport(address)],
  'client, as it is': [new Client(about), new StreamableHTTPClientTransport(address)],
  sdk: [new OlderClient(about), new OlderTransport(address)],
};

for (const [name, [client, transport]] of Object.entries(clients)) {
  await client.connect(transport);
  const { tools } = await client.listTools();
  let characters = 0;
  /** What a tool says. */
  async function use(tool, args) {
    const { content, isError } = await client.callTool({ name: tool, arguments: args });
    const text = content.map((part) => part.text).join('\n');
    characters += text.length;
    if (isError) throw new Error(`${tool}: ${text}`);
    return JSON.parse(text);
  }
  const { gifts } = await use('FindGifts', { giver: 'russia', first: 5 });
  const { search } = await use('Search', { text: 'Pyongyang zoo' });
  const { gift } = await use('OneGift', { slug: 'ru-kp-2024' });
  const { giftStats } = await use('ByDecade', { giver: 'russia' });
  const refused = await client.callTool({ name: 'FindGifts', arguments: { first: 'many' } });
  const { contents } = await client.readResource({ uri: `menagerie://documents/${gift.id}` });
  const missing = await client.readResource({ uri: 'menagerie://documents/gift_nothing' }).then(
    () => 'found',
    (error) => error.code,
  );
  console.log(
    JSON.stringify({
      client: name,
      tools: tools.length,
      listed: JSON.stringify(tools).length,
      characters,
      gifts: gifts.totalCount,
      found: search.totalCount > 0,
      total: gift.total,
      page: gift.page,
      claims: gift.claims.nodes.length,
      decades: giftStats.byDecade.length,
      refused: [refused.isError, refused.content[0].text.split('`;')[0].slice(0, 40)],
      resource: JSON.parse(contents[0].text).title,
      missing,
    }),
  );
  await client.close();
}
