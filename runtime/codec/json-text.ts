/** @module JSON text goes in, plain values come out whose numbers keep their text: `JSON.parse` would lose digits of a long. */

import type { IssueCode } from '../errors.ts';
import { failure, shorten } from './findings.ts';
import { defaultLimits } from './limits.ts';

/** A number as it stands in JSON text. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What JSON text may hold. Objects have no prototype, so that a key such as `__proto__` is one like any other. */
export type JsonValue =
  | null
  | boolean
  | string
  | JsonNumber
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * Reads JSON text (RFC 8259), strictly: one value, no byte order mark, no key twice in one object, at most 4 Mi
 * characters, at most 32 arrays and objects within one another.
 *
 * @throws {UftpError} `json-invalid` with the one issue that ended the reading, its line and column in characters
 */
export function parseJson(text: string): JsonValue {
  return new JsonReader(text).document();
}

const numberForm = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const literals = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

class JsonReader {
  private readonly text: string;
  private pos = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonValue {
    const max = defaultLimits.bytesMax;
    if (this.text.length > max) this.fail('limit', `at most ${max} characters`);
    const value = this.value(1);
    this.space();
    if (this.pos < this.text.length) this.fail('type', 'the end of the text');
    return value;
  }

  private value(depth: number): JsonValue {
    this.space();
    const { text } = this;
    const char = text[this.pos];
    if (char === '{' || char === '[') {
      const max = defaultLimits.depthMax;
      if (depth > max) this.fail('limit', `at most ${max} arrays and objects within one another`);
      return char === '{' ? this.object(depth) : this.array(depth);
    }
    if (char === '"') return this.string();
    for (const [word, value] of literals) {
      if (!text.startsWith(word, this.pos)) continue;
      this.pos += word.length;
      return value;
    }
    numberForm.lastIndex = this.pos;
    const [number] = numberForm.exec(text) ?? this.fail('type', 'a JSON value');
    this.pos += number.length;
    return new JsonNumber(number);
  }

  private object(depth: number): JsonValue {
    const object: Record<string, JsonValue> = Object.create(null);
    if (this.opens('}')) return object;
    do {
      this.space();
      const start = this.pos;
      if (this.text[start] !== '"') this.fail('type', 'a key in quotation marks');
      const key = this.string();
      if (Object.hasOwn(object, key)) this.fail('type', `no second ${shorten(key)} in one object`, start);
      this.space();
      if (this.text[this.pos] !== ':') this.fail('type', ': behind the key');
      this.pos += 1;
      object[key] = this.value(depth + 1);
    } while (this.goesOn('}'));
    return object;
  }

  private array(depth: number): JsonValue {
    const array: JsonValue[] = [];
    if (this.opens(']')) return array;
    do array.push(this.value(depth + 1));
    while (this.goesOn(']'));
    return array;
  }

  /** Moves behind the opening bracket. @returns true where the closing one follows, moving behind it as well */
  private opens(closing: string): boolean {
    this.pos += 1;
    this.space();
    if (this.text[this.pos] !== closing) return false;
    this.pos += 1;
    return true;
  }

  /** Moves behind a comma, or behind the closing bracket. @returns true for the comma */
  private goesOn(closing: string): boolean {
    this.space();
    const char = this.text[this.pos];
    if (char !== ',' && char !== closing) this.fail('type', `, or ${closing}`);
    this.pos += 1;
    return char === ',';
  }

  private string(): string {
    const { text } = this;
    const start = this.pos;
    let end = start + 1;
    for (; text[end] !== '"'; end += text[end] === '\\' ? 2 : 1) {
      if (end >= text.length) this.fail('type', 'a closing quotation mark', start);
    }
    this.pos = end + 1;
    try {
      return JSON.parse(text.slice(start, this.pos)) as string; // escapes, and no control characters
    } catch {
      return this.fail('type', 'a string of JSON', start);
    }
  }

  private space(): void {
    while (' \n\r\t'.includes(this.text[this.pos] ?? '-')) this.pos += 1;
  }

  private fail(code: IssueCode, expected: string, offset: number = this.pos): never {
    const before = this.text.slice(0, offset).split('\n');
    const received = offset < this.text.length ? this.text.slice(offset, offset + 24) : 'the end of the text';
    throw failure('json-invalid', 'the text is not the JSON form of a message', [
      {
        code,
        path: '/',
        expected,
        received: shorten(received),
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
      },
    ]);
  }
}
