import { type DsoKind, dso } from '../../generated/3.1.0/index.ts';
import { orderExpiry } from '../../runtime/market/expiry.ts';
import { createService } from '../../runtime/service.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import {
  type Answer,
  begin,
  changed,
  type Given,
  hour,
  minute,
  openScene,
  until,
} from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { flexOrder, flexRequest, payload } from './drafts.ts';

const test = suite('flow: messages that come too late');

/** When ISP 7 of 3 March begins in Amsterdam. */
const firstIsp = Date.parse('2026-03-03T00:30:00Z');

/** A DSO that has received an offer, and orders it. */
async function open(expirationDateTime: string, given: Given<DsoKind> = {}) {
  const scene = openScene();
  const outsider = await scene.outsider('AGR');
  const store = memory();
  const service = await scene.join(dso, { store, handlers: { processFlexOffer() {} }, ...given });
  const messageId = crypto.randomUUID();
  const domains = { senderDomain: 'agr.example', recipientDomain: 'dso.example' };
  await service.receive(
    await outsider.seal(payload('FlexOffer', { ...domains, messageId, expirationDateTime })),
  );
  await scene.drain();
  scene.posts.length = 0;
  const order = (options = {}) =>
    service.agrClient('agr.example').sendFlexOrder({ ...flexOrder, flexOfferMessageId: messageId }, options);
  return { scene, store, service, order };
}

test('a FlexOrder is not delivered once its offer has expired or its first ISP has begun', async () => {
  const cases: readonly [offerUntil: string, orderUntil: number][] = [
    ['2026-03-02T15:00:00Z', Date.parse('2026-03-02T15:00:00Z')],
    ['2026-03-02T16:00:00+01:00', Date.parse('2026-03-02T15:00:00Z')],
    ['2026-03-03T06:00:00Z', firstIsp],
  ];
  for (const [offerUntil, orderUntil] of cases) {
    for (const [at, posts] of [
      [orderUntil - 1, 1],
      [orderUntil, 0],
    ] as const) {
      const { scene, order } = await open(offerUntil);
      await order();
      await scene.pass(at - begin);
      assert.is(scene.posts.length, posts, `${offerUntil} at ${new Date(at).toISOString()}`);
      assert.equal(
        scene.told('undeliverable').map(({ attempt }) => attempt.text),
        posts === 1 ? [] : ['expired'],
      );
    }
  }
});

test('an order of what we know no offer of expires by its ISPs alone, and what the caller says goes before all', async () => {
  const { scene, service, order } = await open('2026-03-02T15:00:00Z');
  await service.agrClient('agr.example').sendFlexOrder(flexOrder);
  await order({ notAfter: new Date(begin + 20 * hour) });
  await scene.pass(firstIsp - begin - 1);
  assert.is(scene.posts.length, 2);
});

test('the option notAfter puts another rule in place of the first ISP, beside what the message itself says', async () => {
  const notAfter = ({ $type }: { $type: string }): Date | undefined =>
    $type === 'FlexOrder' ? new Date(begin + hour) : undefined;
  const { scene, service, order } = await open('2026-03-02T15:00:00Z', { notAfter });
  await order();
  await service.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.pass(hour);
  assert.equal(
    scene.posts.map(({ message }) => message.$type),
    ['FlexRequest'],
  );
});

test('an ISP begins by the clocks of its zone, also on the days on which they change', () => {
  const at = (period: string, start: number, more = {}) =>
    orderExpiry({
      ...{ $type: 'FlexOrder', period, timeZone: 'Europe/Amsterdam', ispDuration: 'PT15M' },
      ...{ isp: [{ start: start + 4 }, { start }], ...more },
    } as never)?.toISOString();
  assert.is(at('2026-03-29', 9), '2026-03-29T01:00:00.000Z'); // 03:00 local, as 02:00 is skipped
  assert.is(at('2026-10-25', 13), '2026-10-25T01:00:00.000Z'); // the second 02:00
  assert.is(at('2026-03-29', 93), undefined); // no such ISP
  assert.is(at('2026-03-29', 9, { timeZone: 'Europe/Nowhere' }), undefined);
  assert.is(at('2026-03-29', 9, { $type: 'FlexOffer' }), undefined);
});

test('the core knows no ISPs: there an order expires with its offer', async () => {
  const scene = openScene();
  await scene.outsider('AGR');
  const service = await createService(dso, await scene.options(dso));
  await service.agrClient('agr.example').sendFlexOrder(flexOrder);
  scene.clock.advance(firstIsp - begin + hour);
  await service.drain();
  assert.is(scene.posts.length, 1);
});

test('an order whose time comes while it is looked up or redirected is not POSTed any more', async () => {
  const late: Answer = { status: 307, headers: { location: 'https://elsewhere.example/' } };
  const { scene, order } = await open('2026-03-02T13:00:00Z');
  scene.disturb = () => {
    scene.clock.advance(hour);
    return late;
  };
  await order();
  await scene.drain();
  assert.equal(
    scene.posts.map(({ to }) => to),
    ['agr.example'],
  );
  assert.equal(
    scene.told('undeliverable').map(({ attempt }) => attempt.text),
    ['expired'],
  );
});

test('a POST that is out when the time comes is cut off, and the dead letter says that it may have arrived', async () => {
  const { scene, service, order } = await open('2026-03-02T12:00:10Z');
  let signal: AbortSignal | undefined;
  scene.disturb = (request) => {
    signal = request.signal;
    return new Promise(() => {});
  };
  await order();
  const draining = service.drain();
  await until(() => signal !== undefined);
  scene.clock.advance(10_000);
  await draining;
  assert.is(signal?.aborted, true);
  const [told] = scene.told('undeliverable');
  assert.is(told?.attempt.text, 'expired; an earlier attempt may have arrived');
  assert.is(told?.attempt.ambiguous, true);
  // That was not the partner's fault: others go to it as before.
  scene.disturb = () => undefined;
  await service.agrClient('agr.example').sendFlexRequest(flexRequest);
  await scene.drain();
  assert.is(scene.told('delivered').length, 2); // the response to the offer, and the request
});

test('an order is not sent where the offer cannot be read: the store is to blame', async () => {
  const store = memory();
  let broken = false;
  const { order } = await open('2026-03-02T13:00:00Z', {
    store: changed(store, {
      read: (request) => (broken ? Promise.reject(new Error('disk')) : store.read(request)),
    }),
  });
  broken = true;
  assert.match(await order().then(String, String), /\[store-unavailable\] FlexOrder was not sent/);
});

test('an expired message is a dead letter within the minute, also while its partner is shut', async () => {
  const { scene, service } = await open('2026-03-02T13:00:00Z');
  scene.disturb = () => ({ status: 503 });
  const notAfter = new Date(begin + 10 * minute);
  for (let i = 0; i < 20; i++)
    await service.agrClient('agr.example').sendFlexRequest(flexRequest, { notAfter });
  for (let i = 0; i < 11; i++) await scene.pass(minute);
  assert.is(scene.told('undeliverable').length, 20);
  assert.ok(scene.posts.every(({ at }) => at < notAfter.getTime()));
});

test('an option that is given as undefined is as one that is not given: a FlexOrder expires with its first ISP', async () => {
  const { scene, order } = await open('2026-03-03T06:00:00Z', {
    // As code has it that no compiler has checked.
    ...({ notAfter: undefined, versions: undefined } as object),
  });
  await order();
  await scene.pass(firstIsp - begin);
  assert.is(scene.posts.length, 0);
});
