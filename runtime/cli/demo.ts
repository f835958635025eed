/** @module `uftp demo`: three participants trade a day of flexibility with one another, over real HTTP with real signatures. */

import type { FlexOffer, FlexOrderDraft } from '../../generated/3.1.0/index.ts';
import { type Command, readArguments, UsageError } from './command.ts';
import { type Exchange, type Exchanged, followExchange } from './demo/exchange.ts';
import * as draft from './demo/messages.ts';
import { type Market, openMarket, parties } from './demo/participants.ts';
import {
  clockChangeIn,
  congestionPoint,
  nextClockChange,
  type TradingDay,
  timeZone,
  wallClock,
} from './demo/scenario.ts';
import { withDemoStore } from './demo/store.ts';
import { writeOutput } from './files.ts';
import { type Paint, paintFor, table } from './terminal.ts';

/** How long a step may take, in milliseconds. */
const stepMsMax = 10_000;

const help = `uftp demo [--once] [--json] [--store FILE]

Starts an AGR, a DSO and a CRO with fresh keys on free loopback ports, and lets them trade one day of flexibility in the
order of the phases, on the next day on which the clocks change: portfolios, prognosis, reservation, request, two offers
of which one is revoked, order, metering, settlement. Every message is a line when it has been delivered and answered.

Options:
  --once   stop when the day is traded; exit code 0 when everything was accepted, else 1. Without it the three go on serving.
  --json   print a line of JSON for each message, and one for the summary
  --store  keep the messages in this SQLite file, a new one. Without it they are in a temporary one.
  --help   print this
`;

export const demo: Command = {
  name: 'demo',
  summary: 'watch three participants trade a day of flexibility',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      once: { type: 'boolean' },
      json: { type: 'boolean' },
      store: { type: 'string' },
    });
    if (positionals.length > 0) throw new UsageError('demo takes no arguments');
    const paint = paintFor(process.stdout);
    const json = values.json ?? false;
    const say = (text: string): void => void (json || process.stdout.write(`${text}\n`));
    const day = nextClockChange(new Date());
    const warn = (text: string): void => void process.stderr.write(`${paint('yellow', 'warning')} ${text}\n`);
    const exchange = followExchange(
      (one) => process.stdout.write(json ? `${JSON.stringify(asJson(one))}\n` : `${line(one, paint)}\n`),
      warn,
    );
    // From the first: what is temporary is removed in any case, also where the day is not traded to its end.
    const interrupted = interruption(() => say('\nStopping. Ctrl-C again ends it at once.'));
    return withDemoStore(values.store, warn, async (store) => {
      const market = await openMarket(day, store, exchange.observe);
      for (const [i, { role, domain }] of [parties.AGR, parties.DSO, parties.CRO].entries()) {
        say(`${paint('bold', role)} ${domain.padEnd(25)} ${market.servers[i]?.url}`);
      }
      say(
        `Trading ${paint('bold', day.period)} in ${timeZone}: ${day.calendar.count} ISPs, since the clocks change.\n`,
      );
      const started = Date.now();
      let ordered: FlexOrderDraft | undefined;
      let failure: unknown;
      try {
        ordered = await Promise.race([tradeDay(market, day, exchange), interrupted.then(giveUp)]);
      } catch (error) {
        failure = error;
      }
      const rejected = exchange.done.filter(({ accepted }) => !accepted).length;
      const summary = {
        messages: exchange.delivered.size,
        requests: exchange.done.length,
        rejected,
        milliseconds: Date.now() - started,
      };
      if (json)
        await writeOutput(
          `${JSON.stringify({ ...summary, period: day.period, ordered: ordered?.isp ?? [] })}\n`,
        );
      else
        await writeOutput(
          `${summaryText(summary, paint)}${ordered === undefined ? '' : orderTable(day, ordered)}`,
        );
      if (failure !== undefined)
        process.stderr.write(`${paint('red', 'The day was not traded to its end')}: ${String(failure)}\n`);
      if (values.once !== true && failure === undefined) {
        say('\nThe three go on serving. Ctrl-C stops them.');
        await interrupted;
      }
      await Promise.all(market.servers.map((server) => server.stop()));
      return failure === undefined && rejected === 0 ? 0 : 1;
    });
  },
};

