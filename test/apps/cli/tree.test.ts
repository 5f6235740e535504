import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { widthOf } from '../../../apps/cli/paint.js';
import { treeLines, type TreeView } from '../../../apps/cli/tree.js';
import type { Look } from '../../../src/engine/state/look.js';
import type { Plan } from '../../../src/engine/plan/plan.js';
import { statusReport } from '../../../src/engine/tell/report.js';
import { initialState, type RolloutState } from '../../../src/engine/state/state.js';
import { askingPlan, exposingPlan } from './plans.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';

const start = Date.UTC(2026, 10, 23, 10, 15);

function viewOf(plan: Plan, change: (state: RolloutState) => void): TreeView {
  const state = initialState(plan, {
    rollout: `rollout/local/${plan.runbook}/k1`,
    environment: 'local',
    digest: planDigest(plan),
    startedBy: 'ana',
  });
  change(state);
  return { report: statusReport(plan, state), plan };
}

function draw(view: TreeView, after = 12_000, width = 100, compact = false): string[] {
  const paint = pc.createColors(false);
  return treeLines(view, { paint, width, now: start + after, frame: 0, compact });
}

const step = (state: RolloutState, id: string, change: Partial<RolloutState['steps'][string]>) =>
  Object.assign(state.steps[id] ?? {}, change);

const watching = viewOf(exposingPlan(), (state) => {
  state.ready = true;
  state.cursor = 1;
  state.exposure = 5;
  step(state, 'expose/thing/5', { status: 'done', startedAt: start, endedAt: start + 400 });
  step(state, 'watch/canary-5', { status: 'running', startedAt: start + 1_000 });
  state.watch = { step: 'watch/canary-5', since: start + 1_000, endsAt: start + 1_801_000, covered: 0 };
  state.looks = [
    { target: 'flag:thing', verdict: 'as-left', at: start + 10_000, reason: 'as left', percent: 5 },
  ];
  state.readings = [
    {
      guard: 'errors',
      verdict: 'inconclusive',
      at: start + 9_000,
      reason: 'too few requests',
      value: 0.0123,
      blindSpots: [
        'no failure counted so far: shop_requests_total has no outcome="failed", only "error", "ok"',
      ],
    },
  ];
});

const asking = viewOf(askingPlan(), (state) => {
  state.ready = true;
  state.cursor = 1;
  step(state, 'act/prepare', { status: 'done', startedAt: start, endedAt: start + 1_000 });
  step(state, 'approve/go', { status: 'running', startedAt: start + 1_000 });
  state.gate = {
    step: 'approve/go',
    epoch: 0,
    since: start + 1_000,
    deadline: start + 3_601_000,
    approvals: [{ by: 'ben', at: start + 2_000 }],
  };
});

const rolledBack = viewOf(exposingPlan(), (state) => {
  step(state, 'expose/thing/5', { status: 'undone', startedAt: start, endedAt: start + 400 });
  step(state, 'watch/canary-5', { status: 'running', startedAt: start + 1_000 });
  state.unwinding = {
    cause: { type: 'breach', guard: 'errors', reason: '12 % is above 5 %' },
    since: start + 5_000,
    exposureRestoredAt: start + 5_250,
    verified: {},
    verifiedAt: start + 7_000,
  };
  state.exposureReadAt = start + 9_000;
  state.outcome = {
    type: 'rolled-back',
    reason: 'guard errors failed: 12 % is above 5 %',
    unconfirmed: true,
  };
});

const pausedWatch = viewOf(exposingPlan(), (state) => {
  state.ready = true;
  state.cursor = 1;
  state.exposure = 5;
  step(state, 'expose/thing/5', { status: 'done', startedAt: start, endedAt: start + 400, epoch: 1 });
  step(state, 'watch/canary-5', { status: 'running', startedAt: start + 1_000, epoch: 1 });
  state.watch = { step: 'watch/canary-5', since: start + 1_000, endsAt: start + 1_801_000, covered: 0 };
  state.paused = { since: start + 10_000, by: 'carl', reason: 'lunch' };
});

