/** @module Each example runs on its runtime and does what it says, with a partner on Node. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agr, type dso, type FlexOffer, type FlexOrder } from '../../generated/3.1.0/index.ts';
import { dsoPortfolio, order, request } from '../../runtime/cli/demo/messages.ts';
import { congestionPoint, nextClockChange, timeZone } from '../../runtime/cli/demo/scenario.ts';
import { accept } from '../../runtime/roles.ts';
import { root, uftp } from '../support/command.ts';
import { example, gridOperator, type Partner, partner } from '../support/example.ts';
import { assert, suite } from '../support/suite.ts';
import { runtimes } from './install/install.ts';
import { flags } from './remote.ts';
import { bundle } from './workerd/bundle.ts';
import { startWorker, whyNot } from './workerd/start.ts';

const programs = await runtimes();
const day = nextClockChange(new Date());
const reply = { reply: true, withinMs: 30_000 } as const;
const aggregator = 'aggregator.example';
const test = suite('examples');

type GridOperator = Partner<NonNullable<typeof dso.kind>>;

/** What an example of an aggregator is told. */
function environment({ exampleKey, key, endpoint }: GridOperator): Readonly<Record<string, string>> {
  return { UFTP_KEY: exampleKey, DSO_KEY: key, DSO_ENDPOINT: endpoint };
}

/** Runs an example of an aggregator on Node with a grid operator. */
async function withAggregator(
  file: string,
  run: (operator: GridOperator, url: string) => Promise<void>,
  open: () => Promise<GridOperator> = gridOperator,
): Promise<void> {
  const operator = await open();
  try {
    const running = await example(
      process.execPath,
      flags.node,
      `test/examples/${file}`,
      environment(operator),
    );
    try {
      operator.meet(running.url);
      await run(operator, running.url);
    } finally {
      await running.stop();
    }
  } finally {
    await operator.stop();
  }
}

/** Asks for flexibility, gets an offer, and says that it will be taken. */
async function trade({ service, next }: GridOperator): Promise<FlexOffer> {
  const answer = await service.agrClient(aggregator).sendFlexRequest(request(day), reply);
  assert.is(answer.result, 'Accepted');
  const offer = await next<FlexOffer>('FlexOffer');
  assert.is(offer.flexRequestMessageId, answer.flexRequestMessageId);
  return offer;
}

test('an AGR on Node offers what is asked for and takes the order', () =>
  withAggregator('agr-node.ts', async (operator) => {
    const offer = await trade(operator);
    const answer = await operator.service.agrClient(aggregator).sendFlexOrder(order(offer), reply);
    assert.is(answer.result, 'Accepted');
  }));

test('a DSO on Bun takes an offer and orders it', async () => {
  const trader = await partner(
    agr,
    { domain: aggregator, role: 'AGR' },
    { preProcessFlexOrder: () => accept() },
  );
  try {
    const env = { UFTP_KEY: trader.exampleKey, AGR_KEY: trader.key, AGR_ENDPOINT: trader.endpoint };
    const running = await example(programs.bun, flags.bun, 'test/examples/dso-bun.ts', env);
    try {
      trader.meet(running.url);
      const asked = request(day);
      const { isp, ispDuration, period, expirationDateTime } = asked;
      const offerOption = [
        {
          optionReference: 'a',
          price: '1.00',
          isp: isp.slice(0, 4).map(({ start }) => ({ start, power: -1000 })),
        },
      ];
      const offer = {
        ispDuration,
        timeZone,
        period,
        congestionPoint,
        expirationDateTime,
        unsolicited: true,
        currency: 'EUR',
        offerOption,
      };
      const answer = await trader.service.dsoClient('grid-operator.example').sendFlexOffer(offer, reply);
      assert.is(answer.result, 'Accepted');
      const ordered = await trader.next<FlexOrder>('FlexOrder');
      assert.is(ordered.flexOfferMessageId, answer.flexOfferMessageId);
      assert.is(ordered.isp.length, 4);
    } finally {
      await running.stop();
    }
  } finally {
    await trader.stop();
  }
});

