/** @module A binary heap whose items know where they stand: items in, the first one out; any of them may move or leave. */

/** What the heap must know of an item. */
export interface Slotted {
  /** Where it stands; -1 in no heap. Only the heap changes it. */
  slot: number;
}

/** See the module. Each change takes time logarithmic in the number of items. */
export class Heap<T extends Slotted> {
  readonly #items: T[] = [];
  readonly #before: (one: T, other: T) => boolean;

  /** @param before - whether one comes before another */
  constructor(before: (one: T, other: T) => boolean) {
    this.#before = before;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  /** Puts an item where it belongs, whether it is there already or not. */
  put(item: T): void {
    if (item.slot < 0) {
      item.slot = this.#items.length;
      this.#items.push(item);
    }
    this.#settle(item);
  }

  /** Takes an item out, where it is there. */
  remove(item: T): void {
    const { slot } = item;
    if (slot < 0) return;
    item.slot = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.#settle(last);
  }

  #settle(item: T): void {
    for (;;) {
      const above = this.#items[(item.slot - 1) >> 1];
      if (above === undefined || !this.#before(item, above)) break;
      this.#swap(item, above);
    }
    for (;;) {
      const left = this.#items[2 * item.slot + 1];
      const right = this.#items[2 * item.slot + 2];
      const below = left && right && this.#before(right, left) ? right : left;
      if (below === undefined || !this.#before(below, item)) break;
      this.#swap(item, below);
    }
  }

  #swap(one: T, other: T): void {
    const { slot } = one;
    this.#place(one, other.slot);
    this.#place(other, slot);
  }

  #place(item: T, slot: number): void {
    item.slot = slot;
    this.#items[slot] = item;
  }
}
