import { fileURLToPath } from 'node:url';
import * as first from '../../generated/3.0.0/index.ts';
import { protocol as v3_0 } from '../../generated/3.0.0/index.ts';
import * as latest from '../../generated/3.1.0/index.ts';
import * as next from '../../generated/next/index.ts';
import { rowOf } from '../../runtime/codec/message.ts';
import {
  accept,
  type Message,
  type Protocol,
  type Role,
  type RoleName,
  reject,
} from '../../runtime/roles.ts';
import { schemaFor } from '../support/libxml2.ts';
import { openScene, type Post, parties, type Scene } from '../support/participants.ts';
import { assert, suite } from '../support/suite.ts';
import { drafts } from './drafts.ts';

const test = suite('flow: reply');

const versions = [first.protocol, latest.protocol, next.protocol] as const;
const roles = new Map<Protocol, Readonly<Record<RoleName, Role>>>([
  [first.protocol, { AGR: first.agr, CRO: first.cro, DSO: first.dso }],
  [latest.protocol, { AGR: latest.agr, CRO: latest.cro, DSO: latest.dso }],
  [next.protocol, { AGR: next.agr, CRO: next.cro, DSO: next.dso }],
]);
const requests = [...v3_0.messages.values()].filter((row) => row.response !== undefined);
const schemas = new Map(
  versions.map((one) => {
    const folder = one.experimental ? 'next' : one.version;
    return [one, schemaFor(fileURLToPath(new URL(`../../schemas/${folder}`, import.meta.url)))];
  }),
);

/** What an accepted response says where its schema demands something. */
const fieldsOf: Readonly<Record<string, object>> = {
  AGRPortfolioQuery: {
    dsoView: [
      {
        connection: [],
        dsoPortfolio: [
          {
            dsoDomain: 'dso.example',
            congestionPoint: [
              {
                entityAddress: 'ean.871687120000000010',
                mutexOffersSupported: false,
                dayAheadRedispatchBy: 'AGR',
                connection: [{ entityAddress: 'ean.871687120000000101' }],
              },
            ],
          },
        ],
      },
    ],
  },
  FlexSettlement: {
    flexOrderSettlementStatus: [{ orderReference: 'ORD-1', disposition: 'Accepted' }],
  },
};

type Sending = Readonly<
  Record<string, (domain: string) => Readonly<Record<string, (draft: object) => Promise<unknown>>>>
>;
type Fields = Readonly<Record<string, unknown>>;

/** One request on its way: written in `wire`, decided by a service of version `own`; and what came back. */
async function exchange(
  own: Protocol,
  wire: Protocol,
  name: string,
  decide?: (message: Message) => unknown,
): Promise<{ scene: Scene; request: Post; reply: Post | undefined }> {
  const scene = openScene();
  const row = rowOf(name, latest.protocol);
  const [asking, deciding] = [row.from[0], row.to.find((role) => role !== row.from[0])];
  if (asking === undefined || deciding === undefined) throw new Error(`nobody sends ${name}`);
  const decider = roles.get(own)?.[deciding] as Role;
  const handlers = decide === undefined ? {} : { [`preProcess${row.key}`]: decide };
  await scene.join(decider, { versions, handlers });
  const sender = await scene.join(roles.get(latest.protocol)?.[asking] as Role, {
    versions,
    partner: () => ({ version: wire.version }),
  });
  const client = (sender as unknown as Sending)[`${deciding.toLowerCase()}Client`]?.(
    parties[deciding].domain,
  );
  await client?.[`send${row.key}`]?.(drafts[name] ?? {});
  await scene.drain();
  const [request, reply, ...more] = scene.posts;
  assert.is(more.length, 0);
  if (request === undefined) throw new Error('nothing was sent');
  return { scene, request, reply };
}

/** What every reply must say: the checks that do not depend on the verdict. */
function checkReply(wire: Protocol, request: Post, reply: Post): void {
  const row = rowOf(request.message.$type, wire);
  const answer = reply.message as Message & Fields;
  const { reference, copies } = rowOf(row.response ?? '', wire);
  assert.is(reply.status, 200);
  assert.is(answer.$type, row.response);
  assert.is(answer.version, wire.version);
  assert.is(answer.conversationId, request.message.conversationId);
  assert.is.not(answer.messageId, request.message.messageId);
  assert.is(answer.senderDomain, request.message.recipientDomain);
  assert.is(answer.recipientDomain, request.message.senderDomain);
  if (reference !== undefined) assert.is(answer[reference], request.message.messageId);
  for (const key of copies) assert.is(answer[key], (request.message as Message & Fields)[key]);
  assert.equal(schemas.get(wire)?.validate(reply.payload), []);
}

