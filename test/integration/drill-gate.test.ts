import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { pointName } from '../../src/drill/points.js';
import { sealed, type DrillRecord } from '../../src/drill/record.js';
import { boundOfDrill } from '../../src/identity/claims.js';
import type { Configuration } from '../../apps/config/config.js';
import { provenRecord } from '../drill/given.js';
import { freshRecords } from '../support/records.js';
import { eventOf, openEnvironment, quick } from '../support/rollouts.js';
import { sharedEnvironment } from '../support/rollouts/shared.js';
import { startThroughDoor } from '../support/rollouts/signed.js';

/** What the environment asks of drills, as it stands in its file. */
const drill = { environment: 'drills', withinObjective: false };

it.concurrent('a plan that no drill has proven is not promoted, and is once one has', async () => {
  const shared = await sharedEnvironment();
  const { configure } = shared.options;
  const drills = await freshRecords('drills', 'drill');
  const environment = await openEnvironment({
    ...shared.options,
    async configure(...given) {
      const made = await configure!(...given);
      return { ...made, policy: { ...made.policy!, drill } } as unknown as typeof made;
    },
  });
  try {
    const { environments } = JSON.parse(await readFile(environment.config, 'utf8')) as Configuration;
    const both = { ...environments, drills: { kind: 'drill', records: { url: drills.url } } };
    await writeFile(environment.config, JSON.stringify({ environments: both }));
    await environment.work();

    const signed = async (record: Omit<DrillRecord, 'hash'>) => {
      const bound = boundOfDrill({ ...record, points: record.points.map(pointName) });
      return sealed({ ...record, signed: await shared.sign(bound) });
    };
    const plan = splitCustomerName.evaluate({ ...quick, canary: [] });
    // One that was drilled with another adapter, and on a table with other columns.
    const other = { adapters: { postgres: '0.0.1' }, schema: { 'table:shop.customer': { columns: 'x' } } };
    const { hash: _, ...stale } = provenRecord(plan, 'drills', Date.now() - 60_000);
    await drills.drills.keep(await signed({ ...stale, ground: other }));
    const { rollout, decide } = await startThroughDoor(environment, shared, plan, 'ana');
    const { frozen } = await rollout.waitFor('a missing drill', (status) => status.frozen !== undefined);
    expect(frozen).toMatchObject({
      step: 'approve/go',
      undrilled: true,
      reason: expect.stringContaining('add-columns/shop.customer before-effect'),
    });
    expect(frozen!.reason).toMatch(/since it was drilled, adapter postgres was 0\.0\.1, and is \d/);
    expect(frozen!.reason).toMatch(
      /columns and .* of table:shop\.customer are others than it was drilled on/,
    );
    expect((await rollout.status()).why.drills).toMatchObject({ proven: false, coverage: 0 });
    expect((await rollout.status()).why.clears).toBe('a drill that proves its way back');

    // What anybody may have written, or drilled without a door, opens nothing.
    const { hash: __, ...proven } = provenRecord(plan, 'drills', Date.now());
    await drills.drills.keep(sealed(proven));
    await decide({ type: 'pause', by: 'ana', reason: 'drilled now' });
    await decide({ type: 'resume', by: 'ana', reason: 'drilled now' });
    await rollout.waitFor('a drill that does not count', (status) =>
      Boolean(status.frozen?.reason.includes('no door has signed it')),
    );
    await drills.drills.keep(await signed(proven));
    // Whoever knows that it has been drilled does not wait for the next look.
    await decide({ type: 'pause', by: 'ana', reason: 'drilled now' });
    await decide({ type: 'resume', by: 'ana', reason: 'drilled now' });
    await rollout.waitForGate('approve/go');
    await decide({ type: 'abort', by: 'ana', reason: 'seen enough' });
    const { outcome, journal } = await rollout.ended();
    expect(outcome.type).toBe('rolled-back');
    expect(eventOf(journal, 'window-opened')).toMatchObject({
      reason: 'drills have proven its way back',
      step: 'approve/go',
    });
  } finally {
    await environment.close();
    await drills.close();
  }
});
