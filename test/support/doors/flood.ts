import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { DecisionRequest } from '../../../src/engine/state/messages.js';

/** Signals that somebody keeps sending who may not decide anything. */
export interface Flood {
  /** How many the server has taken. */
  readonly taken: number;
  /** How often it took none, for a while or for good. */
  readonly refused: number;
  /** Resolves when all are sent, or the workflow is over. */
  readonly ended: Promise<void>;
  stop(): void;
}

const atOnce = 64;
const pause = 20;

/** Forged decisions of all kinds, as fast as the server takes them; what it refuses is sent again. */
export function flood(
  client: Client,
  workflowId: string,
  signals: number,
  forge: (number: number) => { readonly name: string; readonly argument: unknown } = forged,
): Flood {
  const handle = client.workflow.getHandle(workflowId);
  const result = { taken: 0, refused: 0, ended: Promise.resolve(), stop: () => void (stopped = true) };
  let stopped = false;
  let sent = 0;
  const lane = async () => {
    while (!stopped && sent < signals) {
      const { name, argument } = forge((sent += 1));
      for (;;) {
        try {
          await handle.signal<[unknown]>(name, argument);
          result.taken += 1;
          break;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) stopped = true;
          result.refused += 1;
        }
        if (stopped) return;
        await sleep(pause);
      }
    }
  };
  result.ended = Promise.all(Array.from({ length: atOnce }, lane)).then(() => undefined);
  return result;
}

function forged(number: number): { readonly name: string; readonly argument: DecisionRequest } {
  const base = { id: randomUUID(), by: `mallory-${number % 3}`, reason: 'forged' };
  const step = 'approve/go';
  const kinds: readonly DecisionRequest[] = [
    { ...base, type: 'approve', step, epoch: 0, digest: '0' },
    { ...base, type: 'reject', step, epoch: 0, digest: '0' },
    { ...base, type: 'abort' },
    { ...base, type: 'pause', exposure: 'zero' },
    { ...base, type: 'resume' },
    { ...base, type: 'halt' },
  ];
  return { name: 'decide', argument: kinds[number % kinds.length]! };
}
