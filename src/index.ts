/** What authors of runbooks import. */
export { milliseconds, type Duration } from './engine/base/duration.js';
export { Refusal } from './engine/base/errors.js';
export type * from './engine/plan/plan.js';
export { preview, type Preview } from './engine/preview.js';
export { runbook, type PlanDraft, type Runbook, type RunbookDefinition } from './engine/plan/runbook.js';
export { validate } from './engine/plan/validate.js';
export * from './steps/index.js';
export { planDigest } from './engine/plan/plan-digest.js';
