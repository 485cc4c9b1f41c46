// Random choices that a seed decides: the same seed makes the same choices on every machine.

/** Numbers by mulberry32: 32 bits of state, enough for choices and short enough to read. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, not including, 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end) {
    return Math.floor(this.next() * end);
  }

  /** A whole number from `least` to `most`. */
  between(least, most) {
    return least + this.below(most - least + 1);
  }

  /** True this often, from 0 for never to 1 for always. */
  chance(often) {
    return this.next() < often;
  }

  /** One of a list that is not empty. */
  pick(list) {
    return list[this.below(list.length)];
  }

  /** Some of a list, at most so many, each once, in a random order. */
  some(list, most) {
    const left = [...list];
    const picked = [];
    while (left.length > 0 && picked.length < most) picked.push(...left.splice(this.below(left.length), 1));
    return picked;
  }
}

/** The seed of one query of a run, so that it can be made again without those before it. */
export function seedOf(seed, number) {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) >>> 0;
}
