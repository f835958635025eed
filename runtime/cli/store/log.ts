/** @module `uftp log`: lists what a store holds. */

import { type Command, readArguments, UsageError } from '../command.ts';
import { writeOutput } from '../files.ts';
import { table } from '../terminal.ts';
import { filterHelp, filterOf, filterOptions, pages } from './filter.ts';
import { storeHelp, withStore } from './open.ts';
import { asJson, head, row } from './row.ts';

const help = `uftp log [options]

Lists messages, oldest first: when, < received or > sent, partner, type, MessageID, how it was judged, and where its
delivery (>) or processing (<) stands. Without --since and --conversation it lists the last 24 hours.

Options:
${storeHelp}
${filterHelp}
  --json          print one JSON object a line, without payloads (see uftp export)
  --help          print this
`;

const usualMs = 24 * 60 * 60 * 1000;

export const log: Command = {
  name: 'log',
  summary: 'list the messages of a store',
  help,
  async run(args) {
    const { values, positionals } = readArguments(args, { ...filterOptions, json: { type: 'boolean' } });
    if (positionals.length > 0) throw new UsageError('log takes options only; uftp show prints one message');
    const now = Date.now();
    const given = filterOf(values, now);
    const isBounded = given.since !== undefined || given.conversationId !== undefined;
    const filter = isBounded ? given : { ...given, since: now - usualMs };
    let count = 0;
    await withStore(values.store, false, async (store) => {
      for await (const messages of pages(store, filter)) {
        const first = count === 0;
        count += messages.length;
        if (values.json === true)
          await writeOutput(messages.map((one) => `${JSON.stringify(asJson(one, false))}\n`).join(''));
        else if (messages.length > 0) {
          const lines = table(head, messages.map(row)).split('\n');
          await writeOutput(`${lines.slice(first ? 0 : 2).join('\n')}\n`);
        }
      }
    });
    const span = isBounded ? '' : ' in the last 24 hours; --since 7d shows more';
    process.stderr.write(`${count} message${count === 1 ? '' : 's'}${span}\n`);
    return 0;
  },
};
