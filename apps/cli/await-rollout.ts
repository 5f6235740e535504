import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, Unreachable, type Reported, type RolloutClient } from '../client/client.js';
import { hasCome, type Awaited } from './awaited.js';
import type { Io } from './io.js';

const lookEvery = 500;

/** How a wait ended, and the newest report there is of it. */
export interface Ended {
  /** `over`: it ended, and what was awaited cannot come any more. */
  readonly how: 'come' | 'over' | 'time-up';
  readonly report?: Reported;
}
type Waited = Ended | { readonly how: 'detached' };

/** What is awaited of a rollout, and until when. */
export interface Wait {
  readonly rollout: string;
  readonly awaited: Awaited;
  /** Milliseconds; for as long as it takes when absent. */
  readonly timeout?: number | undefined;
}

/** Looks until what is awaited has come. While nobody answers it says so, and goes on: a worker may come back. */
export async function awaitRollout(client: RolloutClient, wait: Wait, io: Io): Promise<Waited> {
  const stop = new AbortController();
  const latest: { report?: Reported } = {};
  let release: () => void = () => undefined;
  const detached = new Promise<Waited>((resolve) => {
    release = io.onInterrupt(() => resolve({ how: 'detached' }));
  });
  const looking = look(client, wait, { io, latest, signal: stop.signal });
  try {
    const ended = await Promise.race([looking, timeUp(wait.timeout, stop.signal), detached]);
    return { ...latest, ...ended };
  } finally {
    release();
    stop.abort();
    // A look that is under way needs the connection, which is closed next; its failure has been thrown above.
    await looking.catch(() => undefined);
  }
}

interface Looking {
  readonly io: Io;
  readonly latest: { report?: Reported };
  readonly signal: AbortSignal;
}

async function look(client: RolloutClient, wait: Wait, { io, latest, signal }: Looking): Promise<Waited> {
  let trouble: string | undefined;
  while (!signal.aborted) {
    try {
      latest.report = await client.status(wait.rollout);
      trouble = undefined;
      const how = verdictOf(wait.awaited, latest.report);
      if (how) return { how };
      // Whoever was ended from outside has no outcome, and nothing comes any more: that is said as it always is.
      if (latest.report.fromOutside) await client.wait(wait.rollout);
    } catch (error) {
      const text = silenceOf(error, latest.report);
      if (text !== trouble && !signal.aborted) io.stderr.write(`${text}\n`);
      trouble = text;
    }
    await sleep(lookEvery, undefined, { signal }).catch(() => undefined);
  }
  return { how: 'detached' };
}

function verdictOf(awaited: Awaited, report: Reported): 'come' | 'over' | undefined {
  if (hasCome(awaited, report)) return 'come';
  return report.outcome ? 'over' : undefined;
}

/** Silence passes; a rollout that is unknown, or was ended from outside, does not. */
function silenceOf(error: unknown, report: Reported | undefined): string {
  const passes = error instanceof Unreachable || (error instanceof NoAnswer && !report?.fromOutside);
  if (passes) return error.message;
  throw error;
}

async function timeUp(ms: number | undefined, signal: AbortSignal): Promise<Waited> {
  if (ms === undefined) return new Promise(() => undefined);
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return { how: 'time-up' };
}
