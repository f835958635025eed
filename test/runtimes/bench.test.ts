import { measure } from '../bench/measure.ts';
import { rowsOf } from '../bench/servers.ts';
import { assert, suite } from '../support/suite.ts';

const test = suite('runtimes: bench');

for (const runtime of ['bun', 'deno'] as const) {
  test(`every row can be measured on ${runtime}`, async () => {
    const times = { rounds: 1, warmUps: 0, requests: 20, sampleMs: 1 };
    const plan = { ...times, isps: [1], runtimes: [runtime], peer: false };
    const { http, stages, signatures, isps } = await measure(plan, () => {});
    assert.equal(
      http.map(({ name }) => name),
      rowsOf(runtime).map(({ name }) => name),
    );
    const used = [...http.map(({ cpuUs }) => cpuUs), ...stages.map(({ readUs }) => readUs)];
    used.push(...signatures.map(({ verifyUs }) => verifyUs), ...isps.map(({ readUs }) => readUs));
    assert.ok(used.length > 10 && used.every((us) => us > 0), String(used));
  });
}
