/**
 * An aggregator on Node. It offers what is asked for at a fixed price, and takes the order.
 *
 *   UFTP_KEY=… DSO_KEY=… DSO_ENDPOINT=… PORT=8080 node agr-node.ts
 */

import { accept, addressBook, memory } from 'shapeshifter-uftp';
import { createService, serve } from 'shapeshifter-uftp/node';
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
  handlers: {
    preProcessFlexRequest: () => accept(),
    async processFlexRequest(request, { dsoClient, sender }) {
      const { conversationId, ispDuration, timeZone, period, congestionPoint, expirationDateTime } = request;
      const isp = request.isp.map(({ start, duration, minPower }) => ({ start, duration, power: minPower }));
      await dsoClient(sender.domain).sendFlexOffer({
        ...{ conversationId, ispDuration, timeZone, period, congestionPoint, expirationDateTime },
        flexRequestMessageId: request.messageId,
        currency: 'EUR',
        offerOption: [{ optionReference: 'all', price: '12.50', isp }],
      });
    },
    preProcessFlexOrder: () => accept(),
  },
});
const server = await serve(service, { port: Number(PORT) });
console.log(`listening on ${server.url}`);
process.once('SIGTERM', () => void server.stop());