/** Resolves at the first Ctrl-C. The second one ends the process here: a signal that nobody heeds would leave what is temporary. */
function interruption(tell: () => void): Promise<void> {
  return new Promise((resolve) => {
    let isSecond = false;
    const interrupt = (): void => {
      if (isSecond) process.exit(1);
      isSecond = true;
      tell();
      resolve();
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', interrupt);
  });
}

function giveUp(): never {
  throw new Error('it was interrupted');
}

/** One day in the order of the phases. Every request is answered before the next step begins. @returns what was ordered */
async function tradeDay(market: Market, day: TradingDay, exchange: Exchange): Promise<FlexOrderDraft> {
  const { AGR, DSO, CRO } = parties;
  const reply = { reply: true, withinMs: stepMsMax } as const;
  const agr = { dso: market.agr.dsoClient(DSO.domain), cro: market.agr.croClient(CRO.domain) };
  const dso = { agr: market.dso.agrClient(AGR.domain), cro: market.dso.croClient(CRO.domain) };

  // Is everybody there?
  await agr.dso.sendTestMessage({}, reply);
  await dso.cro.sendTestMessage({}, reply);
  await market.cro.agrClient(AGR.domain).sendTestMessage({}, reply);

  // Contract and plan: who is where, and what is reserved.
  await dso.cro.sendDsoPortfolioUpdate(draft.dsoPortfolio(day), reply);
  await agr.cro.sendAgrPortfolioUpdate(draft.agrPortfolio(day), reply);
  await dso.cro.sendDsoPortfolioQuery(
    { timeZone, period: day.period, entityAddress: congestionPoint },
    reply,
  );
  await agr.cro.sendAgrPortfolioQuery({ timeZone, period: day.period }, reply);
  await dso.agr.sendFlexReservationUpdate(draft.reservation(day), reply);

  // Validate: the forecast shows congestion; the DSO asks, the AGR's handler offers twice and takes one offer back.
  await agr.dso.sendDPrognosis(draft.prognosis(day, 1n, []), reply);
  await dso.agr.sendFlexRequest(draft.request(day), reply);
  await exchange.answered('FlexOffer', 2, AbortSignal.timeout(stepMsMax));
  const offers = await market.dso.messages({ type: 'FlexOffer', direction: 'in' });
  const [full, smaller] = offers.messages.map((stored) => market.dso.read(stored) as FlexOffer);
  if (full === undefined || smaller === undefined) throw new Error('two offers were expected');
  await agr.dso.sendFlexOfferRevocation(
    { conversationId: smaller.conversationId, flexOfferMessageId: smaller.messageId },
    reply,
  );

  // Operate: the order is binding, and the AGR's handler sends a new prognosis.
  const ordered = draft.order(full);
  await dso.agr.sendFlexOrder(ordered, reply);
  await exchange.answered('D-Prognosis', 2, AbortSignal.timeout(stepMsMax));

  // Settle.
  await agr.dso.sendMetering(draft.metering(day, full.offerOption[0]?.isp ?? []), reply);
  await dso.agr.sendFlexSettlement(draft.settlement(day, ordered), reply);
  await exchange.settled(AbortSignal.timeout(stepMsMax));
  return ordered;
}

function line({ from, to, request, at, accepted, reason }: Exchanged, paint: Paint): string {
  const result = accepted ? paint('green', 'Accepted') : paint('red', `Rejected: ${reason ?? ''}`);
  const route = `${from.role} → ${to.role}`;
  return `${paint('dim', at.toISOString().slice(11, 23))}  ${paint('cyan', route)}  ${request.$type.padEnd(21)}  ${draft.inWords(request).padEnd(62)}  ${result}`;
}

function asJson({ from, to, request, at, accepted, reason }: Exchanged): object {
  return {
    at: at.toISOString(),
    from,
    to,
    type: request.$type,
    messageId: request.messageId,
    conversationId: request.conversationId,
    says: draft.inWords(request),
    result: accepted ? 'Accepted' : 'Rejected',
    ...(reason === undefined ? {} : { reason }),
  };
}

function summaryText(
  {
    messages,
    requests,
    rejected,
    milliseconds,
  }: { messages: number; requests: number; rejected: number; milliseconds: number },
  paint: Paint,
): string {
  const verdict = rejected === 0 ? paint('green', 'all accepted') : paint('red', `${rejected} rejected`);
  return `\n${requests} requests and their responses, ${messages} signed messages in ${milliseconds} ms: ${verdict}.\n`;
}

/** The ordered power of each ISP, by the wall clock of the day. */
function orderTable(day: TradingDay, ordered: FlexOrderDraft): string {
  const rows = ordered.isp.map(({ start, power }) => [
    String(start),
    `${wallClock(day.calendar.start(start))} - ${wallClock(day.calendar.end(start))}`,
    String(power / 1000),
  ]);
  const change = clockChangeIn(
    day,
    ordered.isp.map(({ start }) => start),
  );
  const megawattHours = ordered.isp.reduce((sum, { power }) => sum + power, 0) / 4 / 1_000_000;
  return `\nOrdered on ${day.period} (${ordered.orderReference}, ${ordered.price} ${ordered.currency}):\n\n${table(['ISP', 'wall clock', 'kW'], rows)}\n\n${change === undefined ? '' : `${change}\n`}In all ${megawattHours} MWh.\n`;
}
