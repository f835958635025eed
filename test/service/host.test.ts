import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as old from '../../generated/3.0.0/index.ts';
import { agr, cro, dso, protocol as v3_1 } from '../../generated/3.1.0/index.ts';
import * as next from '../../generated/next/index.ts';
import { createHost, type Servable } from '../../runtime/host.ts';
import { memory } from '../../runtime/store/memory/store.ts';
import { dPrognosis, payload } from '../flow/drafts.ts';
import { root } from '../support/command.ts';
import { openScene, parties, path, post, said } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('service: host');

/** An AGR, a DSO of the same domain and a DSO of another on one store; `took` says who processed what. */
async function open() {
  const scene = openScene();
  const store = memory();
  const took: string[] = [];
  const services = [
    await scene.join(agr, {
      store,
      domain: 'both.example',
      path: '/agr',
      handlers: {
        processFlexRequest: () => void took.push('AGR both.example'),
        processTestMessage: () => void took.push('AGR both.example'),
      },
    }),
    await scene.join(dso, {
      store,
      domain: 'both.example',
      path: '/dso',
      handlers: {
        processDPrognosis: () => void took.push('DSO both.example'),
        processTestMessage: () => void took.push('DSO both.example'),
      },
    }),
    await scene.join(dso, {
      store,
      domain: 'grid.example',
      handlers: { processDPrognosis: () => void took.push('DSO grid.example') },
    }),
  ] as const;
  scene.services.clear();
  const host = createHost(services);
  scene.services.set('https://both.example', host);
  scene.services.set('https://grid.example', host);
  return { scene, store, host, services, took };
}

test('the recipient is RecipientDomain and the role that may receive the type', async () => {
  const { scene, host, took } = await open();
  const [grid, aggregator] = [await scene.outsider('DSO'), await scene.outsider('AGR')];
  const cases = [
    [grid, 'FlexRequest', 'both.example', 'AGR both.example'],
    [aggregator, 'D-Prognosis', 'both.example', 'DSO both.example'],
    [aggregator, 'D-Prognosis', 'grid.example', 'DSO grid.example'],
  ] as const;
  for (const [sender, name, recipientDomain, expected] of cases) {
    for (const at of ['/agr', '/dso', path]) {
      took.length = 0;
      const body = payload(name, { senderDomain: sender.party.domain, recipientDomain });
      const response = await post(host, await sender.seal(body), {}, `https://host.example${at}`);
      assert.is(response.status, 200);
      await scene.drain();
      assert.equal(took, [expected]);
      assert.is(said(scene.posts.at(-1)).senderDomain, recipientDomain);
      assert.match(new TextDecoder().decode(scene.posts.at(-1)?.bytes), new RegExp(expected.slice(0, 3)));
    }
  }
});

test('where domain and type leave several, the path decides, else the order of the list', async () => {
  const { scene, host, took } = await open();
  const outsider = await scene.outsider('CRO');
  const fields = { senderDomain: 'cro.example', recipientDomain: 'both.example' };
  for (const [at, expected] of [
    ['/agr', 'AGR both.example'],
    ['/dso', 'DSO both.example'],
    [path, 'AGR both.example'], // the path of grid.example, whose domain it is not
  ] as const) {
    took.length = 0;
    const envelope = await outsider.seal(payload('TestMessage', fields));
    await post(host, envelope, {}, `https://host.example${at}`);
    await scene.drain();
    assert.equal(took, [expected]);
  }
  took.length = 0;
  await host.receive(await outsider.seal(payload('TestMessage', fields)));
  await scene.drain();
  assert.equal(took, ['AGR both.example']);
});

test('a message for nobody here is rejected by one of them', async () => {
  const { scene, host, took } = await open();
  const outsider = await scene.outsider('AGR');
  const fields = { senderDomain: 'agr.example', recipientDomain: 'nobody.example' };
  const received = await host.receive(await outsider.seal(payload('D-Prognosis', fields)));
  assert.is(received.result, 'rejected');
  await scene.drain();
  assert.is(said(scene.posts[0]).rejectionReason, 'Unknown RecipientDomain');
  assert.match(new TextDecoder().decode(scene.posts[0]?.bytes), /SenderRole="DSO"/);
  assert.equal(took, []);
});

test('participants of one host talk to each other, each with its own key', async () => {
  const { scene, services, took } = await open();
  await services[0].dsoClient('both.example').sendDPrognosis(dPrognosis);
  await services[0].dsoClient('grid.example').sendDPrognosis(dPrognosis);
  await scene.drain();
  assert.equal(took.sort(), ['DSO both.example', 'DSO grid.example']);
  assert.equal(
    scene.posts.map(({ status }) => status),
    Array(4).fill(200),
  );
  assert.is((await services[1].messages()).messages.length, 2);
});

