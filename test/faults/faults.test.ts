import type { Transport } from '../../runtime/ports/transport.ts';
import { fetchTransport } from '../../runtime/transport/fetch.ts';
import { nodeTransport } from '../../runtime/transport/node.ts';
import { assert, suite } from '../support/suite.ts';
import { proxied } from './disturbance.ts';
import { exchange, type Outcome } from './exchange.ts';
import { followed, permanent, type Temporary, temporary } from './faults.ts';

/** Messages of each fault; the whole proof is `FAULT_MESSAGES=500`. */
const messages = Number(process.env.FAULT_MESSAGES ?? 50);

check('node:http', nodeTransport());
check('fetch', fetchTransport);

/** Declares the tests of a transport. */
function check(name: string, transport: Transport): void {
  const test = suite(`faults: the wire, by ${name}`);

  for (const fault of temporary) {
    test(`temporary, so that every message gets through and takes effect once: ${fault.name}`, async () => {
      const outcome = await exchange(transport, fault.disturb, messages);
      checkRetries(outcome, fault);
      checkOnce(outcome);
    });
  }

  for (const status of permanent) {
    test(`permanent, so that there is one attempt and no effect: HTTP ${status}`, async () => {
      const { sent, effects, posts, events } = await exchange(
        transport,
        proxied({ passes: 'nothing', gives: { status } }, 'every'),
        messages,
      );
      assert.is(posts, messages);
      assert.equal(effects, []);
      assert.is(sent.length, messages);
      for (const { state, attempts } of sent) {
        assert.is(state, 'dead');
        assert.equal(
          attempts.map(({ status }) => status),
          [status],
        );
      }
      assert.is(events.filter(({ event }) => event === 'undeliverable').length, messages);
    });
  }

  for (const status of followed) {
    test(`followed within one attempt, with the same body: HTTP ${status}`, async () => {
      const moved = { status, headers: { location: '/moved?to=here' } };
      const outcome = await exchange(
        transport,
        proxied({ passes: 'nothing', gives: moved }, 'every'),
        messages,
      );
      assert.is(outcome.posts, 2 * messages);
      for (const { attempts } of outcome.sent)
        assert.equal(
          attempts.map(({ status }) => status),
          [200],
        );
      checkOnce(outcome);
    });
  }
}

/** Every disturbed attempt, and no other one, was taken for what it is, and was followed by another. */
function checkRetries({ sent, posts, events, disturbed }: Outcome, fault: Temporary): void {
  const failed = sent.flatMap(({ attempts }) => attempts.slice(0, -1));
  assert.ok(disturbed >= (fault.isKnown ? 1 : messages / 2), `${disturbed} attempts were disturbed`);
  assert.is(failed.length, disturbed);
  assert.is(posts, messages + disturbed * (fault.posts ?? 1));
  for (const { status, text, ambiguous } of failed) {
    assert.is(status, fault.status);
    assert.match(text, fault.text);
    if (fault.ambiguous !== undefined) assert.is(ambiguous ?? false, fault.ambiguous);
  }
  const retrying = events.filter((one) => one.event === 'retrying');
  assert.is(retrying.length, disturbed);
  for (const { attempt, dueAt } of retrying) assert.ok(dueAt > attempt.at + (fault.pauseMsMin ?? 0) - 1);
  assert.is(events.filter(({ event }) => event === 'undeliverable').length, 0);
}

/** Every message was delivered, processed by the receiver once, and answered once. */
function checkOnce({ sent, effects, answers }: Outcome): void {
  assert.is(sent.length, messages);
  for (const { state } of sent) assert.is(state, 'done');
  const ids = sent.map(({ messageId }) => messageId).sort();
  assert.equal([...effects].sort(), ids);
  assert.equal([...answers].sort(), ids);
}
