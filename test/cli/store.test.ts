/** @module The commands on a store, run as a user runs them, over every store that is durable. */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { jsonLines, uftp } from '../support/command.ts';
import { begin, type Scene } from '../support/participants.ts';
import { durable, onStores } from '../support/stores.ts';
import { assert } from '../support/suite.ts';
import { sentPayload, type Traded, trade } from './trading.ts';

const since = ['--since', new Date(begin).toISOString()];

/** The public key of a participant, such as `AGR:agr.example`, as the address book has it: 32 bytes in base64. */
function keyOf({ keys }: Scene, participant: string): KeyObject {
  const x = Buffer.from(String(keys.get(participant.replace(':', ' '))), 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

onStores('cli: store', durable, (test, stores) => {
  let file: string;
  let traded: Traded;

  test.before(async () => {
    file = stores.place();
    traded = await trade(await stores.open(file));
  });

  test('log lists what was received and sent, oldest first, with verdicts and the state of each task', async () => {
    const { request, barredId } = traded;
    const { code, stdout, stderr } = await uftp(['log', '--store', file, ...since]);
    assert.is(code, 0, stderr);
    const text = stdout.toString();
    assert.match(text, /^time +partner +type +MessageID +verdict +task\n/);
    assert.match(text, new RegExp(`< +DSO:dso\\.example +FlexRequest +${request.messageId} +accepted +done`));
    assert.match(
      text,
      /< +DSO:dso\.example +FlexOfferResponse +\S+ +says rejected: Price out of range +none/,
    );
    assert.match(text, new RegExp(`> +DSO:other\\.example +D-Prognosis +${barredId} +dead`));
    assert.match(stderr, /^7 messages\n$/);
  });

  test('log lists only what all its options let through', async () => {
    const { request } = traded;
    const cases: readonly (readonly [options: readonly string[], types: readonly string[]])[] = [
      [
        ['--state', 'dead'],
        ['FlexRequest', 'D-Prognosis'],
      ],
      [['--partner', 'other.example'], ['D-Prognosis']],
      [['--partner', 'DSO:dso.example', '--type', 'FlexOffer'], ['FlexOffer']],
      [
        ['--conversation', request.conversationId],
        ['FlexRequest', 'FlexRequestResponse', 'FlexOffer', 'FlexOfferResponse'],
      ],
      [
        ['--conversation', request.conversationId, '--direction', 'in'],
        ['FlexRequest', 'FlexOfferResponse'],
      ],
      [['--as', 'DSO:agr.example'], []],
      [['--until', '2026-03-02'], []],
    ];
    const all = ['log', '--store', file, '--json', '--since', '2026-03-01'];
    const told = await Promise.all(cases.map(([options]) => uftp([...all, ...options])));
    for (const [i, [options, types]] of cases.entries()) {
      const listed = jsonLines(told[i]?.stdout ?? Buffer.of()).map(({ type }) => type);
      assert.equal(listed, types, options.join(' '));
    }
  });

  test('log lists the last 24 hours unless a time, a state or a conversation is asked for', async () => {
    const { request } = traded;
    const cases: readonly (readonly [options: readonly string[], told: string])[] = [
      [[], '0 messages in the last 24 hours; --since 7d shows more\n'],
      [['--type', 'FlexOffer'], '0 messages in the last 24 hours; --since 7d shows more\n'],
      [['--until', '2026-04-01'], '7 messages\n'],
      [['--state', 'dead'], '2 messages\n'],
      [['--conversation', request.conversationId], '4 messages\n'],
    ];
    const ran = await Promise.all(
      cases.map(([options]) => uftp(['log', ...options], undefined, { UFTP_STORE: file })),
    );
    for (const [i, [options, told]] of cases.entries()) assert.is(ran[i]?.stderr, told, options.join(' '));
  });

  test('show tells all that is known of a message, and --payload prints it byte for byte', async () => {
    const { request, barredId } = traded;
    const { code, stdout } = await uftp(['show', barredId, '--store', file]);
    assert.is(code, 0);
    assert.match(
      stdout.toString(),
      /^Sent +2026-03-02T12:00:02\.000Z\nFrom +AGR:agr\.example\nTo +DSO:other\.example\n/,
    );
    assert.match(
      stdout.toString(),
      /\nDelivery +dead\n {2}2026-03-02T12:00:02\.000Z {2}HTTP 400\n\n<\?xml .*<D-Prognosis /,
    );
    const payload = await uftp(['show', request.messageId, '--store', file, '--payload']);
    assert.equal(payload.stdout, Buffer.from(sentPayload(traded, request.messageId)));
    const none = await uftp(['show', 'nobody', '--store', file]);
    assert.is(none.code, 1);
    assert.match(none.stderr, /there is no message nobody in the store/);
  });

  test('whoever has the public keys can verify what export writes, received and sent', async () => {
    const { request, scene } = traded;
    const { stdout } = await uftp(['export', '--store', file, '--json']);
    const verified = { in: 0, out: 0 };
    for (const { direction, participant, partner, messageId, signed } of jsonLines(stdout)) {
      const isOurs = direction === 'out';
      const body = Buffer.from(String(signed), 'base64');
      const key = keyOf(scene, String(isOurs ? participant : partner));
      // As crypto_sign writes it (rule 6): the signature, and behind it what was signed.
      assert.ok(verify(null, body.subarray(64), key, body.subarray(0, 64)), String(messageId));
      const other = keyOf(scene, String(isOurs ? partner : participant));
      assert.not.ok(verify(null, body.subarray(64), other, body.subarray(0, 64)));
      if (messageId === request.messageId)
        assert.equal(body.subarray(64), Buffer.from(sentPayload(traded, request.messageId)));
      verified[isOurs ? 'out' : 'in'] += 1;
    }
    assert.equal(verified, { in: 3, out: 4 });
  });

  test('export writes, redacted, nothing of any payload, reason or error', async () => {
    const { barredId } = traded;
    const whole = await uftp(['export', '--store', file, '--json']);
    assert.is(jsonLines(whole.stdout).length, 7);
    const redacted = await uftp(['export', '--store', file, '--redact']);
    assert.is(jsonLines(redacted.stdout).length, 7);
    assert.match(whole.stdout.toString(), /Price out of range.*no more/s);
    assert.not.match(
      redacted.stdout.toString(),
      /signed|ean\.|PowerMax|<Flex|Price out of range|no more|"text"/,
    );
    const told = jsonLines(redacted.stdout);
    assert.equal(told.find(({ type }) => type === 'FlexOfferResponse')?.says, {
      result: 'rejected',
      reasonCount: 1,
    });
    const barred = told.find(({ messageId }) => messageId === barredId);
    assert.equal(barred?.attempts, [{ at: '2026-03-02T12:00:02.000Z', status: 400 }]);
    assert.match(redacted.stderr, /7 messages, redacted/);
  });

  test('retry puts dead letters back, in both directions, and nothing else', async () => {
    const { request, barredId, failedId } = traded;
    const refused = await uftp(['retry', request.messageId, 'nobody', '--store', file]);
    assert.is(refused.code, 1);
    assert.match(
      refused.stderr,
      /FlexRequest \S+: not a dead letter, its state is done\nnobody: there is no such message/,
    );
    const { code, stderr } = await uftp(['retry', '--all', '--store', file]);
    assert.is(code, 0, stderr);
    assert.match(stderr, /^2 put back\n$/);
    const after = await uftp(['log', '--store', file, ...since, '--json', '--state', 'waiting']);
    assert.equal(
      jsonLines(after.stdout).map(({ messageId }) => messageId),
      [failedId, barredId],
    );
  });
});
