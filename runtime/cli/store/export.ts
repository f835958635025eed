/** @module `uftp export`: writes what a store holds as JSON Lines. */

import { type Command, readArguments, UsageError } from '../command.ts';
import { writeOutput } from '../files.ts';
import { filterHelp, filterOf, filterOptions, pages } from './filter.ts';
import { storeHelp, withStore } from './open.ts';
import { asJson } from './row.ts';

const help = `uftp export [options]

Writes messages as JSON Lines, oldest first, each with everything the store knows of it. "signed" is the signature (64
bytes) and the payload in base64, as they went over the wire: whoever has the sender's key can verify them again.

Options:
${storeHelp}
${filterHelp}
  --redact        leave out signatures, payloads, and the texts of reasons and attempts, and with them every connection and
                  volume. What remains tells who sent what kind of message to whom, when, and how it was judged:
                  "reasonCount" tells how many reasons there were, "content" is the payload's SHA-256
  --json          taken as well: this is JSON in any case
  --help          print this
`;

export const exportCommand: Command = {
  name: 'export',
  summary: 'write the messages of a store as JSON Lines',
  help,
  async run(args) {
    const own = { redact: { type: 'boolean' }, json: { type: 'boolean' } } as const;
    const { values, positionals } = readArguments(args, { ...filterOptions, ...own });
    if (positionals.length > 0)
      throw new UsageError('export takes options only, and writes to standard output');
    const filter = filterOf(values, Date.now());
    const telling = values.redact === true ? 'redacted' : 'signed';
    let count = 0;
    await withStore(values.store, false, async (store) => {
      for await (const messages of pages(store, filter)) {
        count += messages.length;
        // One at a time: a page of large messages is more than a string can hold.
        for (const one of messages) await writeOutput(`${JSON.stringify(asJson(one, telling))}\n`);
      }
    });
    process.stderr.write(
      `${count} message${count === 1 ? '' : 's'}${values.redact === true ? ', redacted' : ''}\n`,
    );
    return 0;
  },
};
