/**
 * One company that is aggregator and grid operator, with one endpoint and one store.
 *
 *   UFTP_KEY=… DSO_KEY=… DSO_ENDPOINT=… PORT=8080 node two-roles.ts
 */

import { accept, addressBook, createHost, memory } from 'shapeshifter-uftp';
import { createService, serve } from 'shapeshifter-uftp/node';
import { agr, dso } from 'shapeshifter-uftp/v3.1';

const { UFTP_KEY = '', DSO_KEY = '', DSO_ENDPOINT = '', PORT = '8080' } = process.env;

const shared = {
  domain: 'aggregator.example',
  key: UFTP_KEY,
  store: memory(),
  lookup: addressBook([
    { domain: 'grid-operator.example', role: 'DSO', key: DSO_KEY, endpoint: DSO_ENDPOINT },
  ]),
  insecureEndpoints: true, // the example runs on loopback
};
const host = createHost([
  await createService(agr, { ...shared, handlers: { preProcessFlexRequest: () => accept() } }),
  await createService(dso, { ...shared, handlers: { preProcessFlexOffer: () => accept() } }),
]);
const server = await serve(host, { port: Number(PORT) });
console.log(`listening on ${server.url}`);
process.once('SIGTERM', () => void server.stop());
