/** @module What a case is, and the two checks that cases are made of: values in, an error that names the difference out. */

/** One promise that holds on every runtime. */
export interface Case {
  /** A sentence, unique among all cases. */
  readonly title: string;
  /** Rejects with an Error where the promise is not kept. */
  run(): Promise<void>;
}

/** Compares by content; the order of properties does not count, and one that is undefined counts as absent. @throws {Error} */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [is, be] = [text(actual), text(expected)];
  if (is !== be) throw new Error(`${what}: ${is} instead of ${be}`);
}

/** What is thrown. @throws {Error} where nothing is */
export async function thrown(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

function text(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (part instanceof Uint8Array) return `bytes ${part.join(' ')}`;
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}
