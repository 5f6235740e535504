import { beforeAll, describe, expect, it } from 'vitest';
import { sign } from '../../activities/identity/sign.js';
import type { DoorKey } from '../../activities/identity/door-key.js';
import type { Environment } from '../../apps/config/config.js';
import { authorise, identify, type Lookups } from '../../apps/worker/people.js';
import { admitStart } from '../../apps/worker/signed/admit-start.js';
import {
  boundOfDecision,
  boundOfLocksDecision,
  boundOfStart,
  type Bound,
  type Claims,
} from '../../src/identity/claims.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { LocksRequest } from '../../src/protocol/locks.js';
import { doorWith, noon } from '../activities/identity/given.js';

const common = { databases: {}, flags: {}, metrics: {}, adapters: {}, records: '/r' };
const local: Environment = { ...common, kind: 'local', people: { ana: ['sre'] } };
const noSteps = { expand: [], canary: [], soak: [], promote: [], contract: [] };
const nothing: Lookups = {
  cameAt: () => Promise.resolve(undefined),
  stoppedBy: () => Promise.resolve(undefined),
  delegated: () => Promise.resolve([]),
};

describe('in a local environment', () => {
  const about = { environment: 'local', rollout: 'r1' };

  it('knows somebody by name, with their groups', async () => {
    const principal = { name: 'ana', groups: ['sre'], via: 'cli', proof: 'name', submittedBy: 'ana' };
    const abort = { type: 'abort', id: '1', by: 'ana' } as const;
    expect(await authorise(local, about, abort, nothing)).toEqual({ principal });
    expect(await authorise(local, about, { ...abort, signed: 'x.y.z' }, nothing)).toEqual({ principal });
    const operated = { ...local, operators: ['sre'] };
    expect(await identify(operated, 'local', 'ana', undefined, nothing)).toEqual({
      principal,
      operators: ['sre'],
    });
    expect(await identify(local, 'local', 'ana', undefined, nothing)).toMatchObject({ operators: [] });
  });

  it.each(['mallory', 'constructor', 'toString', '__proto__'])('does not know %s', async (by) => {
    const refused = { refused: `${by} is not known here; known: ana` };
    expect(await authorise(local, about, { type: 'abort', id: '1', by }, nothing)).toEqual(refused);
    expect(await identify(local, 'local', by, undefined, nothing)).toEqual(refused);
  });
});

