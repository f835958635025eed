/** @module `uftp show`: prints one message of a store with all that is known of it. */

import { partyText } from '../../flow/records.ts';
import type { StoredMessage } from '../../ports/store.ts';
import { type Command, readArguments, UsageError } from '../command.ts';
import { writeOutput } from '../files.ts';
import { filterOf, filterOptions, pages } from './filter.ts';
import { storeHelp, withStore } from './open.ts';
import { asJson, isUnsigned, payloadOf, time, verdictText } from './row.ts';

const help = `uftp show MessageID [options]

Prints everything the store knows of a message: who sent it when, how it was judged, under which key its signature held,
every attempt at its delivery or processing, and the payload. A MessageID that several messages carry prints them all.
The exit code is 1 where there is none.

Options:
${storeHelp}
  --as P          only of this participant of ours: ROLE:DOMAIN
  --payload       print the payload alone, byte for byte
  --json          print one JSON object a line; "signed" is the signature and payload in base64
  --help          print this
`;

const { store, as } = filterOptions;

export const show: Command = {
  name: 'show',
  summary: 'print one message of a store',
  help,
  async run(args) {
    const options = { store, as, payload: { type: 'boolean' }, json: { type: 'boolean' } } as const;
    const { values, positionals } = readArguments(args, options);
    const [messageId] = positionals;
    if (messageId === undefined || positionals.length > 1) throw new UsageError('show takes one MessageID');
    const found: StoredMessage[] = [];
    await withStore(values.store, false, async (opened) => {
      for await (const page of pages(opened, { ...filterOf(values, Date.now()), messageId }))
        found.push(...page);
    });
    if (found.length === 0) {
      process.stderr.write(`there is no message ${messageId} in the store\n`);
      return 1;
    }
    for (const one of found) {
      if (values.payload === true) await writeOutput(payloadOf(one));
      else await writeOutput(values.json === true ? `${JSON.stringify(asJson(one, true))}\n` : text(one));
    }
    return 0;
  },
};

function text(one: StoredMessage): string {
  const { direction, type, version, identity, messageId } = one;
  const lines: readonly (readonly [title: string, value: string | undefined])[] = [
    [direction === 'in' ? 'Received' : 'Sent', time(one.at)],
    ['From', partyText(direction === 'in' ? one.partner : one.participant)],
    ['To', partyText(direction === 'in' ? one.participant : one.partner)],
    ['Type', `${type} ${version}`],
    ['MessageID', messageId],
    ['Conversation', one.conversationId],
    ['Kept as', identity === messageId ? undefined : identity],
    ['Answers', one.answers],
    ['Verdict', verdictText(one) || undefined],
    ['Verified by', isUnsigned(one) ? 'nothing: it was imported without its signature' : one.verifiedBy],
    ['Content', `sha256 ${one.content}`],
    [direction === 'in' ? 'Processing' : 'Delivery', one.state],
  ];
  const attempts = one.attempts.map(
    ({ at, text: what, ambiguous }) => `  ${time(at)}  ${what}${ambiguous ? '; it may have arrived' : ''}`,
  );
  const payload = payloadOf(one);
  return `${[
    ...lines.flatMap(([title, value]) => (value === undefined ? [] : [`${title.padEnd(13)} ${value}`])),
    ...attempts,
    '',
    payload.length === 0 ? '(retention has removed the payload)' : new TextDecoder().decode(payload),
    '',
  ].join('\n')}\n`;
}
