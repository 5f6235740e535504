import type { Answer } from '../../../src/engine/state/messages.js';
import type { Build, Builds } from '../client.js';
import type { LocksClient, LocksReport } from '../locks-report.js';
import type { Repairs } from '../repairs.js';
import { stoppedRefusal } from '../stopped.js';
import { locksPaths } from './locks-paths.js';
import { RefusedByServer } from './problems.js';
import { pathOf } from './rollout-path.js';
import type { Sender } from './sender.js';
import type { Transport } from './transport.js';

interface BuildList {
  readonly everServed: boolean;
  readonly workerSeenAt?: number;
  readonly builds: readonly Build[];
}

const listBuilds = (transport: Transport) => transport.get<BuildList>('/v1/builds');

/** When a worker that new rollouts go to asked for work last. */
export async function workerSeen(transport: Transport): Promise<number | undefined> {
  return (await listBuilds(transport)).workerSeenAt;
}

export function httpBuilds(transport: Transport, sender: Sender): Builds {
  return {
    async everServed(environment) {
      await sender.environment(environment);
      return (await listBuilds(transport)).everServed;
    },
    async list(environment) {
      await sender.environment(environment);
      return (await listBuilds(transport)).builds;
    },
    async makeCurrent(environment, build) {
      await sender.environment(environment);
      await transport.post('/v1/builds/current', { body: { build } });
    },
    move: (rollout, build) => transport.post(`${pathOf(rollout)}/move`, { body: { build } }),
  };
}

export function httpLocks(transport: Transport, sender: Sender): LocksClient {
  const read = async (environment: string) => {
    await sender.environment(environment);
    return transport.get<LocksReport>('/v1/locks');
  };
  return {
    read,
    async refuseWhileStopped(environment) {
      const { stopped } = await read(environment);
      if (stopped) throw stoppedRefusal(environment, stopped);
    },
    async decide(environment, { id, by: _by, signed: _signed, type, ...body }) {
      await sender.environment(environment);
      const key = await sender.keyOf(id);
      try {
        return await transport.post<Answer>(locksPaths[type], { body, key });
      } catch (error) {
        if (!(error instanceof RefusedByServer) || !error.is('refused')) throw error;
        return { accepted: false, reason: error.problem.why };
      }
    },
  };
}

export function httpRepairs(transport: Transport, sender: Sender): Repairs {
  return {
    async repair(what, environment) {
      await sender.environment(environment);
      return transport.post('/v1/repairs', { body: { what } });
    },
  };
}
