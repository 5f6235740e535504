import { admitApproval } from '../../src/engine/decide/approvals.js';
import type { Asked } from '../../src/engine/state/gate.js';
import type { Approved } from '../../src/engine/state/people.js';
import {
  standingOf,
  startersOf,
  type Directory,
  type Origin,
  type People,
} from '../../src/identity/index.js';

/** Ana and Ben approve, cleo operates; deployer is ana's program, and robot is deployer's. */
export const directory: Directory = {
  principals: {
    ana: {
      kind: 'person',
      groups: ['team-checkout'],
      oidc: { issuer: 'https://id.example', subject: 'a-1' },
      email: 'ana@example.com',
      slack: { team: 'T1', user: 'U1' },
    },
    ben: { kind: 'person', groups: ['sre'], email: 'ben@example.com' },
    cleo: { kind: 'person', groups: ['sre', 'operators'] },
    deployer: { kind: 'service', owner: 'ana', groups: ['team-checkout'] },
    robot: { kind: 'service', owner: 'deployer', groups: [] },
  },
};

export const people: People = { directory, delegations: [] };
export const asked: Asked = {
  step: 'approve/go',
  by: ['team-checkout', 'sre'],
  quorum: 2,
  fourEyes: true,
};
export const startedByCleo: Origin = { startedBy: 'cleo' };

export type Approval = Omit<Approved, 'at'>;

/** As the worker and the engine do it together: facts from the directory, judged without it. */
export function admit(
  people: People,
  asked: Asked,
  origin: Origin,
  given: readonly Approval[],
  by: string,
  at: number,
): ReturnType<typeof admitApproval> {
  const standing = standingOf(people, by, at);
  if (!standing) return { refused: `${by} is not known here` };
  return admitApproval(asked, startersOf(people.directory, origin), given, standing);
}