const retreating = viewOf(exposingPlan(), (state) => {
  state.ready = true;
  state.cursor = 1;
  state.exposure = 0;
  step(state, 'expose/thing/5', { status: 'undoing', startedAt: start, endedAt: start + 400 });
  step(state, 'watch/canary-5', { status: 'running', startedAt: start + 1_000 });
  state.paused = { since: start + 10_000, by: 'carl', reason: 'lunch' };
  state.retreating = {
    since: start + 10_000,
    by: 'carl',
    reason: 'lunch',
    exposureRestoredAt: start + 10_100,
    verified: {},
  };
});

const halting = viewOf(askingPlan(), (state) => {
  state.ready = true;
  state.cursor = 1;
  state.noReturn = { step: 'act/prepare', at: start };
  step(state, 'act/prepare', { status: 'running', startedAt: start });
  state.halting = { type: 'aborted', by: 'ana', reason: 'enough' };
});

const queued = viewOf(askingPlan(), (state) => {
  state.lock = {
    status: 'queued',
    behind: [{ rollout: 'rollout/local/other/k1', owner: 'team-two', target: 'thing:one' }],
  };
});

const takingBack = viewOf(exposingPlan(), (state) => {
  state.ready = true;
  Object.assign(state, {
    reverts: { rollout: 'rollout/local/expose-thing/k0', kind: 'revert', by: 'ana', reason: 'too slow' },
  });
  state.unwinding = {
    cause: { type: 'taken-back', rollout: 'rollout/local/expose-thing/k0', by: 'ana', reason: 'too slow' },
    since: start + 5_000,
    verified: {},
  };
});

const halted = viewOf(exposingPlan(), (state) => {
  state.exposure = 5;
  state.outcome = { type: 'halted', reason: 'ben halted: by hand' };
});

describe('the tree of a rollout that an operator changed', () => {
  it('shows a paused watch with its bar standing, who paused and that it may be resumed', () => {
    const text = draw(pausedWatch).join('\n');
    expect(text).toContain('● paused');
    expect(text).toMatch(/⏸ watch\/canary-5 +╌+ paused/);
    expect(text).toContain('waits for   somebody to resume it: carl paused it (lunch)');
    expect(text).not.toMatch(/^ paused /m);
    expect(text).toMatch(/✔ expose\/thing\/5 +try 2/);
  });

  it('shows what is tried again, why it failed, and when it comes again', () => {
    const error = 'the flags are not JSON';
    const attempts = [{ activity: 'restore', failed: 3, error, nextAt: start + 20_000 }];
    expect(draw({ ...retreating, attempts }).join('\n')).toContain(
      `fails       restore failed 3 times: ${error}; again in 8s (10:15:20 UTC)`,
    );
    const now = [{ activity: 'restore', failed: 1, error }];
    expect(draw({ ...retreating, attempts: now }).join('\n')).toContain(
      `fails       restore failed once: ${error}; again now`,
    );
    const first = [{ activity: 'undo', failed: 0, error: 'it does not get through in shop' }];
    expect(draw({ ...retreating, attempts: first }).join('\n')).toContain(
      'fails       undo goes on trying: it does not get through in shop',
    );
  });

  it('shows a retreat: what goes back, how fast exposure went, by whom, and the watch that does not count', () => {
    const text = draw(retreating).join('\n');
    expect(text).toContain('● retreating');
    expect(text).toMatch(/exposure ░+ not read again yet {2}put back in 100ms/);
    expect(text).toMatch(/⠋ expose\/thing\/5/);
    expect(text).toMatch(/■ watch\/canary-5 +left unfinished/);
    expect(text).toContain('because     carl takes exposure to zero: lunch');
    expect(text).toContain('paused      by carl, 2s ago: lunch');
  });

  it('shows that it stops past the point of no return', () => {
    const text = draw(halting).join('\n');
    expect(text).toContain('● halting');
    expect(text).toContain('next        an operator is asked');
    expect(text).toContain('past the point of no return');
  });

  it('shows who stands before it in the queue', () => {
    const text = draw(queued).join('\n');
    expect(text).toContain('● queued');
    expect(text).toContain('waits for   thing:one, which rollout/local/other/k1 of team-two has');
  });

  it('shows whose effects it takes back', () => {
    expect(draw(takingBack).join('\n')).toContain(
      'takes back  rollout/local/expose-thing/k0 (revert, ana: too slow)',
    );
  });

  it('shows that a halt left people exposed', () => {
    expect(draw(halted).join('\n')).toContain('note        5 % stay exposed, and nobody watches them');
  });
});

