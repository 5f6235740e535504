/** What the demo can show. */
export const scenarioNames = ['good', 'bad-candidate', 'slow-candidate', 'no-metrics'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface Scenario {
  readonly title: string;
  /** How the shop's new code path behaves. */
  readonly candidate: 'good' | 'throws' | 'slow';
  readonly outcome: 'completed' | 'rolled-back';
  /** The guard that has to fail, where one does. */
  readonly breaches?: string;
  /** The metrics endpoint dies in the middle of this watch. */
  readonly losesMetricsIn?: string;
}

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  good: { title: 'a good migration, to the end', candidate: 'good', outcome: 'completed' },
  'bad-candidate': {
    title: 'the new code path throws for some names',
    candidate: 'throws',
    outcome: 'rolled-back',
    breaches: 'errors',
  },
  'slow-candidate': {
    title: 'the new code path is far too slow',
    candidate: 'slow',
    outcome: 'rolled-back',
    breaches: 'latency',
  },
  'no-metrics': {
    title: 'the metrics endpoint dies in the canary',
    candidate: 'good',
    outcome: 'rolled-back',
    losesMetricsIn: 'watch/canary-5',
  },
};

/** The runbook's parameters for a demo: the same plan, in seconds instead of days. */
export const demoParams = {
  canary: [5, 25],
  canaryFor: '8s',
  soakFor: '10s',
  promotedFor: '6s',
  retiredFor: '5s',
  decideWithin: '15m',
  drain: '2s',
  sampleEvery: '1s',
  lookBack: '5s',
  minRequests: 10,
  preflightWithin: '20s',
  askAfter: '3s',
  giveUpAfter: '5m',
};
