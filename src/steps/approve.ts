import { milliseconds, type Duration, type Gate, type OnExpiry } from '../engine/index.js';

export interface ApproveOptions {
  /** Groups whose members may approve. */
  readonly by: readonly string[];
  /** How many different people must. */
  readonly quorum?: number;
  readonly within: Duration;
  readonly onExpiry?: OnExpiry;
  readonly why?: string;
}

/** Waits until enough people agree; one who rejects takes everything back. */
export function approve(name: string, options: ApproveOptions): Gate {
  const {
    by,
    quorum = 1,
    within,
    onExpiry = 'roll-back',
    why = 'A person answers for what comes next.',
  } = options;
  return {
    type: 'gate',
    id: `approve/${name}`,
    why,
    verify: `${quorum} of ${by.join(', ')} approved`,
    leave: { type: 'approval', by: [...by], quorum, within: milliseconds(within), onExpiry },
  };
}
