/** @module `uftp retry`: puts dead letters back into their queue. */

import { conversationKey } from '../../flow/records.ts';
import type { Commit, Store, StoredMessage } from '../../ports/store.ts';
import { type Command, readArguments, UsageError } from '../command.ts';
import { filterHelp, filterOf, filterOptions, pages } from './filter.ts';
import { storeHelp, withStore } from './open.ts';
import { isUnsigned } from './row.ts';

const help = `uftp retry MessageID… [options]
uftp retry --all [options]

Puts dead letters back into their queue: a message that was sent goes out again, byte for byte and with the MessageID that
it had; a message that was received is processed again. The service that has the store open does the work. A message past
its time (ExpirationDateTime) becomes a dead letter again at once. The exit code is 1 where one could not be put back.

Options:
${storeHelp}
  --all           every dead letter that the other options let through
${filterHelp}
  --help          print this
`;

export const retry: Command = {
  name: 'retry',
  summary: 'put dead letters back into their queue',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, { ...filterOptions, all: { type: 'boolean' } });
    if ((positionals.length === 0) !== (values.all === true))
      throw new UsageError('retry takes MessageIDs, or --all');
    const filter = filterOf(values, Date.now());
    if (values.all === true && filter.state !== undefined && filter.state !== 'dead')
      throw new UsageError('retry --all is about dead letters: leave --state out');
    let failed = 0;
    let put = 0;
    await withStore(values.store, false, async (store) => {
      for await (const one of chosen(store, filter, positionals)) {
        const problem = typeof one === 'string' ? one : await putBack(store, one);
        if (problem === undefined) put += 1;
        else {
          failed += 1;
          process.stderr.write(`${problem}\n`);
        }
      }
    });
    process.stderr.write(`${put} put back${failed === 0 ? '' : `, ${failed} not`}\n`);
    return failed === 0 ? 0 : 1;
  },
};

/** The messages meant; a sentence for a MessageID of which there is none. */
async function* chosen(
  store: Store,
  filter: ReturnType<typeof filterOf>,
  messageIds: readonly string[],
): AsyncGenerator<StoredMessage | string> {
  if (messageIds.length === 0) {
    const dead: StoredMessage[] = []; // all at once: what is put back moves out from under the pages
    for await (const page of pages(store, { ...filter, state: 'dead' })) dead.push(...page);
    yield* dead;
    return;
  }
  for (const messageId of messageIds) {
    let found = false;
    for await (const page of pages(store, { ...filter, messageId })) {
      found ||= page.length > 0;
      yield* page;
    }
    if (!found) yield `${messageId}: there is no such message in the store`;
  }
}

/** @returns why it cannot be put back */
async function putBack(store: Store, one: StoredMessage): Promise<string | undefined> {
  const name = `${one.type} ${one.identity}`;
  if (one.state !== 'dead') return `${name}: not a dead letter, its state is ${one.state}`;
  if (one.body.length === 0) return `${name}: retention has removed its payload`;
  if (one.direction === 'out' && isUnsigned(one)) return `${name}: it was imported without its signature`;
  await store.commit(again(one));
  return undefined;
}

function again(one: StoredMessage): Commit {
  const now = Date.now();
  if (one.direction === 'out')
    return { resend: { message: one, dueAt: now, unlessTriedSince: Number.MAX_SAFE_INTEGER } };
  const { participant, partner, identity } = one;
  return {
    work: [
      {
        id: `process ${partner.role}:${partner.domain} ${identity} again ${now}`,
        participant,
        kind: 'process',
        message: { participant, direction: 'in', partner, identity },
        orderKey: conversationKey(partner, one.conversationId).value,
        dueAt: now,
      },
    ],
  };
}
