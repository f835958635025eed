/** @module A regular expression of XML Schema goes in, the source of an equivalent JavaScript one comes out. */

/** A pattern is not a regular expression of XML Schema, or uses what cannot be translated. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/**
 * Translates the patterns of one step of restriction, which are alternatives, into one anchored source for the flag `u`.
 *
 * Two departures are deliberate: `\d` means the ten ASCII digits, where XML Schema takes the decimal digits of all
 * scripts, and `\i` and `\c` follow the fifth edition of XML 1.0.
 *
 * @throws {PatternError} with what is wrong and where
 */
export function translatePatterns(patterns: readonly string[]): string {
  return `^(?:${patterns.map(translatePattern).join('|')})$`;
}

/**
 * Translates one pattern, without anchors.
 *
 * @throws {PatternError} with what is wrong and where
 */
export function translatePattern(pattern: string): string {
  const input = new Input(pattern);
  const source = alternatives(input);
  if (input.peek() !== undefined) input.fail('")" without "("');
  return source;
}

class Input {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  next(): string {
    const character = this.peek();
    if (character === undefined) this.fail('it ends too early');
    this.#at += 1;
    return character;
  }

  /** Takes `text` where it comes next. */
  take(text: string): boolean {
    const matches = [...text].every((character, index) => this.peek(index) === character);
    if (matches) this.#at += text.length;
    return matches;
  }

  fail(problem: string): never {
    throw new PatternError(`${problem}, at character ${this.#at + 1} of ${this.#characters.join('')}`);
  }
}

function alternatives(input: Input): string {
  let source = '';
  for (let next = input.peek(); next !== undefined && next !== ')'; next = input.peek()) {
    source += input.take('|') ? '|' : atom(input) + quantifier(input);
  }
  return source;
}

function quantifier(input: Input): string {
  for (const simple of ['?', '*', '+']) if (input.take(simple)) return simple;
  if (!input.take('{')) return '';
  let text = '';
  while (!input.take('}')) text += input.next();
  const range = /^([0-9]+)(,([0-9]*))?$/.exec(text);
  if (range === null) input.fail(`{${text}} is not {n}, {n,} or {n,m}`);
  const [, min, , max] = range;
  if (max && Number(max) < Number(min)) input.fail(`{${text}} is an empty range`);
  return `{${text}}`;
}

function atom(input: Input): string {
  const character = input.next();
  switch (character) {
    case '(': {
      const inner = alternatives(input);
      if (!input.take(')')) input.fail('"(" without ")"');
      return `(?:${inner})`;
    }
    case '[':
      return characterClass(input);
    case '.':
      return '[^\\n\\r]';
    case '\\': {
      const escaped = escapeOf(input);
      return typeof escaped === 'string' ? literal(escaped) : `[${escaped.items}]`;
    }
    case '?':
    case '*':
    case '+':
      return input.fail(`"${character}" has nothing before it that it could repeat`);
    case '{':
    case '}':
    case ']':
      return input.fail(`"${character}" must be written \\${character}`);
    default:
      return literal(character);
  }
}

/** What may stand inside the brackets of a JavaScript class. */
interface ClassItems {
  readonly items: string;
}

/** Reads a class after its `[`. Subtraction becomes a lookahead. */
function characterClass(input: Input): string {
  const negated = input.take('^') ? '^' : '';
  let items = '';
  let first = true;
  for (;;) {
    if (!first && input.take(']')) return `[${negated}${items}]`;
    if (!first && input.take('-[')) {
      const subtracted = characterClass(input);
      if (!input.take(']')) input.fail('nothing may follow a subtraction');
      return `(?:(?!${subtracted})[${negated}${items}])`;
    }
    items += classItem(input, first);
    first = false;
  }
}

function classItem(input: Input, first: boolean): string {
  const start = classCharacter(input);
  if (typeof start !== 'string') return start.items;
  if (start === '-') {
    if (!first && input.peek() !== ']') input.fail('"-" must be written \\-');
    return '\\-';
  }
  const low = start.slice(-1) === '-' ? '-' : start;
  const isRange = input.peek() === '-' && input.peek(1) !== ']' && input.peek(1) !== '[';
  if (!isRange) return inClass(low);
  input.next();
  const end = classCharacter(input);
  if (typeof end !== 'string' || end === '-') return input.fail('a range must end in one character');
  const high = end.slice(-1) === '-' ? '-' : end;
  if (codePoint(high) < codePoint(low)) input.fail(`the range ${low}-${high} is empty`);
  return `${inClass(low)}-${inClass(high)}`;
}

