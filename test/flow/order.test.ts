import { agr, dso } from '../../generated/3.1.0/index.ts';
import { minute, openScene, type Scene, until } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { dPrognosis, flexOffer, flexRequest, flexReservationUpdate } from './drafts.ts';

const test = suite('flow: order of messages');

/** Sends a draft with changes, and tells the MessageID. */
type Sending = (changes?: object, domain?: string) => Promise<string>;

/** How a message that is ordered is sent, and another one of the same sender. */
const ordered: Readonly<Record<string, (scene: Scene) => Promise<readonly [Sending, other: Sending]>>> = {
  'D-Prognosis': async (scene) => {
    const { dsoClient } = await scene.join(agr);
    return [
      async (changes, domain = 'dso.example') =>
        (await dsoClient(domain).sendDPrognosis({ ...dPrognosis, ...changes })).messageId,
      async () => (await dsoClient('dso.example').sendFlexOffer(flexOffer)).messageId,
    ];
  },
  FlexReservationUpdate: async (scene) => {
    const { agrClient } = await scene.join(dso);
    return [
      async (changes, domain = 'agr.example') =>
        (await agrClient(domain).sendFlexReservationUpdate({ ...flexReservationUpdate, ...changes }))
          .messageId,
      async () => (await agrClient('agr.example').sendFlexRequest(flexRequest)).messageId,
    ];
  },
};

for (const [name, join] of Object.entries(ordered)) {
  test(`a ${name} is sent in the order of its partner, congestion point and day, whatever the conversation`, async () => {
    const scene = openScene();
    const [send, sendOther] = await join(scene);
    const partner = name === 'D-Prognosis' ? 'DSO' : 'AGR';
    await scene.outsider(partner);
    await scene.outsider(partner, 'other.example');
    let first = true;
    scene.disturb = () => {
      if (!first) return undefined;
      first = false;
      return { status: 500 };
    };
    const inOrder = [await send(), await send()];
    const free = [
      await send({ period: '2026-03-04' }),
      await send({ congestionPoint: 'ean.871687120000000027' }),
      await send({}, 'other.example'),
      await sendOther(),
    ];
    await scene.drain();
    await scene.pass(minute);
    const delivered = scene.posts
      .filter(({ status }) => status === 200)
      .map(({ message }) => message.messageId);
    assert.equal(delivered.slice(0, free.length).sort(), free.sort());
    assert.equal(delivered.slice(free.length), inOrder);
  });
}

for (const status of [500, 503]) {
  for (const when of ['while it is tried', 'when it has failed'] as const) {
    test(`a response is out before the offer that follows, made ${when}: HTTP ${status} once`, async () => {
      const scene = openScene();
      const grid = await scene.join(dso, { handlers: { processFlexOffer() {} } });
      await scene.join(agr, {
        handlers: {
          async processFlexRequest({ messageId: flexRequestMessageId, conversationId }, context) {
            await until(() => tries > 0 && (when === 'while it is tried' || hasFailed()));
            const offer = { ...flexOffer, flexRequestMessageId, conversationId };
            await context.dsoClient(context.sender.domain).sendFlexOffer(offer);
          },
        },
      });
      const hasFailed = (): boolean => scene.told('retrying').length > 0;
      const isOffered = (): boolean =>
        scene.told('queued').some(({ message }) => message.$type === 'FlexOffer');
      let tries = 0;
      scene.disturb = async ({ url }) => {
        if (url.hostname !== 'dso.example') return undefined;
        tries += 1;
        if (tries > 1) return undefined;
        if (when === 'while it is tried') await until(isOffered);
        return { status };
      };
      await grid.agrClient('agr.example').sendFlexRequest(flexRequest);
      await scene.drain();
      assert.ok(isOffered());
      await scene.pass(minute);
      const posted = scene.posts.filter(({ to }) => to === 'dso.example');
      assert.equal(
        posted.map((one) => `${one.message.$type} ${one.status}`),
        [`FlexRequestResponse ${status}`, 'FlexRequestResponse 200', 'FlexOffer 200'],
      );
    });
  }
}
