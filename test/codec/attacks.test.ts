/** @module Every document of the attack corpus is taken or refused as its policy says, and none takes long. */

import { readMessage } from '../../runtime/codec/message.ts';
import type { IssueCode } from '../../runtime/errors.ts';
import { readEnvelope } from '../../runtime/seal/envelope.ts';
import { assert, suite } from '../support/suite.ts';
import { protocols } from './samples.ts';
import { type Attack, absent, readAttacks } from './shared.ts';

const test = suite('codec: attacks');

const protocol = protocols['3.1.0'];
const attacks = readAttacks();

function judge({ kind, bytes }: Attack) {
  return kind === 'payload' ? readMessage(bytes, [protocol]) : readEnvelope(bytes, protocol.envelope);
}

/** What these must be refused for, where another reason would prove less. */
const reasons: Readonly<Record<string, IssueCode>> = {
  'depth/5000': 'limit',
  'attrs/100000-unknown': 'limit',
  'attrs/10000-nsdecl': 'limit',
  'attrs/1MiB-string': 'limit',
  'attrs/11MiB-string': 'limit',
  'attrs/long-name': 'limit',
  'doctype/entity-in-attr': 'xml',
  'doctype/lowercase': 'xml',
  'enc/utf16le-bom': 'xml',
  'chars/overlong-2': 'xml',
  'ns/xsi-type-self': 'attribute-unknown',
  'ns/prefixed-shadow-SenderDomain': 'attribute-unknown',
  'js/__proto__-attr': 'attribute-unknown',
  'struct/payload-is-envelope': 'root-unknown',
  'body/trailing-bits': 'type',
  'body/64bytes': 'length',
};

if (attacks === undefined) test.skip('Every attack gets its verdict.', absent);
else {
  for (const kind of ['payload', 'envelope'] as const) {
    const cases = attacks.filter((attack) => attack.kind === kind);

    test(`All ${cases.length} documents that attack as ${kind} get their verdicts.`, () => {
      const wrong = cases.filter((attack) => {
        const taken = judge(attack).issues.length === 0;
        return attack.policy !== 'either' && taken !== (attack.policy === 'accept');
      });
      assert.equal(
        wrong.map(({ id }) => id),
        [],
      );
    });
  }

  for (const [id, code] of Object.entries(reasons)) {
    test(`${id} is refused for ${code}.`, () => {
      const attack = attacks.find((one) => one.id === id);
      assert.ok(attack !== undefined);
      assert.is(attack && judge(attack).issues.at(-1)?.code, code);
    });
  }

  test('No object gets a property that no message has.', () => {
    for (const attack of attacks) judge(attack);
    assert.equal(Object.keys(Object.prototype), []);
    assert.is(Reflect.get({}, 'polluted'), undefined);
  });
}

/** Documents of some 4 MB, each heavy in one way: what must not take more than linear time. */
const heavy: readonly (readonly [what: string, xml: string])[] = [
  ['250,000 elements', `<FlexOffer>${'<x/>'.repeat(249_000)}</FlexOffer>`],
  ['a long comment', `<TestMessage><!--${' -'.repeat(2_000_000)}--></TestMessage>`],
  ['many comments', `<TestMessage>${'<!---->'.repeat(590_000)}</TestMessage>`],
  ['a long value', `<SignedMessage Body="${'A'.repeat(4_000_000)}"/>`],
  ['a value of references', `<TestMessage Version="${'&#65;'.repeat(800_000)}"/>`],
  ['line ends before a hundred issues', `<FlexOffer>${`${'\n'.repeat(40_000)}<x/>`.repeat(100)}</FlexOffer>`],
  ['prefixes at every depth', nested(31, 4, 60_000)],
  ['text', `<FlexOffer>${'&#32;x'.repeat(600_000)}</FlexOffer>`],
];

/** Elements within one another that declare prefixes; the innermost hold many attributes of the outermost prefix. */
function nested(depth: number, declared: number, many: number): string {
  const declarations = (level: number): string =>
    Array.from({ length: declared }, (_, i) => ` xmlns:p${level * declared + i}="u${level}-${i}"`).join('');
  const open = Array.from({ length: depth - 1 }, (_, level) => `<a${declarations(level)}>`).join('');
  const inner = `<b${Array.from({ length: 100 }, (_, i) => ` p0:a${i}=""`).join('')}/>`;
  return `${open}${inner.repeat(many / 100)}${'</a>'.repeat(depth - 1)}`;
}

for (const [what, xml] of heavy) {
  // What is not linear here does not end.
  test(`A document with ${what} is refused.`, () => {
    const bytes = new TextEncoder().encode(xml);
    const payload = readMessage(bytes, [protocol]);
    const envelope = readEnvelope(bytes, protocol.envelope);
    assert.is.not(payload.issues.length, 0);
    assert.is.not(envelope.issues.length, 0);
  });
}
