import { randomUUID } from 'node:crypto';
import { confirm, isCancel, select } from '@clack/prompts';
import type { Way } from './over-http.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import type { DecisionRequest } from '../../src/engine/state/messages.js';
import type { StatusReport } from '../../src/engine/tell/report.js';

/** The two people whom the demo lets decide. */
const people = ['ana', 'ben'] as const;

/** Answers what a rollout asks of people: by itself with `--yes`, otherwise by asking in the terminal. */
export interface Answerer {
  /** Answers at most one question; true when something was decided. Gives up when `moot` fires. */
  answer(status: StatusReport, moot: AbortSignal): Promise<boolean>;
}

/** Approvals are answered with yes, a question about missing evidence with roll back. */
export function answerYes(client: Way): Answerer {
  return {
    async answer(status) {
      const request = nextQuestion(status, 'yes', 'roll-back');
      if (!request) return false;
      return (await client.decide(status.rollout, request)).accepted;
    },
  };
}

/** Asks whoever sits at the terminal, in the name of each of the two people. */
export function askHere(client: Way, plan: Plan): Answerer {
  return {
    async answer(status, moot) {
      if (status.hold?.asked) {
        const choice = await select({
          signal: moot,
          message: `On hold: ${status.hold.reason}\nWait for evidence, or roll back?`,
          options: [
            { value: 'roll-back', label: 'roll back' },
            { value: 'wait', label: 'wait' },
          ] as const,
        });
        if (moot.aborted) return false;
        if (isCancel(choice)) throw new Detached();
        const request = nextQuestion(status, 'yes', choice);
        return request !== undefined && (await client.decide(status.rollout, request)).accepted;
      }
      const by = nextPerson(status);
      if (!status.gate || !by) return false;
      const why = plan.phases[status.phase ?? 'expand'].find(({ id }) => id === status.gate?.step)?.why ?? '';
      const message = `${by}, approve ${status.gate.step}? ${why} (no takes everything back)`;
      const yes = await confirm({ message, signal: moot });
      if (moot.aborted) return false;
      if (isCancel(yes)) throw new Detached();
      const request = nextQuestion(status, yes ? 'yes' : 'no', 'wait');
      return request !== undefined && (await client.decide(status.rollout, request)).accepted;
    },
  };
}

/** Thrown when whoever sits at the terminal leaves; the rollout goes on. */
export class Detached extends Error {}

function nextQuestion(
  status: StatusReport,
  leave: 'yes' | 'no',
  onHold: 'wait' | 'roll-back',
): DecisionRequest | undefined {
  if (status.hold?.asked) {
    return {
      id: randomUUID(),
      type: 'answer',
      by: people[0],
      choice: onHold,
      reason: 'answered in the demo',
    };
  }
  const by = nextPerson(status);
  if (!status.gate || !by || status.hold) return undefined;
  const { step, epoch } = status.gate;
  const type = leave === 'yes' ? 'approve' : 'reject';
  return { id: randomUUID(), type, by, step, epoch, digest: status.digest, reason: 'answered in the demo' };
}

/** Who of the two has not approved yet. */
export function nextPerson({ gate }: StatusReport): string | undefined {
  return people.find((name) => !gate?.approvals.some(({ by }) => by === name));
}
