import type { AdmissionStore } from '../../../activities/records/admissions.js';
import { boundOfStart, boundOfTakeBack, type Bound } from '../../../src/identity/claims.js';
import type { Admission, Starting } from '../../../src/protocol/decisions.js';
import type { Environment } from '../../config/config.js';
import { doorsOf } from '../../config/identity/doors.js';
import { deniedStart } from '../rights/start.js';
import { principalBy } from './principal.js';
import { prove } from './prove.js';

/**
 * Whether a start counts: signed by a door for this very plan, by somebody who is known, and used for no other run. The
 * server's time of the start is its time: it cannot be older than it says.
 */
export async function admitStart(
  name: string,
  environment: Environment,
  admissions: AdmissionStore,
  starting: Starting,
): Promise<Admission> {
  const { signed, rollout, firstRun, at } = starting;
  const proven = await prove({ bound: boundOf(name, starting), signed, heardAt: at }, doorsOf(environment));
  const found = principalBy(environment, proven);
  if ('refused' in found) return found;
  const denied = deniedStart(environment, starting, starting);
  if (denied !== undefined) return { refused: denied };
  if (!(await admissions.admit(rollout, firstRun))) {
    return { refused: `${rollout} was started before, and what was signed for it starts nothing again` };
  }
  const { via, submittedBy } = found.principal;
  return { start: { ...(via && { via }), ...(submittedBy && { submittedBy }), signed } };
}

function boundOf(name: string, starting: Starting): Bound {
  if ('reverts' in starting) {
    const { reverts, askedFor } = starting;
    const said = { ...reverts, ...(askedFor !== undefined && { askedFor }) };
    return boundOfTakeBack(name, starting.rollout, said);
  }
  return boundOfStart(name, starting.rollout, starting);
}
