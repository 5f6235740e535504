import { setTimeout as sleep } from 'node:timers/promises';
import {
  NoAnswer,
  Unreachable,
  withLive,
  type FailedAttempts,
  type RolloutClient,
  type LiveView,
} from '../client/client.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { Reported } from '../client/client.js';
import type { Outcome } from '../../src/engine/state/state.js';
import { eventLine } from './event-line.js';
import type { Io, Output } from './io.js';
import { createLive, type Live } from './live.js';
import { paintFor, type Paint } from './paint.js';
import { treeLines } from './tree.js';

const frameEvery = 100;
const askEvery = 500;
const readEvery = 1_000;

/** Shows a rollout until it ends: as a live tree on a terminal, otherwise its journal line by line. */
export async function follow(
  client: RolloutClient,
  rollout: string,
  { io, on = io.stderr }: { readonly io: Io; readonly on?: Output },
): Promise<Outcome | 'detached'> {
  const stop = new AbortController();
  let release: () => void = () => undefined;
  const detached = new Promise<'detached'>((resolve) => {
    release = io.onInterrupt(() => resolve('detached'));
  });
  const paint = paintFor(on, io.env);
  const showing = on.isTTY
    ? followTree({ client, rollout, live: createLive(on), paint, signal: stop.signal })
    : followJournal(client, rollout, on, stop.signal);
  try {
    return await Promise.race([client.wait(rollout), detached, failureOf(showing)]);
  } finally {
    release();
    stop.abort();
    // Its last look shows the end; a failure of it has been thrown above.
    await showing.catch(() => undefined);
  }
}

function failureOf(showing: Promise<void>): Promise<never> {
  return new Promise((_, reject) => showing.catch(reject));
}

export interface FollowTreeOptions {
  readonly client: RolloutClient;
  readonly rollout: string;
  readonly live: Live;
  readonly paint: Paint;
  /** Ends it, after a last look. */
  readonly signal: AbortSignal;
  /** Lines below the tree, asked for at each frame. */
  readonly footer?: () => readonly string[];
}

/** Repaints a rollout's tree until the signal; goes on, and says so, while nobody answers. */
export async function followTree(options: FollowTreeOptions): Promise<void> {
  const { client, rollout, live, paint, signal, footer = () => [] } = options;
  let plan: Plan | undefined;
  let report: Reported | undefined;
  let readings: LiveView | undefined;
  let attempts: readonly FailedAttempts[] = [];
  let trouble: string | undefined;

  const ask = async () => {
    try {
      plan ??= await client.plan(rollout);
      report = await client.status(rollout);
      trouble = undefined;
    } catch (error) {
      trouble = troubleOf(error);
    }
  };
  const read = async () => {
    readings = (await client.readings(rollout)) ?? readings;
    attempts = await client.attempts(rollout);
  };
  const paintFrame = (frame: number) => {
    const below = [...footer(), ...(trouble === undefined ? [] : ['', paint.yellow(` ${trouble}`)])];
    if (!report) return live.show(below);
    const view = { report: withLive(report, readings), plan, attempts };
    const drawing = { paint, width: live.width, now: Date.now(), frame };
    const whole = treeLines(view, drawing);
    const fits = whole.length + below.length <= live.height;
    live.show([...(fits ? whole : treeLines(view, { ...drawing, compact: true })), ...below]);
  };

  const polling = Promise.all([repeat(ask, askEvery, signal), repeat(read, readEvery, signal)]);
  const ended = polling.then(() => 'ended' as const);
  try {
    for (let frame = 0; !signal.aborted; frame++) {
      paintFrame(frame);
      await Promise.race([pause(frameEvery, signal), ended]);
    }
    await ended;
    await ask();
    paintFrame(0);
  } finally {
    live.end();
  }
}

async function followJournal(
  client: RolloutClient,
  rollout: string,
  on: Output,
  signal: AbortSignal,
): Promise<void> {
  let shown = 0;
  let trouble: string | undefined;
  const look = async () => {
    try {
      const journal = await client.journal(rollout);
      for (const event of journal) if (event.number > shown) on.write(`${eventLine(event)}\n`);
      shown = Math.max(shown, journal.at(-1)?.number ?? 0);
      trouble = undefined;
    } catch (error) {
      const text = troubleOf(error);
      if (text !== trouble && !signal.aborted) on.write(`${text}\n`);
      trouble = text;
    }
  };
  await repeat(look, askEvery, signal);
  await look();
}

/** Silence passes, a rollout that is unknown does not. */
function troubleOf(error: unknown): string {
  if (error instanceof Unreachable || error instanceof NoAnswer) return error.message;
  throw error;
}

async function repeat(work: () => Promise<void>, every: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work();
    await pause(every, signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
