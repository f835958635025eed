/** @module `uftp import`: takes the messages of an earlier system into a store, so that references to them resolve. */

import { partyText } from '../../flow/records.ts';
import type { MessageRecord, Store } from '../../ports/store.ts';
import { type Command, need, readArguments, UsageError } from '../command.ts';
import { recordOf } from './earlier.ts';
import { partyOf } from './filter.ts';
import { type Folder, lookThrough, type Owner, readEarlier, tellOf, tellProgress } from './folder.ts';
import { storeHelp, withStore, withStoreIfThere } from './open.ts';

const help = `uftp import DIR --as ROLE:DOMAIN [options]

Takes messages that an earlier system has received or sent into a store, so that what partners still refer to (an offer, an
order, a request) is found, and what was received before is known as a duplicate. Nothing is sent and no handler runs.

DIR is searched for .xml files with all its folders, and read twice, a file at a time. Each is a SignedMessage or a payload;
which of them were received and which were sent is told by their domains. A message counts as accepted, unless its response in DIR says otherwise; of two
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
    const owner: Owner = { participant, partners };
    const found = await lookThrough(folder, owner);
    const { files, refused, sent } = found;
    const offer = (to: Offer): Promise<Offered> => offerAll(found, owner, to);
    const dry = values['dry-run'] === true;
    const { known, other } = dry
      ? await withStoreIfThere(values.store, (store) => offer(looking(store)))
      : await withStore(values.store, true, (store) => offer(writing(store)));
    process.stderr.write(
      `${files.length - known - other} ${dry ? 'would be imported' : 'imported'}, ${known} there already, ` +
        `${refused + other} refused (read: ${files.length - sent} received, ${sent} sent)\n`,
    );
    return refused + other === 0 ? 0 : 1;
  },
};

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
  /** How many have the MessageID of another one that is there, or are gone from the folder. */
  readonly other: number;
}

/** Offers them one after another, so that their order is kept. Each is read again: all at once may be more than memory holds. */
async function offerAll({ files, verdicts }: Folder, owner: Owner, offer: Offer): Promise<Offered> {
  let known = 0;
  let other = 0;
  for (const [i, file] of files.entries()) {
    tellProgress('offered', i, files.length);
    const message = await readEarlier(file, owner);
    const record = message && (await recordOf(message, verdicts));
    const content = record && (await offer(record));
    if (record === undefined) other += 1;
    else if (content === record.content) known += 1;
    else if (content !== undefined) {
      other += 1;
      tellOf(file, [`its MessageID ${record.messageId} is there already, with other content`]);
    }
  }
  tellProgress('offered', files.length, files.length);
  return { known, other };
}
