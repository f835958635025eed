/** @module What the worker entry promises without a worker: what it refuses, bundles, and asks of its environment. */

import { agr } from '../../../generated/3.1.0/index.ts';
import { addressBook } from '../../../runtime/lookup/address-book.ts';
import { generateKeys } from '../../../runtime/seal/keys.ts';
import { memory } from '../../../runtime/store/memory/store.ts';
import { createService, worker } from '../../../runtime/worker.ts';
import { assert, suite } from '../../support/suite.ts';
import { bundle } from './bundle.ts';

const test = suite('worker: entry');

test('a bundle has nothing of Node', async () => {
  const { code, imports } = await bundle('aggregator.worker.ts');
  assert.equal(imports, ['cloudflare:workers']);
  assert.not.match(code, /["']node:/);
});

test('the memory store is refused', async () => {
  const { privateKey } = await generateKeys();
  const options = {
    domain: 'agr.example',
    key: privateKey,
    store: memory(),
    lookup: addressBook([]),
    handlers: {},
  };
  const error = await createService(agr, options).catch((thrown: unknown) => thrown);
  assert.instance(error, TypeError);
  assert.match(String(error), /the memory store would forget .* use the store that worker\(\) hands over/);
});

test('options are checked all at once as everywhere', async () => {
  const error = await createService(agr, {} as never).catch((thrown: unknown) => thrown);
  assert.instance(error, TypeError);
  assert.match(String(error), /domain: /);
  assert.match(String(error), /store: /);
});

test('a binding that is not there is named', async () => {
  const { fetch } = worker((_env: object) => Promise.reject(new Error('not asked')), { binding: 'UFTP' });
  const error = await fetch(new Request('https://agr.example/'), {}).catch((thrown: unknown) => thrown);
  assert.instance(error, TypeError);
  assert.match(String(error), /env\.UFTP is no binding to a Durable Object/);
});

test('requests and the cron trigger reach the one object of that name', async () => {
  const asked: string[] = [];
  const env = {
    PARTICIPANT: {
      idFromName: (name: string) => `id of ${name}`,
      get: (id: string) => ({
        async fetch(request: Request) {
          asked.push(`${id}: ${request.method} ${request.url}`);
          return new Response('from the object');
        },
      }),
    },
  };
  const uftp = worker((_env: typeof env) => Promise.reject(new Error('not asked')), { name: 'agr' });
  const response = await uftp.fetch(new Request('https://agr.example/path', { method: 'POST' }), env);
  assert.is(await response.text(), 'from the object');
  await uftp.scheduled({}, env);
  assert.equal(asked, ['id of agr: POST https://agr.example/path', 'id of agr: GET https://wake.invalid/']);
});
