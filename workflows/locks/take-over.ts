import { proxyActivities } from '@temporalio/workflow';
import type { JsonObject } from '../../src/engine/base/json.js';
import { claimOf, takeOver } from '../../src/environment/locks/table.js';
import type { Principal } from '../../src/engine/state/messages.js';
import { outsider } from '../../src/engine/state/rights.js';
import type { LocksActivities, LocksRequest, TargetReading } from '../../src/protocol/locks.js';
import { now } from '../sdk/turns.js';
import { accept, refuse, type Admitted } from './admitted.js';
import type { EndedHolders } from './ended-holders.js';
import type { Keeper } from './keeper.js';

const { readTargets } = proxyActivities<LocksActivities>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '5s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Ends the lock of a rollout that was ended from outside, after its targets were read. */
export async function takeOrphanOver(
  request: Extract<LocksRequest, { type: 'take-over' }>,
  by: Principal,
  operators: readonly string[],
  { keeper, looks }: { readonly keeper: Keeper; readonly looks: EndedHolders },
): Promise<Admitted> {
  const { rollout, id, asItIs = false } = request;
  const holder = () => keeper.table.holders.find((claim) => claim.rollout === rollout);
  const asked = holder();
  if (!asked) return refuse(`${rollout} holds nothing`);
  const outside = outsider(by, [...new Set([asked.owner, ...operators])]);
  if (outside !== undefined) return refuse(outside);
  await looks.at([rollout]);
  const orphan = holder();
  if (!orphan) return accept('it has ended by itself, and its lock is released');
  if (!orphan.orphaned) return refuse('its workflow runs: abort it, and it releases its lock itself');

  const { digest, reverts } = orphan;
  const readings = await readTargets({
    rollout,
    ...(reverts !== undefined && { reverts }),
    ...(digest !== undefined && { digest }),
    reading: id,
    all: asItIs,
  });
  const evidence = evidenceOf(readings);
  const different = readings.filter(({ asCaptured }) => !asCaptured);
  if (different.length > 0 && !asItIs) {
    const what = different.map(({ target, reason }) => `${target}: ${reason}`).join('; ');
    return refuse(`it left its targets other than it found them: ${what}`, evidence);
  }
  // Others decided while the targets were read.
  if (claimOf(keeper.table, rollout)?.askedAt !== orphan.askedAt || !holder()?.orphaned) {
    return refuse('it has changed hands meanwhile: look again', evidence);
  }
  keeper.change(takeOver(keeper.table, rollout, now()));
  const how =
    different.length > 0
      ? `as they are: ${different.map(({ target }) => target).join(', ')} not as captured`
      : 'each as it was captured';
  return accept(`its lock is free; ${readings.length} targets were read, ${how}`, evidence);
}

function evidenceOf(readings: readonly TargetReading[]): JsonObject {
  return {
    targets: readings.map(({ target, asCaptured, reason, evidence }) => ({
      target,
      asCaptured,
      reason,
      evidence,
    })),
  };
}
