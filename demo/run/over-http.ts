import type { RolloutClient } from '../../apps/client/client.js';
import type { JsonObject } from '../../src/engine/base/json.js';
import type { JournalEvent } from '../../src/engine/state/journal.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import type { DrillWanted } from './drill-first.js';
import type { DemoDoor } from '../stack/shared-configuration.js';

/** What the demo needs of a rollout, whichever way it comes in. */
export type Way = Pick<RolloutClient, 'status' | 'journal' | 'readings' | 'decide'>;

interface Asked {
  readonly as: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Who looks, and who starts it. */
const starter = 'ana';

/** The way over HTTP: whoever decides shows a token of their own. */
export function overHttp({ url, tokens, environment }: DemoDoor) {
  const pathOf = (rollout: string) => `/v1/rollouts/${rollout.replace(`rollout/${environment}/`, '')}`;

  async function call<T>(path: string, { as, body, headers = {} }: Asked): Promise<[number, T]> {
    const response = await fetch(`${url}${path}`, {
      redirect: 'error',
      headers: {
        authorization: `Bearer ${tokens[as] ?? ''}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return [response.status, (await response.json()) as T];
  }
  async function get<T>(path: string): Promise<T> {
    const [status, answer] = await call<T>(path, { as: starter });
    if (status === 200) return answer;
    throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
  }

  const way: Way = {
    status: (rollout) => get<StatusReport>(`${pathOf(rollout)}/status`),
    readings: (rollout) => get(`${pathOf(rollout)}/readings`),
    async journal(rollout) {
      return (await get<{ events: readonly JournalEvent[] }>(`${pathOf(rollout)}/journal`)).events;
    },
    async decide(rollout, request) {
      const { type, id, reason } = request;
      const [status, answer] = await call<{ reason?: string; why?: string }>(
        `${pathOf(rollout)}/decisions/${type}`,
        {
          as: request.by,
          body: { reason, ...('choice' in request && { choice: request.choice }) },
          headers: { 'idempotency-key': id, ...aboutOf(request) },
        },
      );
      return { accepted: status === 200, reason: answer.reason ?? answer.why ?? '' };
    },
  };
  return {
    way,
    /** Starts a listed runbook; the digest says which plan is meant. */
    async start(runbook: string, params: JsonObject, digest: string): Promise<string> {
      const body = { runbook, params, digest };
      const [status, answer] = await call<{ rollout: string }>('/v1/rollouts', { as: starter, body });
      if (status === 201) return answer.rollout;
      throw new Error(`the start was answered ${status}: ${JSON.stringify(answer)}`);
    },
    /** Has the door vouch for who wants a drill. */
    async signDrill(body: DrillWanted) {
      const asked = { as: starter, body };
      const [status, answer] = await call<{ startedBy: string; signed: string }>(
        '/v1/drills/signature',
        asked,
      );
      const { startedBy, signed } = answer;
      if (status === 200) return { startedBy, signed };
      throw new Error(`the drill was not signed, ${status}: ${JSON.stringify(answer)}`);
    },
  };
}

/** What a decision is about, as the status that was seen said it. */
function aboutOf(request: DecisionRequest): Readonly<Record<string, string>> {
  if (request.type !== 'approve' && request.type !== 'reject') return {};
  const { digest, epoch, step } = request;
  return { 'if-match': `"${digest}/${epoch}/${step}"` };
}
