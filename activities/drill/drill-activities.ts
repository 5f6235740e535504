import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { adaptersOf, schemaOf } from '../../src/drill/ground.js';
import { sealed } from '../../src/drill/record.js';
import type { DrillActivities, Steered } from '../../src/drill/workflow.js';
import { Refusal } from '../../src/engine/base/errors.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import { actsOf, type Plan } from '../../src/engine/plan/plan.js';
import { operatorGroups } from '../../src/engine/state/rights.js';
import type { Capture } from '../../src/engine/state/values.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import { rolloutNames } from '../../src/protocol/rollout.js';
import type { Records } from '../records/records.js';
import { dropClone, makeClone, withConnection } from './clone.js';
import { dropCopy, makeCopy, type CopiedFile } from './copies.js';
import { goBackAgain } from './go-back-again.js';
import type { ClonedDatabase } from './names.js';
import { placesIn } from './places.js';
import { steer } from './steer.js';
import { sweepRollouts } from './sweep.js';
import { bringWatcherBack } from './watcher.js';
import { compareWith, lookAround, type Before, type Scratch } from './world.js';
import { Writer } from './writer.js';

/** What drills of an environment work with. */
export interface DrillDependencies {
  readonly client: Client;
  readonly environment: string;
  readonly records: Pick<Records, 'drills' | 'captures'>;
  readonly databases: readonly ClonedDatabase[];
  readonly files: readonly CopiedFile[];
  /** All of the environment's. */
  readonly adapters: readonly Adapter[];
  /** A team's own among them, whose targets are not cloned. */
  readonly own: readonly Adapter[];
  /** Groups by person. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  /** Whether the flags of a store are also asked of an application. */
  readonly asked: (store: string) => boolean;
  readonly build: string;
  /** Versions of adapters, by their name. */
  readonly versions: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** Ends this worker as a crash would. */
  die(): void;
}

type Framed<A> = {
  readonly [N in keyof A]: A[N] extends (input: infer I) => infer R ? (input: I, work: Work) => R : never;
};

/** Makes the activities of drills. */
export function createDrillActivities(dependencies: DrillDependencies): Framed<DrillActivities> {
  const { client, environment, records, databases, files, adapters, own, people, build, versions, die } =
    dependencies;
  const { drills, captures } = records;
  const scratch: Scratch = {
    databases: Object.fromEntries(databases.map(({ name, cloneUrl }) => [name, cloneUrl])),
    flagFiles: Object.fromEntries(files.map(({ store, copy }) => [store, copy])),
    adapters: own,
  };
  const beforeOf = async (rollout: string): Promise<Before> => {
    const planned = await drills.planned(rollout);
    if (planned) return planned.before as unknown as Before;
    throw new Refusal(rollout, 'was not begun by a drill', 'let the drill begin it');
  };

  return {
    async prepareDrill({ drill, environment: asked, plan }, work) {
      if (asked !== environment) {
        throw new Refusal(
          drill,
          `is of environment ${asked}, and these workers serve ${environment}: its rollouts would be taken for those of ${asked}`,
          'start it with: switchback drill run --env',
        );
      }
      await takeTurn(dependencies, drill);
      await bringWatcherBack(client, environment).catch(() => undefined);
      for (const database of databases) await makeClone(database, environment, drills.scratch);
      for (const file of files) await makeCopy(file, drills.scratch);
      const schema = schemaOf(await readTables(plan, adapters, work));
      const ground = { adapters: await versions(adaptersOf(plan)), schema };
      return { build, ground, notSimulated: await notSimulated(dependencies, plan) };
    },

    async beginPoint({ rollout, point, plan }, work) {
      const before = await lookAround(scratch, plan, work);
      await drills.plan(rollout, point, before as unknown as JsonObject);
      return null;
    },

    async steerRollout({ rollout, point, plan }, work): Promise<Steered> {
      const before = await beforeOf(rollout);
      const last = (await drills.writes(rollout)).at(-1)?.number ?? 0;
      const writer = new Writer(rollout, drills, scratch, before, last);
      const drillers = { people, operator: operatorOf(people, plan) };
      try {
        const steering = { client, environment, drills, drillers, adapters, writer, die };
        return await steer(steering, rollout, plan, point, work);
      } finally {
        await writer.close();
      }
    },

    async comparePoint({ rollout, plan }, work) {
      const before = await beforeOf(rollout);
      const writes = await drills.writes(rollout);
      const found = await compareWith(before, scratch, plan, writes, work);
      if (found.differences.length > 0) return found;
      const status = await client.workflow.getHandle(rollout).query<StatusReport>(rolloutNames.status);
      const started = status.steps.filter(({ startedAt }) => startedAt !== undefined).map(({ id }) => id);
      await goBackAgain(rollout, plan, started, adapters, captures, work);
      const again = await compareWith(before, scratch, plan, writes, work);
      return {
        ...again,
        differences: again.differences.map((difference) => `after it went back once more, ${difference}`),
      };
    },

    async endDrill({ record }) {
      const lastSeenRed = await drills.lastSeenRed(record.runbook);
      const kept = sealed({ ...record, ...(lastSeenRed !== undefined && { lastSeenRed }) });
      await drills.keep(kept);
      // One that was ended meanwhile is followed by another, whose clones these are by now.
      if ((await drills.underWay()) !== thisRun()) return kept;
      for (const database of databases) await dropClone(database, drills.scratch);
      for (const file of files) await dropCopy(file, drills.scratch);
      await drills.leave(thisRun());
      return kept;
    },
  };
}