test('a CRO on Deno keeps an update and answers a query from it', async () => {
  const operator = await gridOperator();
  try {
    const running = await example(
      programs.deno,
      flags.deno,
      'test/examples/cro-deno.ts',
      environment(operator),
    );
    try {
      operator.meet(running.url);
      const client = operator.service.croClient('common-reference.example');
      const query = { timeZone, period: day.period, entityAddress: congestionPoint };
      assert.is(
        (await client.sendDsoPortfolioQuery(query, reply)).rejectionReason,
        'Unknown CongestionPoint',
      );
      assert.is((await client.sendDsoPortfolioUpdate(dsoPortfolio(day), reply)).result, 'Accepted');
      const answer = await client.sendDsoPortfolioQuery(query, reply);
      assert.is(answer.congestionPoint?.connection.length, 3);
    } finally {
      await running.stop();
    }
  } finally {
    await operator.stop();
  }
});

const noWorker = whyNot(programs);
if (noWorker !== undefined) test.skip('an AGR as a Worker offers what is asked for', noWorker);
else {
  test('an AGR as a Worker offers what is asked for', async () => {
    const operator = await gridOperator();
    const storage = mkdtempSync(join(tmpdir(), 'uftp-example-'));
    try {
      const { code } = await bundle('../../examples/agr-worker/index.ts');
      const running = await startWorker(code, { bindings: environment(operator), storage });
      try {
        operator.meet(running.url.replace(/\/$/, ''));
        await trade(operator);
      } finally {
        await running.stop();
      }
    } finally {
      rmSync(storage, { recursive: true, force: true });
      await operator.stop();
    }
  });
}

test("wrangler's file names the class that the Worker exports", () => {
  const file = readFileSync(join(root, 'test/examples/agr-worker/wrangler.toml'), 'utf8');
  assert.match(file, /^class_name = "Participant"$/m);
  assert.match(file, /^new_sqlite_classes = \["Participant"\]$/m);
  assert.match(file, /^name = "PARTICIPANT"$/m);
});

test('a service in an application keeps to its path', () =>
  withAggregator('mounted.ts', async (operator, url) => {
    assert.is(await (await fetch(`${url}/health`)).text(), 'ok');
    const answer = await operator.service.agrClient(aggregator).sendFlexRequest(request(day), reply);
    assert.is(answer.result, 'Accepted');
  }));

test('two roles of one company share an endpoint', () =>
  withAggregator('two-roles.ts', async (operator) => {
    const answer = await operator.service.agrClient(aggregator).sendFlexRequest(request(day), reply);
    assert.is(answer.result, 'Accepted');
  }));

test("an AGR speaks a version of one's own, after generating it", async () => {
  const folder = 'test/examples/own-version';
  const xsd = join(root, folder, 'xsd');
  const out = join(root, folder, 'generated');
  execFileSync(process.execPath, [...flags.node, `${folder}/xsd.ts`, xsd], { cwd: root });
  const made = await uftp(['generate', '--xsd', xsd, '--protocol', `${folder}/protocol.json`, '--out', out]);
  assert.is(made.code, 0, made.stderr);
  const own: typeof import('../../generated/3.1.0/index.ts') = await import(join(out, 'index.ts'));
  const open = () => partner(own.dso, { domain: 'grid-operator.example', role: 'DSO' }, {});
  const exchange = async ({ service }: GridOperator): Promise<void> => {
    // The new message is known at run time only: this file is compiled before it is generated.
    const client = service.agrClient(aggregator) as unknown as Readonly<
      Record<string, PingSender | undefined>
    >;
    const ping = async (loudness: string) => client.sendFlexPing?.({ loudness }, reply);
    assert.is((await ping('9.99'))?.result, 'Accepted');
    assert.is((await ping('10.5'))?.rejectionReason, 'Too loud');
    for (const loudness of ['0', '1.234']) {
      const refused = await ping(loudness).catch((error: unknown) => String(error));
      assert.match(String(refused), /\/FlexPing\/@Loudness (?:range|digits)/);
    }
  };
  await withAggregator('own-version/agr.ts', exchange, open);
  // Who speaks 3.1.0 is understood as before.
  await withAggregator('own-version/agr.ts', async ({ service }) => {
    assert.is((await service.agrClient(aggregator).sendTestMessage({}, reply)).version, '3.1.0');
  });
});

type PingSender = (
  draft: object,
  options: typeof reply,
) => Promise<{ readonly result: string; readonly rejectionReason?: string }>;
