/** @module `uftp import`: takes the messages of an earlier system into a store, so that references to them resolve. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatIssue } from '../../errors.ts';
import { partyText } from '../../flow/records.ts';
import type { MessageRecord, Store } from '../../ports/store.ts';
import type { Party } from '../../roles.ts';
import { type Command, need, readArguments, UsageError } from '../command.ts';
import { readInput } from '../files.ts';
import { visible } from '../terminal.ts';
import { type EarlierMessage, earlierMessage, type NotTaken, pairUp, recordOf } from './earlier.ts';
import { partyOf } from './filter.ts';
import { storeHelp, withStore, withStoreIfThere } from './open.ts';

const help = `uftp import DIR --as ROLE:DOMAIN [options]

Takes messages that an earlier system has received or sent into a store, so that what partners still refer to (an offer, an
order, a request) is found, and what was received before is known as a duplicate. Nothing is sent and no handler runs.

DIR is searched for .xml files with all its folders. Each is a SignedMessage or a payload; which of them were received and
which were sent is told by their domains. A message counts as accepted, unless its response in DIR says otherwise; of two
responses the first one counts. What is in the store already is left as it is, so an import may be repeated; where a message
is there under the same MessageID with other content, that is told. The exit code is 1 where a file could not be taken.

Options:
  --as P          our participant: ROLE:DOMAIN, such as AGR:aggregator.example
  --partner P     the role of a partner, ROLE:DOMAIN, where a payload leaves it open (TestMessage); may be repeated
  --dry-run       write nothing, only tell what would be done; a store is looked into where there is one
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
    const { files, refused } = await readFolder(folder, participant, partners);
    const offer = (to: Offer): Promise<Offered> => offerAll(files, to);
    const dry = values['dry-run'] === true;
    const { known, other } = dry
      ? await withStoreIfThere(values.store, (store) => offer(looking(store)))
      : await withStore(values.store, true, (store) => offer(writing(store)));
    const sent = files.filter(({ message }) => message.direction === 'out').length;
    process.stderr.write(
      `${files.length - known - other} ${dry ? 'would be imported' : 'imported'}, ${known} there already, ` +
        `${refused + other} refused (read: ${files.length - sent} received, ${sent} sent)\n`,
    );
    return refused + other === 0 ? 0 : 1;
  },
};

/** A file that can be taken. */
interface Taken {
  readonly file: string;
  readonly message: EarlierMessage;
}

/** All messages of a folder, oldest first. Files that cannot be taken are told of, and counted. */
async function readFolder(
  folder: string,
  participant: Party,
  partners: readonly Party[],
): Promise<{ readonly files: readonly Taken[]; readonly refused: number }> {
  const files: Taken[] = [];
  let refused = 0;
  for (const file of filesOf(folder)) {
    const read = await readEarlier(file, participant, partners);
    if ('message' in read) files.push({ file, message: read });
    else {
      refused += 1;
      tellOf(file, read.issues.length === 0 ? [read.problem] : read.issues.map(formatIssue));
    }
  }
  return { files: files.sort((one, other) => one.message.at - other.message.at), refused };
}

/** A file that cannot be read, such as a folder of that name, keeps no other from being taken. */
async function readEarlier(
  file: string,
  participant: Party,
  partners: readonly Party[],
): Promise<EarlierMessage | NotTaken> {
  try {
    return earlierMessage(await readInput(file), participant, partners);
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message, issues: [] };
    throw error;
  }
}

function tellOf(file: string, why: readonly string[]): void {
  process.stderr.write(`${visible(file)}: not taken\n${why.map((line) => `  ${visible(line)}\n`).join('')}`);
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

/** Offers a record to a store. @returns the content of what is there under its identity; undefined where it is taken */
type Offer = (record: MessageRecord) => Promise<string | undefined>;

function writing(store: Store): Offer {
  return async (record) => {
    const result = await store.commit({ received: record });
    return result.status === 'duplicate' ? result.record.content : undefined;
  };
}

/** Writes nothing, and answers as if it had. */
function looking(store: Store | undefined): Offer {
  const offered = new Map<string, string>();
  return async (message) => {
    const { participant, direction, partner, identity, content } = message;
    const name = `${direction} ${partyText(partner)} ${identity}`;
    const known =
      offered.get(name) ?? (await store?.read({ participant, message, scopes: [] }))?.known?.content;
    if (known === undefined) offered.set(name, content);
    return known;
  };
}

/** What became of messages that were offered, but not taken. */
interface Offered {
  /** How many were there already. */
  readonly known: number;
  /** How many have the MessageID of another one that is there. */
  readonly other: number;
}

/** Offers them one after another, so that their order is kept. */
async function offerAll(files: readonly Taken[], offer: Offer): Promise<Offered> {
  const verdicts = pairUp(files.map(({ message }) => message));
  let known = 0;
  let other = 0;
  for (const [i, { file, message }] of files.entries()) {
    if (process.stderr.isTTY && i % 100 === 0) process.stderr.write(`\r${i} of ${files.length}`);
    const record = await recordOf(message, verdicts);
    const content = await offer(record);
    if (content === record.content) known += 1;
    else if (content !== undefined) {
      other += 1;
      tellOf(file, [`its MessageID ${record.messageId} is there already, with other content`]);
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r');
  return { known, other };
}
