import { agr, cro, dso } from '../../generated/3.1.0/index.ts';
import { accept, type Message, type Role } from '../../runtime/roles.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import {
  agrPortfolioQuery,
  agrPortfolioUpdate,
  dPrognosis,
  dsoPortfolioQuery,
  dsoPortfolioUpdate,
  flexOffer,
  flexOfferRevocation,
  flexOrder,
  flexRequest,
  flexReservationUpdate,
  flexSettlement,
  metering,
} from '../flow/drafts.ts';
import { changed, openScene, parties, said } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('service: three roles');

/** Handlers for everything that a role receives; `ran` tells which were called. */
function all(role: Role, ran: string[]): object {
  const handlers: Record<string, (message: Message) => unknown> = {};
  for (const row of role.protocol.messages.values()) {
    if (!row.to.includes(role.name)) continue;
    handlers[`process${row.key}`] = ({ $type }) => {
      ran.push(`${role.name} ${$type}`);
    };
  }
  return handlers;
}

test('all three roles send all that they may, and each message and response reaches its handler', async () => {
  const scene = openScene();
  const ran: string[] = [];
  const a = await scene.join(agr, {
    handlers: {
      ...all(agr, ran),
      preProcessFlexSettlement: () =>
        accept({ flexOrderSettlementStatus: [{ orderReference: 'ORD-1', disposition: 'Accepted' }] }),
    },
  });
  const c = await scene.join(cro, {
    handlers: {
      ...all(cro, ran),
      preProcessAgrPortfolioQuery: () =>
        accept({
          dsoView: [
            {
              dsoPortfolio: [
                {
                  dsoDomain: 'dso.example',
                  congestionPoint: [
                    {
                      entityAddress: 'ean.871687120000000010',
                      mutexOffersSupported: false,
                      dayAheadRedispatchBy: 'AGR',
                      connection: [{ entityAddress: 'ean.871687120000000101' }],
                    },
                  ],
                },
              ],
            },
          ],
        }),
    },
  });
  const d = await scene.join(dso, { handlers: all(dso, ran) });
  const [toCro, toDso] = [a.croClient('cro.example'), a.dsoClient('dso.example')];
  await toCro.sendAgrPortfolioUpdate(agrPortfolioUpdate);
  await toCro.sendAgrPortfolioQuery(agrPortfolioQuery);
  await toCro.sendTestMessage({});
  await toDso.sendDPrognosis(dPrognosis);
  await toDso.sendFlexOffer(flexOffer);
  await toDso.sendFlexOfferRevocation(flexOfferRevocation);
  await toDso.sendMetering(metering);
  await toDso.sendTestMessage({});
  await d.croClient('cro.example').sendDsoPortfolioUpdate(dsoPortfolioUpdate);
  await d.croClient('cro.example').sendDsoPortfolioQuery(dsoPortfolioQuery);
  await d.croClient('cro.example').sendTestMessage({});
  await d.agrClient('agr.example').sendFlexReservationUpdate(flexReservationUpdate);
  await d.agrClient('agr.example').sendFlexRequest(flexRequest);
  await d.agrClient('agr.example').sendFlexOrder(flexOrder);
  await d.agrClient('agr.example').sendFlexSettlement(flexSettlement);
  await d.agrClient('agr.example').sendTestMessage({});
  await c.agrClient('agr.example').sendTestMessage({});
  await c.dsoClient('dso.example').sendTestMessage({});
  await scene.drain();
  assert.ok(scene.posts.every(({ status }) => status === 200));
  const rejected = scene.posts.filter((one) => said(one).rejectionReason !== undefined);
  assert.equal(
    rejected.map(({ message }) => message.$type),
    [],
  );
  const expected = [agr, cro, dso].flatMap((role) =>
    [...role.protocol.messages.values()]
      .filter((row) => row.to.includes(role.name))
      .map((row) => `${role.name} ${row.name}`),
  );
  assert.equal([...new Set(ran)].sort(), expected.sort());
  assert.is(scene.posts.length, 36);
  assert.is(ran.length, 36);
});

test('a day of faults loses nothing: each message is delivered, answered and processed once', async () => {
  const scene = openScene();
  const ran: string[] = [];
  let random = 1;
  const chance = (): number => {
    random = (random * 48_271) % 2_147_483_647;
    return random / 2_147_483_647;
  };
  const flaky = () => {
    const store = memory();
    return changed(store, {
      commit: (item) => (chance() < 0.1 ? Promise.reject(new Error('SQLITE_BUSY')) : store.commit(item)),
    });
  };
  const a = await scene.join(agr, {
    ...{ chance, store: flaky() },
    handlers: {
      async processFlexRequest({ messageId, conversationId }, context) {
        const draft = { ...flexOffer, flexRequestMessageId: messageId, conversationId };
        await context.dsoClient('dso.example').sendFlexOffer(draft);
        if (chance() < 0.2) throw new Error('try again');
      },
    },
  });
  const d = await scene.join(dso, {
    ...{ chance, store: flaky() },
    handlers: {
      processFlexOffer: ({ flexRequestMessageId }, context) => {
        context.onCommit(() => void ran.push(String(flexRequestMessageId)));
      },
    },
  });
  scene.disturb = async (request) => {
    const luck = chance();
    if (luck < 0.1) throw new Error('connection refused');
    if (luck < 0.15) return { status: 503 };
    if (luck < 0.25) {
      // It arrives, and the answer is lost.
      await scene.services.get(request.url.origin)?.receive(request.body);
      throw new Error('connection reset');
    }
    return undefined;
  };
  const sent: string[] = [];
  while (sent.length < 60) {
    const draft = { ...flexRequest, expirationDateTime: '2026-03-09T00:00:00Z' };
    const done = await d
      .agrClient(parties.AGR.domain)
      .sendFlexRequest(draft)
      .catch(() => undefined);
    if (done !== undefined) sent.push(done.messageId);
  }
  for (let round = 0; round < 400; round++) {
    scene.clock.advance(60_000);
    await scene.drain().catch(() => {}); // a store that fails ends a drain; the next one goes on
  }
  assert.equal(ran.sort(), sent.sort());
  for (const service of [a, d]) {
    for (const state of ['waiting', 'leased', 'dead'] as const)
      assert.equal((await service.messages({ state })).messages.length, 0, state);
  }
  const { messages } = await d.messages({ type: 'FlexRequestResponse', limit: 1000 });
  assert.is(messages.length, 60);
});
