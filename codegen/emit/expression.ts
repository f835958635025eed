/** @module Values, names and calls go in, the source of a TypeScript expression comes out, broken where it is too wide. */

import { isIdentifier } from '../names.ts';
import { type Constant, lineWidth } from '../print.ts';

/** What can be written: plain data, source text, and calls. */
export type Expression =
  | string
  | number
  | bigint
  | boolean
  | Code
  | Call
  | readonly Expression[]
  | { readonly [key: string]: Expression | undefined };

/** Source text that stands for itself. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A call without side effects, marked so that bundlers may drop it. */
export class Call {
  readonly name: string;
  readonly arguments: readonly Expression[];

  constructor(name: string, ...values: readonly Expression[]) {
    this.name = name;
    this.arguments = values;
  }
}

/**
 * Writes an expression.
 *
 * @param indent what stands before the line that it begins on
 * @param room characters that this line has left
 */
export function write(expression: Expression, indent = '', room: number = lineWidth - indent.length): string {
  if (typeof expression === 'string') return quote(expression);
  if (typeof expression === 'bigint') return `${expression}n`;
  if (typeof expression === 'number' || typeof expression === 'boolean') return String(expression);
  if (expression instanceof Code) return expression.text.replace(/\n/g, `\n${indent}`);
  const inner = `${indent}  `;
  if (expression instanceof Call) {
    return writeCall(expression, indent, room);
  }
  if (isList(expression)) {
    return enclose(
      '[',
      expression.map((item) => write(item, inner)),
      ']',
      indent,
      room,
    );
  }
  const items = Object.entries(expression).flatMap(([key, value]) => {
    const name = isIdentifier(key) ? key : quote(key);
    return value === undefined
      ? []
      : [`${name}: ${write(value, inner, lineWidth - inner.length - name.length - 2)}`];
  });
  return enclose('{', items, '}', indent, room);
}

/** Writes an exported constant, its value broken as its first line needs. */
export function constant(name: string, type: string, value: Expression, comment?: string): Constant {
  const room = lineWidth - `export const ${name}: ${type} = ;`.length;
  return { name, type, initializer: write(value, '', room), ...(comment === undefined ? {} : { comment }) };
}

/** A string literal in single quotes. */
export function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}

/** A call whose last argument is an object too wide for the line keeps its other arguments on the first line. */
function writeCall({ name, arguments: values }: Call, indent: string, room: number): string {
  const open = `/*@__PURE__*/ ${name}(`;
  const items = values.map((item) => write(item, `${indent}  `));
  const last = values.at(-1);
  const before = values
    .slice(0, -1)
    .map((item) => `${write(item, indent)}, `)
    .join('');
  const line = enclose(open, items, ')', indent, room);
  const isObject =
    typeof last === 'object' && !isList(last) && !(last instanceof Code) && !(last instanceof Call);
  if (!isObject || !line.includes('\n') || before.includes('\n') || open.length + before.length > room)
    return line;
  return `${open}${before}${write(last, indent, 0)})`;
}

function isList(expression: Expression): expression is readonly Expression[] {
  return Array.isArray(expression);
}

function enclose(
  open: string,
  items: readonly string[],
  close: string,
  indent: string,
  room: number,
): string {
  const gap = open === '{' && items.length > 0 ? ' ' : '';
  const line = open + gap + items.join(', ') + gap + close;
  if (!line.includes('\n') && line.length <= room) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item},\n`).join('')}${indent}${close}`;
}
