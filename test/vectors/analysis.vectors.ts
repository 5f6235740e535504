import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareAbsolute, compareRelative } from '../../src/analysis/compare.js';
import { judgeWindow } from '../../src/analysis/judge-window.js';
import { absolute, guardOf, reading, subscriptionOf } from '../analysis/given.js';

/*
 * Published cases of other systems, where our semantics are meant to be the same. What is left out differs on purpose:
 * Argo passes a metric that was terminated without a measurement, Keptn passes without objectives; we never do.
 */
const folder = resolve(process.env.SWITCHBACK_VECTORS ?? '../shared/vectors', 'progressive');
if (!existsSync(folder)) {
  throw new Error(
    `there are no vectors at ${folder}: set SWITCHBACK_VECTORS to the folder that holds progressive/`,
  );
}
function vectors<T>(file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
}
const closed = (value: number) => ({ value, beyond: false });

interface Keptn {
  readonly operator: readonly { value: number; operator: string; target: number; fulfilled: boolean }[];
  readonly comparison: readonly {
    name: string;
    value: number;
    parsed: { operator: string; value: number; checkPercentage: boolean; checkIncrease: boolean };
    previous: readonly { value: number }[];
    comparison: { aggregateFunction: string };
    expected: boolean;
    expectedError: string | null;
  }[];
}

describe('Keptn', () => {
  const keptn = vectors<Keptn>('keptn_quality_gates.json');
  const limits = keptn.operator.filter(({ operator }) => operator === 'lessThanOrEqual');
  const increases = keptn.comparison.filter(
    ({ parsed, comparison, previous, expectedError }) =>
      parsed.operator === '<=' &&
      parsed.checkPercentage &&
      parsed.checkIncrease &&
      comparison.aggregateFunction === 'avg' &&
      previous.length > 0 &&
      expectedError === null,
  );

  it.each(limits)('$value is at most $target: $fulfilled', ({ value, target, fulfilled }) => {
    expect(compareAbsolute(target, closed(value))).toBe(fulfilled ? 'pass' : 'fail');
  });

  it.each(increases)('$name', ({ value, parsed, previous, expected }) => {
    const baseline = previous.reduce((sum, entry) => sum + entry.value, 0) / previous.length;
    const criterion = { type: 'relative', ratio: 1 + parsed.value / 100, atLeast: 0, at100: 'off' } as const;
    expect(compareRelative(criterion, closed(value), closed(baseline))).toBe(expected ? 'pass' : 'fail');
  });

  it('has such cases', () => {
    expect(limits.length).toBeGreaterThan(1);
    expect(increases.length).toBeGreaterThan(1);
  });
});

interface Argo {
  readonly evaluateResult: readonly {
    test: string;
    result: unknown;
    successCondition: string;
    failureCondition: string;
    expectedPhase: string;
  }[];
}

describe('Argo Rollouts', () => {
  const verdictOf: Readonly<Record<string, string>> = {
    Successful: 'pass',
    Failed: 'fail',
    Inconclusive: 'inconclusive',
    Error: 'error',
  };
  // A limit of ours keeps `result <= limit` and breaks at `result > limit`: both conditions are given.
  const bothConditions = vectors<Argo>('argo_evaluate_conditions.json').evaluateResult.filter(
    ({ result, successCondition, failureCondition }) =>
      result === 'NaN' && successCondition === 'result >= 0.95' && failureCondition === 'result < 0.95',
  );

  it.each(bothConditions)('$test: $expectedPhase', ({ expectedPhase }) => {
    expect(compareAbsolute(0.95, closed(NaN))).toBe(verdictOf[expectedPhase]);
  });

  const runs = vectors<{
    cases: readonly {
      results: readonly { name: string; phase: string }[];
      dryRun: readonly string[];
      function: string;
      expectedPhase: string;
      comment: string;
    }[];
  }>('argo_run_status.json').cases.filter(
    ({ results, dryRun, ...run }) =>
      run.function === 'assessRunStatus' &&
      dryRun.length === 0 &&
      results.every(({ phase }) => phase in verdictOf),
  );

  it.each(runs)('the worst of $results gives $expectedPhase', ({ results, expectedPhase }) => {
    const guards = results.map(({ name }) => ({ ...guardOf(absolute(1)), name }));
    const readings = results.map(({ name, phase }) =>
      reading(100, verdictOf[phase] as 'pass' | 'fail', { guard: name }),
    );
    expect(judgeWindow(subscriptionOf(guards), readings, 0, 200).verdict).toBe(verdictOf[expectedPhase]);
  });

  it('has such cases', () => {
    expect(bothConditions).toHaveLength(1);
    expect(runs.length).toBeGreaterThan(1);
  });
});
