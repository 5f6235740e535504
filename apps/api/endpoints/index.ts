import type { Endpoint } from '../endpoint.js';
import { checkPlan } from './check-plan.js';
import { decisions } from './decisions.js';
import { listDelegations } from './delegations.js';
import { diffPlan } from './diff-plan.js';
import { doctor } from './doctor.js';
import { document } from './document.js';
import { evaluatePlan } from './evaluate-plan.js';
import { health } from './health.js';
import { listBuilds, makeBuildCurrent } from './builds.js';
import { listRollouts } from './list-rollouts.js';
import { listRunbooks } from './runbooks.js';
import { locksDecisions } from './decide-locks.js';
import { metrics } from './metrics.js';
import { moveRollout } from './move-rollout.js';
import { readLocks } from './locks.js';
import { ready } from './ready.js';
import { repair } from './repair.js';
import { rolloutEvents } from './rollout-events.js';
import { rolloutJournal } from './rollout-journal.js';
import { describeRollout, rolloutAttempts, rolloutPlan, rolloutReadings } from './rollout-reads.js';
import { rolloutStatus } from './rollout-status.js';
import { rolloutWhy } from './rollout-why.js';
import { signIn } from './sign-in.js';
import { signDrill } from './sign-drill.js';
import { startRollout } from './start-rollout.js';
import { takeBacks } from './take-back.js';
import { whoami } from './whoami.js';

/** Everything that can be asked. */
export const endpoints: readonly Endpoint[] = [
  health,
  ready,
  document,
  signIn,
  metrics,
  whoami,
  listRunbooks,
  evaluatePlan,
  checkPlan,
  diffPlan,
  listRollouts,
  startRollout,
  signDrill,
  describeRollout,
  rolloutStatus,
  rolloutWhy,
  rolloutPlan,
  rolloutReadings,
  rolloutAttempts,
  rolloutJournal,
  rolloutEvents,
  ...decisions,
  ...takeBacks,
  moveRollout,
  readLocks,
  listDelegations,
  ...locksDecisions,
  listBuilds,
  makeBuildCurrent,
  repair,
  doctor,
];