test('a drain of the host works for all of its participants, and one of a service for itself only', async () => {
  const { scene, host, services, took } = await open();
  const outsider = await scene.outsider('AGR');
  const fields = { senderDomain: 'agr.example', recipientDomain: 'grid.example' };
  await host.receive(await outsider.seal(payload('D-Prognosis', fields)));
  await services[0].drain();
  await services[1].drain();
  assert.equal(took, []);
  await services[2].drain();
  assert.equal(took, ['DSO grid.example']);
});

test('each participant keeps its own settings: partners, versions and leniency', async () => {
  const scene = openScene();
  const store = memory();
  const lenient = ['/TestMessageResponse/@Result'];
  const a = await scene.join(agr, {
    store,
    versions: [v3_1],
    handlers: { processFlexRequest() {} },
    partner: () => ({ barred: true }),
  });
  const d = await scene.join(dso, {
    store,
    partner: () => ({ lenient }),
    handlers: { processDPrognosis() {} },
  });
  const host = createHost([a, d]);
  const [grid, aggregator] = [
    await scene.outsider('DSO', 'grid.example'),
    await scene.outsider('AGR', 'other.example'),
  ];
  scene.services.clear();
  scene.services.set('https://agr.example', host);
  const barred = await host.receive(
    await grid.seal(payload('FlexRequest', { senderDomain: 'grid.example' })),
  );
  assert.is(barred.result, 'rejected');
  const prognosis = payload('D-Prognosis', { senderDomain: 'other.example' }, old.protocol);
  assert.is((await host.receive(await aggregator.seal(prognosis))).result, 'accepted');
  const oldRequest = payload('FlexRequest', { senderDomain: 'grid.example' }, old.protocol);
  const unsupported = await host.receive(await grid.seal(oldRequest));
  assert.equal(unsupported.status === 200 && 'reasons' in unsupported ? unsupported.reasons : [], [
    'Barred Sender',
    'Invalid Version; supported: 3.1.0',
  ]);
  const fields = { senderDomain: 'other.example', recipientDomain: 'dso.example' };
  const odd = new TextDecoder()
    .decode(payload('TestMessageResponse', fields))
    .replace('<TestMessageResponse', '<TestMessageResponse Result="Accepted"');
  assert.is((await host.receive(await aggregator.seal(odd))).result, 'accepted');
  await scene.drain();
  assert.equal(scene.posts.map(({ message }) => `${message.$type} ${message.version}`).sort(), [
    'D-PrognosisResponse 3.0.0',
    'FlexRequestResponse 3.1.0',
    'FlexRequestResponse 3.1.0',
  ]);
});

test('a host answers on every path of its services, one for each major version', async () => {
  const scene = openScene();
  const store = memory();
  const outsider = await scene.outsider('DSO');
  const versions = [v3_1, next.protocol];
  const a = await scene.join(agr, { store, versions, domain: 'agr.example' });
  const c = await scene.join(cro, { store, versions });
  const envelope = await outsider.seal(payload('TestMessage', { senderDomain: 'dso.example' }));
  for (const servable of [a, createHost([a]), createHost([c, a])] as Servable[]) {
    for (const [major, status] of [
      [3, 200],
      [4, 200],
      [5, 404],
    ]) {
      const url = `https://host.example/shapeshifter/api/v${major}/message`;
      assert.is((await post(servable, envelope, {}, url)).status, status);
    }
  }
});

test('services that do not belong together are refused, all of them at once', async () => {
  const scene = openScene();
  const store = memory();
  const a = await scene.join(agr, { store });
  const again = await scene.join(agr, { store });
  const elsewhere = await scene.join(dso, {});
  const cases: readonly [services: readonly unknown[], problems: readonly string[]][] = [
    [[], ['give at least one service that createService made']],
    [[a, a], ['service 2: AGR agr.example is there twice']],
    [[a, again], ['service 2: AGR agr.example is there twice']],
    [[a, elsewhere], ['service 2: has another store than service 1']],
    [[a, {}], ['service 2: was not made by createService']],
    [[a, createHost([a])], ['service 2: was not made by createService']],
    [
      [a, elsewhere, {}, again],
      [
        'service 2: has another store than service 1',
        'service 3: was not made by createService',
        'service 4: AGR agr.example is there twice',
      ],
    ],
  ];
  for (const [services, problems] of cases) {
    try {
      createHost(services as Servable[]);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, TypeError);
      assert.is((error as Error).message, `createHost:\n${problems.map((one) => `  - ${one}`).join('\n')}`);
    }
  }
  assert.equal(a.party, parties.AGR);
});

test('what works on the queues is loaded again where that failed, for what is sent, for a drain and for a worker', async () => {
  const flags = ['--conditions=shapeshifter-uftp-source', '--import', 'tsx'];
  const child = spawn(process.execPath, [...flags, join(root, 'test/service/loading.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const part of child.stdout) printed += part;
  assert.equal(printed.trim().split('\n'), [
    'Error: the disk is gone',
    'Error: the disk is gone',
    'the worker could not be loaded',
    'delivered',
  ]);
});
