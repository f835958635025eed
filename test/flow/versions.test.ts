import * as old from '../../generated/3.0.0/index.ts';
import { agr, dso, protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import * as next from '../../generated/next/index.ts';
import { accept, type HistoryEntry, type Message } from '../../runtime/roles.ts';
import { openScene, parties, said } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOffer, flexOrder, flexRequest, payload } from './drafts.ts';

const test = suite('flow: versions');

/** A FlexOrder of 3.0.0, which demands the offer's MessageID. */
const order = { ...flexOrder, flexOfferMessageId: crypto.randomUUID() };

test('a handler gets the message in the version of its role object, and the original beside it', async () => {
  const scene = openScene();
  const seen: Message[] = [];
  const note = (message: Message, context: { readonly original: Message }): void => {
    seen.push(message, context.original);
  };
  await scene.join(agr, {
    handlers: {
      preProcessFlexOrder(message, context) {
        note(message, context);
        return accept();
      },
      processFlexOrder: note,
    },
  });
  const sender = await scene.join(old.dso);
  await sender.agrClient('agr.example').sendFlexOrder(order);
  await scene.drain();
  assert.equal(
    seen.map(({ version }) => version),
    ['3.1.0', '3.0.0', '3.1.0', '3.0.0'],
  );
  assert.equal(seen[2], seen[0]);
  assert.equal(seen[3], seen[1]);
  const { version, ...rest } = seen[0] as unknown as Record<string, unknown>;
  assert.is(version, '3.1.0');
  assert.equal(rest.orderReference, 'ORD-1');
  assert.is(rest.unsolicited, undefined); // 3.1.0 tells it by FlexOfferMessageID, which is there
});

test('what a handler sends to the same partner is in the version that the partner spoke', async () => {
  const scene = openScene();
  await scene.join(agr, {
    handlers: {
      async processFlexRequest(request, context) {
        const { conversationId, messageId: flexRequestMessageId } = request;
        const draft = { ...flexOffer, conversationId, flexRequestMessageId };
        await context.dsoClient('dso.example').sendFlexOffer(draft);
        await context.dsoClient('other.example').sendFlexOffer(draft);
        await context.croClient('cro.example').sendTestMessage({});
      },
    },
  });
  await scene.outsider('DSO', 'other.example');
  await scene.outsider('CRO');
  const sender = await scene.join(old.dso, { handlers: { processFlexOffer() {} } });
  await sender.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.drain();
  const spoken = scene.posts.map(({ to, message }) => `${to} ${message.$type} ${message.version}`).sort();
  assert.equal(spoken, [
    'agr.example FlexOfferResponse 3.0.0',
    'agr.example FlexRequest 3.0.0',
    'cro.example TestMessage 3.1.0',
    'dso.example FlexOffer 3.0.0',
    'dso.example FlexRequestResponse 3.0.0',
    'other.example FlexOffer 3.1.0',
  ]);
});

test('a version that is settled with the partner goes before the one that it spoke', async () => {
  const scene = openScene();
  await scene.join(agr, {
    partner: () => ({ version: '3.1.0' }),
    handlers: {
      async processFlexRequest(_, context) {
        await context.dsoClient('dso.example').sendFlexOffer(flexOffer);
      },
    },
  });
  const sender = await scene.join(old.dso, { handlers: { processFlexOffer() {} } });
  await sender.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.drain();
  const offer = scene.posts.find(({ message }) => message.$type === 'FlexOffer');
  assert.is(said(offer).version, '3.1.0');
  const reply = scene.posts.find(({ message }) => message.$type === 'FlexRequestResponse');
  assert.is(said(reply).version, '3.0.0'); // a reply copies the request's
});

