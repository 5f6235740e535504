import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentOf, readConfiguration } from '../../../apps/config/config.js';
import type { Environment } from '../../../apps/config/environment.js';
import { scratchDirectory } from '../local/scratch.js';

export const issuer = 'https://id.example';

/** A shared environment with every section about people, as it stands in a file. */
export const shared = {
  kind: 'shared',
  records: { url: { env: 'RECORDS_URL' } },
  principals: {
    ana: {
      kind: 'person',
      groups: ['team-checkout'],
      oidc: { issuer, subject: 'a-1' },
      email: 'ana@example.com',
      slack: { team: 'T1', user: 'U1' },
    },
    ben: { kind: 'person', groups: ['sre'] },
    deployer: { kind: 'service', owner: 'ana', groups: ['deployers'] },
  },
  delegations: [
    {
      from: 'ana',
      to: 'ben',
      gates: ['go'],
      since: '2026-12-01T00:00:00Z',
      until: '2026-12-08T00:00:00+01:00',
      reason: 'holiday',
    },
  ],
  identity: {
    issuers: [{ issuer, audience: 'switchback' }],
    tokens: [
      {
        id: 'k3f9',
        hash: 'ab'.repeat(32),
        principal: 'ana',
        scopes: ['view', 'start'],
        expires: '2027-01-01T00:00:00Z',
      },
    ],
    doors: { api: { keys: [{ kid: '2026-11', x: 'A'.repeat(43) }], proofs: ['oidc', 'token'] } },
  },
  door: { name: 'api', key: { env: 'DOOR_KEY' } },
  policy: {
    rights: [{ runbooks: '*', right: 'start', to: ['team-checkout', 'deployer'] }],
    gates: [{ runbooks: '*', before: 'promote', groups: ['team-checkout', 'sre'], quorum: 2 }],
  },
  calendars: { freeze: { file: 'freeze.ics', zone: 'Europe/Zurich' } },
  runbooks: { 'split-customer-name': 'runbooks/split-customer-name.ts' },
} as const;

/** What is read from a file with this environment. */
export async function readEnvironment(given: object): Promise<Environment> {
  const file = join(await scratchDirectory(), 'switchback.config.json');
  await writeFile(file, JSON.stringify({ environments: { staging: given } }));
  return environmentOf(await readConfiguration(file), 'staging');
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A copy in which one member is another: `identity.tokens.0.hash`; absent when the value is undefined. */
export function changed(path: string, value: unknown): object {
  const copy = structuredClone(shared) as unknown as { [key: string]: Json };
  const names = path.split('.');
  const last = names.pop()!;
  let at = copy;
  for (const name of names) at = (at[name] ??= {}) as { [key: string]: Json };
  if (value === undefined) delete at[last];
  else at[last] = value as Json;
  return copy;
}
