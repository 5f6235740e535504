/** The paths of a rollout whose histories are kept. Each has a scenario that records it, and a history that replays. */
export const paths = [
  'completed',
  'rejected',
  'expired-approval',
  'guard-fail',
  'no-evidence',
  'refused',
  'queued',
  'abort-in-expand',
  'abort-in-canary',
  'abort-in-soak',
  'abort-in-promote',
  'abort-in-contract',
  'cancelled',
  'failed-undo',
  'pause-and-resume',
  'halt',
  'reset',
  'continue-as-new',
  'continue-as-new-while-unwinding',
] as const;

export type PathName = (typeof paths)[number];
