/** What every decision has, whatever it is about. */
export interface Deciding {
  readonly id: string;
  readonly by: string;
  readonly type: string;
}

/** A decision that waits to be judged. */
export interface Place<R extends Deciding> {
  readonly request: R;
  /** Somebody waits for its answer. */
  asked: boolean;
}

/** Decisions that nobody has read, because too many waited. */
export interface TurnedAway {
  readonly count: number;
  /** Some of those who are named in them. */
  readonly by: readonly string[];
}

/** What one run leaves to the next. */
export interface Unjudged<R extends Deciding> {
  readonly waiting: readonly R[];
  readonly turnedAway?: TurnedAway;
}

const nobody: TurnedAway = { count: 0, by: [] };

/** So many decisions are judged at a time, and so many wait that nobody waits for. */
export const mostWaiting = 100;
/** Bytes of those that wait, as they go on in a new run. */
const mostCarried = 100_000;
const mostNamed = 5;

/**
 * Decisions in the order in which they are heard. First those whose answer somebody waits for, of which the server lets
 * in only few; then those that only make things safer, which have places of their own; then all others.
 */
export class DecisionQueue<R extends Deciding> {
  readonly #places = new Map<string, Place<R>>();
  readonly #judged = new Set<Place<R>>();
  #turnedAway: TurnedAway;
  readonly #safer: ReadonlySet<string>;

  /**
   * @param safer the types of decisions that only make things safer
   * @param left what the run before has left over
   */
  constructor(safer: ReadonlySet<string>, left: Unjudged<R> = { waiting: [] }) {
    this.#safer = safer;
    for (const request of left.waiting) this.#places.set(request.id, { request, asked: false });
    this.#turnedAway = left.turnedAway ?? nobody;
  }

  /** Those that wait or are being judged, by their id. */
  get ids(): readonly string[] {
    return [...this.#places.keys()];
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  /** Whether nothing is being judged. */
  get rests(): boolean {
    return this.#judged.size === 0;
  }

  /** Somebody waits for the answer. The same decision again has the same place. */
  ask(request: R): void {
    const place = this.#places.get(request.id) ?? { request, asked: true };
    place.asked = true;
    this.#places.set(request.id, place);
  }

  /** Nobody waits for the answer: turned away when there is no place left, or when none is to be given. */
  tell(request: R, crowded: boolean): void {
    if (this.#places.has(request.id)) return;
    const alike = this.#waiting().filter(
      (place) => !place.asked && this.#isSafer(place) === this.#isSafer({ request }),
    );
    if (crowded || alike.length >= mostWaiting) this.#turnAway(request.by);
    else this.#places.set(request.id, { request, asked: false });
  }

  /** Whether somebody is to be judged now. */
  due(onlyAsked: boolean): boolean {
    return this.rests && this.#waiting().some(({ asked }) => asked || !onlyAsked);
  }

  /** The next to be judged together; each has to be `done` before others are taken. */
  take(onlyAsked: boolean): readonly Place<R>[] {
    const waiting = this.#inOrder().filter(({ asked }) => asked || !onlyAsked);
    for (const place of waiting.slice(0, mostWaiting)) this.#judged.add(place);
    return [...this.#judged];
  }

  done(place: Place<R>): void {
    this.#judged.delete(place);
    this.#places.delete(place.request.id);
  }

  /** Others were turned away before they came here. */
  turnAway({ count, by }: TurnedAway): void {
    for (const name of by) this.#turnAway(name);
    this.#turnedAway = { ...this.#turnedAway, count: this.#turnedAway.count + count - by.length };
  }

  /** Who was turned away and is not told of yet, once nobody waits any more or the run ends. */
  takeTurnedAway(ends: boolean): TurnedAway | undefined {
    const turnedAway = this.#turnedAway;
    if (turnedAway.count === 0 || (!ends && this.#places.size > 0)) return undefined;
    this.#turnedAway = nobody;
    return turnedAway;
  }

  /** What goes on in the next run; what is too much for it is turned away. */
  carry(bytesOf: (value: unknown) => number): Unjudged<R> {
    let left = mostCarried;
    const waiting = this.#inOrder().flatMap(({ request }) => {
      left -= bytesOf(request);
      if (left >= 0) return [request];
      this.#turnAway(request.by);
      return [];
    });
    return { waiting, ...(this.#turnedAway.count > 0 && { turnedAway: this.#turnedAway }) };
  }

  #waiting(): Place<R>[] {
    return [...this.#places.values()].filter((place) => !this.#judged.has(place));
  }

  #inOrder(): Place<R>[] {
    const waiting = this.#waiting();
    const rank = (place: Place<R>) => (place.asked ? 0 : this.#isSafer(place) ? 1 : 2);
    return [0, 1, 2].flatMap((wanted) => waiting.filter((place) => rank(place) === wanted));
  }

  #isSafer({ request }: { readonly request: R }): boolean {
    return this.#safer.has(request.type);
  }

  #turnAway(by: string): void {
    const { count, by: named } = this.#turnedAway;
    const isNamed = named.includes(by) || named.length >= mostNamed;
    this.#turnedAway = { count: count + 1, by: isNamed ? named : [...named, by] };
  }
}
