/**
 * An aggregator that speaks a version of one's own, and 3.1.0 and 3.0.0 as well.
 *
 *   UFTP_KEY=… DSO_KEY=… DSO_ENDPOINT=… PORT=8080 node agr.ts
 */

import { accept, addressBook, memory, reject } from 'shapeshifter-uftp';
import { createService, serve } from 'shapeshifter-uftp/node';
import { agr } from './generated/index.ts';

const { UFTP_KEY = '', DSO_KEY = '', DSO_ENDPOINT = '', PORT = '8080' } = process.env;

const service = await createService(agr, {
  domain: 'aggregator.example',
  key: UFTP_KEY,
  store: memory(),
  lookup: addressBook([
    { domain: 'grid-operator.example', role: 'DSO', key: DSO_KEY, endpoint: DSO_ENDPOINT },
  ]),
  insecureEndpoints: true, // the example runs on loopback
  handlers: {
    preProcessFlexPing: ({ loudness }) => (Number(loudness) < 10 ? accept() : reject('Too loud')),
  },
});
const server = await serve(service, { port: Number(PORT) });
console.log(`listening on ${server.url}`);
process.once('SIGTERM', () => void server.stop());
