import type { DecisionRequest, DecisionType } from '../../src/engine/state/messages.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import { openOf, requireOpen } from './tag.js';

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** What somebody wants, before it is known what that is about. */
export type Choice = Without<DecisionRequest, 'id' | 'by' | 'step' | 'epoch' | 'digest'>;

/** Types of decisions about something that is open now, and may be gone in a moment. */
const bound = [
  'approve',
  'reject',
  'advance',
  'extend',
  'resolve',
] as const satisfies readonly DecisionType[];

export function isBound(type: DecisionType): boolean {
  return (bound as readonly DecisionType[]).includes(type);
}

/**
 * Binds a choice to what whoever decides has seen, so that it cannot count for something that opened since. Throws a
 * problem when they do not say what that was, or when it is not open any more.
 */
export async function bind(
  choice: Choice,
  base: Pick<DecisionRequest, 'id' | 'by'>,
  tag: string | undefined,
  look: () => Promise<StatusReport>,
): Promise<DecisionRequest> {
  switch (choice.type) {
    case 'approve':
    case 'reject': {
      const report = await look();
      const open = openOf(tag);
      requireOpen(open, report);
      return { ...base, ...choice, ...open };
    }
    case 'advance':
    case 'extend':
    case 'resolve': {
      const report = await look();
      const open = openOf(tag);
      requireOpen(open, report);
      return { ...base, ...choice, step: open.step };
    }
    case 'abort':
    case 'answer':
    case 'break-glass':
    case 'comment':
    case 'halt':
    case 'pause':
    case 'resume':
      return { ...base, ...choice };
  }
}
