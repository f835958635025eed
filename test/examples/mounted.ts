/**
 * A service inside an application that has routes of its own.
 *
 *   UFTP_KEY=… DSO_KEY=… DSO_ENDPOINT=… PORT=8080 node mounted.ts
 */

import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { accept, addressBook, memory } from 'shapeshifter-uftp';
import { createService } from 'shapeshifter-uftp/node';
import { agr } from 'shapeshifter-uftp/v3.1';

const { UFTP_KEY = '', DSO_KEY = '', DSO_ENDPOINT = '', PORT = '8080' } = process.env;

const service = await createService(agr, {
  domain: 'aggregator.example',
  key: UFTP_KEY,
  store: memory(),
  lookup: addressBook([
    { domain: 'grid-operator.example', role: 'DSO', key: DSO_KEY, endpoint: DSO_ENDPOINT },
  ]),
  insecureEndpoints: true, // the example runs on loopback
  handlers: { preProcessFlexRequest: () => accept() },
});

const app = new Hono();
app.get('/health', (c) => c.text('ok'));
app.route('/', service.app);

service.start(); // no server of ours does it here: handlers and deliveries run from now on
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) }, ({ port }) =>
  console.log(`listening on http://127.0.0.1:${port}`),
);
process.once('SIGTERM', async () => {
  await service.stop();
  server.close();
});