for (const wire of versions) {
  for (const own of versions) {
    const between = `between UFTP ${wire.version} on the wire and handlers of ${own.version}`;

    test(`every accepted request is answered with its response, valid by the schema, ${between}`, async () => {
      for (const { name } of requests) {
        const { request, reply } = await exchange(own, wire, name, () => accept(fieldsOf[name] ?? {}));
        if (reply === undefined) throw new Error(`${name} was not answered`);
        assert.is(request.message.version, wire.version);
        assert.equal(schemas.get(wire)?.validate(request.payload), []);
        checkReply(wire, request, reply);
        if (rowOf(reply.message.$type, wire).result)
          assert.is((reply.message as Message & Fields).result, 'Accepted');
      }
    });

    test(`every rejected request is answered with its reasons, valid by the schema, ${between}`, async () => {
      for (const { name } of requests) {
        const { request, reply } = await exchange(own, wire, name, () => reject(['No', 'Not at all']));
        const sayable = [own, wire].every((one) => rowOf(`${name}Response`, one).result);
        assert.is(reply !== undefined, sayable, name); // TestMessageResponse of 3.x cannot say Rejected
        if (reply === undefined) continue;
        checkReply(wire, request, reply);
        const answer = reply.message as Message & Fields;
        assert.is(answer.result, 'Rejected');
        assert.is(answer.rejectionReason, 'No; Not at all');
      }
    });

    test(`every request without a handler is rejected with "Invalid Message", valid by the schema, ${between}`, async () => {
      for (const { name } of requests) {
        const { request, reply } = await exchange(own, wire, name);
        if (reply === undefined) throw new Error(`${name} was not answered`);
        checkReply(wire, request, reply);
        const { result, rejectionReason } = reply.message as Message & Fields;
        if (name !== 'TestMessage') assert.is(result, 'Rejected'); // TestMessage is answered by itself
        assert.is(rejectionReason, name === 'TestMessage' ? undefined : 'Invalid Message');
      }
    });
  }
}

test('a rejected AGRPortfolioQuery holds one connection that names nothing, since the XSD demands one', async () => {
  const reply = await replyTo('AGRPortfolioQuery', reject('No'));
  const entityAddress = 'ean.000000000000';
  const dayAheadRedispatchBy = 'AGR';
  const connection = [{ entityAddress }];
  const point = { entityAddress, mutexOffersSupported: false, dayAheadRedispatchBy, connection };
  const dsoPortfolio = [{ dsoDomain: 'cro.example', congestionPoint: [point] }];
  assert.equal(reply.dsoView, [{ dsoPortfolio, connection: [] }]);
});

test('a rejected FlexSettlement disputes every order of it, since the XSD demands a status', async () => {
  const reply = await replyTo('FlexSettlement', reject(['No', 'Never']));
  const disputed = { disposition: 'Disputed', disputeReason: 'No; Never' };
  assert.equal(reply.flexOrderSettlementStatus, [
    { orderReference: 'ORD-1', ...disputed },
    { orderReference: 'ORD-2', ...disputed },
  ]);
});

test('what the library fills into a rejection gives way to what the handler gives', async () => {
  const flexOrderSettlementStatus = [{ orderReference: 'ORD-1', disposition: 'Accepted' }];
  const settlement = await replyTo('FlexSettlement', reject('No', { flexOrderSettlementStatus }));
  assert.equal(settlement.flexOrderSettlementStatus, flexOrderSettlementStatus);
  const portfolio = await replyTo('AGRPortfolioQuery', reject('No', fieldsOf.AGRPortfolioQuery));
  assert.equal(portfolio.dsoView, (fieldsOf.AGRPortfolioQuery as Fields).dsoView);
});

async function replyTo(name: string, verdict: unknown): Promise<Fields> {
  const { reply } = await exchange(latest.protocol, latest.protocol, name, () => verdict);
  if (reply === undefined) throw new Error(`${name} was not answered`);
  return reply.message as Message & Fields;
}
