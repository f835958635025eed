/** @module The worker under test: an aggregator that offers, writes down its orders, and can be called by RPC. */

import { DurableObject } from 'cloudflare:workers';
import { accept, addressBook, type Service } from 'shapeshifter-uftp';
import { type AgrKind, agr } from 'shapeshifter-uftp/v3.1';
import { createService, type ParticipantWorker, worker } from 'shapeshifter-uftp/worker';

interface Env {
  readonly UFTP_KEY: string;
  readonly DSO_KEY: string;
  readonly DSO_ENDPOINT: string;
  /** How long retries wait, from 0 to 1. */
  readonly CHANCE: string;
  readonly PARTICIPANT: { getByName(name: string): Participant };
}

const dso = { domain: 'dso.example', role: 'DSO' } as const;

const uftp: ParticipantWorker<Env, Service<AgrKind>, DurableObject> = worker(
  (env: Env, store) =>
    createService(agr, {
      domain: 'agr.example',
      key: env.UFTP_KEY,
      store,
      lookup: addressBook([{ ...dso, key: env.DSO_KEY, endpoint: env.DSO_ENDPOINT }]),
      insecureEndpoints: true, // http on loopback
      chance: () => Number(env.CHANCE),
      handlers: {
        preProcessFlexRequest: () => accept(),
        async processFlexRequest(request, context) {
          const { conversationId, ispDuration, timeZone, period, congestionPoint, expirationDateTime } =
            request;
          const wanted = request.isp.filter(({ disposition }) => disposition === 'Requested');
          const isp = wanted.map(({ start, minPower }) => ({ start, power: minPower }));
          await context.dsoClient(context.sender.domain).sendFlexOffer({
            ...{ conversationId, ispDuration, timeZone, period, congestionPoint, expirationDateTime },
            flexRequestMessageId: request.messageId,
            currency: 'EUR',
            ...(request.contractId !== undefined && { contractId: request.contractId }),
            offerOption: [{ optionReference: 'all', price: '12.50', isp }],
          });
        },
        preProcessFlexOrder: () => accept(),
        processFlexOrder(order, context) {
          context.onCommit((tx) => {
            tx.run('CREATE TABLE IF NOT EXISTS orders (reference TEXT)');
            tx.run('INSERT INTO orders VALUES (?)', [order.orderReference]);
          });
        },
      },
    }),
  { base: DurableObject },
);

/** The object, with what the test asks of it. */
export class Participant extends uftp.Participant {
  async orders(): Promise<unknown[]> {
    return this.ctx.storage.sql.exec('SELECT reference FROM orders').toArray();
  }

  /** Asks the DSO whether it is there, and waits for what it says. */
  async test(): Promise<string> {
    const service = await this.service();
    const response = await service.dsoClient(dso.domain).sendTestMessage({}, { reply: true });
    return response.$type;
  }

  /** Whether all is done but what waits to be tried again. */
  async retries(): Promise<boolean> {
    const { messages } = await (await this.service()).messages();
    const tried = messages.filter(({ attempts }) => attempts.length > 0).map(({ state }) => state);
    return (
      tried.includes('waiting') && tried.includes('done') && !messages.some(({ state }) => state === 'leased')
    );
  }

  async alarmAt(): Promise<number | null> {
    return this.ctx.storage.getAlarm();
  }

  async loseAlarm(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
  }
}

const handler: Pick<typeof uftp, 'fetch' | 'scheduled'> = {
  async fetch(request: Request, env: Env): Promise<Response> {
    const participant = env.PARTICIPANT.getByName('participant');
    switch (new URL(request.url).pathname) {
      case '/orders':
        return Response.json(await participant.orders());
      case '/test':
        return Response.json(await participant.test());
      case '/retries':
        return Response.json(await participant.retries());
      case '/alarm':
        return Response.json(await participant.alarmAt());
      case '/lose-alarm':
        return Response.json((await participant.loseAlarm()) ?? null);
      default:
        return uftp.fetch(request, env);
    }
  },
  scheduled: uftp.scheduled,
};

export default handler;
