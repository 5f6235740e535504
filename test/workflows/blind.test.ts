import { beforeEach, expect, it, vi } from 'vitest';
import { Roster } from '../../src/environment/sentinel/roster.js';

/** What the server answers to each signal of a workflow, and who has got one. */
let server: { readonly answers: Map<string, Error[]>; readonly told: string[] };

vi.mock('@temporalio/workflow', async (original) => ({
  ...(await original<object>()),
  log: { info: () => undefined },
  getExternalWorkflowHandle: (workflowId: string) => ({
    signal: () => {
      const refusal = server.answers.get(workflowId)?.shift();
      return refusal ? Promise.reject(refusal) : Promise.resolve(void server.told.push(workflowId));
    },
  }),
}));
vi.mock('../../workflows/sdk/alarm.js', () => ({ dueWithin: () => Promise.resolve() }));

const { sayBlindUntilTaken, tellBlind } = await import('../../workflows/sentinel/blind.js');

const subscriber = (rollout: string) => {
  return { rollout, workflowId: rollout, number: 1, percent: 5, since: 1, guards: [], recorded: {} };
};
const full = () => new Error('signal count limit exceeded');
const reason = 'nobody watches';

beforeEach(() => {
  server = { answers: new Map(), told: [] };
});

it('tells all but whom the server refuses to tell, and names those', async () => {
  const roster = new Roster();
  for (const rollout of ['a', 'b', 'c', 'd']) roster.add(subscriber(rollout));
  server.answers.set('b', [full()]);
  server.answers.set('c', [new Error('External Workflow Execution not found')]);
  const refused: string[] = [];
  await tellBlind(
    roster,
    { reason },
    () => false,
    ({ rollout }) => refused.push(rollout),
  );
  expect(server.told).toEqual(['a', 'd']);
  // Whoever has ended is found by others.
  expect(refused).toEqual(['b']);
});

it('tells one whose run takes no more signals again, until a run takes it', async () => {
  server.answers.set('a', [full(), full(), full()]);
  expect(await sayBlindUntilTaken(subscriber('a'), reason, () => false)).toBe(true);
  expect(server.told).toEqual(['a']);
});

it('gives up when it is over before, and says so', async () => {
  server.answers.set('a', [full(), full(), full()]);
  expect(await sayBlindUntilTaken(subscriber('a'), reason, () => true)).toBe(false);
  expect(server.told).toEqual([]);
});
