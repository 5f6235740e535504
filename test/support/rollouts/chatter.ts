import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, DecisionRequest } from '../../../src/engine/state/messages.js';
import type { TestEnvironment } from '../rollouts.js';
import type { TestRollout } from './rollout.js';
import { runsOf } from './runs.js';

/** A decision that was sent, and what it was answered; signals have no answer. */
export interface Sent {
  readonly request: DecisionRequest;
  readonly answer?: Answer;
}

/** Decisions that keep coming. */
export interface Chatter {
  /** Rejects when one of them failed in another way than that the rollout was over. */
  stop(): Promise<readonly Sent[]>;
}

/** Milliseconds between two decisions of one person, at the most: sooner than a run ends, and never in step with it. */
const longestPause = 1_000;

/** Two people by update and one by signal, who may not decide anything: they only fill the history. */
export function chatter(environment: TestEnvironment, rollout: TestRollout): Chatter {
  const sent: Sent[] = [];
  let stopped = false;
  const handle = environment.temporal.workflow.getHandle(rollout.id);
  const byUpdate = async (request: DecisionRequest) => {
    const answer = await environment.client.decide(rollout.id, request);
    sent.push({ request, answer });
  };
  const bySignal = async (request: DecisionRequest) => {
    await handle.signal<[DecisionRequest]>('decide', request);
    sent.push({ request });
  };
  const lane = async (send: (request: DecisionRequest) => Promise<void>) => {
    while (!stopped) {
      const { digest } = rollout;
      await send({ id: randomUUID(), by: 'carl', type: 'approve', step: 'approve/go', epoch: 0, digest });
      await sleep(Math.random() * longestPause);
    }
  };
  const lanes = [lane(byUpdate), lane(byUpdate), lane(bySignal)].map((running) =>
    running.catch((error: Error) => {
      if (!/is over: |already completed/.test(error.message)) throw error;
    }),
  );
  // Whoever stops it hears of a failure; until then it is nobody's.
  const ended = Promise.allSettled(lanes);
  return {
    async stop() {
      stopped = true;
      for (const lane of await ended) if (lane.status === 'rejected') throw lane.reason;
      return sent;
    },
  };
}

/** Waits until so many runs of a rollout have begun. */
export async function untilRuns({ temporal }: TestEnvironment, rollout: TestRollout, runs: number) {
  while ((await runsOf(temporal, rollout.id)).length < runs) await sleep(300);
}
