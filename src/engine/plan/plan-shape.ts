import { phases, planFormat, strengths, verdicts } from './plan.js';
import { anyObject, duration, list, literal, number, object, text, variants, type Shape } from './shape.js';

/** The shape of an action. */
export const actionShape = object({ kind: text, input: anyObject });

const reversibleUndos = {
  restore: object({ type: text }),
  act: object({ type: text, do: actionShape }),
  nothing: object({ type: text, because: text }),
};
const undo = variants('type', { ...reversibleUndos, irreversible: object({ type: text, because: text }) });

const named = { type: text, id: text, why: text, verify: text };

const approval = object(
  {
    type: literal('approval'),
    by: list(text),
    quorum: number(1),
    within: duration,
    onExpiry: literal('roll-back', 'halt'),
  },
  {
    fourEyes: literal(true),
    strength: literal(...strengths),
    remind: duration,
    escalate: object({ to: text, after: duration }),
  },
);

const step = variants('type', {
  act: object(
    { ...named, target: text, do: actionShape, undo },
    {
      exposure: object({ percent: number(0, 100), drain: number(0) }),
      removesFromBaseline: literal(true),
      recheck: actionShape,
      within: duration,
      onFailure: literal('roll-back', 'ask'),
    },
  ),
  watch: object({ ...named, for: duration }, { early: object({ by: list(text), after: duration }) }),
  gate: object({ ...named, approval: variants('type', { approval }) }),
});

const metric = variants('type', {
  'error-rate': object({ type: text, source: text }),
  latency: object({ type: text, source: text, quantile: number(0, 1) }),
});

const criterion = variants('type', {
  absolute: object({ type: text, atMost: number(0) }),
  relative: object({
    type: text,
    ratio: number(0),
    atLeast: number(0),
    at100: literal('holdback', 'recorded', 'off'),
  }),
});

const reaction = literal('continue', 'hold', 'ask', 'roll-back');

/** The shape of a guard. */
export const guardShape: Shape = object({
  name: text,
  metric,
  criterion,
  evidence: object({ interval: duration, lookBack: duration, minRequests: number(1), maxAge: duration }),
  on: object(
    Object.fromEntries(
      verdicts.filter((verdict) => verdict !== 'pass').map((verdict) => [verdict, reaction]),
    ),
  ),
});

/** The shape of a plan's JSON: every member known, every value of its kind. */
export const planShape: Shape = object(
  {
    format: literal(planFormat),
    runbook: text,
    owner: text,
    why: text,
    hypothesis: text,
    params: anyObject,
    scope: list(text),
    guards: list(guardShape),
    deadlines: object({
      act: duration,
      undo: duration,
      preflight: duration,
      ask: duration,
      giveUp: duration,
    }),
    phases: object(Object.fromEntries(phases.map((phase) => [phase, list(step)]))),
  },
  { objective: object({ restoreWithin: duration }) },
);
