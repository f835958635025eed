/** @module What `uftp import` has taken counts as what a service has received itself. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr, dso } from '../../generated/3.1.0/index.ts';
import { accept } from '../../runtime/roles.ts';
import { flexOrder, payload } from '../flow/drafts.ts';
import { uftp } from '../support/command.ts';
import { begin, hour, openScene, post } from '../support/participants.ts';
import { durable, onStores } from '../support/stores.ts';
import { assert } from '../support/suite.ts';

onStores('cli: what was imported', durable, (test, stores) => {
  /** Imports one file. @returns where it is now */
  async function imported(file: Uint8Array, as: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'uftp-imported-'));
    writeFileSync(join(folder, 'a.xml'), file);
    const place = stores.place();
    const { code, stderr } = await uftp(['import', folder, '--as', as, '--store', place]);
    assert.is(code, 0, stderr);
    rmSync(folder, { recursive: true });
    return place;
  }

  test('an order of an offer that was imported is not delivered once the offer has expired', async () => {
    const messageId = crypto.randomUUID();
    const ends = { expirationDateTime: new Date(begin + hour).toISOString() };
    const place = await imported(payload('FlexOffer', { messageId, ...ends }), 'DSO:dso.example');
    for (const [ms, texts] of [
      [hour - 1, []],
      [hour, ['expired']],
    ] as const) {
      const scene = openScene();
      await scene.outsider('AGR');
      const service = await scene.join(dso, { store: await stores.open(place) });
      await service.agrClient('agr.example').sendFlexOrder({ ...flexOrder, flexOfferMessageId: messageId });
      await scene.pass(ms);
      assert.is(scene.posts.length, texts.length === 0 ? 1 : 0);
      assert.equal(
        scene.told('undeliverable').map(({ attempt }) => attempt.text),
        texts,
      );
    }
  });

  test('a copy of a request that was imported is answered "Already Submitted", and runs no handler', async () => {
    const scene = openScene();
    const grid = await scene.outsider('DSO');
    const request = await grid.seal(payload('FlexRequest'));
    const ran: string[] = [];
    const service = await scene.join(agr, {
      store: await stores.open(await imported(request, 'AGR:agr.example')),
      handlers: {
        preProcessFlexRequest() {
          ran.push('preProcess');
          return accept();
        },
        processFlexRequest: () => void ran.push('process'),
      },
    });
    const receipt = await service.receive(request);
    assert.is(receipt.result, 'repeated');
    assert.equal(receipt.status === 200 && 'reasons' in receipt && receipt.reasons, ['Already Submitted']);
    assert.is((await post(service, request)).status, 200);
    await scene.drain();
    assert.equal([ran, scene.posts], [[], []]);
    assert.is((await service.receive(await grid.seal(payload('FlexRequest')))).result, 'accepted');
    await scene.drain();
    assert.equal(ran, ['preProcess', 'process']);
    assert.is(scene.posts.length, 1);
  });
});
