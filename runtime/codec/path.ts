/** @module Where a walk stands: elements are entered and left, out comes the path that issues carry. */

/** The elements that are open, from the root. */
export class Path {
  readonly #names: string[];
  /** From 1; 0 where the element may not repeat. */
  readonly #positions: number[] = [0];
  #depth = 1;

  constructor(root: string) {
    this.#names = [root];
  }

  /** Goes down into a child element. @param position from 1, or 0 where it may not repeat */
  enter(name: string, position: number): void {
    this.#names[this.#depth] = name;
    this.#positions[this.#depth] = position;
    this.#depth += 1;
  }

  /** Comes up again. */
  leave(): void {
    this.#depth -= 1;
  }

  /** Such as `/FlexOffer/OfferOption[2]`. It is made when it is asked for: most walks find nothing wrong. */
  toString(): string {
    const step = (name: string, i: number): string => {
      const position = this.#positions[i] ?? 0;
      return position > 0 ? `/${name}[${position}]` : `/${name}`;
    };
    return this.#names.slice(0, this.#depth).map(step).join('');
  }
}
