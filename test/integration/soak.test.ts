import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { sentinelId } from '../../src/protocol/sentinel.js';
import type { Plan } from '../../src/engine/plan/plan.js';
import { validate } from '../../src/engine/plan/validate.js';
import { eventsOf, inEnvironment, type TestEnvironment, type TestRollout } from '../support/rollouts.js';

/** A day of samples taken every 10 s. */
const aDay = 8_640;
/** The part of it that is lived through here: every event of it counts eight times. */
const samples = Number(process.env['SOAK_SAMPLES'] ?? aDay / 8);
/** History events that a rollout may cost in a day of soak. */
const budget = 50;
/** Evidence may be as old as a stall of this machine makes it, or the machine would hold the rollout. */
const stall = { lookBack: 5_000, maxAge: 15_000 };
const interval = 20;

/** A clock 500 times as fast. */
function sampledEvery(ms: number): (plan: Plan) => Plan {
  const change = (key: string, value: unknown) =>
    key === 'evidence' ? { ...(value as object), ...stall, interval: ms } : value;
  return (plan) => validate(JSON.parse(JSON.stringify(plan, change)));
}

/** How many events the histories of a rollout and of the sentinel have. */
async function events({ temporal, name }: TestEnvironment, rollout: TestRollout) {
  const [own, sentinel] = await Promise.all(
    [rollout.id, sentinelId(name)].map((id) => temporal.workflow.getHandle(id).describe()),
  );
  return { rollout: own!.historyLength, sentinel: sentinel!.historyLength };
}

/** As long as it takes: only the limit of the test ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}

function untilScraped({ shop }: TestEnvironment, more: number): Promise<void> {
  const enough = shop.scrapes + more;
  return until(() => shop.scrapes >= enough);
}

/** What was recorded has left for the journal, and nothing is under way any more that would add to the history. */
async function untilExported({ temporal }: TestEnvironment, rollout: TestRollout): Promise<void> {
  await until(async () => (await rollout.exported()).length >= (await rollout.journal()).length);
  await until(async () => {
    const { raw } = await temporal.workflow.getHandle(rollout.id).describe();
    return (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
  });
}

it('a day of soak costs few history events, however often it is sampled', { timeout: 600_000 }, () =>
  inEnvironment({}, async (environment) => {
    const { shop } = environment;
    const rollout = await environment.start({ soakFor: '1h', askAfter: '1m' }, sampledEvery(interval));
    await rollout.waitForWatch('watch/soak');
    // The first evidence after the exposure may be late, and is waited for once.
    await untilScraped(environment, (stall.lookBack + stall.maxAge) / interval);
    await untilExported(environment, rollout);
    // Before its long rest it goes on in a new run.
    await until(async () => (await events(environment, rollout)).rollout < 20);

    const begun = await events(environment, rollout);
    await untilScraped(environment, samples);
    const quiet = await events(environment, rollout);
    shop.answers = 'error';
    await rollout.waitFor('a hold', ({ hold }) => hold !== undefined);
    await untilExported(environment, rollout);
    shop.answers = 'metrics';
    await rollout.waitFor('its end', ({ hold }) => hold === undefined);
    await untilExported(environment, rollout);
    const held = await events(environment, rollout);

    const share = aDay / samples;
    const aQuietDay = {
      rollout: share * (quiet.rollout - begun.rollout),
      sentinel: share * (quiet.sentinel - begun.sentinel),
    };
    const ofHold = { rollout: held.rollout - quiet.rollout, sentinel: held.sentinel - quiet.sentinel };
    process.stdout.write(`${JSON.stringify({ samples, aQuietDay, ofHold })}\n`);
    expect(eventsOf(await rollout.journal(), 'hold')).toHaveLength(1);
    expect(aQuietDay.rollout + ofHold.rollout).toBeLessThan(budget);
    expect(aQuietDay.sentinel + ofHold.sentinel).toBeLessThan(budget);
    await rollout.decide('ana', { type: 'abort' });
    await rollout.ended();
  }),
);
