/** What authors of runbooks import. */
export { milliseconds, type Duration } from './engine/duration.js';
export { planDigest } from './engine/digest.js';
export { Refusal } from './engine/errors.js';
export type * from './engine/plan.js';
export { preview, type Preview } from './engine/preview.js';
export { runbook, type PlanDraft, type Runbook, type RunbookDefinition } from './engine/runbook.js';
export { validate } from './engine/validate.js';
export * from './steps/index.js';
