import type { Tried } from './try-mutants.js';

/** What became of the mutants of all runbooks, as `npm run drill:mutants -- -o json` prints it. */
export interface MutantReport {
  readonly runbooks: number;
  /** Those that change something. */
  readonly mutants: number;
  readonly killed: number;
  /** On which the drill stayed green. */
  readonly survivors: readonly string[];
  /** Those that change nothing, in neither of the counts. */
  readonly equivalent: readonly { readonly mutant: string; readonly because: string }[];
}

/** The mutants that were tried of one runbook. */
export interface TriedRunbook {
  readonly runbook: string;
  readonly tried: readonly Tried[];
}

/**
 * Counts what became of mutants.
 *
 * @param equivalent those that change nothing, by name, with the reason
 * @throws when one of them was killed, or is none: the list would excuse a survivor that nobody has looked at
 */
export function reportOf(
  runbooks: readonly TriedRunbook[],
  equivalent: Readonly<Record<string, string>>,
): MutantReport {
  const all = runbooks.flatMap(({ runbook, tried }) =>
    tried.map((one) => ({ ...one, name: `${runbook}: ${one.mutant}`, because: equivalent[one.mutant] })),
  );
  const excused = all.filter(({ because, killedAt }) => because !== undefined && killedAt === undefined);
  const wrong = Object.keys(equivalent).filter((name) => !excused.some(({ mutant }) => mutant === name));
  if (wrong.length > 0) {
    throw new Error(
      `listed as mutants that change nothing, and are none: ${wrong.join(', ')}; take them off the list`,
    );
  }
  const counted = all.filter((one) => !excused.includes(one));
  const survivors = counted.filter(({ killedAt }) => killedAt === undefined).map(({ name }) => name);
  return {
    runbooks: runbooks.length,
    mutants: counted.length,
    killed: counted.length - survivors.length,
    survivors,
    equivalent: excused.map(({ name, because }) => ({ mutant: name, because: because! })),
  };
}

/** The same for people. */
export function describeReport(report: MutantReport, runbooks: readonly TriedRunbook[]): string {
  const lines = runbooks.flatMap(({ runbook, tried }) =>
    tried.map(
      ({ mutant, killedAt }) => `${runbook}: ${mutant}: ${killedAt ? `red at ${killedAt}` : 'green'}`,
    ),
  );
  const { mutants, killed, survivors, equivalent } = report;
  return [
    ...lines,
    ...equivalent.map(({ mutant, because }) => `${mutant} changes nothing: ${because}`),
    `${killed} of ${mutants} mutants turned the drill red` +
      (survivors.length > 0 ? `; these did not: ${survivors.join(', ')}` : ''),
  ].join('\n');
}

/** What the run ends with: 1 when a drill stayed green on a way back that was spoilt. */
export function exitCodeOf({ survivors }: MutantReport): 0 | 1 {
  return survivors.length === 0 ? 0 : 1;
}
