import { connect } from '../../apps/client/connect.js';
import { planDigest } from '../../src/engine/plan/plan-digest.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { SignDrill } from './drill-first.js';
import { overHttp, type Way } from './over-http.js';
import { demoParams } from './scenarios.js';
import type { Supervisor } from './supervisor.js';

/** A way in: who starts and decides by it, and how it is left. */
interface Entrance {
  readonly way: Way;
  start(plan: Plan): Promise<string>;
  /** Has the door vouch for a drill; absent where there is no door. */
  readonly signDrill?: SignDrill;
  close(): Promise<void>;
}

/** By the stack's API where it has one, and else by Temporal itself. */
export async function comeIn({ state, door }: Supervisor): Promise<Entrance> {
  if (door) {
    const { way, start, signDrill } = overHttp(door);
    return {
      way,
      signDrill,
      start: (plan) => start(plan.runbook, demoParams, planDigest(plan)),
      close: () => Promise.resolve(),
    };
  }
  const client = await connect({ address: state.temporal.address });
  return {
    way: client,
    async start(plan) {
      const digest = planDigest(plan);
      return (await client.start({ plan, digest, environment: 'local', startedBy: 'demo' })).rollout;
    },
    close: () => client.close(),
  };
}
