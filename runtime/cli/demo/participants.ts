/** @module The three participants of the demonstration: what an AGR, a DSO and a CRO do with the messages they get. */

import {
  type AgrHandlers,
  agr,
  type CroHandlers,
  cro,
  type DsoHandlers,
  type DsoPortfolioUpdateCongestionPoint,
  dso,
  type FlexOfferDraft,
  type FlexOrder,
  type FlexRequest,
} from '../../../generated/3.1.0/index.ts';
import { createService, type Server, serve } from '../../node.ts';
import type { Observer } from '../../ports/observer.ts';
import type { Store } from '../../ports/store.ts';
import { accept, defer, type HistoryEntry, type Party, type RoleName, reject } from '../../roles.ts';
import { generateKeys } from '../../seal/keys.ts';
import type { Service } from '../../service.ts';
import { prognosis } from './messages.ts';
import {
  congestionPoint,
  price,
  requestedPower,
  smallerPower,
  smallerPrice,
  type TradingDay,
} from './scenario.ts';

export const parties: Readonly<Record<RoleName, Party>> = {
  AGR: { role: 'AGR', domain: 'aggregator.example' },
  DSO: { role: 'DSO', domain: 'grid-operator.example' },
  CRO: { role: 'CRO', domain: 'common-reference.example' },
};

/** Three services that listen on loopback ports. */
export interface Market {
  readonly agr: Service<NonNullable<typeof agr.kind>>;
  readonly dso: Service<NonNullable<typeof dso.kind>>;
  readonly cro: Service<NonNullable<typeof cro.kind>>;
  readonly servers: readonly Server[];
}

/** Starts all three with fresh keys and one store, each on a free port. */
export async function openMarket(day: TradingDay, store: Store, observe: Observer): Promise<Market> {
  const keys = { AGR: await generateKeys(), DSO: await generateKeys(), CRO: await generateKeys() };
  const endpoints = new Map<RoleName, string>();
  const options = (party: Party) => ({
    domain: party.domain,
    key: keys[party.role].privateKey,
    store,
    lookup: {
      keys: ({ role, domain }: Party) => (parties[role].domain === domain ? keys[role].publicKey : undefined),
      endpoint: ({ role }: Party) => endpoints.get(role),
    },
    insecureEndpoints: true, // http on loopback
    observe,
  });
  const services = {
    agr: await createService(agr, { ...options(parties.AGR), handlers: aggregator(day) }),
    dso: await createService(dso, { ...options(parties.DSO), handlers: gridOperator() }),
    cro: await createService(cro, { ...options(parties.CRO), handlers: commonReference() }),
  };
  const servers: Server[] = [];
  for (const service of Object.values(services)) {
    const server = await serve(service, { port: 0 });
    servers.push(server);
    endpoints.set(service.party.role, `${server.url}/shapeshifter/api/v3/message`);
  }
  return { ...services, servers };
}

/** The AGR offers twice on a request, takes only orders that match an offer, and sends its prognosis again after one. */
function aggregator(day: TradingDay): AgrHandlers {
  return {
    preProcessFlexReservationUpdate: () => accept(),
    async processFlexRequest(request, context) {
      const client = context.dsoClient(context.sender.domain);
      await client.sendFlexOffer(offer(request, 'full', requestedPower, price));
      await client.sendFlexOffer(offer(request, 'smaller', smallerPower, smallerPrice));
    },
    preProcessFlexOrder(order, context) {
      const problem = mismatch(order, context.history);
      return problem === undefined ? accept() : reject(problem);
    },
    async processFlexOrder(order, context) {
      // Rule 120: after an order the prognosis says what will now be drawn.
      await context.dsoClient(context.sender.domain).sendDPrognosis(prognosis(day, 2n, order.isp));
    },
    preProcessFlexSettlement: (settlement) =>
      accept({
        flexOrderSettlementStatus: settlement.flexOrderSettlement.map(({ orderReference }) => ({
          ...(orderReference === undefined ? {} : { orderReference }),
          disposition: 'Accepted' as const,
        })),
      }),
  };
}

