/** A time in which nothing starts, from its beginning up to but not including its end. Unix ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** What the calendar calls it. */
  readonly name: string;
}

/** The span that a moment is in, with those that follow without a gap; undefined when it is in none. */
export function spanAt(spans: readonly Span[], at: number): Span | undefined {
  const first = spans.find(({ from, to }) => from <= at && at < to);
  if (!first) return undefined;
  let { to } = first;
  for (let longer = true; longer;) {
    const reached = to;
    to = Math.max(to, ...spans.filter(({ from }) => from <= reached).map((span) => span.to));
    longer = to > reached;
  }
  return { ...first, to };
}

/** When the next span begins after a moment; undefined when none is known. */
export function nextAfter(spans: readonly Span[], at: number): number | undefined {
  const later = spans.flatMap(({ from }) => (from > at ? [from] : []));
  return later.length > 0 ? later.reduce((a, b) => Math.min(a, b)) : undefined;
}
