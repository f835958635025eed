/** @module The messages that the demonstration sends of its own accord, and in words what any message says. */

import type {
  AgrPortfolioUpdateDraft,
  DPrognosisDraft,
  DsoPortfolioUpdateDraft,
  FlexOffer,
  FlexOrderDraft,
  FlexOrderIsp,
  FlexRequestDraft,
  FlexReservationUpdateDraft,
  FlexSettlementDraft,
  MeteringDraft,
} from '../../../generated/3.1.0/index.ts';
import type { Message } from '../../roles.ts';
import {
  congestionPoint,
  connections,
  contractId,
  ispDuration,
  requestedPower,
  type TradingDay,
  timeZone,
} from './scenario.ts';

/** What D-Prognosis, FlexRequest, FlexOrder and their like have in common. */
function aboutIsps(day: TradingDay) {
  return { ispDuration, timeZone, period: day.period, congestionPoint };
}

export function dsoPortfolio(day: TradingDay): DsoPortfolioUpdateDraft {
  const connection = connections.map((entityAddress) => ({ entityAddress, startPeriod: day.period }));
  return {
    timeZone,
    congestionPoint: [
      {
        entityAddress: congestionPoint,
        startPeriod: day.period,
        mutexOffersSupported: false,
        dayAheadRedispatchBy: 'AGR',
        connection,
      },
    ],
  };
}

export function agrPortfolio(day: TradingDay): AgrPortfolioUpdateDraft {
  return {
    timeZone,
    connection: connections.map((entityAddress) => ({ entityAddress, startPeriod: day.period })),
  };
}

export function reservation(day: TradingDay): FlexReservationUpdateDraft {
  const isp = day.congested.map((start) => ({ power: requestedPower, start }));
  return { ...aboutIsps(day), contractId, reference: 'RES-1', isp };
}

/** What is drawn in each ISP, less what is ordered. */
export function prognosis(
  day: TradingDay,
  revision: bigint,
  ordered: readonly FlexOrderIsp[],
): DPrognosisDraft {
  const isp = day.baseline.map((power, i) => ({ power: power + orderedIn(ordered, i + 1), start: i + 1 }));
  return { ...aboutIsps(day), revision, isp };
}

export function request(day: TradingDay): FlexRequestDraft {
  const isp = day.baseline.map((_, i) =>
    day.congested.includes(i + 1)
      ? { disposition: 'Requested' as const, minPower: requestedPower, maxPower: 0, start: i + 1 }
      : { disposition: 'Available' as const, minPower: 0, maxPower: 200_000, start: i + 1 },
  );
  // The answer is of use until the first congested ISP begins.
  const expirationDateTime = day.calendar.start(day.congested[0] ?? 1).toISOString();
  return { ...aboutIsps(day), revision: 1n, expirationDateTime, contractId, isp };
}

/** Orders the one option of an offer in full, its ISPs copied exactly (rule 115). */
export function order(offer: FlexOffer): FlexOrderDraft {
  const [option] = offer.offerOption;
  if (option === undefined) throw new Error('an offer has at least one option');
  const { conversationId, period, currency } = offer;
  return {
    conversationId,
    ispDuration: offer.ispDuration,
    timeZone: offer.timeZone,
    period,
    congestionPoint: offer.congestionPoint,
    flexOfferMessageId: offer.messageId,
    contractId,
    price: option.price,
    currency,
    orderReference: `ORD-${period}`,
    optionReference: option.optionReference,
    isp: option.isp,
  };
}

/** The power that flowed at one connection, in kW: a third of all, less a third of what was ordered. */
export function metering(day: TradingDay, ordered: readonly FlexOrderIsp[]): MeteringDraft {
  const isp = day.baseline.map((power, i) => ({
    start: i + 1,
    value: ((power + orderedIn(ordered, i + 1)) / connections.length / 1000).toFixed(3),
  }));
  return {
    revision: 1n,
    ispDuration,
    timeZone,
    period: day.period,
    ean: 'E8716871200000001',
    profile: [{ profileType: 'Power', unit: 'kW', isp }],
  };
}

/** The order was delivered in full, so that its price is paid without a penalty. */
export function settlement(day: TradingDay, ordered: FlexOrderDraft): FlexSettlementDraft {
  const isps = ordered.isp.map(({ start, power }) => {
    const baselinePower = day.baseline[start - 1] ?? 0;
    const actualPower = baselinePower + power;
    return { start, baselinePower, orderedFlexPower: power, actualPower, deliveredFlexPower: power };
  });
  const { price, currency, orderReference } = ordered;
  return {
    periodStart: day.period,
    periodEnd: day.period,
    currency,
    flexOrderSettlement: [
      {
        orderReference,
        period: day.period,
        contractId,
        congestionPoint,
        price,
        netSettlement: price,
        isp: isps,
      },
    ],
    contractSettlement: [
      {
        contractId,
        period: [
          {
            period: day.period,
            isp: ordered.isp.map(({ start, power }) => ({
              start,
              reservedPower: power,
              requestedPower: power,
              orderedPower: power,
            })),
          },
        ],
      },
    ],
  };
}

function orderedIn(ordered: readonly FlexOrderIsp[], isp: number): number {
  return ordered.find(({ start, duration }) => isp >= start && isp < start + duration)?.power ?? 0;
}

/** What a message says, in a few words. */
export function inWords(message: Message): string {
  const fields = message as unknown as Readonly<Record<string, unknown>>;
  const list = (key: string): readonly Readonly<Record<string, unknown>>[] => (fields[key] ?? []) as never;
  const isps = (): string => `${list('isp').length} ISPs`;
  switch (message.$type) {
    case 'DSOPortfolioUpdate':
      return list('congestionPoint')
        .map((point) => `${point.entityAddress} with ${(point.connection as unknown[]).length} connections`)
        .join(', ');
    case 'AGRPortfolioUpdate':
      return `represents ${list('connection').length} connections`;
    case 'DSOPortfolioQuery':
      return `who is behind ${fields.entityAddress} on ${fields.period}?`;
    case 'AGRPortfolioQuery':
      return `which congestion points on ${fields.period}?`;
    case 'FlexReservationUpdate':
      return `${isps()} reserved under ${fields.contractId}`;
    case 'D-Prognosis':
      return `revision ${fields.revision}, ${isps()}, peak ${kilowatts(Math.max(...list('isp').map(({ power }) => Number(power))))}`;
    case 'FlexRequest': {
      const wanted = list('isp').filter(({ disposition }) => disposition === 'Requested');
      return `${kilowatts(Number(wanted[0]?.minPower))} wanted in ${wanted.length} of ${isps()}`;
    }
    case 'FlexOffer': {
      const [option] = list('offerOption');
      const offered = (option?.isp ?? []) as readonly { readonly power: number }[];
      return `"${option?.optionReference}": ${kilowatts(Number(offered[0]?.power))} in ${offered.length} ISPs for ${option?.price} ${fields.currency}`;
    }
    case 'FlexOfferRevocation':
      return 'takes one offer back';
    case 'FlexOrder':
      return `${fields.orderReference}: ${kilowatts(Number(list('isp')[0]?.power))} in ${isps()} for ${fields.price} ${fields.currency}`;
    case 'Metering':
      return `${fields.ean}, ${((list('profile')[0]?.isp ?? []) as unknown[]).length} ISPs`;
    case 'FlexSettlement':
      return `${list('flexOrderSettlement').length} order, ${list('flexOrderSettlement')[0]?.netSettlement} ${fields.currency}`;
    default:
      return 'are you there?';
  }
}

function kilowatts(watts: number): string {
  return `${watts / 1000} kW`;
}
