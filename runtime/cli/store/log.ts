/** @module `uftp log`: lists what a store holds. */

import { type Command, readArguments, UsageError } from '../command.ts';
import { writeOutput } from '../files.ts';
import { filterHelp, filterOf, filterOptions, pages } from './filter.ts';
import { Listing } from './listing.ts';
import { storeHelp, withStore } from './open.ts';
import { asJson } from './row.ts';

const help = `uftp log [options]

Lists messages, oldest first: when, < received or > sent, partner, type, MessageID, how it was judged, and where its
delivery (>) or processing (<) stands; and of which participant of ours, where several stand in the list. Without --since,
--until, --state and --conversation it lists the last 24 hours.

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
    const isBounded = [given.since, given.until, given.state, given.conversationId].some(
      (value) => value !== undefined,
    );
    const filter = isBounded ? given : { ...given, since: now - usualMs };
    let count = 0;
    const listing = new Listing();
    await withStore(values.store, false, async (store) => {
      for await (const messages of pages(store, filter)) {
        count += messages.length;
        if (values.json !== true) await writeOutput(listing.add(messages));
        else for (const one of messages) await writeOutput(`${JSON.stringify(asJson(one, 'unsigned'))}\n`);
      }
      await writeOutput(listing.end());
    });
    const span = isBounded ? '' : ' in the last 24 hours; --since 7d shows more';
    process.stderr.write(`${count} message${count === 1 ? '' : 's'}${span}\n`);
    return 0;
  },
};
