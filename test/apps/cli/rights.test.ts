import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rights, type Right } from '../../../src/identity/rights.js';
import { switchback } from './console.js';

const runbook = 'runbooks/split-customer-name.ts';
const records = { url: { env: 'RECORDS_URL' } };
const principals = {
  ana: { kind: 'person', groups: ['team'] },
  ben: { kind: 'person', groups: ['sre'] },
  deployer: { kind: 'service', owner: 'ana', groups: ['deployers'] },
};
const braking: readonly Right[] = [
  'brake',
  'start',
  'start-from-file',
  'approve',
  'operate',
  'halt',
  'revert',
  'break-glass',
];

/** What a right brings with it. */
function expected(right: Right): readonly Right[] {
  return rights.filter(
    (one) => one === right || one === 'view' || (one === 'brake' && braking.includes(right)),
  );
}

interface Table {
  readonly environment: string;
  readonly runbook: string;
  readonly rights: readonly { readonly right: Right; readonly principals: readonly string[] }[];
}

let directory: string;
beforeAll(async () => (directory = await mkdtemp(join(tmpdir(), 'switchback-rights-'))));
afterAll(() => rm(directory, { recursive: true }));

async function rightsOf(environment: object, ...args: string[]) {
  const config = join(directory, 'switchback.config.json');
  await writeFile(config, JSON.stringify({ environments: { staging: environment } }));
  return switchback(['rights', ...args, '--env', 'staging', '--config', config]);
}

const shared = (grants: readonly object[]) => ({
  kind: 'shared',
  records,
  principals,
  policy: { rights: grants },
});

describe('switchback rights', () => {
  const cases = rights.flatMap((right) => Object.keys(principals).map((name) => ({ right, name })));

  it.each(cases)('prints $right of $name, with what it brings, and nobody else', async ({ right, name }) => {
    const granted = shared([{ runbooks: '*', right, to: [name] }]);
    const ran = await rightsOf(granted, 'split-customer-name', '-o', 'json');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout.split('\n')).toHaveLength(2);
    expect(ran.json<Table>()).toEqual({
      environment: 'staging',
      runbook: 'split-customer-name',
      rights: rights.map((one) => ({
        right: one,
        principals: expected(right).includes(one) ? [name] : [],
      })),
    });
  });

  it('goes by groups, and by the runbooks of each grant', async () => {
    const granted = shared([
      { runbooks: 'split-*', right: 'start', to: ['team', 'deployers'] },
      { runbooks: 'other', right: 'operate', to: ['sre'] },
    ]);
    const who = async (given: readonly string[], right: Right) =>
      (await rightsOf(granted, ...given, '-o', 'json'))
        .json<Table>()
        .rights.find((row) => row.right === right)?.principals;
    expect(await who([runbook], 'start')).toEqual(['ana', 'deployer']);
    expect(await who(['split-customer-name'], 'start')).toEqual(['ana', 'deployer']);
    expect(await who([runbook], 'operate')).toEqual([]);
    expect(await who(['other'], 'operate')).toEqual(['ben']);
    expect(await who([], 'start')).toEqual([]);
  });

  it('is a table for people', async () => {
    const ran = await rightsOf(shared([{ runbooks: '*', right: 'start', to: ['ana'] }]), 'other');
    expect(ran.stdout).toMatch(/^who may do what in staging, on other\nright +who\nview +ana\nbrake +ana\n/);
    expect(ran.stdout).toMatch(/^halt +nobody$/m);
  });

  it('tells of a local environment what its groups say', async () => {
    const local = { kind: 'local', records: '/r', people: { ana: ['team'], ben: ['sre'], carl: [] } };
    const limited = await rightsOf({ ...local, operators: ['sre'] }, runbook, '-o', 'json');
    const rows = Object.fromEntries(
      limited.json<Table>().rights.map(({ right, principals }) => [right, principals]),
    );
    expect(rows).toMatchObject({
      view: ['ana', 'ben', 'carl'],
      brake: ['ana', 'ben', 'carl'],
      start: ['ana', 'ben', 'carl'],
      approve: ['ana', 'ben'],
      operate: ['ana', 'ben'],
      'lift-stop': ['ben'],
    });
    const open = await rightsOf(local, '-o', 'json');
    expect(open.json<Table>().rights).toContainEqual({
      right: 'lift-stop',
      principals: ['ana', 'ben', 'carl'],
    });
    expect((await rightsOf(local)).stdout).toMatch(/^staging is local: people are taken by their name/);
  });

  it('refuses what it cannot find, with the code of a refusal', async () => {
    const missing = await rightsOf(shared([]), 'runbooks/none.ts');
    expect([missing.code, missing.stdout]).toEqual([3, '']);
    expect(missing.stderr).toMatch(/runbook runbooks\/none\.ts: does not exist/);
    const config = join(directory, 'switchback.config.json');
    const other = await switchback(['rights', '--env', 'production', '--config', config]);
    expect([other.code, other.stderr]).toEqual([3, expect.stringMatching(/use one of staging/)]);
    expect((await switchback(['rights'])).code).toBe(2);
  });
});
