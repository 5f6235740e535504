import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { proofWindow } from '../../../apps/worker/drill/proof-window.js';
import type { Environment } from '../../../apps/config/config.js';
import splitCustomerName from '../../../runbooks/split-customer-name.js';
import { makeDoorKey, openDoorKey } from '../../../activities/identity/door-key.js';
import { createSigner } from '../../../apps/client/signing/signer.js';
import { pointName } from '../../../src/drill/points.js';
import { sealed, type DrillRecord } from '../../../src/drill/record.js';
import { provenRecord } from '../../drill/given.js';
import { freshRecords, type FreshRecords } from '../../support/records.js';

const plan = splitCustomerName.evaluate({});
const now = Date.now();
let records: FreshRecords;
let folder: string;

beforeAll(async () => {
  records = await freshRecords('drills', 'drill');
  folder = await mkdtemp(join(tmpdir(), 'switchback-proof-'));
});
afterAll(async () => {
  await records.close();
  await rm(folder, { recursive: true, force: true });
});

const made = await makeDoorKey('k1');
const signer = createSigner({ environment: 'shared', door: 'api' }, await openDoorKey(made.secret));
const known = {
  kind: 'shared',
  principals: { ana: { kind: 'person', groups: [] } },
  identity: { doors: { api: { keys: [{ kid: 'k1', x: made.x }], proofs: ['token'] } } },
};
const rights = [{ runbooks: '*', right: 'drill', to: ['ana'] }];

/** As a drill leaves it that a door vouched for. */
async function signed(found: DrillRecord): Promise<DrillRecord> {
  const { hash: _, ...record } = found;
  const said = { ...record, points: record.points.map(pointName) };
  return sealed({ ...record, signed: await signer.drill({ name: 'ana', proof: 'token' }, said) });
}

const asked = { environment: 'drills', maxAge: 86_400_000, coverage: 1, withinObjective: false };
const shared = (drill = asked) => ({ ...known, policy: { rights, drill } }) as unknown as Environment;
const silent = { ...known, policy: { rights } } as unknown as Environment;

/** A configuration with a drill environment. */
async function configured(drills: object): Promise<string> {
  const file = join(folder, 'switchback.config.json');
  await writeFile(file, JSON.stringify({ environments: { drills } }));
  return file;
}

it('holds until the drill environment has a record that proves the plan', async () => {
  const config = await configured({ kind: 'drill', records: { url: records.url } });
  const closed = await proofWindow(shared(), config, plan, now);
  expect(closed).toMatchObject({ open: false, undrilled: true });
  expect(closed).toMatchObject({
    reason: expect.stringContaining('switchback drill run FILE --env drills'),
  });
  await records.drills.keep(await signed(provenRecord(plan, 'drills', now - 1_000)));
  expect(await proofWindow(shared(), config, plan, now)).toEqual({
    open: true,
    proof: {
      proven: true,
      reason: expect.stringContaining('points came back in a drill'),
      coverage: 1,
      drilledAt: now - 1_000,
    },
  });
  const longer = splitCustomerName.evaluate({ canary: [5, 25, 50] });
  expect(await proofWindow(shared(), config, longer, now)).toMatchObject({ open: false, undrilled: true });
});

it('holds where what passed was signed by no door, and says whose drill does not count', async () => {
  const config = await configured({ kind: 'drill', records: { url: records.url } });
  const third = splitCustomerName.evaluate({ canary: [33] });
  await records.drills.keep(provenRecord(third, 'drills', now - 900));
  const closed = await proofWindow(shared(), config, third, now);
  expect(closed).toMatchObject({
    undrilled: true,
    reason: expect.stringMatching(/drill run .*; drill\/drills\/.* does not count: no door has signed it/),
  });
});

it('holds, and says so, where what the policy names is no drill environment, or is not there', async () => {
  const local = await configured({ kind: 'local', records: { url: records.url } });
  expect(await proofWindow(shared(), local, plan, now)).toMatchObject({
    open: false,
    unreadable: true,
    reason: expect.stringContaining('is local; give it kind drill'),
  });
  const other = shared({ ...asked, environment: 'elsewhere' });
  expect(await proofWindow(other, local, plan, now)).toMatchObject({
    open: false,
    unreadable: true,
    reason: expect.stringContaining('elsewhere'),
  });
});

it('fails, to be asked again, where the records do not answer', async () => {
  const url = 'postgres://nobody:none@127.0.0.1:1/none';
  const config = await configured({ kind: 'drill', records: { url } });
  await expect(proofWindow(shared(), config, plan, now)).rejects.toThrow();
});

it('holds nothing where the policy says off, and none but shared environments ask', async () => {
  const config = await configured({ kind: 'drill', records: { url: records.url } });
  const off = { kind: 'shared', policy: { rights: [], gates: [], drill: 'off' } } as unknown as Environment;
  expect(await proofWindow(off, config, plan, now)).toEqual({ open: true });
  expect(await proofWindow({ kind: 'local' } as Environment, config, plan, now)).toEqual({ open: true });
});

it('asks for every point, within the objective, of the only drill environment, where the policy says nothing', async () => {
  const config = await configured({ kind: 'drill', records: { url: records.url } });
  const { objective: _, ...other } = splitCustomerName.evaluate({ canary: [10] });
  const closed = await proofWindow(silent, config, other, now);
  expect(closed).toMatchObject({
    undrilled: true,
    reason: expect.stringMatching(/not proven at .* of the last 30d.*switchback drill run FILE --env drills/),
  });
  await records.drills.keep(await signed(provenRecord(other, 'drills', now - 1_000)));
  const late = await proofWindow(silent, config, other, now);
  expect(late).toMatchObject({
    open: false,
    reason: expect.stringContaining("write objective: { restoreWithin: '5m' }"),
  });
  const stated = { ...other, objective: { restoreWithin: 60_000 } };
  const { hash: __, ...proven } = provenRecord(stated, 'drills', now - 500);
  const points = proven.points.map((point) => ({ ...point, restored: { exposure: 100, verified: 30_000 } }));
  await records.drills.keep(await signed(sealed({ ...proven, points })));
  expect(await proofWindow(silent, config, stated, now)).toMatchObject({ open: true });
});

it('says what is missing where nobody could prove anything', async () => {
  const none = await configured({ kind: 'local', records: { url: records.url } });
  expect(await proofWindow(silent, none, plan, now)).toMatchObject({
    open: false,
    unreadable: true,
    reason: expect.stringMatching(/has no environment of kind drill.*"drill": "off" in the policy/s),
  });
  const file = join(folder, 'several.json');
  const drills = { kind: 'drill', records: { url: records.url } };
  await writeFile(file, JSON.stringify({ environments: { drills, others: drills } }));
  expect(await proofWindow(silent, file, plan, now)).toMatchObject({
    open: false,
    reason: expect.stringMatching(/several drill environments: drills, others.*name one as/s),
  });
});
