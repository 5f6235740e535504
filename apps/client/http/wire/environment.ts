import { z } from 'zod';
import { at, names, reason, rolloutId } from './common.js';

const holder = {
  rollout: rolloutId,
  owner: z.string(),
  scope: names,
  since: at,
};

export const locksReport = z
  .object({
    environment: z.string(),
    stopped: z
      .object({ at, by: z.string(), reason: z.string(), exposure: z.literal('zero').exactOptional() })
      .exactOptional(),
    holders: z.array(z.object({ ...holder, orphaned: z.string().exactOptional() })).readonly(),
    waiting: z
      .array(
        z.object({
          ...holder,
          behind: z
            .array(
              z.object({
                rollout: rolloutId,
                owner: z.string(),
                target: z.string(),
                as: z.string().exactOptional(),
                orphaned: z.literal(true).exactOptional(),
              }),
            )
            .readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'LocksReport' });

/** What is said with each decision about an environment. */
export const locksBodies = {
  stop: z.strictObject({ reason, exposure: z.literal('zero').exactOptional() }),
  lift: z.strictObject({ reason }),
  'take-over': z.strictObject({
    reason,
    rollout: z.string().min(1).max(200),
    asItIs: z.literal(true).exactOptional(),
  }),
  delegate: z.strictObject({
    reason,
    to: z.string().min(1).max(200).meta({ description: 'The principal who answers for whoever asks.' }),
    gates: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(100)
      .meta({ description: 'Names of gates, or * for all.' }),
    since: at.exactOptional(),
    until: at,
  }),
  'end-delegation': z.strictObject({
    reason,
    delegation: z.string().min(1).max(255).meta({ description: 'The decision that delegated it.' }),
  }),
} as const;

export const locksDecided = z
  .looseObject({
    environment: z.string(),
    decision: z.string(),
    type: z.string(),
    by: z.string(),
    accepted: z.literal(true),
    reason: z.string(),
  })
  .meta({ id: 'LocksDecided' });

export const delegationList = z
  .object({
    environment: z.string(),
    delegations: z
      .array(
        z.object({
          from: z.string().meta({ description: 'Who is asked.' }),
          to: z.string().meta({ description: 'Who may answer as well.' }),
          gates: names,
          since: at,
          until: at,
          reason: z.string(),
          decision: z
            .string()
            .exactOptional()
            .meta({ description: 'The decision that made it; the configuration did when absent.' }),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'DelegationList' });

export const buildList = z
  .object({
    environment: z.string(),
    everServed: z.boolean().meta({ description: 'Whether any worker ever asked for work here.' }),
    workerSeenAt: at.exactOptional(),
    builds: z
      .array(
        z.object({
          build: z.string(),
          current: z.boolean(),
          status: z.enum(['inactive', 'current', 'draining', 'drained']),
          rollouts: z.int(),
          firstSeenAt: at,
          workerSeenAt: at.exactOptional(),
          mayGo: z.boolean(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'BuildList' });

export const buildRequest = z
  .strictObject({ build: z.string().min(1).max(200) })
  .meta({ id: 'BuildRequest' });

export const currentBuild = z
  .object({ environment: z.string(), build: z.string() })
  .meta({ id: 'CurrentBuild' });

export const moved = z
  .object({ rollout: rolloutId, build: z.string(), from: z.string().exactOptional() })
  .meta({ id: 'Moved' });

export const repairRequest = z
  .strictObject({ what: z.enum(['locks', 'sentinel']) })
  .meta({ id: 'RepairRequest' });

export const repaired = z
  .object({
    environment: z.string(),
    workflow: z.string(),
    repaired: z.boolean(),
    found: z.string(),
    kept: z.string().exactOptional(),
    runId: z.string().exactOptional(),
  })
  .meta({ id: 'Repaired' });

export const signIn = z
  .object({
    environment: z.string(),
    issuers: z
      .array(
        z.object({
          issuer: z.string(),
          clientId: z.string(),
          scopes: names,
          resource: z.string().exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'SignIn' });

export const whoami = z
  .object({
    name: z.string(),
    kind: z.enum(['person', 'service']),
    groups: names,
    proof: z.enum(['name', 'token', 'oidc']),
    environment: z.string(),
    scopes: names.exactOptional().meta({ description: 'Rights that the token is limited to.' }),
    expires: z.string().exactOptional(),
  })
  .meta({ id: 'Whoami' });

const finding = z.object({
  verdict: z.enum(['ok', 'warn', 'fail']),
  found: z.string(),
  fix: z.string().exactOptional(),
});

export const doctorReport = z
  .object({
    environment: z.string(),
    checks: z
      .array(
        z.object({
          name: z.string(),
          looksAt: z.string(),
          verdict: z.enum(['ok', 'warn', 'fail']),
          findings: z.array(finding).readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'DoctorReport' });