function offer(request: FlexRequest, optionReference: string, power: number, asked: string): FlexOfferDraft {
  const { conversationId, ispDuration, timeZone, period, expirationDateTime } = request;
  const requested = request.isp.filter((isp) => isp.disposition === 'Requested');
  return {
    conversationId,
    flexRequestMessageId: request.messageId,
    ispDuration,
    timeZone,
    period,
    congestionPoint: request.congestionPoint,
    expirationDateTime,
    currency: 'EUR',
    ...(request.contractId === undefined ? {} : { contractId: request.contractId }),
    offerOption: [
      {
        optionReference,
        price: asked,
        isp: requested.map(({ start, duration }) => ({ power, start, duration })),
      },
    ],
  };
}

/** Why an order is not what was offered (rules 113 to 118); undefined where it is. */
function mismatch(order: FlexOrder, history: readonly HistoryEntry[]): string | undefined {
  const offered = history.find(
    ({ direction, messageId }) => direction === 'out' && messageId === order.flexOfferMessageId,
  );
  if (offered?.type !== 'FlexOffer') return 'Unknown FlexOfferMessageID reference';
  const revoked = history.some(
    ({ type, message }) =>
      type === 'FlexOfferRevocation' &&
      'flexOfferMessageId' in message &&
      message.flexOfferMessageId === order.flexOfferMessageId,
  );
  if (revoked) return 'Reference message revoked';
  const option = (offered.message as unknown as FlexOfferDraft).offerOption.find(
    ({ optionReference }) => optionReference === order.optionReference,
  );
  if (option === undefined) return 'Unknown OptionReference';
  if (Number(option.price) !== Number(order.price)) return 'Price mismatch';
  return JSON.stringify(option.isp) === JSON.stringify(order.isp) ? undefined : 'ISP mismatch';
}

/** The DSO takes all that is well-formed, but no revocation of an offer that it has ordered. */
function gridOperator(): DsoHandlers {
  return {
    preProcessDPrognosis: () => accept(),
    preProcessFlexOffer: () => accept(),
    preProcessFlexOfferRevocation(revocation, { history }) {
      const ordered = history.some(
        ({ type, message }) =>
          type === 'FlexOrder' &&
          'flexOfferMessageId' in message &&
          message.flexOfferMessageId === revocation.flexOfferMessageId,
      );
      return ordered ? reject('Flexibility procured') : accept(); // rule 111
    },
    preProcessMetering: () => accept(),
  };
}

/** The CRO knows which connection is behind which congestion point, and who represents it. */
function commonReference(): CroHandlers {
  const points = new Map<
    string,
    { readonly owner: string; readonly point: DsoPortfolioUpdateCongestionPoint }
  >();
  const represented = new Map<string, string>();
  return {
    // Deferred, so that the answer goes out only when the update is in the register.
    preProcessDsoPortfolioUpdate: () => defer(),
    processDsoPortfolioUpdate(update, context) {
      for (const point of update.congestionPoint)
        points.set(point.entityAddress, { owner: context.sender.domain, point });
      context.respond(accept());
    },
    preProcessAgrPortfolioUpdate: () => defer(),
    processAgrPortfolioUpdate(update, context) {
      for (const { entityAddress } of update.connection)
        represented.set(entityAddress, context.sender.domain);
      context.respond(accept());
    },
    preProcessDsoPortfolioQuery(query, context) {
      const known = points.get(query.entityAddress);
      if (known?.owner !== context.sender.domain) return reject('Unknown CongestionPoint');
      const connection = known.point.connection.map(({ entityAddress }) => {
        const agrDomain = represented.get(entityAddress);
        return { entityAddress, ...(agrDomain === undefined ? {} : { agrDomain }) };
      });
      return accept({ congestionPoint: { entityAddress: query.entityAddress, connection } });
    },
    preProcessAgrPortfolioQuery(_query, context) {
      const known = points.get(congestionPoint);
      const connection =
        known?.point.connection.filter(
          ({ entityAddress }) => represented.get(entityAddress) === context.sender.domain,
        ) ?? [];
      if (known === undefined || connection.length === 0) return reject('No connections available'); // rule 86
      const { entityAddress, mutexOffersSupported, dayAheadRedispatchBy } = known.point;
      return accept({
        dsoView: [
          {
            dsoPortfolio: [
              {
                dsoDomain: known.owner,
                congestionPoint: [
                  {
                    entityAddress,
                    mutexOffersSupported,
                    dayAheadRedispatchBy,
                    connection: connection.map((one) => ({ entityAddress: one.entityAddress })),
                  },
                ],
              },
            ],
          },
        ],
      });
    },
  };
}
