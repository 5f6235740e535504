/** One measured figure, against what it is held to. */
export interface Figure {
  /** What was measured, with its unit. */
  readonly name: string;
  readonly ours: number;
  /** What ours is compared with: another figure of the same run, or a fixed limit. */
  readonly limit: number | null;
  /** `ours / limit`; null where there is no limit, or where it is 0. */
  readonly ratio: number | null;
  /** The highest ratio that is good; null where there is no goal. */
  readonly goal: number | null;
  readonly met: boolean | null;
}

/** What one benchmark found. */
export interface Report {
  readonly bench: string;
  readonly figures: readonly Figure[];
}

/** A figure that is only told. */
export function told(name: string, ours: number): Figure {
  return { name, ours: rounded(ours), limit: null, ratio: null, goal: null, met: null };
}

/** A figure next to another of the same run; with `goal`, the ratio must not exceed it. */
export function against(name: string, ours: number, limit: number, goal?: number): Figure {
  // Of nothing nothing is a part: a limit of 0 is met by 0 alone.
  const ratio = limit === 0 ? null : ours / limit;
  const met = goal === undefined ? null : ours <= limit * goal;
  return {
    name,
    ours: rounded(ours),
    limit: rounded(limit),
    ratio: ratio === null ? null : rounded(ratio),
    goal: goal ?? null,
    met,
  };
}

/** A figure that must not exceed a fixed limit. */
export function within(name: string, ours: number, limit: number): Figure {
  return against(name, ours, limit, 1);
}

/** The figures as a table for people. */
export function tableOf({ bench, figures }: Report): string {
  const rows = figures.map(({ name, ours, limit, ratio, goal, met }) =>
    [name, ours, limit, ratio, goal, met === null ? null : met ? 'yes' : 'NO'].map((cell) =>
      String(cell ?? ''),
    ),
  );
  const head = [bench, 'ours', 'limit', 'ratio', 'goal', 'met'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [line(head), ...rows.map(line)].map((text) => `${text.trimEnd()}\n`).join('');
}

/** Three digits are more than such a measurement knows. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
