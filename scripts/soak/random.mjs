/** Choices that a seed decides. Each actor has a generator of its own, so that its choices don't depend on who came first. */
export class Random {
  #seed;
  #state;

  constructor(seed, name = '') {
    this.#seed = seed;
    this.name = name;
    this.#state = hash(`${seed}/${name}`);
  }

  /** The generator of somebody below this one. */
  child(name) {
    return new Random(this.#seed, `${this.name}/${name}`);
  }

  /** In [0, 1) (mulberry32). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(low, high) {
    return low + this.next() * (high - low);
  }

  /** `high` included. */
  integer(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[Math.floor(this.next() * list.length)];
  }
}

/** FNV-1a. */
function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value | 0;
}
