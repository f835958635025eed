/**
 * @module A pattern of XML Schema goes in, texts come out: such that match it, their repetitions at their bounds, and
 * such that depart from it in one place.
 */

import type { Random } from './random.ts';

/** Characters that one place of a pattern takes, and such that it does not take. */
interface Characters {
  readonly inside: readonly string[];
  readonly outside: readonly string[];
}

/** Something that occurs `min` to `max` times: characters, or alternatives that are sequences of pieces. */
interface Piece {
  readonly id: number;
  readonly atom: Characters | readonly Sequence[];
  readonly min: number;
  readonly max: number;
}

type Sequence = readonly Piece[];

/** A pattern, ready to be sampled. */
export interface Sampler {
  /** A text that matches; repetitions are often at their bounds. */
  match(random: Random): string;
  /** A text made by breaking one piece of the pattern: once too often, once too few, or a character outside. It may match. */
  miss(random: Random): string;
}

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
/** What negated classes and `.` are drawn from; the last characters take two, three and four bytes. */
const anything: readonly string[] = [
  ...`${digits}${lower}${lower.toUpperCase()} _-.:/,;=+*?!#@'"<>&|()[]{}~é€😀`,
];
/** The most repetitions that are written where there is no bound. */
const manyMax = 8;

/** Reads a pattern. @throws {TypeError} where it uses what this reader does not know */
export function sampler(pattern: string): Sampler {
  const reader = new PatternReader(pattern);
  const whole = reader.alternatives();
  reader.end();
  return {
    match: (random) => write(whole, random, -1),
    miss: (random) => write(whole, random, random.below(reader.pieces)),
  };
}

function write(alternatives: readonly Sequence[], random: Random, broken: number): string {
  let text = '';
  for (const piece of random.pick(alternatives)) text += writePiece(piece, random, broken);
  return text;
}

function writePiece({ id, atom, min, max }: Piece, random: Random, broken: number): string {
  const isBroken = id === broken;
  const count = isBroken ? brokenCount(min, max, random) : wholeCount(min, max, random);
  // A piece that may occur any number of times is broken by what stands in it.
  const stranger = isBroken && count >= min && count <= max ? random.below(count) : -1;
  let text = '';
  for (let i = 0; i < count; i++) {
    if (!isCharacters(atom)) text += write(atom, random, broken);
    else text += random.pick(i === stranger ? atom.outside : atom.inside);
  }
  return text;
}

function wholeCount(min: number, max: number, random: Random): number {
  const most = Math.min(max, min + manyMax);
  const way = random.below(10);
  if (way < 4) return min;
  return way < 6 && max < Number.POSITIVE_INFINITY ? max : random.between(min, most);
}

function brokenCount(min: number, max: number, random: Random): number {
  const way = random.below(3);
  if (way === 0 && max < Number.POSITIVE_INFINITY) return max + 1;
  if (way === 1 && min > 0) return min - 1;
  return Math.max(1, min);
}

function isCharacters(atom: Piece['atom']): atom is Characters {
  return 'inside' in atom;
}

class PatternReader {
  /** Pieces that were read so far. */
  pieces = 0;
  private readonly characters: readonly string[];
  private at = 0;

  constructor(pattern: string) {
    this.characters = [...pattern];
  }

  end(): void {
    if (this.at < this.characters.length) this.fail();
  }

  alternatives(): Sequence[] {
    const list: Piece[][] = [[]];
    for (;;) {
      const next = this.characters[this.at];
      if (next === undefined || next === ')') return list;
      if (next === '|') {
        this.at += 1;
        list.push([]);
      } else list.at(-1)?.push(this.piece());
    }
  }

  private piece(): Piece {
    const id = this.pieces++;
    return { id, atom: this.atom(), ...this.quantifier() };
  }

  private atom(): Piece['atom'] {
    const next = this.characters[this.at++];
    if (next === '(') {
      const inner = this.alternatives();
      if (this.characters[this.at++] !== ')') this.fail();
      return inner;
    }
    if (next === '.') return { inside: anything, outside: ['\n', '\r'] };
    if (next === '[') return this.class();
    return set(next === '\\' ? this.escape() : (next ?? this.fail()));
  }

  /** What a backslash stands before. */
  private escape(): string {
    const next = this.characters[this.at++] ?? this.fail();
    if (next === 'd') return digits;
    return /[\\|.?*+(){}[\]^-]/.test(next) ? next : this.fail();
  }

  private class(): Characters {
    let inside = '';
    for (;;) {
      const next = this.characters[this.at++] ?? this.fail();
      if (next === ']') return set(inside);
      if (next === '^') this.fail();
      if (next === '-' && this.characters[this.at] !== ']') {
        inside += range(inside.at(-1) ?? this.fail(), this.characters[this.at++] ?? this.fail());
      } else inside += next === '\\' ? this.escape() : next;
    }
  }

  private quantifier(): { min: number; max: number } {
    const simple = { '?': [0, 1], '*': [0, Number.POSITIVE_INFINITY], '+': [1, Number.POSITIVE_INFINITY] };
    const next = this.characters[this.at];
    if (next === '?' || next === '*' || next === '+') {
      this.at += 1;
      const [min, max] = simple[next] as [number, number];
      return { min, max };
    }
    if (next !== '{') return { min: 1, max: 1 };
    const close = this.characters.indexOf('}', this.at);
    const [least = '', most = least] = this.characters
      .slice(this.at + 1, close)
      .join('')
      .split(',');
    this.at = close + 1;
    return { min: Number(least), max: most === '' ? Number.POSITIVE_INFINITY : Number(most) };
  }

  private fail(): never {
    throw new TypeError(`the fuzzer cannot read the pattern ${this.characters.join('')} at ${this.at}`);
  }
}

function set(inside: string): Characters {
  return { inside: [...inside], outside: [...anything, '\n'].filter((one) => !inside.includes(one)) };
}

/** The characters behind `first` up to `last`. */
function range(first: string, last: string): string {
  let text = '';
  for (let code = first.charCodeAt(0) + 1; code <= last.charCodeAt(0); code++)
    text += String.fromCharCode(code);
  return text;
}
