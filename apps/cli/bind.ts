import { Refusal } from '../client/client.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import type { StatusReport } from '../../src/engine/tell/report.js';
import { verbsNow } from './possible.js';

/** What is read from the rollout, or given for every decision alike. */
type Filled = 'id' | 'by' | 'reason' | 'step' | 'epoch' | 'digest';
type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;

/** What somebody wants, before it is known what that is about. */
export type Choice = Without<DecisionRequest, Filled>;

/** What the journal calls it. */
export function nameOf(choice: Choice): string {
  return choice.type === 'resolve' ? choice.choice : choice.type;
}

/**
 * Binds a choice to what is open now, so that it cannot count for something that opens a moment later. Looks only where
 * that is needed: nothing else stands between an abort and the rollout. Throws `Refusal` when nothing is open that it
 * could be about.
 */
export async function bind(
  choice: Choice,
  base: Pick<DecisionRequest, 'id' | 'by' | 'reason'>,
  look: () => Promise<StatusReport>,
): Promise<DecisionRequest> {
  switch (choice.type) {
    case 'approve':
    case 'reject': {
      const report = await look();
      const { gate, digest } = report;
      if (!gate) throw nothingOpen(choice, 'no gate is open now', report);
      return { ...base, ...choice, step: gate.step, epoch: gate.epoch, digest };
    }
    case 'extend': {
      const report = await look();
      const open = report.watch ?? report.gate;
      if (!open) throw nothingOpen(choice, 'nothing is watched now, and no gate is open', report);
      return { ...base, ...choice, step: open.step };
    }
    case 'advance': {
      const report = await look();
      if (!report.watch) throw nothingOpen(choice, 'nothing is watched now', report);
      return { ...base, ...choice, step: report.watch.step };
    }
    case 'resolve': {
      const report = await look();
      if (!report.stuck) throw nothingOpen(choice, 'it does not need an operator now', report);
      return { ...base, ...choice, step: report.stuck.step };
    }
    case 'abort':
    case 'answer':
    case 'comment':
    case 'break-glass':
    case 'halt':
    case 'pause':
    case 'resume':
      return { ...base, ...choice };
  }
}

function nothingOpen(choice: Choice, rule: string, report: StatusReport): Refusal {
  const { rollout, why } = report;
  const verbs = verbsNow(report).join(', ') || 'nothing but to wait';
  return new Refusal(
    `${nameOf(choice)} for ${rollout}`,
    `${rule}: it is ${why.status} and waits for ${why.waitingFor}`,
    `possible now: ${verbs}; see "switchback why ${rollout}"`,
  );
}
