/** @module `uftp import`: takes the messages of an earlier system into a store, so that references to them resolve. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatIssue } from '../../errors.ts';
import type { Store } from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import { type Command, need, readArguments, UsageError } from '../command.ts';
import { readInput } from '../files.ts';
import { type EarlierMessage, earlierMessage, pairUp, recordOf } from './earlier.ts';
import { partyOf } from './filter.ts';
import { storeHelp, withStore } from './open.ts';

const help = `uftp import DIR --as ROLE:DOMAIN [options]

Takes messages that an earlier system has received or sent into a store, so that what partners still refer to (an offer, an
order, a request) is found, and what was received before is known as a duplicate. Nothing is sent and no handler runs.

DIR is searched for .xml files with all its folders. Each is a SignedMessage or a payload; which of them were received and
which were sent is told by their domains. A message counts as accepted, unless its response in DIR says otherwise. What is
in the store already is left as it is, so an import may be repeated. The exit code is 1 where a file could not be taken.

Options:
  --as P          our participant: ROLE:DOMAIN, such as AGR:aggregator.example
  --partner P     the role of a partner, ROLE:DOMAIN, where a payload leaves it open (TestMessage); may be repeated
  --dry-run       only tell what would be done
${storeHelp}; one that is not there is made
  --help          print this
`;

export const importCommand: Command = {
  name: 'import',
  summary: 'take the messages of an earlier system into a store',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      store: { type: 'string' },
      as: { type: 'string' },
      partner: { type: 'string', multiple: true },
      'dry-run': { type: 'boolean' },
    });
    const [folder] = positionals;
    if (folder === undefined || positionals.length > 1) throw new UsageError('import takes one folder');
    const participant = partyOf('--as', need(values.as, '--as'));
    const partners = (values.partner ?? []).map((text) => partyOf('--partner', text));
    const { messages, refused } = await readFolder(folder, participant, partners);
    const dry = values['dry-run'] === true;
    const known = dry ? 0 : await withStore(values.store, true, (store) => keep(store, messages));
    const sent = messages.filter(({ direction }) => direction === 'out').length;
    process.stderr.write(
      `${messages.length - known} ${dry ? 'would be imported' : 'imported'}, ${known} there already, ${refused} refused` +
        ` (read: ${messages.length - sent} received, ${sent} sent)\n`,
    );
    return refused === 0 ? 0 : 1;
  },
};

/** All messages of a folder, oldest first. Files that cannot be taken are told of, and counted. */
async function readFolder(
  folder: string,
  participant: Party,
  partners: readonly Party[],
): Promise<{ readonly messages: readonly EarlierMessage[]; readonly refused: number }> {
  const messages: EarlierMessage[] = [];
  let refused = 0;
  for (const file of filesOf(folder)) {
    const read = earlierMessage(await readInput(file), participant, partners);
    if ('message' in read) messages.push(read);
    else {
      refused += 1;
      const why = read.issues.length === 0 ? read.problem : read.issues.map(formatIssue).join('\n  ');
      process.stderr.write(`${file}: not taken\n  ${why}\n`);
    }
  }
  return { messages: messages.sort((one, other) => one.at - other.at), refused };
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.toLowerCase().endsWith('.xml'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    throw new UsageError(
      `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Writes them one after another, so that their order is kept. @returns how many were there already */
async function keep(store: Store, messages: readonly EarlierMessage[]): Promise<number> {
  const verdicts = pairUp(messages);
  let known = 0;
  for (const [i, one] of messages.entries()) {
    if (process.stderr.isTTY && i % 100 === 0) process.stderr.write(`\r${i} of ${messages.length}`);
    const { status } = await store.commit({ received: await recordOf(one, verdicts) });
    if (status !== 'committed') known += 1;
  }
  if (process.stderr.isTTY) process.stderr.write('\r');
  return known;
}
