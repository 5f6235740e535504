import { z } from 'zod';
import { phases } from '../../../../src/engine/plan/plan.js';
import { at, json, names, rolloutId } from './common.js';
import { attempt, guardReading, look } from './reading.js';

const status = z.string().meta({ description: 'Where it stands; see docs/states.md.' });
const decisions = z.array(z.string()).readonly().meta({ description: 'Decisions that make sense now.' });
const by = z.string();
const since = at;

export const outcome = z
  .object({
    type: z.enum(['completed', 'rolled-back', 'halted', 'refused']),
    reason: z.string(),
    cause: z.looseObject({ type: z.string() }).exactOptional(),
    unconfirmed: z.literal(true).exactOptional(),
    cancelled: z.literal(true).exactOptional(),
  })
  .meta({ id: 'Outcome' });

/** The answer to "what is it waiting for?". */
export const why = z
  .object({
    status,
    step: z.string().exactOptional(),
    waitingFor: z.string(),
    since,
    clears: z.string(),
    who: names,
    next: z.string(),
    nextAt: at.exactOptional(),
    possible: decisions,
    evidence: z.array(guardReading).readonly(),
  })
  .meta({ id: 'Why' });

const step = z.object({
  id: z.string(),
  phase: z.enum(phases),
  type: z.enum(['act', 'watch', 'gate']),
  status: z.string(),
  epoch: z.int(),
  startedAt: at.exactOptional(),
  endedAt: at.exactOptional(),
});

const gate = z.object({
  step: z.string(),
  epoch: z.int(),
  since,
  deadline: at,
  approvals: z.array(z.object({ by, at })).readonly(),
});

const watch = z.object({ step: z.string(), since, endsAt: at, covered: z.number() });
const hold = z.object({ since, reason: z.string(), asked: z.boolean() });
const stuck = z.object({ step: z.string(), problem: z.string(), since, choices: names });
const reverts = z.object({ rollout: rolloutId, kind: z.enum(['revert', 'rescue']), by, reason: z.string() });

/** A rollout as people see it. */
export const report = z
  .object({
    format: z.literal(1),
    rollout: rolloutId,
    environment: z.string(),
    runbook: z.string(),
    owner: z.string(),
    digest: z.string(),
    startedBy: z.string(),
    status,
    phase: z.enum(phases).exactOptional(),
    exposure: z.number(),
    exposureReadAt: at.exactOptional(),
    looks: z.array(look).readonly().exactOptional(),
    steps: z.array(step).readonly(),
    readings: z.array(guardReading).readonly(),
    hold: hold.exactOptional(),
    gate: gate.exactOptional(),
    watch: watch.exactOptional(),
    paused: z.object({ since, by, reason: z.string() }).exactOptional(),
    stuck: stuck.exactOptional(),
    pastNoReturn: z.boolean(),
    retreating: z.object({ since, by, reason: z.string() }).exactOptional(),
    unwinding: z.object({ since, verifiedAt: at.exactOptional() }).exactOptional(),
    reverts: reverts.exactOptional(),
    outcome: outcome.exactOptional(),
    fromOutside: z.enum(['terminated', 'timed-out']).exactOptional(),
    possible: decisions,
    why,
    attempts: z.array(attempt).readonly().exactOptional(),
  })
  .meta({ id: 'Report' });

/** What `why` answers: the wait, and what is behind it. */
export const whyReport = why
  .extend({
    rollout: rolloutId,
    paused: report.shape.paused,
    retreating: report.shape.retreating,
    reverts: report.shape.reverts,
    outcome: report.shape.outcome,
    fromOutside: report.shape.fromOutside,
    attempts: report.shape.attempts,
  })
  .meta({ id: 'WhyReport' });

/** One transition of a rollout. */
export const journalEvent = z
  .object({
    number: z.int().min(1),
    at,
    type: z.string(),
    reason: z.string(),
    phase: z.enum(phases).exactOptional(),
    step: z.string().exactOptional(),
    epoch: z.int().exactOptional(),
    by: by.exactOptional(),
    via: z.string().exactOptional().meta({ description: 'The door that a decision came through.' }),
    submittedBy: z.string().exactOptional(),
    signed: z.string().exactOptional().meta({ description: 'What the door signed, as a compact JWS.' }),
    evidence: json.exactOptional(),
  })
  .meta({ id: 'JournalEvent' });

/** What a rollout recorded; `from` is above 1 when the first events are in the exported journal alone. */
export const journal = z
  .object({ rollout: rolloutId, from: z.int().min(1), events: z.array(journalEvent).readonly() })
  .meta({ id: 'Journal' });
