import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { WindowJudge } from '../../src/analysis/judge-window.js';
import { bytesOf } from '../../src/analysis/packed.js';
import {
  sentinelId,
  sentinelNames,
  type Leaving,
  type Subscriber,
  type WatchInput,
} from '../../src/analysis/sentinel.js';

import { Refusal } from '../../src/engine/errors.js';
import type { Judgement, Verbs } from '../../src/engine/ports.js';
import type { MetricsSource } from '../metrics/ports.js';
import type { Unkept } from './evidence-writer.js';
import { MeasuredSource, unknownSource } from './measured-source.js';
import type { EvidenceStore } from '../records/evidence.js';
import { startSentinel } from './start-sentinel.js';
import { Told } from './told.js';
import { watchWith } from './watch-activity.js';

/** What the sentinel of an environment works with. */
export interface SentinelDependencies {
  readonly client: Client;
  /** By the name that guards call them. */
  readonly sources: Readonly<Record<string, MetricsSource>>;
  readonly evidence: EvidenceStore;
  readonly environment: string;
  /** Where the sentinel's workflow runs. */
  readonly taskQueue: string;
  /** Milliseconds without subscribers after which watching ends until the next one; 5 s when absent. */
  readonly idleAfter?: number;
  /** Milliseconds between looks for rollouts that ended without leaving; 10 s when absent. */
  readonly lookAroundEvery?: number;
  /** Milliseconds that the store may refuse readings until none of them passes; 30 s when absent. */
  readonly unkeptAfter?: number;
}

/** Bytes of one subscription: several fit into the answer in which the sentinel is asked for them. */
const longestSubscription = 500_000;

/** A subscription as a rollout sends it. */
export type SubscribeInput = Subscriber & { readonly environment: string };

/** The activities by which an environment is watched and its evidence judged. */
export interface SentinelActivities {
  /** Watches until nobody is subscribed; for the sentinel's workflow only. */
  watchEnvironment(input: WatchInput): Promise<void>;
  /** Starts the sentinel if it does not run, and subscribes. The same subscription again changes nothing. */
  subscribe(input: SubscribeInput): Promise<null>;
  /** Leaves the sentinel; also when it does not know the rollout, or does not run. */
  unsubscribe(input: Leaving): Promise<null>;
  /** Judges the evidence of a window. */
  judge(input: Verbs['judge']['in']): Promise<Judgement>;
}

/** Makes the activities. What was scraped is kept between attempts in the same process. */
export function createSentinelActivities(dependencies: SentinelDependencies): SentinelActivities {
  const { client, sources, evidence, environment, taskQueue } = dependencies;
  const { idleAfter = 5_000, lookAroundEvery = 10_000, unkeptAfter = 30_000 } = dependencies;
  const told = new Told();
  const unkept: Unkept = {};
  const measured = new Map<string, MeasuredSource>();
  const source = (name: string) => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const found = Object.hasOwn(sources, name) ? sources[name] : undefined;
    const made = new MeasuredSource(found ?? unknownSource(name, Object.keys(sources)));
    measured.set(name, made);
    return made;
  };

  return {
    watchEnvironment: (input) =>
      watchWith(
        { client, taskQueue, source, evidence, idleAfter, lookAroundEvery, unkeptAfter, unkept, told },
        input,
      ),

    async subscribe({ environment: named, ...subscriber }) {
      if (named !== environment) {
        const mend = `send it to a worker of ${named}`;
        throw new Refusal(
          `subscription of ${subscriber.rollout}`,
          `this worker watches ${environment}`,
          mend,
        );
      }
      const bytes = bytesOf(subscriber);
      if (bytes > longestSubscription) {
        const rule = `its guards fill ${bytes} bytes, and ${longestSubscription} are the most`;
        throw new Refusal(
          `subscription of ${subscriber.rollout}`,
          rule,
          'give the plan fewer or shorter guards',
        );
      }
      await client.workflow.signalWithStart(sentinelNames.workflow, {
        ...startSentinel({ environment }, taskQueue),
        signal: sentinelNames.subscribe,
        signalArgs: [subscriber],
        // Whoever comes second joins it.
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return null;
    },

    async unsubscribe(leaving) {
      try {
        const sentinel = client.workflow.getHandle(sentinelId(environment));
        await sentinel.signal<[Leaving]>(sentinelNames.unsubscribe, leaving);
      } catch (error) {
        // Without a sentinel there is nothing to leave.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
      return null;
    },

    async judge({ subscription, from, to }) {
      const judge = new WindowJudge(subscription, from, to);
      for await (const part of evidence.parts(subscription.rollout, from, to)) judge.add(part);
      return judge.conclude();
    },
  };
}
