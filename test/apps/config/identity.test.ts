import { expect, it } from 'vitest';
import { changed, issuer, readEnvironment, shared } from './given.js';

it('reads who is who, what they may do and how they show it', async () => {
  const read = await readEnvironment(shared);
  expect(read).toMatchObject({
    principals: { deployer: { kind: 'service', owner: 'ana', groups: ['deployers'] } },
    delegations: [{ since: Date.UTC(2026, 11, 1), until: Date.UTC(2026, 11, 7, 23) }],
    identity: {
      issuers: [{ issuer, algorithms: ['RS256', 'ES256', 'EdDSA'], email: false }],
      tokens: [{ expires: Date.UTC(2027, 0, 1) }],
      doors: { api: { proofs: ['oidc', 'token'] } },
    },
    policy: { gates: [{ quorum: 2, fourEyes: true, strength: 'token' }] },
    calendars: { freeze: { zone: 'Europe/Zurich', runbooks: '*' } },
  });
});

it('takes empty lists, which mean nobody', async () => {
  const read = await readEnvironment(changed('policy.rights.0.to', []));
  expect(read.policy?.rights[0]?.to).toEqual([]);
  await expect(readEnvironment(changed('identity.doors.api.keys', []))).resolves.toBeDefined();
});

it('takes an issuer over plain HTTP on this machine alone', async () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]']) {
    const issuers = [{ issuer: `http://${host}:8080`, audience: 'switchback' }, ...shared.identity.issuers];
    await expect(readEnvironment(changed('identity.issuers', issuers))).resolves.toBeDefined();
  }
});

