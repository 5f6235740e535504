import type { Choice } from '../bind.js';
import type { Register } from '../context.js';
import { decide, type DecideOptions } from '../decide.js';
import { withDecision } from '../decision-options.js';

/** A decision that is said by its command alone. */
interface PlainDecision {
  readonly command: string;
  readonly choice: Choice;
  readonly reason: 'needs reason' | 'reason optional';
  readonly description: string;
}

const decisions: readonly PlainDecision[] = [
  {
    command: 'approve',
    choice: { type: 'approve' },
    reason: 'reason optional',
    description: 'approve the gate that is open; on a terminal it shows what that lets happen, and asks',
  },
  {
    command: 'reject',
    choice: { type: 'reject' },
    reason: 'needs reason',
    description: 'reject the gate that is open: everything is taken back',
  },
  {
    command: 'abort',
    choice: { type: 'abort' },
    reason: 'needs reason',
    description: 'take everything back now; past the point of no return: halt and ask',
  },
  {
    command: 'resume',
    choice: { type: 'resume' },
    reason: 'reason optional',
    description: 'let a paused rollout go on; after a pause to zero it climbs again',
  },
  {
    command: 'advance',
    choice: { type: 'advance' },
    reason: 'reason optional',
    description: 'end the watch that is open as early as the plan allows',
  },
  {
    command: 'retry',
    choice: { type: 'resolve', choice: 'retry' },
    reason: 'reason optional',
    description: 'try again what failed and waits for an operator',
  },
  {
    command: 'skip',
    choice: { type: 'resolve', choice: 'skip' },
    reason: 'needs reason',
    description: 'leave out what failed and waits for an operator',
  },
  {
    command: 'halt',
    choice: { type: 'halt' },
    reason: 'needs reason',
    description: 'end it where it stands: nothing is taken back, and nobody watches it any more',
  },
];

/** `switchback approve`, `reject`, `abort`, `resume`, `advance`, `retry`, `skip` and `halt`. */
export const registerPlainDecisions: Register = (program, context) => {
  for (const { command, choice, reason, description } of decisions) {
    const decision = withDecision(program.command(command), reason)
      .description(description)
      .action((given: string, options: DecideOptions) => decide(context, given, options, choice));
    if (choice.type === 'approve') decision.option('-y, --yes', 'ask nothing, also on a terminal');
  }
};
