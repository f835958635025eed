/** @module What the commands print with: colours on a terminal only, tables, and texts of others that cannot forge lines. */

/** Colours by name; plain text where the output is no terminal or NO_COLOR is set. */
export type Paint = (colour: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Colours for a stream. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  const colours = stream.isTTY === true && process.env.NO_COLOR === undefined;
  return (colour, text) => (colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}

/** A text on one line that steers no terminal: what a partner wrote may hold line breaks and escape sequences. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** Writes a table: columns as wide as their widest cell, numbers to the right; cells are made {@link visible}. */
export function table(head: readonly string[], given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(visible));
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const numeric = head.map((_, i) => rows.every((row) => /^[+-]?[\d.]*$/.test(row[i] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
