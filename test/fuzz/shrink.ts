/** @module A document with a fault goes in, a shorter one with the same fault comes out. */

/** Parts of a document that may go as a whole: attributes, elements without elements, comments, instructions. */
const parts = [
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g,
  /<([^\s<>/]+)[^<>]*>[^<>]*<\/\1\s*>/g,
  /<[^<>]*\/>/g,
  /\s+[^\s=<>"']+\s*=\s*(?:"[^"<]*"|'[^'<]*')/g,
];

/**
 * Leaves out of a document whatever can be left out of it: first parts of it, then runs of bytes, down to single ones.
 *
 * @param isSame says whether a shorter document still has the fault; asked at most `triesMax` times
 */
export function shrink(
  bytes: Uint8Array,
  isSame: (shorter: Uint8Array) => boolean,
  triesMax = 5000,
): Uint8Array {
  let shortest = bytes;
  let tries = 0;
  const without = (from: number, to: number): boolean => {
    if (tries >= triesMax) return false;
    tries += 1;
    const shorter = Uint8Array.from([...shortest.subarray(0, from), ...shortest.subarray(to)]);
    if (!isSame(shorter)) return false;
    shortest = shorter;
    return true;
  };
  while (partsOf(shortest).some(([from, to]) => without(from, to)));
  for (let length = 64; length >= 1; length >>= 1) {
    for (let from = Math.max(0, shortest.length - length); from >= 0; from -= length)
      without(from, from + length);
  }
  return shortest;
}

/** Where the parts stand, in bytes; the last first, since what stands before them then stays where it is. */
function partsOf(bytes: Uint8Array): [from: number, to: number][] {
  const text = Buffer.from(bytes).toString('latin1'); // one character for each byte, whatever they mean
  const found = parts.flatMap((part) =>
    [...text.matchAll(part)].map(({ index, 0: whole }): [number, number] => [index, index + whole.length]),
  );
  return found.sort(([a], [b]) => b - a);
}
