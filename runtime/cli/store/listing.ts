/** @module The table of `uftp log`: messages go in, oldest first, and its lines come out as soon as enough are there. */

import { partyText } from '../../flow/records.ts';
import type { StoredMessage } from '../../ports/store.ts';
import { table } from '../terminal.ts';
import { time, verdictText } from './row.ts';

/** How many lines are as wide as one another: it bounds what is kept until they are written. */
const linesMax = 200;

/** A row and whose record it is. */
interface Line {
  readonly participant: string;
  readonly cells: readonly string[];
}

/** A table that is written piece by piece. Whose record each is stands in it from where a second participant turns up. */
export class Listing {
  readonly #participants = new Set<string>();
  #lines: Line[] = [];
  /** How many columns the last head had. */
  #columns = 0;

  /** @returns what can be written by now */
  add(messages: readonly StoredMessage[]): string {
    this.#lines.push(...messages.map(lineOf));
    return this.#lines.length >= linesMax ? this.end() : '';
  }

  /** @returns the rest */
  end(): string {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length === 0) return '';
    for (const { participant } of lines) this.#participants.add(participant);
    const isShared = this.#participants.size > 1;
    const head = ['time', ...(isShared ? ['of'] : []), '', 'partner', 'type', 'MessageID', 'verdict', 'task'];
    const rows = lines.map(({ participant, cells: [at = '', ...cells] }) => [
      at,
      ...(isShared ? [participant] : []),
      ...cells,
    ]);
    const text = table(head, rows).split('\n');
    const isNew = head.length !== this.#columns;
    this.#columns = head.length;
    return `${text.slice(isNew ? 0 : 2).join('\n')}\n`;
  }
}

function lineOf(one: StoredMessage): Line {
  const arrow = one.direction === 'in' ? '<' : '>';
  const partner = partyText(one.partner);
  const cells = [time(one.at), arrow, partner, one.type, one.identity, verdictText(one), one.state];
  return { participant: partyText(one.participant), cells };
}
