/** @module What is wrong with the input of the generator goes in, one error that lists all of it comes out. */

/** Where something stands in a file. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One thing that is wrong, and what to do about it. */
export interface Problem extends Place {
  /** What it is about, such as `xs:choice` or `attribute Unit of FlexRequestType`. */
  readonly construct: string;
  /** What is wrong with it. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** The input cannot be generated from. The message lists all problems that were found, one to a line. */
export class CodegenError extends Error {
  /** Always `CodegenError`. */
  override readonly name = 'CodegenError';
  /** All that were found, at least one. */
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(describe).join('\n'));
    this.problems = problems;
  }
}

/** Collects problems, so that one run shows all of them. */
export class Problems {
  readonly #found = new Map<string, Problem>();

  /** Notes a problem; the same one twice counts once. */
  report(place: Place, construct: string, problem: string, remedy: string): void {
    const { file, line } = place;
    const entry: Problem = { file, line, construct, problem, remedy };
    this.#found.set(describe(entry), entry);
  }

  /**
   * Ends a stage.
   *
   * @throws {CodegenError} where anything was reported
   */
  settle(): void {
    if (this.#found.size > 0) throw this.error();
  }

  /** What was reported, as the error to throw. */
  error(): CodegenError {
    return new CodegenError([...this.#found.values()]);
  }
}

function describe({ file, line, construct, problem, remedy }: Problem): string {
  return `${file}:${line}: ${construct}: ${problem}; ${remedy}`;
}