it.each<[string, unknown, string]>([
  ['principals.ana.kind', 'robot', 'principals.ana.kind: write "kind": "person", or "kind": "service" with'],
  ['principals.ana.group', [], 'principals.ana: "group" is not known here; write groups, if that is meant'],
  ['principals.ana.email', 'ana', 'principals.ana.email: it is no e-mail address; write it as name@example'],
  ['principals.ana.oidc.issuer', 'id', 'principals.ana.oidc.issuer: it is not an HTTP address; write it as'],
  [
    'principals.ana.oidc.issuer',
    'https://other.example',
    `principals.ana.oidc.issuer: https://other.example is no issuer whose tokens count here; add it to identity.issuers, or use one of ${issuer}`,
  ],
  [
    'principals.deployer.owner',
    'cleo',
    'principals.deployer.owner: cleo is no principal of this environment; name who answers for deployer',
  ],
  [
    'principals.deployer.owner',
    'deployer',
    'principals.deployer.owner: no person stands behind it; name one who answers for deployer',
  ],
  ['principals.ben.groups', ['ana'], 'principals.ana: it is the name of a group, too; rename one of the two'],
  [
    'principals.ben.oidc',
    { issuer, subject: 'a-1' },
    'principals.ben.oidc: ana is bound to it as well; leave it with one of them',
  ],
  ['principals.ben.email', 'Ana@Example.com', 'principals.ben.email: ana is bound to it as well; leave it'],
  ['principals.ben.slack', { team: 'T1', user: 'U1' }, 'principals.ben.slack: ana is bound to it as well'],
  ['delegations.0.from', 'cleo', 'delegations.0.from: cleo is no principal of this environment; use one of'],
  ['delegations.0.to', 'sre', 'delegations.0.to: sre is no principal of this environment; use one of ana,'],
  ['delegations.0.to', 'ana', 'delegations.0.to: it is the delegator; name somebody else'],
  [
    'delegations.0.until',
    '2026-11-01T00:00:00Z',
    'delegations.0.until: it is not after since; write a later',
  ],
  [
    'delegations.0.since',
    '2026-12-01',
    'delegations.0.since: it is no time; write it as 2026-12-01T00:00:00',
  ],
  ['delegations.0.reason', '', 'delegations.0.reason: it is empty'],
  [
    'identity.issuers.0.algorithms',
    ['none'],
    'identity.issuers.0.algorithms.0: it is no algorithm that signs',
  ],
  [
    'identity.issuers.0.algorithms',
    ['HS256'],
    'identity.issuers.0.algorithms.0: it is no algorithm that signs',
  ],
  [
    'identity.issuers.0.issuer',
    'http://id.example',
    'identity.issuers.0.issuer: its keys come over plain HTTP, where anybody could replace them; write it with https',
  ],
  [
    'identity.issuers.1',
    { issuer, audience: 'other' },
    'identity.issuers.1.issuer: entry 0 of the list has it too; remove one of the two',
  ],
  [
    'identity.tokens.0.hash',
    'secret',
    'identity.tokens.0.hash: it is no SHA-256 in hex; make one with: switch',
  ],
  [
    'identity.tokens.0.scopes',
    ['all'],
    'identity.tokens.0.scopes.0: it is no right; use one of view, brake,',
  ],
  [
    'identity.tokens.0.principal',
    'cleo',
    'identity.tokens.0.principal: cleo is no principal of this environ',
  ],
  ['identity.tokens.0.expires', 'never', 'identity.tokens.0.expires: it is no time; write it as 2026-12-01T'],
  [
    'identity.tokens.1',
    shared.identity.tokens[0],
    'identity.tokens.1.id: entry 0 of the list has it too; remove one of the two',
  ],
  [
    'identity.doors.api.keys.0.x',
    'short',
    'identity.doors.api.keys.0.x: it is no Ed25519 key in base64url; see',
  ],
  [
    'identity.doors.api.proofs',
    ['name'],
    'identity.doors.api.proofs.0: it is no proof; use one of oidc, token',
  ],
  [
    'identity.doors.chat',
    shared.identity.doors.api,
    'identity.doors.chat.keys.0.kid: a key of api has it too; make a new key with: switchback door-key create',
  ],
  [
    'door.name',
    'chat',
    'door.name: chat is no door of this environment, so nothing that it signs would count; add it to identity.doors, or use one of api',
  ],
  ['door.key', 's3cret', 'door.key: only a local environment may hold a secret itself'],
  ['policy.rights.0.right', 'stop', 'policy.rights.0.right: it is no right; use one of view, brake, start'],
  [
    'policy.rights.0.to',
    ['team-search'],
    'policy.rights.0.to.0: team-search is neither a group with a member nor a principal; write one that is there',
  ],
  [
    'policy.rights.0.to',
    ['constructor'],
    'policy.rights.0.to.0: constructor is neither a group with a member',
  ],
  [
    'policy.gates.0.groups',
    ['sre', 'x'],
    'policy.gates.0.groups.1: x is neither a group with a member nor a',
  ],
  ['policy.gates.0.quorum', 0, 'policy.gates.0.quorum: it is below 1; write how many people have to agree'],
  ['policy.gates.0.before', 'contract', 'policy.gates.0.before: write "promote" or "purge"'],
  ['policy.gates.0.strength', 'name', 'policy.gates.0.strength: write "slack" or "token"'],
  [
    'calendars.freeze.zone',
    '+01:00',
    'calendars.freeze.zone: it is no time zone; write a name such as Europe',
  ],
  [
    'calendars.freeze.zone',
    'Mars/Base',
    'calendars.freeze.zone: it is no time zone; write a name such as Eur',
  ],
  ['runbooks', { a: '' }, 'runbooks.a: it is empty'],
  [
    'people',
    { ana: ['sre'] },
    'people: a name proves nothing in a shared environment: write principals instead',
  ],
  [
    'operators',
    ['sre'],
    'operators: a name proves nothing in a shared environment: write the right operate in',
  ],
])('refuses %s = %j', async (path, value, message) => {
  const refusal = await readEnvironment(changed(path, value)).catch((error: Error) => error.message);
  expect(refusal).toContain(`environments.staging.${message}`);
  expect(refusal).not.toContain('s3cret');
});

it('refuses what would say nothing in a local environment', async () => {
  const local = { kind: 'local', records: '/r', people: { ana: ['sre'], ben: [] } };
  await expect(readEnvironment({ ...local, principals: {} })).rejects.toThrow(
    /principals: a local environment takes people by their name: write people and operators, or "kind": "shared"/,
  );
  await expect(readEnvironment({ ...local, policy: {} })).rejects.toThrow(/staging\.policy: a local envir/);
  const { delegations } = shared;
  await expect(readEnvironment({ ...local, delegations })).resolves.toMatchObject({
    delegations: [{ to: 'ben' }],
  });
  await expect(readEnvironment({ ...local, people: { ana: [] }, delegations })).rejects.toThrow(
    /delegations\.0\.to: ben is no principal of this environment; use one of ana/,
  );
});
