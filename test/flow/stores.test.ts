/** @module What an application is told of, over each kind of store. */

import { setTimeout as pause } from 'node:timers/promises';
import { type DsoHandlers, dso } from '../../generated/3.1.0/index.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { accept, type Message } from '../../runtime/roles.ts';
import type { MemoryTx } from '../../runtime/store/memory/store.ts';
import { gate, hour, minute, type Scene } from '../support/participants.ts';
import { all, onStores } from '../support/stores.ts';
import { assert } from '../support/suite.ts';
import { flexRequest } from './drafts.ts';
import { open } from './requesting.ts';

const races = 50;

onStores('flow: what an application is told of', all, (test, stores) => {
  const fresh = (): Promise<Store<MemoryTx>> => stores.open(stores.place());

  test('a request without a response in time is told of once, durably, with the request (rule 42)', async () => {
    const { scene, client, told } = await open({ store: await fresh() });
    const { messageId } = await client.sendFlexRequest(flexRequest);
    await scene.pass(hour - 1);
    assert.equal(told, []);
    await scene.pass(1);
    const line = `expired FlexRequest ${messageId} AGR agr.example`;
    assert.equal(told, [line]);
    await scene.pass(10 * hour);
    assert.equal(told, [line]);
    const recipient = { domain: 'agr.example', role: 'AGR' };
    const participant = { domain: 'dso.example', role: 'DSO' };
    const event = { event: 'expired', participant, recipient, type: 'FlexRequest', messageId };
    assert.equal(scene.told('expired'), [event]);
  });

  test('a dead letter is told of, with why, and again where it is sent again and fails again; no deadline follows', async () => {
    const whys: string[] = [];
    const { scene, client, store, told, service } = await open({
      store: await fresh(),
      onUndeliverable: ({ messageId }, { domain }, { text }) =>
        void whys.push(`${messageId} ${domain} ${text}`),
    });
    scene.disturb = () => ({ status: 400 });
    const { messageId } = await client.sendFlexRequest(flexRequest);
    await scene.drain();
    const line = `${messageId} agr.example HTTP 400`;
    assert.equal(whys, [line]);
    scene.clock.advance(minute);
    const [message] = (await service.messages({ messageId })).messages;
    assert.ok(message);
    const dueAt = scene.clock.now();
    await store.commit({ resend: { message, dueAt, unlessTriedSince: dueAt } });
    await scene.drain();
    assert.equal(whys, [line, line]);
    await scene.pass(2 * hour);
    assert.equal(told, []); // it is known to be dead: that its reply is late says nothing new
  });

  test('the response that was accepted first counts: a later one changes nothing, and goes to onConflict', async () => {
    for (const within of ['the same conversation', 'another conversation']) {
      const ran: string[] = [];
      const handlers: DsoHandlers = {
        processFlexRequestResponse: ({ messageId }) => void ran.push(messageId),
      };
      const { scene, client, told, service, answer } = await open({ store: await fresh(), handlers });
      const sent = await client.sendFlexRequest(flexRequest);
      const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
      const conversationId = within === 'the same conversation' ? sent.conversationId : crypto.randomUUID();
      const one = await service.receive(await answer(sent, { messageId: first }));
      const rejection = { result: 'Rejected', rejectionReason: 'No', messageId: second, conversationId };
      const two = await service.receive(await answer(sent, rejection));
      assert.equal([one.status, two.status], [200, 200]);
      await scene.drain();
      assert.equal(ran, [first], within);
      assert.equal(told, [`conflict FlexRequestResponse ${second} AGR agr.example`], within);
      const { messages } = await service.messages({ answers: sent.messageId });
      assert.equal(
        messages.map((message) => message.verdict?.result),
        ['accepted', 'rejected'],
      );
    }
  });

  test(`of two responses that come at two processes at the same instant one counts, ${races} times`, async () => {
    const ran: string[] = [];
    const conflicts: string[] = [];
    let asked = 0;
    let both = gate();
    const handlers: DsoHandlers = {
      async preProcessFlexRequestResponse() {
        asked += 1;
        if (asked === 2) both.open();
        await both.opened; // neither is committed before both have been looked at
        return accept();
      },
      processFlexRequestResponse: ({ flexRequestMessageId }) => void ran.push(flexRequestMessageId),
    };
    const place = stores.place();
    const onConflict = (response: Message): void =>
      void conflicts.push(String((response as { flexRequestMessageId?: string }).flexRequestMessageId));
    const given = { handlers, onConflict };
    const { scene, client, service, answer } = await open({ ...given, store: await stores.open(place) });
    const other = await scene.join(dso, { ...given, store: await stores.open(place) });
    const requests: string[] = [];
    for (let race = 0; race < races; race++) {
      const sent = await client.sendFlexRequest(flexRequest);
      requests.push(sent.messageId);
      const responses = [await answer(sent), await answer(sent)] as const;
      asked = 0;
      both = gate();
      const receipts = await Promise.all([service.receive(responses[0]), other.receive(responses[1])]);
      assert.equal(receipts.map(({ result }) => result).sort(), ['accepted', 'rejected']);
      assert.is(asked, 2);
      const { messages } = await other.messages({ answers: sent.messageId });
      assert.equal(messages.map(({ verdict }) => verdict?.result).sort(), ['accepted', 'rejected']);
    }
    await scene.drain();
    await other.drain();
    assert.equal([ran.sort(), conflicts.sort()], [requests.sort(), requests]);
  });

  for (const result of ['Accepted', 'Rejected'] as const) {
    test(`reply: true gives the response that another process receives: ${result}`, async () => {
      const place = stores.place();
      const { scene, client, answer } = await open({ store: await stores.open(place) });
      const other = await scene.join(dso, { store: await stores.open(place) });
      const reply = client.sendFlexRequest(flexRequest, { reply: true });
      await pauses(() => scene.told('queued').length > 0);
      const request = scene.told('queued')[0]?.message as Message;
      const no = result === 'Rejected' ? { result, rejectionReason: 'No' } : {};
      await other.receive(await answer(request, no));
      assert.is((await ended(scene, reply)).result, result);
    });
  }

  test('reply: true ends where the request is undeliverable, and says why', async () => {
    const { scene, client } = await open({ store: await fresh() });
    scene.disturb = () => ({ status: 400 });
    const reply = client.sendFlexRequest(flexRequest, { reply: true }).then(() => '', String);
    await pauses(() => scene.told('queued').length > 0);
    await scene.drain();
    assert.match(await ended(scene, reply), /^UftpError: \[reply-expired\] .* is undeliverable: HTTP 400$/);
  });
});

/** Lets everything else run, also what takes real time, until the condition holds. */
async function pauses(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(1);
}

/** Waits for a reply. Where no word of the store comes, it is asked each second of the clock, for an hour. */
async function ended<T>({ clock }: Scene, reply: Promise<T>): Promise<T> {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  reply.then(end, end);
  await pauses(() => {
    if (!isOver) clock.advance(1000);
    return isOver;
  });
  return reply;
}