describe('the tree', () => {
  it('shows phases, steps, exposure, guards and what comes next', () => {
    const text = draw(watching).join('\n');
    expect(text).toMatch(/expose-thing in local +● watching {2}12s/);
    expect(text).toMatch(/exposure ██░+ 5 %, read 2s ago/);
    expect(text).toMatch(/⠋ canary +12s/);
    expect(text).toMatch(/✔ expose\/thing\/5 +400ms/);
    expect(text).toMatch(/⠋ watch\/canary-5 +╌+ 29m49s left +11s/);
    expect(text).toMatch(/~ errors {2}1\.2 % +at most 5 % +inconclusive +3s ago/);
    expect(text).toContain('too few requests');
    expect(text).toContain(
      '! no failure counted so far: shop_requests_total has no outcome="failed", only "error", "ok"',
    );
    expect(text).toContain('waits for   the end of watch/canary-5');
    expect(text).toContain('next        completed, in 29m49s (10:45:01 UTC)');
  });

  it('shows who is asked, who has answered, and what happens without an answer', () => {
    const text = draw(asking).join('\n');
    expect(text).toMatch(/⏸ approve\/go +1 of 2 approved: ben +11s/);
    expect(text).toMatch(/· act\/rename/);
    expect(text).toContain('who may     team-one, sre');
    expect(text).toMatch(/next {8}it rolls back, in 59m49s/);
  });

  it('shows how it ended, how fast exposure was taken back, and no guard of then', () => {
    const text = draw(rolledBack).join('\n');
    expect(text).toMatch(/exposure ░+ 0 %, read at \d\d:\d\d:\d\d UTC {2}taken back in 250ms/);
    expect(text).toMatch(/↶ expose\/thing\/5/);
    expect(text).toMatch(/■ watch\/canary-5 +left unfinished/);
    expect(text).toContain('rolled-back guard errors failed: 12 % is above 5 %');
    expect(text).toContain("the baseline's guards did not confirm it");
    expect(text).not.toMatch(/^ guards/m);
  });

  it('says of exposure what was read, and what somebody else did', () => {
    const look = (change: Partial<Look>) =>
      viewOf(exposingPlan(), (state) => {
        state.ready = true;
        state.exposure = 5;
        const read = { target: 'flag:thing', at: start + 11_000, reason: 'last written by deploy' } as const;
        state.looks = [{ ...read, verdict: 'lowered', ...change }];
      });
    const lowered = draw(look({ percent: 0 })).join('\n');
    expect(lowered).toMatch(/exposure ░+ 0 %, read 1s ago/);
    expect(lowered).toMatch(/drift +flag:thing was lowered by somebody else: last written by deploy/);
    expect(draw(look({ verdict: 'raised', percent: 50 })).join('\n')).toMatch(
      /exposure █{20}░+ 50 %, read 1s ago/,
    );
    // What cannot be read is not what it was left at.
    expect(draw(look({ verdict: 'unread' })).join('\n')).toMatch(
      /exposure .+ not known: flag:thing cannot be read/,
    );
    expect(draw(look({ verdict: 'raised' })).join('\n')).toMatch(
      /exposure .+ not known: flag:thing has other rules/,
    );
  });

  it.each([60, 80, 100, 200])('stays within %i columns, and within 100', (width) => {
    for (const view of [watching, asking, rolledBack, pausedWatch, retreating, halting, queued, takingBack]) {
      for (const line of draw(view, 12_000, width))
        expect(widthOf(line)).toBeLessThanOrEqual(Math.min(width, 100));
    }
  });

  it('leaves out the steps of phases that are over when it has to be short', () => {
    const text = draw(asking, 12_000, 100, true).join('\n');
    expect(text).not.toContain('act/prepare');
    expect(text).toContain('approve/go');
  });

  it('does without a plan', () => {
    expect(draw({ report: asking.report }).join('\n')).toContain('1 approved: ben');
  });
});
