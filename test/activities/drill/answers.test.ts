import { describe, expect, it } from 'vitest';
import { answersTo } from '../../../activities/drill/answers.js';
import type { Failure, FailurePoint } from '../../../src/drill/points.js';
import type { StatusReport } from '../../../src/engine/tell/report.js';

const people = { ana: ['team-checkout'], ben: ['sre'], cleo: ['sre'], dan: ['support'] };
const drillers = { people, operator: 'ana' };
const digest = 'd'.repeat(64);

function pointAt(step: string, failure: Failure): FailurePoint {
  return { phase: 'promote', step, failure, expects: 'rolled-back', pastReturn: false };
}

function statusOf(about: object): StatusReport {
  return { digest, pastNoReturn: false, ...about } as StatusReport;
}

const asks = ['team-checkout', 'sre'];
const gate = { step: 'approve/go', epoch: 1, asks, missing: 2, approvals: [] as { by: string }[] };

describe('what a drill answers a rollout', () => {
  it('is yes at a gate, by as many people as are missing, and each of them once', () => {
    const answers = answersTo(statusOf({ gate }), pointAt('watch/soak', 'breach'), drillers);
    expect(answers).toMatchObject([
      { type: 'approve', by: 'ana', step: 'approve/go', epoch: 1, digest },
      { type: 'approve', by: 'ben', step: 'approve/go', epoch: 1, digest },
    ]);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(2);
  });

  it('is by those of whom the environment says that they can, where it was asked, and not by whoever has said yes', () => {
    const by = (about: object) =>
      answersTo(statusOf({ gate: { ...gate, ...about } }), pointAt('watch/soak', 'breach'), drillers).map(
        (answer) => answer.by,
      );
    expect(by({ left: ['cleo'] })).toEqual(['cleo']);
    expect(by({ missing: 1, approvals: [{ by: 'ana' }] })).toEqual(['ben']);
  });

  it('is no at the gate where it is to say so, and nothing where nobody is to answer', () => {
    const at = (failure: Failure) => answersTo(statusOf({ gate }), pointAt('approve/go', failure), drillers);
    expect(at('reject')).toMatchObject([{ type: 'reject', by: 'ana' }]);
    expect(at('expire')).toEqual([]);
  });

  it('is going back where somebody is asked', () => {
    const point = pointAt('watch/soak', 'blind');
    const hold = { since: 5, asked: true };
    expect(answersTo(statusOf({ hold }), point, drillers)).toMatchObject([
      { type: 'answer', choice: 'roll-back', by: 'ana' },
    ]);
    expect(answersTo(statusOf({ hold: { since: 5, asked: false } }), point, drillers)).toEqual([]);
    const stuck = { step: 'retire/x', since: 5 };
    expect(answersTo(statusOf({ stuck }), point, drillers)).toMatchObject([{ type: 'abort' }]);
  });

  it('is standing still where there is no back', () => {
    const point = pointAt('purge/x', 'after-effect');
    const stuck = { step: 'purge/x', since: 5 };
    for (const about of [{ pastNoReturn: true }, { unwinding: {} }]) {
      expect(answersTo(statusOf({ stuck, ...about }), point, drillers)).toMatchObject([
        { type: 'resolve', choice: 'halt', step: 'purge/x' },
      ]);
    }
  });
});
