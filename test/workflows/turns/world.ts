import { setTimeout as sleep } from 'node:timers/promises';
import { below, type Random } from '../../../demo/load/random.js';
import type { LocksActivities } from '../../../src/protocol/locks.js';
import type { DecisionRequest } from '../../../src/engine/state/messages.js';
import type { Verb, Verbs } from '../../../src/engine/state/ports.js';
import type { OfChain } from '../../../src/protocol/chain.js';
import type { Subscription } from '../../../src/engine/state/values.js';

type Activities = {
  readonly [V in Verb]: (input: Verbs[V]['in']) => Promise<Verbs[V]['out']>;
} & LocksActivities;

/** The newest subscription of each rollout. */
export type Subscribed = Map<string, Subscription & OfChain>;

/**
 * What the workflows call, done by nobody: only when they are told matters here, and that is at random. The
 * workflows are real, and so are server and worker.
 */
export function activitiesOfNobody(random: Random, subscribed: Subscribed = new Map()) {
  const soon = async <T>(answer: T): Promise<T> => {
    await sleep(below(random, 120));
    return answer;
  };
  const evidence = { evidence: {} };
  const activities: Activities = {
    check: () => soon(evidence),
    capture: ({ act }) => soon({ target: act.target, at: Date.now(), state: { percent: 0 } }),
    apply: () => soon({}),
    undo: () => soon({}),
    restore: () => soon(evidence),
    observe: () => soon({ asked: false, ...evidence }),
    fence: () => soon({ effect: 'none' }),
    verify: () => soon({ verified: true, reason: 'nothing was done', ...evidence }),
    subscribe(subscription) {
      subscribed.set(subscription.rollout, subscription);
      return soon(null);
    },
    unsubscribe: () => soon(null),
    judge: ({ from, to }) =>
      soon({ verdict: 'pass', reason: 'it is', failed: [], covered: to - from, recorded: {}, last: [] }),
    notify: () => soon(null),
    able: () => soon({}),
    window: () => soon({ open: true }),
    recollect: () => soon({ started: [], epochs: {}, captures: [] }),
    resolve: () => soon({}),
    acquire: () => soon({ status: 'granted' }),
    release: () => soon(null),
    recollectLocks: () => soon({ undecided: [] }),
    findHolders: () => soon([]),
    findEndings: ({ rollouts }) =>
      soon(rollouts.map((rollout) => ({ rollout, ended: random() < 0.2 ? 'by-itself' : 'open' }))),
    readTargets: () => soon([]),
    delegatorOf: () => soon(null),
    pauseRollouts: () => soon([]),
    identify: ({ by }) => soon(by.map((name) => ({ principal: { name, groups: ['sre'] }, operators: [] }))),
  };
  return {
    ...activities,
    exportJournal: () => soon(null),
    authorise: ({ requests }: { requests: readonly DecisionRequest[] }) =>
      soon(requests.map(({ by }) => ({ principal: { name: by, groups: ['sre'] } }))),
  };
}
