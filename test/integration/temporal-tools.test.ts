import { expect, it } from 'vitest';
import type { Plan } from '../../src/index.js';
import { temporalCli, temporalJson } from '../support/rollouts/temporal-cli.js';
import { eventually, inEnvironment, type TestEnvironment, type TestRollout } from '../support/rollouts.js';

/** A payload as Temporal's CLI prints it: its data in base64. */
interface Payload {
  readonly data: string;
}
interface Described {
  readonly workflowExecutionInfo: {
    readonly status: string;
    readonly searchAttributes: { readonly indexedFields: Readonly<Record<string, Payload>> };
  };
  readonly executionConfig: { readonly userMetadata: { readonly summary: string; readonly details: string } };
}
type Listed = readonly {
  readonly execution: { readonly workflowId: string };
  readonly status: string;
}[];

const read = ({ data }: Payload) => JSON.parse(Buffer.from(data, 'base64').toString()) as string;

/** What `temporal workflow describe` shows of our search attributes, without their prefix. */
async function attributesOf({ id }: TestRollout): Promise<Record<string, string>> {
  const { workflowExecutionInfo } = await temporalJson<Described>(
    'workflow',
    'describe',
    '--workflow-id',
    id,
  );
  return Object.fromEntries(
    Object.entries(workflowExecutionInfo.searchAttributes.indexedFields)
      .filter(([name]) => name.startsWith('Switchback'))
      .map(([name, payload]) => [name.slice('Switchback'.length), read(payload)]),
  );
}

/** What `temporal workflow list` finds, by id. */
async function listed(query: string): Promise<Record<string, string>> {
  const found = await temporalJson<Listed>('workflow', 'list', '--query', query);
  return Object.fromEntries(found.map(({ execution, status }) => [execution.workflowId, status]));
}

const untilListed = (query: string, expected: object) =>
  eventually(async () => expect(await listed(query)).toEqual(expected));

it.concurrent('a rollout reads like its runbook in Temporal: attributes, summary and current details', () =>
  inEnvironment({}, async (environment) => {
    const { name: Environment } = environment;
    const rollout = await environment.start({ canaryFor: '10s' });
    await rollout.waitForWatch('watch/canary-25');
    const always = { Runbook: 'split-customer-name', Owner: 'team-checkout', Environment };
    const watching = { ...always, State: 'watching', Phase: 'canary', WaitingFor: 'nobody' };
    await eventually(async () => expect(await attributesOf(rollout)).toEqual(watching));
    await rollout.waitForGate('approve/go');
    const waiting = { ...always, State: 'waiting', Phase: 'promote', WaitingFor: 'team-checkout, sre' };
    await eventually(async () => expect(await attributesOf(rollout)).toEqual(waiting));
    const query = Object.entries(waiting)
      .map(([name, value]) => `Switchback${name} = '${value}'`)
      .join(' AND ');
    await untilListed(query, { [rollout.id]: 'WORKFLOW_EXECUTION_STATUS_RUNNING' });

    const { executionConfig } = await temporalJson<Described>(
      'workflow',
      'describe',
      '--workflow-id',
      rollout.id,
    );
    const { summary, details } = executionConfig.userMetadata;
    expect(summary).toBe('split-customer-name: Search by family name needs its own column.');
    expect(details).toContain(`plan \`${rollout.digest}\`, started by tester`);
    const metadata = await temporalCli('workflow', 'metadata', '--workflow-id', rollout.id);
    expect(metadata).toMatch(/\*\*waiting\*\*: waits for .*approve\/go/);
  }),
);

/** Nothing but the gate: it ends soon, however it is to end. */
function onlyTheGate(plan: Plan): Plan {
  const { promote } = plan.phases;
  const gates = promote.filter(({ type }) => type === 'gate');
  return { ...plan, phases: { expand: [], canary: [], soak: [], promote: gates, contract: [] } };
}

const endings: Readonly<Record<string, (rollout: TestRollout) => Promise<unknown>>> = {
  COMPLETED: (rollout) => rollout.pass('approve/go', { ana: 'update', ben: 'update' }),
  'COMPLETED after a rollback': (rollout) => rollout.decideAt('approve/go', 'ana', { type: 'reject' }),
  CANCELED: ({ id }) => temporalCli('workflow', 'cancel', '--workflow-id', id),
  FAILED: (rollout) => rollout.decide('ana', { type: 'halt' }),
  TERMINATED: ({ id }) => temporalCli('workflow', 'terminate', '--workflow-id', id),
};

async function endIn(
  environment: TestEnvironment,
  end: (rollout: TestRollout) => Promise<unknown>,
): Promise<string> {
  const rollout = await environment.start({}, onlyTheGate);
  await rollout.waitForGate('approve/go');
  await end(rollout);
  return rollout.id;
}

it.concurrent('the close status tells the truth to whoever lists workflows', () =>
  inEnvironment({}, async (environment) => {
    const expected: Record<string, string> = {};
    for (const [status, end] of Object.entries(endings)) {
      const id = await endIn(environment, end);
      expected[id] = `WORKFLOW_EXECUTION_STATUS_${status.split(' ')[0]}`;
      await untilListed(`WorkflowId = '${id}'`, { [id]: expected[id] });
    }
    // The scope of the terminated one is orphaned: whoever does not want to wait is refused.
    const refused = await environment.start({}, onlyTheGate, { wait: false });
    expect(await refused.ended()).toMatchObject({ outcome: { type: 'refused' }, failure: 'Refused' });
    expected[refused.id] = 'WORKFLOW_EXECUTION_STATUS_FAILED';
    const query = `SwitchbackEnvironment = '${environment.name}'`;
    await untilListed(query, expected);
    const outcomes = { completed: 1, 'rolled-back': 2, halted: 1, refused: 1 };
    for (const [state, count] of Object.entries(outcomes)) {
      const found = await listed(`${query} AND SwitchbackState = '${state}'`);
      expect([state, Object.keys(found).length]).toEqual([state, count]);
    }
  }),
);
