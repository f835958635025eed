/**
 * An aggregator as a Cloudflare Worker: its store is the SQLite of a Durable Object, alarms deliver what it sends.
 *
 *   npx wrangler secret put UFTP_KEY && npx wrangler deploy
 */

import { accept, addressBook } from 'shapeshifter-uftp';
import { agr } from 'shapeshifter-uftp/v3.1';
import { createService, worker } from 'shapeshifter-uftp/worker';

interface Env {
  readonly UFTP_KEY: string;
  readonly DSO_KEY: string;
  readonly DSO_ENDPOINT: string;
}

const uftp = worker((env: Env, store) =>
  createService(agr, {
    domain: 'aggregator.example',
    key: env.UFTP_KEY,
    store,
    lookup: addressBook([
      { domain: 'grid-operator.example', role: 'DSO', key: env.DSO_KEY, endpoint: env.DSO_ENDPOINT },
    ]),
    insecureEndpoints: true, // the example runs on loopback
    handlers: {
      preProcessFlexRequest: () => accept(),
      async processFlexRequest(request, { dsoClient, sender }) {
        const { conversationId, ispDuration, timeZone, period, congestionPoint, expirationDateTime } =
          request;
        const isp = request.isp.map(({ start, duration, minPower }) => ({
          start,
          duration,
          power: minPower,
        }));
        await dsoClient(sender.domain).sendFlexOffer({
          ...{ conversationId, ispDuration, timeZone, period, congestionPoint, expirationDateTime },
          flexRequestMessageId: request.messageId,
          currency: 'EUR',
          offerOption: [{ optionReference: 'all', price: '12.50', isp }],
        });
      },
    },
  }),
);

export default uftp;
export const { Participant } = uftp;
