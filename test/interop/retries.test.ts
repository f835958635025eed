/** @module Delivery to a Python service that is not there yet, or was away. */

import { agr } from '../../generated/3.1.0/index.ts';
import { assert, suite } from '../support/suite.ts';
import { deliveryOf, processedByPython } from './exchange.ts';
import { onDemand } from './loopback.ts';
import { absent } from './shared.ts';

const test = suite('interop: retries');

const market = onDemand(async (loopback) => loopback);

if (absent === undefined) {
  test('A message to a Python service that is started late is delivered by a retry, once, and answered (rules 23, 24).', async () => {
    const loopback = await market();
    const late = await loopback.prepare('DSO');
    // With so little chance the pauses are 0.1 s, 0.2 s, 0.4 s and so on.
    const ours = await loopback.ours(agr, { domain: 'patient.example', handlers: {}, chance: () => 0.02 });
    const messageId = crypto.randomUUID();
    const client = ours.service.dsoClient(late.party.domain);
    const reply = client.sendFlexOfferRevocation(
      { messageId, flexOfferMessageId: crypto.randomUUID() },
      { reply: true, withinMs: 30_000 },
    );
    reply.catch(() => {}); // looked at below, unless what comes first fails
    const { attempt } = await deliveryOf(ours, 'retrying', messageId);
    assert.is(attempt.status, undefined);
    assert.match(attempt.text, 'ECONNREFUSED');
    const peer = await late.start();
    await deliveryOf(ours, 'delivered', messageId);
    assert.is((await processedByPython(peer, messageId)).type, 'FlexOfferRevocation');
    const { result, flexOfferRevocationMessageId } = await reply;
    assert.equal([result, flexOfferRevocationMessageId], ['Accepted', messageId]);
    assert.is(peer.lines.entries.filter(({ stage }) => stage === 'process').length, 1);
  });
} else {
  test.skip('A message to a Python service that is started late is delivered by a retry.', absent);
}

test.after(market.close);
