import { describe, expect, it } from 'vitest';
import { chainEntry, chainStart, findChainFault, type JournalEntry } from '../../src/engine/state/journal.js';
import { statusReport } from '../../src/engine/tell/report.js';
import { why } from '../../src/engine/tell/why.js';
import type { Verdict } from '../../src/engine/plan/plan.js';
import { run } from '../support/world.js';
import { expose, planOf, watch } from '../support/world/plans.js';
import { demand, everyRun } from '../support/world/property.js';

describe('rule 9: every transition has a number and a reason', () => {
  it('numbers from 1 without gaps, in order of time, each with a reason (400 runs)', async () => {
    const counts = await everyRun({ runs: 400 }, ({ state, trace, ended }) => {
      const { journal } = state;
      expect(journal.map(({ number }) => number)).toEqual(journal.map((_event, index) => index + 1));
      expect(journal.map(({ at }) => at)).toEqual(journal.map(({ at }) => at).sort((a, b) => a - b));
      for (const { reason, type } of journal) expect(reason.trim(), type).not.toBe('');
      expect(trace.of('event').map(({ event }) => event)).toEqual(journal);
      expect(journal[0]?.type).toBe('started');
      if (!(ended instanceof Error)) expect(journal.at(-1)?.type).toBe('ended');
    });
    demand(counts, { completed: 10, 'rolled-back': 20, refused: 5 });
  });

  it('says at every wait what it waits for, what clears it, who may, and what is next (600 runs)', async () => {
    await everyRun({ runs: 600 }, ({ silences, plan, state }) => {
      expect(silences).toEqual([]);
      expect(why(plan, state).waitingFor).not.toBe('');
    });
  });

  it('answers every decision that arrived before the end, exactly once (400 runs)', async () => {
    const counts = await everyRun({ runs: 400 }, ({ trace, state, endedAt }) => {
      const over = Math.min(endedAt, trace.events('ended')[0]?.index ?? Infinity);
      const ids = new Set(
        trace
          .of('arrived')
          .flatMap(({ message, index }) => ('id' in message && index < over ? [message.id] : [])),
      );
      const answered = trace.events('decision').map(({ event }) => event.evidence?.id as string);
      expect(answered.toSorted()).toEqual([...ids].toSorted());
      for (const id of ids) expect(state.decisions[id]?.reason).toBeTruthy();
      return ids.size > 1 ? ['several decisions'] : [];
    });
    demand(counts, { 'several decisions': 30 });
  });

  it('gives a watch that passed the evidence by which it passed (600 runs)', async () => {
    const counts = await everyRun({ runs: 600 }, ({ trace, plan }) => {
      const passed = trace.events('watch-passed').map(({ event }) => event.evidence?.guards as object);
      for (const guards of passed) {
        expect(Object.keys(guards).toSorted()).toEqual(plan.guards.map(({ name }) => name).toSorted());
        for (const { name, on } of plan.guards) {
          const verdict = String(Reflect.get(guards, name)).split(':')[0] as Verdict;
          expect(verdict === 'pass' || on[verdict] === 'continue', `${name} was ${verdict}`).toBe(true);
        }
      }
      return passed.length > 0 && plan.guards.length > 0 ? ['passed'] : [];
    });
    demand(counts, { passed: 50 });
  });

  it('gives it also when what the sentinel says of changes is still on its way', async () => {
    const plan = planOf({ canary: [expose('a', 5), watch('1', 4_000)] });
    const { ended, trace } = await run(plan, { sentinel: { delay: 6_000 } });
    expect(ended).toMatchObject({ type: 'completed' });
    const [passed] = trace.events('watch-passed');
    expect(passed?.event.evidence).toEqual({ exposure: 5, guards: { errors: 'pass: simulated pass' } });
  });

  it('keeps a state that survives being written down, and a report at the end (300 runs)', async () => {
    await everyRun({}, ({ plan, state }) => {
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      const report = statusReport(plan, state);
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      expect(report.steps).toHaveLength(Object.values(plan.phases).flat().length);
    });
  });

  it('exports a whole chain (100 runs)', async () => {
    await everyRun({ runs: 100 }, ({ state }) => {
      const entries: JournalEntry[] = [];
      for (const event of state.journal) {
        entries.push(chainEntry(state.rollout, event, entries.at(-1)?.hash ?? chainStart));
      }
      expect(findChainFault(state.rollout, entries)).toBeUndefined();
    });
  });
});
