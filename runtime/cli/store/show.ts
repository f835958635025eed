/** @module `uftp show`: prints one message of a store with all that is known of it. */

import { partyText } from '../../flow/records.ts';
import type { StoredMessage } from '../../ports/store.ts';
import { type Command, readArguments, UsageError } from '../command.ts';
import { writeOutput } from '../files.ts';
import { visible } from '../terminal.ts';
import { filterOf, filterOptions, pages } from './filter.ts';
import { storeHelp, withStore } from './open.ts';
import { asJson, isUnsigned, payloadOf, time, verdictText } from './row.ts';

const help = `uftp show MessageID [options]

Prints everything the store knows of a message: who sent it when, how it was judged, under which key its signature held,
every attempt at its delivery or processing, and the payload. A MessageID that several messages carry prints them all; with
--payload only where it is the same payload, as where two participants of ours talk to one another. The exit code is 1 where
there is none.

Options:
${storeHelp}
  --as P          only of this participant of ours: ROLE:DOMAIN
  --partner P     only to and from this partner: ROLE:DOMAIN, or a domain
  --direction D   in or out
  --payload       print the payload alone, byte for byte
  --json          print one JSON object a line; "signed" is the signature and payload in base64
  --help          print this
`;

const { store, as, partner, direction } = filterOptions;

export const show: Command = {
  name: 'show',
  summary: 'print one message of a store',
  help,
  async run(args) {
    const own = { payload: { type: 'boolean' }, json: { type: 'boolean' } } as const;
    const options = { store, as, partner, direction, ...own };
    const { values, positionals } = readArguments(args, options);
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) throw new UsageError('show takes one MessageID');
    const found: StoredMessage[] = [];
    await withStore(values.store, false, async (opened) => {
      const filter = { ...filterOf(values, Date.now()), messageId: id.replace(/#.*/, '') };
      for await (const page of pages(opened, filter))
        found.push(...page.filter(({ identity }) => !id.includes('#') || identity === id));
    });
    if (found.length === 0) {
      process.stderr.write(`there is no message ${id} in the store\n`);
      return 1;
    }
    if (values.payload === true) return printPayload(found);
    for (const one of found)
      await writeOutput(values.json === true ? `${JSON.stringify(asJson(one, 'signed'))}\n` : text(one));
    return 0;
  },
};

/** @throws {UsageError} where they differ: two payloads behind one another are none */
async function printPayload(found: readonly StoredMessage[]): Promise<number> {
  const whole = found.filter(({ body }) => body.length > 0);
  const [first] = whole;
  if (first === undefined) {
    process.stderr.write('retention has removed the payload\n');
    return 1;
  }
  if (new Set(whole.map(({ content }) => content)).size > 1) {
    const those = whole.map(({ participant, direction: way, partner: other, identity }) => {
      const side = `--as ${partyText(participant)} --partner ${partyText(other)} --direction ${way}`;
      return `  uftp show ${identity} ${side} --payload`;
    });
    throw new UsageError(`there are several payloads under this MessageID; which one?\n${those.join('\n')}`);
  }
  await writeOutput(payloadOf(first));
  return 0;
}

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
    ['Key found by', one.keyFrom],
    ['Content', `sha256 ${one.content}`],
    [direction === 'in' ? 'Processing' : 'Delivery', one.state],
  ];
  const attempts = one.attempts.map(
    ({ at, text: what, ambiguous }) =>
      `  ${time(at)}  ${visible(what)}${ambiguous ? '; it may have arrived' : ''}`,
  );
  const payload = payloadOf(one);
  return `${[
    ...lines.flatMap(([title, value]) =>
      value === undefined ? [] : [`${title.padEnd(13)} ${visible(value)}`],
    ),
    ...attempts,
    '',
    payload.length === 0 ? '(retention has removed the payload)' : readable(payload),
    '',
  ].join('\n')}\n`;
}

/** The payload in its own lines; what else would steer a terminal is made visible. */
function readable(payload: Uint8Array): string {
  const lines = new TextDecoder().decode(payload).split(/\r?\n/);
  return lines.map((line) => line.split('\t').map(visible).join('\t')).join('\n');
}
