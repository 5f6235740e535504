import type { Case } from './cases.js';
import { faults } from './faults.js';
import { nameOf } from './point.js';
import type { Result } from './runs.js';

/** The last line of `npm run chaos -- -o json`. */
export interface Summary {
  /** Runs with a fault that were made. */
  readonly points: number;
  /** Of these, runs in which the fault took place. */
  readonly killed: number;
  /** Of these, runs that ended as the undisturbed one. */
  readonly equal: number;
  readonly different: readonly {
    readonly scenario: string;
    readonly fault: string;
    readonly point: string;
    readonly differences: readonly string[];
  }[];
}

export function summarise(results: readonly Result[]): Summary {
  const different = results.filter((result) => !isEqual(result));
  return {
    points: results.length,
    killed: results.filter(({ struck }) => struck).length,
    equal: results.length - different.length,
    different: different.map((result) => ({
      scenario: result.case.scenario.name,
      fault: result.case.fault,
      point: nameOf(result.case.at),
      differences: outcomeOf(result),
    })),
  };
}

/** A fault that never took place proves nothing. */
export function isEqual({ struck, differences }: Result): boolean {
  return struck && differences.length === 0;
}

/** What is done, and where. */
export function describeCase({ scenario, fault, at }: Case): string {
  return `${scenario.name.padEnd(10)} ${faults[fault].title.padEnd(19)} ${nameOf(at)}`;
}

/** One run in a line: what was done, where, and how it ended. */
export function describeResult(result: Result): string {
  const place = describeCase(result.case).padEnd(84);
  if (isEqual(result)) return `✔ ${place} equal`;
  return [`✖ ${place} different`, ...outcomeOf(result).map((line) => `    ${line}`)].join('\n');
}

function outcomeOf({ struck, differences }: Result): readonly string[] {
  return struck ? differences : ['the run never came by this point', ...differences];
}

/** All runs as a person reads them. */
export function describeAll(results: readonly Result[]): string {
  const { points, killed, equal, different } = summarise(results);
  const sum = `${points} points, ${killed} faults took place, ${equal} equal, ${different.length} different`;
  return [...results.map(describeResult), '', sum].join('\n');
}
