/** Fault points in an order that the seed decides: each comes once before any comes again. */
export class Deck {
  #cards = [];
  #dealt = 0;

  constructor(points, random) {
    this.points = points;
    this.random = random;
  }

  /** The next point that is not in `except`, and a generator for what is done about it. */
  draw(except) {
    this.#dealt += 1;
    const random = this.random.child(this.#dealt);
    const isFree = (point) => !except.has(point);
    if (!this.#cards.some(isFree)) this.#cards.push(...shuffled(this.points, random));
    const [point] = this.#cards.splice(this.#cards.findIndex(isFree), 1);
    return { point, random };
  }
}

function shuffled(list, random) {
  const rest = [...list];
  return list.map(() => rest.splice(random.integer(0, rest.length - 1), 1)[0]);
}
