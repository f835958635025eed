/** @module Plays cases, on any runtime: cases in, what became of each out. */

/** What became of a case. */
export interface Result {
  readonly title: string;
  /** What was thrown; absent where the case is kept. */
  readonly error?: string;
}

/** Runs cases one after another and says what became of each. */
export async function play(
  cases: readonly { readonly title: string; run(): Promise<void> }[],
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const { title, run } of cases) {
    try {
      await run();
      results.push({ title });
    } catch (error) {
      results.push({ title, error: error instanceof Error ? `${error.stack ?? error}` : String(error) });
    }
  }
  return results;
}
