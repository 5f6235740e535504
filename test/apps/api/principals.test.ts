import { describe, expect, it } from 'vitest';
import { byToken } from '../../../apps/api/identity/by-token.js';
import { needs } from '../../../apps/api/needs.js';
import { createToken } from '../../../activities/identity/api-token.js';
import type { Environment } from '../../../apps/config/config.js';
import { covers, rights, type Right } from '../../../src/identity/index.js';
import { doorOf } from './door.js';

/** One principal for each right, who has that right alone, and one who has none. */
const made = Object.fromEntries([...rights, 'nobody'].map((name) => [`has-${name}`, createToken()]));
const limited = createToken();
const expired = createToken();
const later = Date.now() + 3_600_000;
const environment = {
  kind: 'shared',
  principals: Object.fromEntries(
    Object.keys(made).map((name) => [name, { kind: 'person', groups: [] }] as const),
  ),
  policy: { rights: rights.map((right) => ({ runbooks: '*', right, to: [`has-${right}`] })), gates: [] },
  identity: {
    issuers: [],
    doors: {},
    tokens: [
      ...Object.entries(made).map(([principal, { id, hash }]) => ({
        id,
        hash,
        principal,
        scopes: [...rights],
        expires: later,
      })),
      { id: limited.id, hash: limited.hash, principal: 'has-halt', scopes: ['view'], expires: later },
      { id: expired.id, hash: expired.hash, principal: 'has-halt', scopes: [...rights], expires: 1 },
    ],
  },
} as unknown as Environment;

const door = doorOf({}, { identities: byToken(() => environment) });
const document = await door.document();

/** Every operation of the document, with a path and a body that could be. */
const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    id: operation.operationId as keyof typeof needs,
    method: method.toUpperCase(),
    path: template.replace('{runbook}', 'some-thing').replace('{key}', 'k1'),
    body: operation.requestBody === undefined ? undefined : '{}',
  })),
);
const ask = ({ method, path, body }: (typeof operations)[number], token?: string, headers = {}) =>
  door.call(method, path, {
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
  });

describe('every operation of the document', () => {
  it.each(operations)('$id lets in whoever has its right, and nobody else', async (operation) => {
    const need = needs[operation.id];
    const let_in: string[] = [];
    for (const [name, { token }] of Object.entries(made)) {
      const { status } = await ask(operation, token);
      expect([name, status]).not.toEqual([name, 401]);
      if (status !== 403) let_in.push(name);
    }
    const may = (name: string) =>
      need === 'nothing' || need === 'a name' || [need].flat().some((one) => covers([name as Right], one));
    expect(let_in).toEqual([...rights, 'nobody'].filter(may).map((name) => `has-${name}`));
  });

  it.each(operations)('$id is nothing for whoever shows no token that counts', async (operation) => {
    const open = needs[operation.id] === 'nothing';
    const { token } = made['has-halt']!;
    const wrong = `${token.slice(0, -8)}00000000`;
    for (const shown of [undefined, wrong, expired.token, createToken().token, 'x.y.z']) {
      const { status, headers } = await ask(operation, shown);
      expect([shown, status === 401]).toEqual([shown, !open]);
      if (!open) expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });
});

describe('a token', () => {
  it('carries no right that its scopes do not name', async () => {
    const [status, halt] = ['rolloutStatus', 'halt'].map((id) => operations.find((one) => one.id === id)!);
    expect((await ask(halt!, limited.token)).status).toBe(403);
    expect((await ask(status!, limited.token)).status).not.toBe(403);
  });

  it('is taken from the header alone: never from the address, nor from a name', async () => {
    const { token } = made['has-view']!;
    const list = operations.find(({ id }) => id === 'listRollouts')!;
    expect((await ask({ ...list, path: `${list.path}?access_token=${token}` })).status).toBe(401);
    expect((await ask(list, undefined, { 'switchback-as': 'has-view' })).status).toBe(401);
  });

  it('stands in no line of the log', () => {
    const tokens = [...Object.values(made), limited, expired].map(({ token }) => token);
    for (const token of tokens) expect(door.log.join('\n')).not.toContain(token);
  });
});
