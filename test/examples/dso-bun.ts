/**
 * A grid operator on Bun. It takes forecasts and offers, and orders the first offer for each congestion point and day.
 *
 *   UFTP_KEY=… AGR_KEY=… AGR_ENDPOINT=… PORT=8080 bun dso-bun.ts
 */

import { accept, addressBook, memory } from 'shapeshifter-uftp';
import { createService, serve } from 'shapeshifter-uftp/bun';
import { dso } from 'shapeshifter-uftp/v3.1';

const { UFTP_KEY = '', AGR_KEY = '', AGR_ENDPOINT = '', PORT = '8080' } = process.env;

const service = await createService(dso, {
  domain: 'grid-operator.example',
  key: UFTP_KEY,
  store: memory(),
  lookup: addressBook([{ domain: 'aggregator.example', role: 'AGR', key: AGR_KEY, endpoint: AGR_ENDPOINT }]),
  insecureEndpoints: true, // the example runs on loopback
  handlers: {
    preProcessDPrognosis: () => accept(),
    preProcessFlexOffer: () => accept(),
    async processFlexOffer(offer, { agrClient, sender, history }) {
      const [option] = offer.offerOption;
      const ordered = history.some(({ type }) => type === 'FlexOrder');
      if (option === undefined || ordered) return;
      const { conversationId, ispDuration, timeZone, period, congestionPoint, currency } = offer;
      await agrClient(sender.domain).sendFlexOrder({
        ...{ conversationId, ispDuration, timeZone, period, congestionPoint, currency },
        flexOfferMessageId: offer.messageId,
        optionReference: option.optionReference,
        orderReference: `ORD-${offer.messageId}`,
        price: option.price,
        isp: option.isp,
      });
    },
  },
});
const server = await serve(service, { port: Number(PORT) });
console.log(`listening on ${server.url}`);
process.once('SIGTERM', () => void server.stop());
