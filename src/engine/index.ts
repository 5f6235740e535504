/**
 * The engine: the idea of Switchback, pure. Nothing here knows Temporal, a database, a clock or a file.
 *
 * The words, used everywhere with this meaning:
 *
 * - **runbook**: a module that says name, owner, why, hypothesis, params, and a pure function `params -> plan`
 * - **plan**: what a runbook evaluates to: frozen, serialisable, validated; its `digest` identifies it
 * - **rollout**: one execution of a plan in one environment
 * - **phase**: expand, canary, soak, promote, contract, always in this order
 * - **step**: one entry of a phase: an **act** changes the world, a **watch** holds and observes, a **gate** waits for leave
 * - **action**: what an act does, a kind and an input, carried out by an adapter
 * - **undo**: how an act is taken back: `restore`, `act`, `nothing, because`, or `irreversible, because`
 * - **target**: what an action touches, as text: `flag:checkout`, `table:shop.customer`
 * - **capture**: a target's state read just before the first act on it, the known-good state
 * - **guard**: a metric, a criterion and a limit; its verdict is pass, fail, inconclusive, error or no-evidence
 * - **sentinel**: the one watcher of an environment; it samples every guard and calls out breaches
 * - **arm**: baseline or candidate; **exposure**: how much of whom gets the candidate
 * - **hold**: evidence is missing or unclear, nothing moves forward
 * - **epoch**: which try of a step this is; part of every idempotency key
 * - **retreat**: exposure, and all that was done since, goes back while the rollout stays; it climbs again under new epochs
 * - **revert**, **rescue**: a new rollout takes back a completed one, or what a terminated or halted one left
 * - **renewal**: where nothing is under way, a long rollout goes on from its state in a new run
 * - **journal**: the append-only record of everything decided: what, who, why, on which evidence
 * - **outcome**: completed, rolled-back, halted, refused
 *
 * Read in this order: `plan.ts`, `ports.ts`, `status.ts`, `execute.ts`, `acts.ts`, `watches.ts`, `gates.ts`,
 * `take-back.ts`, `unwind.ts`.
 */
export * from './decide/decisions.js';
export * from './state/status.js';
export * from './state/reverts.js';
export * from './state/rights.js';
export * from './plan/plan-digest.js';
export * from './base/digest.js';
export * from './base/duration.js';
export * from './base/errors.js';
export * from './execute.js';
export * from './state/journal.js';
export * from './base/json.js';
export * from './state/messages.js';
export * from './plan/plan.js';
export * from './state/values.js';
export * from './state/ports.js';
export * from './preview.js';
export * from './tell/report.js';
export * from './plan/runbook.js';
export * from './state/state.js';
export * from './plan/typed-input.js';
export * from './plan/validate.js';
export * from './tell/why.js';