/** One drill at a time: they would work on the same clones. */
async function takeTurn({ client, environment, records }: DrillDependencies, drill: string): Promise<void> {
  const { drills } = records;
  const run = thisRun();
  const found = await drills.take(drill, run);
  const isOver = found.run !== run && !(await isRunning(client, found.drill, found.run));
  // Of several that find it over one comes first.
  const turn = isOver ? await drills.takeOver(drill, run, found.run) : found;
  if (turn.run !== run) {
    throw new Refusal(
      `drill environment ${environment}`,
      `is in use by ${turn.drill}: two drills would work on the same clones`,
      'wait for its end, or cancel it',
    );
  }
  // The one before was killed, or this was, in the middle of what follows.
  if (!isOver && Context.current().info.attempt === 1) return;
  await sweepRollouts(client, environment);
  await drills.forgetPoints();
}

function thisRun(): string {
  return Context.current().info.workflowExecution?.runId ?? '';
}

/** The tables of the plan as they are before anything is done. */
async function readTables(plan: Plan, adapters: readonly Adapter[], work: Work): Promise<Capture[]> {
  const postgres = adapters.find(({ name }) => name === 'postgres');
  const read: Capture[] = [];
  for (const act of actsOf(plan)) {
    const isTable = act.do.kind.startsWith('postgres.');
    if (!postgres || !isTable || read.some(({ target }) => target === act.target)) continue;
    read.push({ target: act.target, at: Date.now(), state: await postgres.read(act, work) });
  }
  return read;
}

async function isRunning(client: Client, workflowId: string, runId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe();
    return status.name === 'RUNNING' || status.name === 'PAUSED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function notSimulated(
  { databases, files, own, asked }: DrillDependencies,
  plan: Plan,
): Promise<readonly string[]> {
  const without: string[] = [];
  for (const { name, cloneUrl } of databases) {
    const found = await withConnection(cloneUrl, (connection) => placesIn(connection, name, plan));
    without.push(...found.without);
  }
  const used = (prefix: string) => plan.scope.some((target) => target.startsWith(prefix));
  if (used('flag:')) {
    const unasked = files.filter(({ store }) => !asked(store)).map(({ store }) => store);
    if (unasked.length > 0)
      without.push(`no application was asked who is served the candidate of ${unasked.join(', ')}`);
  }
  without.push(
    ...own.map(
      ({ name }) => `targets of ${name} are not cloned: its adapter works on what the configuration names`,
    ),
    'the load of production: the drill writes some rows a second',
    'processes of the old version that start on what is left',
  );
  return without;
}

/** Whoever may stop a rollout of this plan. */
function operatorOf(people: DrillDependencies['people'], plan: Plan): string {
  const groups = operatorGroups(plan);
  const found = Object.entries(people).find(([, own]) => own.some((group) => groups.includes(group)));
  if (found) return found[0];
  throw new Refusal(
    `people of the drill environment`,
    `are of none of ${groups.join(', ')}, and nobody could stop a rollout of ${plan.runbook}`,
    'add somebody of one of these groups to "people"',
  );
}
