import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { subscriber as readSubscriber } from '../../src/protocol/readers/sentinel.js';
import { WindowJudge } from '../../src/analysis/judge-window.js';
import type { PackedSubscriptions } from '../../src/protocol/subscriptions.js';
import { sentinelId, sentinelNames, type Leaving, type WatchInput } from '../../src/protocol/sentinel.js';

import { Refusal } from '../../src/engine/base/errors.js';
import type { Verbs } from '../../src/engine/state/ports.js';
import type { Work } from '../../src/protocol/adapter.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { CheckFinding } from '../../src/protocol/check.js';
import { checkGuards } from './check-guards.js';
import type { MetricsSource } from '../metrics/ports.js';
import type { Unkept } from './evidence-writer.js';
import type { LookAt } from './exposure-watch.js';
import { createLookAt } from './look-at.js';
import { MeasuredSource, unknownSource } from './measured-source.js';
import type { EvidenceStore } from '../records/evidence.js';
import { recollectRoster } from '../temporal/recollect-roster.js';
import { startSentinel } from '../temporal/start-sentinel.js';
import { AlreadyTold } from './already-told.js';
import { WatchPost } from './post.js';
import type { Calls } from './calls.js';
import { watchWith } from './watch-activity.js';
import type { Judgement } from '../../src/engine/state/values.js';
import type { Subscriber } from '../../src/protocol/subscriptions.js';

/** What the sentinel of an environment works with. */
export interface SentinelDependencies {
  readonly client: Client;
  /** By the name that guards call them. */
  readonly sources: Readonly<Record<string, MetricsSource>>;
  /** Looks at what is exposed; without it nothing exposed can be read. */
  readonly lookAt?: LookAt;
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
  /** Tells people, without Temporal; nobody is told when absent. */
  readonly notify?: Calls['notify'];
  readonly byHand?: Calls['byHand'];
  /** Where this process says whom it watches. */
  readonly post?: WatchPost;
}

/** A subscription as a rollout sends it. */
export type SubscribeInput = Subscriber & { readonly environment: string };

/** The activities by which an environment is watched and its evidence judged. */
export interface SentinelActivities {
  /** Watches until nobody is subscribed; for the sentinel's workflow only. */
  watchEnvironment(input: WatchInput, work: Work): Promise<void>;
  /** Whom a run of the sentinel watched that no worker can replay; for the sentinel's workflow only. */
  recollectRoster(input: { readonly runId: string }): Promise<PackedSubscriptions>;
  /** Starts the sentinel if it does not run, and subscribes. The same subscription again changes nothing. */
  subscribe(input: SubscribeInput): Promise<null>;
  /** Leaves the sentinel; also when it does not know the rollout, or does not run. */
  unsubscribe(input: Leaving): Promise<null>;
  /** What guards say now, nobody being exposed, without the sentinel. */
  checkGuards(input: { readonly plan: Plan }, work: Work): Promise<readonly CheckFinding[]>;
  /** Judges the evidence of a window. */
  judge(input: Verbs['judge']['in']): Promise<Judgement>;
}

/** Makes the activities. What was scraped is kept between attempts in the same process. */
export function createSentinelActivities(dependencies: SentinelDependencies): SentinelActivities {
  const { client, sources, evidence, environment, taskQueue } = dependencies;
  const { idleAfter = 5_000, lookAroundEvery = 10_000, unkeptAfter = 30_000 } = dependencies;
  const { notify = () => Promise.resolve(), byHand = () => Promise.resolve([]) } = dependencies;
  const { post = new WatchPost() } = dependencies;
  const calls: Calls = { notify, byHand, untaken: new Map(), standing: new Set(), raised: new Set() };
  const { lookAt = createLookAt([]) } = dependencies;
  const told = new AlreadyTold();
  const unkept: Unkept = {};
  const measured = new Map<string, MeasuredSource>();
  const sourceOf = (name: string) =>
    (Object.hasOwn(sources, name) ? sources[name] : undefined) ?? unknownSource(name, Object.keys(sources));
  const source = (name: string) => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const made = new MeasuredSource(sourceOf(name));
    measured.set(name, made);
    return made;
  };

  return {
    watchEnvironment: (input, work) =>
      watchWith(
        {
          client,
          taskQueue,
          source,
          lookAt,
          evidence,
          idleAfter,
          lookAroundEvery,
          unkeptAfter,
          unkept,
          told,
          calls,
          post,
        },
        input,
        work,
      ),

    checkGuards: ({ plan }, { signal }) => checkGuards(plan.guards, sourceOf, signal),
    recollectRoster: ({ runId }) => recollectRoster(client, environment, runId),

    async subscribe({ environment: named, ...subscriber }) {
      if (named !== environment) {
        const fix = `send it to a worker of ${named}`;
        throw new Refusal(`subscription of ${subscriber.rollout}`, `this worker watches ${environment}`, fix);
      }
      // The sentinel would ignore what it cannot read.
      readSubscriber(subscriber, `subscription of ${subscriber.rollout}`);
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