test('a history holds each message in the version in which it was said', async () => {
  const scene = openScene();
  let entries: readonly HistoryEntry[] = [];
  await scene.join(agr, {
    handlers: {
      processFlexRequest(_, { history }) {
        entries = history;
      },
    },
  });
  const outsider = await scene.outsider('DSO');
  const [service] = scene.services.values();
  const conversationId = crypto.randomUUID();
  for (const protocol of [old.protocol, v3_1])
    await service?.receive(await outsider.seal(payload('FlexRequest', { conversationId }, protocol)));
  await scene.drain();
  assert.equal(
    entries.map(({ direction, message }) => `${direction} ${message.version}`),
    ['in 3.0.0', 'out 3.0.0', 'in 3.1.0', 'out 3.1.0'],
  );
});

test('a message that cannot be said in the version of the role object is rejected, not lost', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const service = await scene.join(old.agr, {
    versions: [old.protocol, v3_1],
    handlers: { processFlexOrder: () => assert.unreachable() },
  });
  const received = await service.receive(await outsider.seal(payload('FlexOrder', { serviceType: 'x' })));
  assert.is(received.result, 'rejected');
  await scene.drain();
  assert.is(said(scene.posts[0]).version, '3.1.0');
  assert.is(
    said(scene.posts[0]).rejectionReason,
    'Invalid Message; it cannot be read as UFTP 3.0.0: /FlexOrder/@ServiceType',
  );
});

test('a response of another version ends the request that it answers', async () => {
  const scene = openScene();
  const seen: unknown[] = [];
  const sender = await scene.join(dso, {
    versions: [v3_1, next.protocol],
    partner: () => ({ version: '4.0.0' }),
    handlers: {
      processFlexRequestResponse: ({ flexRequestMessageId }) => void seen.push(flexRequestMessageId),
      processTestMessageResponse: ({ version }) => void seen.push(version),
    },
  });
  await scene.join(next.agr, { handlers: { processFlexRequest() {} } });
  const { messageId } = await sender.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.drain();
  await sender.agrClient('agr.example').sendTestMessage({});
  await scene.drain();
  assert.equal(seen, [messageId, '3.1.0']);
  assert.ok(scene.posts.every(({ message }) => message.version === '4.0.0'));
});

// ---- leniency ----

/** As the Java library writes a TestMessageResponse: with a Result, which no 3.x XSD knows. */
function odd(): string {
  const fields = { senderDomain: 'dso.example', recipientDomain: 'agr.example' };
  const text = new TextDecoder().decode(payload('TestMessageResponse', fields));
  return text.replace('<TestMessageResponse', '<TestMessageResponse Result="Accepted"');
}
const lenient = ['/TestMessageResponse/@Result'];

test('a departure that is settled with a partner is let through, and observed', async () => {
  const scene = openScene();
  const outsider = await scene.outsider('DSO');
  const seen: unknown[] = [];
  const service = await scene.join(agr, {
    partner: ({ domain }) => (domain === 'dso.example' ? { lenient } : {}),
    handlers: { processTestMessageResponse: (message) => void seen.push('result' in message) },
  });
  const received = await service.receive(await outsider.seal(odd()));
  assert.is(received.result, 'accepted');
  await scene.drain();
  assert.equal(seen, [false]);
  const [told] = scene.told('let-through');
  assert.equal(told?.sender, parties.DSO);
  assert.is(told?.type, 'TestMessageResponse');
  assert.equal(
    told?.warnings.map(({ path }) => path),
    lenient,
  );
  const { messages } = await service.messages({ direction: 'in' });
  assert.is(messages[0] && service.read(messages[0]).$type, 'TestMessageResponse');
});

test('nothing is let through by default, nor for another partner, nor elsewhere', async () => {
  const cases = [undefined, { lenient: ['/TestMessage/@Result'] }];
  for (const settings of cases) {
    const scene = openScene();
    const outsider = await scene.outsider('DSO');
    const service = await scene.join(agr, {
      partner: ({ domain }) => (domain === 'dso.example' ? settings : { lenient }),
    });
    assert.is((await service.receive(await outsider.seal(odd()))).status, 400);
    assert.is(scene.told('let-through').length, 0);
  }
});