/** One character, or the items of an escape. An escaped hyphen is two characters long, to tell it from a bare one. */
function classCharacter(input: Input): string | ClassItems {
  const character = input.next();
  if (character === '[' || character === ']') input.fail(`"${character}" must be written \\${character}`);
  if (character !== '\\') return character;
  const escaped = escapeOf(input);
  return escaped === '-' ? '\\-' : escaped;
}

/** Reads an escape after its backslash: one character, or a set of them. */
function escapeOf(input: Input): string | ClassItems {
  const character = input.next();
  switch (character) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'p':
    case 'P':
      return { items: property(input, character) };
    default: {
      if ('\\|.?*+(){}-[]^'.includes(character)) return character;
      const items = multiEscapes.get(character);
      return items === undefined ? input.fail(`\\${character} is not an escape of XML Schema`) : { items };
    }
  }
}

function property(input: Input, letter: 'p' | 'P'): string {
  if (!input.take('{')) input.fail(`\\${letter} must be followed by {…}`);
  let name = '';
  while (!input.take('}')) name += input.next();
  if (categories.test(name)) return `\\${letter}{${name}}`;
  const block = blocks.get(name.replace(/^Is/, ''));
  if (!name.startsWith('Is') || block === undefined) {
    return input.fail(`\\${letter}{${name}} is not known: write the range of characters`);
  }
  return letter === 'p' ? ranges([block]) : ranges(complement([block]));
}

type Range = readonly [first: number, last: number];

const categories = /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/;

const blocks: ReadonlyMap<string, Range> = new Map([
  ['BasicLatin', [0x00, 0x7f]],
  ['Latin-1Supplement', [0x80, 0xff]],
  ['LatinExtended-A', [0x100, 0x17f]],
  ['LatinExtended-B', [0x180, 0x24f]],
]);

const space: readonly Range[] = [
  [0x09, 0x0a],
  [0x0d, 0x0d],
  [0x20, 0x20],
];
const digit: readonly Range[] = [[0x30, 0x39]];
const nameStart: readonly Range[] = [
  [0x3a, 0x3a],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
];
const nameExtra: readonly Range[] = [
  [0x2d, 0x2e],
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
];
const nameCharacter: readonly Range[] = [...nameStart, ...digit, ...nameExtra].sort(([a], [b]) => a - b);

/** Escapes that stand for many characters, as items of a JavaScript class. */
const multiEscapes: ReadonlyMap<string, string> = new Map([
  ['d', ranges(digit)],
  ['D', ranges(complement(digit))],
  ['s', ranges(space)],
  ['S', ranges(complement(space))],
  // Word characters are all but punctuation, separators and the rest; the general categories divide all characters.
  ['w', '\\p{L}\\p{M}\\p{N}\\p{S}'],
  ['W', '\\p{P}\\p{Z}\\p{C}'],
  ['i', ranges(nameStart)],
  ['I', ranges(complement(nameStart))],
  ['c', ranges(nameCharacter)],
  ['C', ranges(complement(nameCharacter))],
]);

function ranges(list: readonly Range[]): string {
  return list.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join('');
}

/** All other characters; the ranges are given in ascending order. */
function complement(list: readonly Range[]): Range[] {
  const result: Range[] = [];
  let next = 0;
  for (const [first, last] of list) {
    if (first > next) result.push([next, first - 1]);
    next = last + 1;
  }
  return [...result, [next, 0x10ffff]];
}

function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : plain(character);
}

function inClass(character: string): string {
  return /[\^\\[\]\-/]/.test(character) ? `\\${character}` : plain(character);
}

/** Printable ASCII as it is, the rest by number, so that generated code is ASCII. */
function plain(character: string): string {
  return /^[ -~]$/.test(character) ? character : hex(codePoint(character));
}

function hex(code: number): string {
  if (/^[0-9A-Za-z]$/.test(String.fromCodePoint(code))) return String.fromCodePoint(code);
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
