import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from './cases.js';
import { differencesOf } from './compare.js';
import { faults, killsTemporal } from './faults.js';
import { Hands } from './hands.js';
import { observe, type Observation } from './observe.js';
import type { Point } from './point.js';
import type { Scenario } from './scenario.js';
import { setStage, type Servers, type Stage } from './stage.js';
import { startCrashingServer } from './temporal.js';

/** How runs are made. */
export interface RunOptions {
  readonly servers: Servers;
  /** The `temporal` CLI, for servers that are killed. */
  readonly executable: string;
  /** Milliseconds that a network stays bad. */
  readonly outage: number;
  /** Workers have a defect on purpose. */
  readonly planted?: boolean;
}

/** What an undisturbed run left behind, and which points it passed. */
export interface Undisturbed {
  readonly observation: Observation;
  readonly points: readonly Point[];
}

/** How a run with a fault went. */
export interface Result {
  readonly case: Case;
  /** Whether the fault took place. */
  readonly struck: boolean;
  /** Empty when it ended as the undisturbed run did. */
  readonly differences: readonly string[];
}

/** Beyond everything that a fault may cost: an attempt that is lost is given up after a minute. */
const patience = 10 * 60_000;
/** What comes after the end: the watch of the environment goes on for a while. */
const afterTheEnd = 8_000;

/** Tells a scenario with no fault. @throws Error when it does not end as it should */
export async function runUndisturbed(scenario: Scenario, options: RunOptions): Promise<Undisturbed> {
  const stage = await setStage({ scenario, ...options });
  try {
    const observation = await carryOut(stage, scenario, options);
    const outcome = observation['outcome'] as { type?: string; reason?: string } | null;
    // What went wrong by itself is nothing to compare with.
    if (outcome?.type !== (scenario.ending.type === 'approve' ? 'completed' : 'rolled-back')) {
      throw new Error(`undisturbed, ${scenario.name} ended as ${outcome?.type}: ${outcome?.reason}`);
    }
    return { observation, points: await stage.worker.points() };
  } finally {
    await stage.close();
  }
}

/** Tells a scenario with its fault, and compares its end with the undisturbed one's. */
export async function runCase(one: Case, expected: Observation, options: RunOptions): Promise<Result> {
  const temporal = killsTemporal(one.fault) ? await startCrashingServer(options.executable) : undefined;
  const servers = temporal ? { ...options.servers, temporal: temporal.address } : options.servers;
  let struck = false;
  try {
    const { strikes, outside } = faults[one.fault];
    const stage = await setStage({ ...options, scenario: one.scenario, servers, strikes: strikes(one.at) });
    let over = false;
    const fault = async () => {
      if (!outside) {
        await stage.worker.lost;
        struck = !over;
        return;
      }
      await stage.worker.reached();
      struck = true;
      const goOn = () => stage.worker.goOn();
      await outside({ stage, temporal, milliseconds: options.outage, goOn });
    };
    // When it never comes by the point its worker ends before it says so.
    const faulty = fault().catch((error: unknown) => {
      if (struck) throw error;
    });
    // It may fail long before anybody waits for it.
    void faulty.catch(() => undefined);
    try {
      const found = await carryOut(stage, one.scenario, { ...options, servers }, async () => {
        await Promise.race([faulty, sleep(struck ? patience : afterTheEnd, undefined, { ref: false })]);
      });
      return { case: one, struck, differences: differencesOf(expected, found) };
    } finally {
      over = true;
      await stage.close();
      await faulty.catch(() => undefined);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { case: one, struck, differences: [`the run failed: ${reason}`] };
  } finally {
    await temporal?.close();
  }
}

/** From the start to what is left behind. */
async function carryOut(
  stage: Stage,
  scenario: Scenario,
  { servers }: RunOptions,
  beforeLook: () => Promise<void> = () => Promise.resolve(),
): Promise<Observation> {
  const hands = new Hands(stage.client, stage.rollout, scenario, stage.shop);
  const deadline = Date.now() + patience;
  await stage.start();
  await hands.untilOver(deadline);
  await stage.client.wait(stage.rollout);
  await beforeLook();
  for (;;) {
    try {
      return await observe(stage, hands.answers, servers.bundle);
    } catch (error) {
      // The worker that answers has just died at its last point.
      if (!(error instanceof Error) || error.name !== 'Unreachable' || Date.now() > deadline) throw error;
    }
  }
}
