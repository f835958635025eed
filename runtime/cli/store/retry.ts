/** @module `uftp retry`: puts dead letters back into their queue. */

import type { Filter, Store } from '../../ports/store.ts';
import { type Command, readArguments, UsageError } from '../command.ts';
import { type Candidate, candidate, putBack } from './dead-letter.ts';
import { filterHelp, filterOf, filterOptions, pages } from './filter.ts';
import { storeHelp, withStore } from './open.ts';

const help = `uftp retry MessageID… [options]
uftp retry --all [options]

Puts dead letters back into their queue: a message that was sent goes out again, byte for byte and with the MessageID that
it had; a message that was received is processed again. The service that has the store open does the work. A message past
its time (ExpirationDateTime) becomes a dead letter again at once. Where several records carry a MessageID, as where two
participants of one store talk to one another, the dead ones are meant. The exit code is 1 where one could not be put back.

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

/** The messages meant; a sentence for a MessageID of which there is none. Of those that carry one MessageID, as in the store of two partners, the dead ones. */
async function* chosen(
  store: Store,
  filter: Filter,
  messageIds: readonly string[],
): AsyncGenerator<Candidate | string> {
  if (messageIds.length === 0) {
    // All at once: what is put back moves out from under the pages.
    yield* await candidates(store, { ...filter, state: 'dead' });
    return;
  }
  for (const messageId of messageIds) {
    const found = await candidates(store, { ...filter, messageId });
    const dead = found.filter(({ state }) => state === 'dead');
    if (found.length === 0) yield `${messageId}: there is no such message in the store`;
    else yield* dead.length > 0 ? dead : found;
  }
}

async function candidates(store: Store, filter: Filter): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for await (const page of pages(store, filter)) found.push(...page.map(candidate));
  return found;
}
