/** @module A JSON file goes in, its value and the line of each part of it come out. */

import { readFile } from 'node:fs/promises';
import { ts } from 'ts-morph';
import type { Place, Problems } from './problems.ts';

/** A JSON object as it was parsed. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A JSON file. */
export interface JsonFile {
  readonly value: JsonObject;
  /** Where the part at this path stands; that of the nearest part around it where there is none. */
  place(path: readonly (string | number)[]): Place;
}

/** Reads a JSON file that holds an object. Gives undefined, with the reason in `problems`, where it does not. */
export async function readJson(file: string, problems: Problems): Promise<JsonFile | undefined> {
  const refuse = (line: number, construct: string, problem: string, remedy: string): undefined => {
    problems.report({ file, line }, construct, problem, remedy);
  };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return refuse(1, 'file', `cannot be read: ${(error as Error).message}`, 'correct the path');
  }
  const tree = ts.parseJsonText(file, text);
  const lineAt = (position: number): number => tree.getLineAndCharacterOfPosition(position).line + 1;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // TypeScript takes more than JSON, so its position is only the better one where it finds fault as well.
    const [first] = (tree as unknown as { parseDiagnostics: readonly ts.Diagnostic[] }).parseDiagnostics;
    return refuse(lineAt(first?.start ?? 0), 'JSON', (error as Error).message, 'mend the file');
  }
  if (!isObject(value)) return refuse(1, 'JSON', 'is not an object', 'write { … }');
  const root = tree.statements[0]?.expression;
  if (root)
    reportRepeated(root, (key, node) => {
      refuse(lineAt(node.getStart(tree)), `"${key}"`, 'stands twice in one object', 'remove one of them');
    });
  return {
    value,
    place: (path) => ({ file, line: lineAt((nodeAt(root, path) ?? tree).getStart(tree)) }),
  };
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nodeAt(root: ts.Node | undefined, path: readonly (string | number)[]): ts.Node | undefined {
  let at = root;
  for (const step of path) {
    const value: ts.Node | undefined = at && ts.isPropertyAssignment(at) ? at.initializer : at;
    let next: ts.Node | undefined;
    if (value && ts.isObjectLiteralExpression(value))
      next = value.properties.find((one) => keyOf(one) === step);
    if (value && ts.isArrayLiteralExpression(value)) next = value.elements[Number(step)];
    if (next === undefined) break;
    at = next;
  }
  return at;
}

function reportRepeated(node: ts.Node, report: (key: string, node: ts.Node) => void): void {
  if (ts.isObjectLiteralExpression(node)) {
    const keys = node.properties.map(keyOf);
    node.properties.forEach((property, index) => {
      const key = keys[index] ?? '';
      if (keys.indexOf(key) < index) report(key, property);
    });
  }
  node.forEachChild((child) => reportRepeated(child, report));
}

function keyOf(property: ts.ObjectLiteralElementLike): string | undefined {
  return property.name && ts.isStringLiteral(property.name) ? property.name.text : undefined;
}
