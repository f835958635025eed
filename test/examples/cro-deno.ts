/**
 * A common reference operator on Deno. It keeps who is behind which congestion point, and answers an update when it is kept.
 *
 *   UFTP_KEY=… DSO_KEY=… DSO_ENDPOINT=… PORT=8080 deno run --allow-net --allow-env cro-deno.ts
 */

import { accept, addressBook, defer, memory, reject } from 'shapeshifter-uftp';
import { createService, serve } from 'shapeshifter-uftp/deno';
import { cro } from 'shapeshifter-uftp/v3.1';

const { UFTP_KEY = '', DSO_KEY = '', DSO_ENDPOINT = '', PORT = '8080' } = process.env;
const points = new Map<string, readonly string[]>();

const service = await createService(cro, {
  domain: 'common-reference.example',
  key: UFTP_KEY,
  store: memory(),
  lookup: addressBook([
    { domain: 'grid-operator.example', role: 'DSO', key: DSO_KEY, endpoint: DSO_ENDPOINT },
  ]),
  insecureEndpoints: true, // the example runs on loopback
  handlers: {
    preProcessDsoPortfolioUpdate: () => defer(),
    processDsoPortfolioUpdate(update, { respond }) {
      for (const { entityAddress, connection } of update.congestionPoint) {
        points.set(
          entityAddress,
          connection.map((one) => one.entityAddress),
        );
      }
      respond(accept());
    },
    preProcessDsoPortfolioQuery({ entityAddress }) {
      const connections = points.get(entityAddress);
      if (connections === undefined) return reject('Unknown CongestionPoint');
      return accept({
        congestionPoint: { entityAddress, connection: connections.map((one) => ({ entityAddress: one })) },
      });
    },
  },
});
const server = await serve(service, { port: Number(PORT) });
console.log(`listening on ${server.url}`);