describe('in a shared environment', () => {
  let key: DoorKey;
  let shared: Environment;
  const about = { environment: 'prod', rollout: 'rollout/prod/split/1', firstRun: 'run-1' };
  const place = { env: 'prod', rollout: about.rollout, firstRun: about.firstRun };
  const approve = { type: 'approve', id: 'a-1', by: 'ana', step: 'go', epoch: 0, digest: 'd1' } as const;
  const answer = { type: 'answer', choice: 'roll-back', id: 'a-2', by: 'ana' } as const;

  beforeAll(async () => {
    const made = await doorWith('k1');
    ({ key } = made);
    shared = {
      ...common,
      kind: 'shared',
      people: {},
      principals: { ana: { kind: 'person', groups: ['sre'] } },
      policy: {
        rights: (['start', 'approve'] as const).map((right) => ({ runbooks: '*', right, to: ['ana'] })),
        gates: [],
      },
      identity: {
        issuers: [],
        tokens: [],
        doors: { api: { keys: [{ kid: 'k1', x: made.x }], proofs: ['token'] } },
      },
    };
  });

  const vouched = {
    proof: 'token',
    via: 'api',
    submittedBy: 'ana',
    iat: noon / 1_000,
    exp: noon / 1_000 + 300,
  } as const;
  const signedOf = (bound: Bound, more: Partial<Claims> = {}) =>
    sign({ id: 'a-1', ...bound, ...vouched, ...more }, key);
  const decided = (request: DecisionRequest, more: object = {}, lookups = nothing, environment = shared) =>
    authorise(environment, { ...about, ...more }, { ...request, heardAt: noon }, lookups);
  const refused = (reason: string): object => ({ refused: expect.stringContaining(reason) as string });

  it('takes the word of a door, with groups as of now', async () => {
    const signed = await signedOf(boundOfDecision(place, approve));
    expect(await decided({ ...approve, signed })).toEqual({
      principal: {
        name: 'ana',
        groups: ['sre'],
        kind: 'person',
        via: 'api',
        proof: 'token',
        submittedBy: 'ana',
      },
      signed: true,
    });
    const left = { ...shared, principals: {} };
    expect(await decided({ ...approve, signed }, {}, nothing, left)).toEqual(
      refused('not known here any more'),
    );
  });

  it('says all that a gate has to know: who is behind the start, and for whom somebody answers', async () => {
    const signed = await signedOf(boundOfDecision(place, approve));
    const delegation = { to: 'ana', gates: ['go'], since: 0, until: Date.parse('2100-01-01T00:00:00Z') };
    const withMore: Environment = {
      ...shared,
      principals: {
        ...shared.principals,
        ben: { kind: 'person', groups: ['leads'] },
        cleo: { kind: 'person', groups: ['leads'] },
        robot: { kind: 'service', owner: 'ben', groups: [] },
      },
      policy: {
        rights: [{ runbooks: '*', right: 'approve', to: ['ben'] }],
        gates: [],
      },
      delegations: [
        { ...delegation, from: 'ben', reason: 'holiday' },
        { ...delegation, from: 'cleo', reason: 'has no right herself' },
        { ...delegation, from: 'ben', until: 1, reason: 'over' },
        { ...delegation, from: 'gone', reason: 'left' },
      ],
    };
    const started = { startedBy: 'robot', askedFor: 'cleo' };
    expect(await decided({ ...approve, signed }, started, nothing, withMore)).toMatchObject({
      starters: ['ben', 'cleo'],
      principal: {
        onlyForOthers: true,
        delegators: [{ name: 'ben', groups: ['leads'], kind: 'person', gates: ['go'] }],
      },
    });
    const nobody = { ...withMore, delegations: [] };
    expect(await decided({ ...approve, signed }, started, nothing, nobody)).toEqual(
      refused('no right to approve'),
    );
  });

  it('answers for whoever has delegated that through a door, at gates and nowhere else', async () => {
    const signed = await signedOf(boundOfDecision(place, approve));
    const known: Environment = {
      ...shared,
      principals: { ...shared.principals, ben: { kind: 'person', groups: ['leads'] } },
      policy: { rights: [{ runbooks: '*', right: 'approve', to: ['ana', 'ben'] }], gates: [] },
    };
    const until = Date.parse('2100-01-01T00:00:00Z');
    const made = { from: 'ben', to: 'ana', gates: ['go'], since: 0, until, reason: 'holiday' };
    const asked: unknown[] = [];
    const lookups: Lookups = {
      ...nothing,
      delegated: (doors) => {
        asked.push(doors);
        return Promise.resolve([made]);
      },
    };
    expect(await decided({ ...approve, signed }, {}, lookups, known)).toMatchObject({
      principal: { name: 'ana', delegators: [{ name: 'ben', groups: ['leads'], gates: ['go'] }] },
    });
    expect(asked).toEqual([{ api: expect.objectContaining({ proofs: ['token'] }) as object }]);
    const abort = { type: 'abort', id: 'a-9', by: 'ana' } as const;
    const aborting = { ...abort, signed: await signedOf(boundOfDecision(place, abort)) };
    expect(await decided(aborting, {}, lookups, known)).not.toHaveProperty('principal.delegators');
    expect(asked).toHaveLength(1);
  });

  it('lets somebody delegate to those alone who are known, as a person who has shown a token', async () => {
    const handOver = {
      type: 'delegate',
      to: 'ana',
      gates: ['go'],
      until: 2e12,
      id: 'd-1',
      by: 'ana',
      reason: 'x',
    } as const;
    const asking = async (request: LocksRequest, more: Partial<Claims> = {}) => {
      const signed = await signedOf(boundOfLocksDecision('prod', request), more);
      return identify(shared, 'prod', 'ana', { ...request, signed, heardAt: noon }, nothing);
    };
    expect(await asking(handOver)).toMatchObject({ principal: { name: 'ana' } });
    expect(await asking({ ...handOver, to: 'zoe' })).toEqual(refused('zoe is not known here'));
  });

  it('takes nobody by name', async () => {
    expect(await decided(approve)).toEqual(refused('ana is only a name'));
    const stop: LocksRequest = { type: 'stop', id: '1', by: 'ana', reason: 'fire' };
    expect(await identify(shared, 'prod', 'ana', stop, nothing)).toEqual(refused('only a name'));
    expect(await identify(shared, 'prod', 'ana', undefined, nothing)).toEqual(
      refused('nothing of signatures'),
    );
  });

  it('asks the policy whether somebody who is proved may', async () => {
    const resume = { type: 'resume', id: 'a-3', by: 'ana' } as const;
    const signed = await signedOf(boundOfDecision(place, resume), { seen: 7 });
    expect(await decided({ ...resume, signed })).toEqual(refused('no right to operate'));
    const lift = { type: 'lift', id: 'a-4', by: 'ana', reason: 'over' } as const;
    const lifting = { ...lift, signed: await signedOf(boundOfLocksDecision('prod', lift)), heardAt: noon };
    expect(await identify(shared, 'prod', 'ana', lifting, nothing)).toEqual(refused('no right to lift-stop'));
  });

  it('takes what was signed for nothing else', async () => {
    const signed = await signedOf(boundOfDecision(place, approve));
    expect(await decided({ ...approve, signed, epoch: 1 })).toEqual(refused('for try 0, not 1'));
    expect(await decided({ ...approve, signed, by: 'ben' })).toEqual(refused('for name ana, not ben'));
    expect(await decided({ ...approve, signed, type: 'reject' })).toEqual(refused('something else'));
    expect(await decided({ ...approve, signed }, { firstRun: 'run-2' })).toEqual(refused('first run'));
    expect(await decided({ ...approve, signed }, { environment: 'staging' })).toEqual(
      refused('environment prod'),
    );
  });

  it('wants to know what somebody had seen who decides about no gate', async () => {
    const bound = boundOfDecision(place, answer);
    expect(await decided({ ...answer, signed: await signedOf(bound) })).toEqual(refused('had seen'));
    expect(await decided({ ...answer, signed: await signedOf(bound, { seen: 7 }) })).toMatchObject({
      seen: 7,
    });
    const abort = { type: 'abort', id: 'a-3', by: 'ana' } as const;
    const signed = await signedOf(boundOfDecision(place, abort));
    expect(await decided({ ...abort, signed })).toHaveProperty('principal');
  });

  it('judges a signal that was heard late by when it came', async () => {
    const signed = await signedOf(boundOfDecision(place, approve));
    const late = (cameAt: number | undefined) =>
      authorise(
        shared,
        about,
        { ...approve, signed, heardAt: noon + 3_600_000 },
        {
          ...nothing,
          cameAt: () => Promise.resolve(cameAt),
        },
      );
    expect(await late(undefined)).toEqual(refused('it counted until'));
    expect(await late(noon + 3_000_000)).toEqual(refused('it counted until'));
    expect(await late(noon + 1_000)).toHaveProperty('principal');
  });

  it('lets a stop pause a rollout, and nothing else', async () => {
    const stop = { type: 'stop', id: 's-1', by: 'ana', reason: 'fire' } as const;
    const signed = await signedOf(boundOfLocksDecision('prod', stop));
    const told = { type: 'pause', id: 'stop/s-1', by: 'ana', reason: 'fire', signed } as const;
    expect(await identify(shared, 'prod', 'ana', { ...stop, signed, heardAt: noon }, nothing)).toMatchObject({
      signedUntil: noon + 300_000,
    });
    expect(await decided(told)).toMatchObject({ principal: { name: 'ana' } });
    const looking = { rights: [{ runbooks: '*', right: 'view' as const, to: ['ana'] }], gates: [] };
    expect(await decided(told, {}, nothing, { ...shared, policy: looking })).toEqual(
      refused('no right to brake'),
    );
    expect(await decided({ ...told, exposure: 'zero' })).toEqual(refused('something else'));
    expect(await decided({ ...told, id: 'stop/s-2' })).toEqual(refused('for decision s-1'));
    expect(await decided({ ...told, type: 'abort' })).toEqual(refused('for rollout locks/prod'));
    // Heard long after, by one that stood still: while the environment is stopped by it.
    const late = (by: string | undefined) =>
      authorise(
        shared,
        about,
        { ...told, heardAt: noon + 3_600_000 },
        {
          ...nothing,
          stoppedBy: () => Promise.resolve(by === undefined ? undefined : { by, reason: 'fire' }),
        },
      );
    expect(await late('ana')).toHaveProperty('principal');
    expect(await late('ben')).toEqual(refused('it counted until'));
    expect(await late(undefined)).toEqual(refused('it counted until'));
  });

  it('admits a start that is signed, once', async () => {
    const plan = { runbook: 'split', params: {}, scope: [], phases: noSteps } as unknown as Plan;
    const said = { plan, digest: 'd1', startedBy: 'ana' };
    const signed = await signedOf(boundOfStart('prod', about.rollout, said));
    const begun = new Map<string, string>();
    const admissions = {
      admit(rollout: string, firstRun: string) {
        if (!begun.has(rollout)) begun.set(rollout, firstRun);
        return Promise.resolve(begun.get(rollout) === firstRun);
      },
    };
    const start = (more: object) => {
      const starting = { ...said, rollout: about.rollout, firstRun: 'run-1', at: noon, signed, ...more };
      return admitStart('prod', shared, admissions, starting);
    };
    expect(await start({ startedBy: 'ben' })).toEqual(refused('for name ana, not ben'));
    expect(await start({ digest: 'd2' })).toEqual(refused('for plan d1'));
    expect(await start({ at: noon + 3_600_000 })).toEqual(refused('it counted until'));
    expect(begun.size).toBe(0);
    const admitted = { start: { via: 'api', submittedBy: 'ana', signed } };
    expect(await start({})).toEqual(admitted);
    expect(await start({})).toEqual(admitted);
    expect(await start({ firstRun: 'run-2' })).toEqual(refused('was started before'));
  });
});
