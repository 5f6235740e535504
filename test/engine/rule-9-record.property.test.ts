import { describe, expect, it } from 'vitest';
import { chainEntry, chainStart, findChainFault, type JournalEntry } from '../../src/engine/journal.js';
import { statusReport } from '../../src/engine/report.js';
import { why } from '../../src/engine/why.js';
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
