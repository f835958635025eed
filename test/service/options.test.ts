import { type AgrKind, agr, type dso, protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import { protocol as next } from '../../generated/next/index.ts';
import type { ServiceOptions } from '../../runtime/options.ts';
import type { Role, RoleKind } from '../../runtime/roles.ts';
import { generateKeys } from '../../runtime/seal/keys.ts';
import { createService } from '../../runtime/service.ts';
import { type MemoryTx, memory } from '../../runtime/store/memory/store.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('service: options');

const day = 86_400_000;

type Options = ServiceOptions<AgrKind, MemoryTx>;

async function good(): Promise<Options> {
  return {
    domain: 'agr.example',
    key: (await generateKeys()).privateKey,
    store: memory(),
    lookup: { keys: () => undefined, endpoint: () => undefined },
    handlers: {},
    observe: () => {},
  };
}

/** The lines of the error that such options give, without the first; empty where they are good. */
async function problems(wrong: object, role: unknown = agr): Promise<readonly string[]> {
  try {
    await createService(role as Role<RoleKind>, { ...(await good()), ...wrong } as never);
    return [];
  } catch (error) {
    assert.instance(error, TypeError);
    const [first, ...rest] = String(error).split('\n');
    assert.is(first, 'TypeError: createService cannot start the AGR:');
    return rest.map((line) => line.replace('  - ', ''));
  }
}

test('good options are good, whatever may be left out', async () => {
  assert.equal(await problems({}), []);
  assert.equal(
    await problems({
      ...{ versions: [v3_1, next], path: '/x', chunked: true, insecureEndpoints: true, requestsMax: 1 },
      ...{
        limits: { bytesMax: 1000 },
        retryWindowMs: 3_600_000,
        timeStampAgeMsMax: Number.POSITIVE_INFINITY,
      },
      ...{ onExpired: () => {}, onUndeliverable: () => {}, onConflict: () => {}, notAfter: () => undefined },
      ...{
        replyWithinMs: { FlexOffer: 60_000, DPrognosis: 60_000 },
        stopMsMax: 1,
        keepRecordsMs: 400 * day,
      },
      ...{ partner: () => undefined, onOverdue: () => {}, newId: () => '', chance: () => 0 },
      ...{ bodyMsMax: 1, requestsPerMinuteMax: 1, failedSignaturesPerMinuteMax: Number.POSITIVE_INFINITY },
      ...{ senderRequestsPerMinuteMax: 1e9, remoteAddress: () => undefined },
    }),
    [],
  );
});

test('each option says what is wrong with it', async () => {
  const cases: readonly [wrong: object, problem: RegExp][] = [
    [{ domain: undefined }, /^domain: .*got undefined$/],
    [{ domain: 'AGR.example' }, /^domain: expected a domain in lower case, .*got "AGR\.example"$/],
    [{ domain: 'https://agr.example' }, /^domain: /],
    [{ domain: 'localhost' }, /^domain: /],
    [{ key: undefined }, /^key: a private key is needed; uftp keygen makes one$/],
    [{ key: '' }, /^key: it is empty; uftp keygen makes one$/],
    [{ key: 'hello' }, /^key: \[key-invalid\]/],
    [{ store: undefined }, /^store: expected a store, such as memory\(\) for tests, got undefined$/],
    [{ store: {} }, /^store: /],
    [{ lookup: undefined }, /^lookup: expected \{ keys\(party\), endpoint\(party\) \}/],
    [{ lookup: { keys: () => undefined } }, /^lookup: /],
    [
      { handlers: undefined },
      /^handlers: expected an object with methods such as process\w+, got undefined$/,
    ],
    [
      { handlers: { processFlexOffer() {} } },
      /^handlers\.processFlexOffer: the AGR receives no such message in UFTP 3\.1\.0$/,
    ],
    [{ handlers: { preProcessFlexOfer() {} } }, /^handlers\.preProcessFlexOfer: /],
    [
      { handlers: { processFlexRequest: true } },
      /^handlers\.processFlexRequest: expected a function, got true$/,
    ],
    [{ versions: [] }, /^versions: expected a list with the role's own version 3\.1\.0 in it$/],
    [{ versions: [next] }, /^versions: /],
    [{ versions: v3_1 }, /^versions: /],
    [
      { versions: [v3_1, { ...next, format: 2 }] },
      /^versions: "4\.0\.0" was generated in format 2.*run uftp generate$/,
    ],
    [{ versions: [v3_1, null] }, /^versions: undefined was generated/],
    [{ path: 'x' }, /^path: expected a path that begins with \/, got "x"$/],
    [{ path: 5 }, /^path: /],
    [{ chunked: 'yes' }, /^chunked: expected true or false, got "yes"$/],
    [{ insecureEndpoints: 1 }, /^insecureEndpoints: /],
    [{ requestsMax: 0 }, /^requestsMax: expected a whole number from 1 to Infinity, got 0$/],
    [{ requestsMax: 1.5 }, /^requestsMax: /],
    [{ bodyMsMax: Number.POSITIVE_INFINITY }, /^bodyMsMax: expected a whole number from 1 to 600000/],
    [
      { requestsPerMinuteMax: 0 },
      /^requestsPerMinuteMax: expected a whole number from 1 to Infinity, got 0$/,
    ],
    [{ failedSignaturesPerMinuteMax: '9' }, /^failedSignaturesPerMinuteMax: .*got "9"$/],
    [{ senderRequestsPerMinuteMax: -1 }, /^senderRequestsPerMinuteMax: /],
    [{ remoteAddress: 'x-real-ip' }, /^remoteAddress: expected a function, got "x-real-ip"$/],
    [{ partner: {} }, /^partner: expected a function/],
    [{ onOverdue: 1 }, /^onOverdue: /],
    [{ onExpired: {} }, /^onExpired: expected a function/],
    [{ onUndeliverable: 'log' }, /^onUndeliverable: /],
    [{ onConflict: true }, /^onConflict: /],
    [{ notAfter: new Date() }, /^notAfter: expected a function/],
    [{ observe: 1 }, /^observe: /],
    [{ transport: 1 }, /^transport: /],
    [{ newId: 1 }, /^newId: /],
    [{ chance: 0.5 }, /^chance: /],
    [{ clock: Date }, /^clock: expected \{ now\(\), after\(delayMs, run\) \}/],
    [{ limits: { bytes: 1 } }, /^limits\.bytes: there is no such limit; there are bytesMax, /],
    [{ limits: { bytesMax: 0 } }, /^limits\.bytesMax: /],
    [{ limits: { depthMax: Number.NaN } }, /^limits\.depthMax: /],
    [{ decideMsMax: 0 }, /^decideMsMax: expected a whole number from 1 to 60000, got 0$/],
    [{ processMsMax: '1' }, /^processMsMax: .*got "1"$/],
    [{ leaseMs: 10 }, /^leaseMs: /],
    [{ deliverMsMax: Number.NaN }, /^deliverMsMax: /],
    [{ retryWindowMs: 3_599_999 }, /^retryWindowMs: /], // rule 23
    [{ retryWindowMs: Number.POSITIVE_INFINITY }, /^retryWindowMs: /],
    [{ processAttemptsMax: 1.5 }, /^processAttemptsMax: /],
    [{ deferredMsMax: -1 }, /^deferredMsMax: /],
    [{ timeStampAgeMsMax: 0 }, /^timeStampAgeMsMax: expected a whole number from 60000 to Infinity, got 0$/],
    [{ timeStampAheadMsMax: null }, /^timeStampAheadMsMax: /],
    [{ keepBodiesMs: 1 }, /^keepBodiesMs: /],
    [
      { keepBodiesMs: 801 * day },
      /^keepRecordsMs: expected at least 69206400000, or lower keepBodiesMs or timeStampAgeMsMax \+ timeStampAheadMsMax$/,
    ],
    [
      { keepRecordsMs: 300 * day },
      /^keepRecordsMs: expected at least 34560000000, or lower keepBodiesMs or timeStampAgeMsMax \+ timeStampAheadMsMax$/,
    ],
    [
      { keepRecordsMs: day, keepBodiesMs: day },
      /^keepRecordsMs: expected at least 1210200000, or lower keepBodiesMs or timeStampAgeMsMax \+ timeStampAheadMsMax$/,
    ],
    [{ stopMsMax: 0 }, /^stopMsMax: /],
    [{ replyWithinMs: 5 }, /^replyWithinMs: expected an object such as \{ \w+: 600000 \}, got 5$/],
    [
      { replyWithinMs: { FlexRequest: 5_000 } },
      /^replyWithinMs\.FlexRequest: the AGR sends no such request$/,
    ],
    [{ replyWithinMs: { FlexRequestResponse: 5_000 } }, /^replyWithinMs\.FlexRequestResponse: /],
    [{ replyWithinMs: { FlexOffer: 5 } }, /^replyWithinMs\.FlexOffer: expected a whole number from 1000 to/],
    [{ handler: {} }, /^handler: there is no such option$/],
    [{ retryWindow: 1 }, /^retryWindow: there is no such option$/],
  ];
  for (const [wrong, problem] of cases) {
    const found = await problems(wrong);
    assert.is(found.length, 1, `${JSON.stringify(wrong)}: ${found.join(' | ')}`);
    assert.match(found[0] ?? '', problem);
  }
});

test('records are kept at least as long as a message whose TimeStamp lies ahead could be taken again', async () => {
  const least = { keepBodiesMs: day, timeStampAgeMsMax: day, timeStampAheadMsMax: 60_000 };
  const never = Number.POSITIVE_INFINITY;
  assert.equal(await problems({ ...least, keepRecordsMs: day + 60_000 }), []);
  assert.is((await problems({ ...least, keepRecordsMs: day + 59_999 })).length, 1);
  assert.equal(await problems({ ...least, keepRecordsMs: day, timeStampAheadMsMax: never }), []);
  assert.equal(await problems({ ...least, keepRecordsMs: day, timeStampAgeMsMax: never }), []);
});

test('all that is wrong is said at once', async () => {
  const found = await problems({
    ...{ domain: 'X', key: 'x', store: 1, lookup: 1, handlers: { processFlexOffer() {} }, versions: [] },
    ...{ path: 'x', requestsMax: 0, chance: 1, limits: { bytesMax: 0 }, leaseMs: 0, colour: 'red' },
  });
  const names = found.map((line) => line.slice(0, line.indexOf(':'))).sort();
  assert.equal(names, [
    ...['chance', 'colour', 'domain', 'handlers.processFlexOffer', 'key', 'leaseMs', 'limits.bytesMax'],
    ...['lookup', 'path', 'requestsMax', 'store', 'versions'],
  ]);
});

test('a key is never repeated in what is said of it', async () => {
  const key = `${(await generateKeys()).privateKey.slice(4)}AAA=`;
  const [problem] = await problems({ key });
  assert.not.match(problem ?? '', new RegExp(key.slice(4, 20).replace(/[+/]/g, '.')));
});

test('a role of tables in another format says to run uftp generate', async () => {
  const newer = { name: 'AGR', protocol: { ...v3_1, format: 2 } };
  const found = await problems({}, newer);
  assert.equal(found, [
    'versions: "3.1.0" was generated in format 2, this runtime reads 1; run uftp generate',
  ]);
  const strange = { name: 'AGR', protocol: { format: 3, version: '3.1.0' } };
  assert.match((await problems({}, strange))[0] ?? '', /run uftp generate/);
});

test('a first argument that is no role, and a second that is no object, are told apart', async () => {
  const cases: readonly [role: unknown, options: unknown, text: RegExp][] = [
    [undefined, {}, /first argument is a role object/],
    ['AGR', {}, /first argument is a role object/],
    [agr, undefined, /second argument is an object/],
    [agr, null, /second argument is an object/],
  ];
  for (const [role, options, text] of cases) {
    try {
      await createService(role as typeof dso, options as never);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, TypeError);
      assert.match(String(error), text);
    }
  }
});

test('a method of a class is checked as well, what is not named like a handler is left alone', async () => {
  class Handlers {
    processFlexOffer(): void {}
    helper(): void {}
    processing = true;
  }
  assert.equal(
    (await problems({ handlers: new Handlers() })).map((line) => line.split(':')[0]),
    ['handlers.processFlexOffer'],
  );
});
