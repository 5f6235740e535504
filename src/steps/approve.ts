import { milliseconds, type Duration, type Gate, type OnExpiry, type Strength } from '../engine/index.js';

export interface ApproveOptions {
  /** Groups whose members may approve. */
  readonly by: readonly string[];
  /** How many different people must. */
  readonly quorum?: number;
  readonly within: Duration;
  readonly onExpiry?: OnExpiry;
  readonly why?: string;
  /** Neither whoever started the rollout nor whom it was started for counts. */
  readonly fourEyes?: true;
  /** How strong a proof is needed in a shared environment; `token` before what cannot be undone. */
  readonly strength?: Strength;
  /** How long before the deadline whoever has not answered is told again. */
  readonly remind?: Duration;
  /** Another group that is asked, too, when nobody has opened it so long after it asked. */
  readonly escalate?: { readonly to: string; readonly after: Duration };
}

/**
 * Waits until enough people agree; one who rejects takes everything back.
 *
 * @example
 * approve('go', { by: ['team-checkout', 'sre'], quorum: 2, within: '2d' });
 *
 * @example
 * approve('purge', {
 *   by: ['team-checkout'],
 *   within: '2d',
 *   fourEyes: true,
 *   strength: 'token',
 *   remind: '4h',
 *   escalate: { to: 'sre', after: '1d' },
 * });
 */
export function approve(name: string, options: ApproveOptions): Gate {
  const {
    by,
    quorum = 1,
    within,
    onExpiry = 'roll-back',
    why = 'A person answers for what comes next.',
    fourEyes,
    strength,
    remind,
    escalate,
  } = options;
  return {
    type: 'gate',
    id: `approve/${name}`,
    why,
    verify: `${quorum} of ${by.join(', ')} approved`,
    approval: {
      type: 'approval',
      by: [...by],
      quorum,
      within: milliseconds(within),
      onExpiry,
      // What is not given stands in no plan, so that a digest stays what it was.
      ...(fourEyes && { fourEyes }),
      ...(strength && { strength }),
      ...(remind && { remind: milliseconds(remind) }),
      ...(escalate && { escalate: { to: escalate.to, after: milliseconds(escalate.after) } }),
    },
  };
}
