import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** A key that nobody knows is asked for once in this time, in milliseconds: whoever makes up names must not make us ask. */
const cooldown = 30_000;
/** A set is asked for again after this time, in milliseconds, so that a key that was withdrawn goes. */
const longestKept = 600_000;
const answerWithin = 5_000;
const mostBytes = 1_000_000;

const discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** The public keys of an issuer. */
export interface KeySet {
  readonly key: JWTVerifyGetKey;
}

/** The issuer's keys were never read, and cannot be now. */
export class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable';
}

/**
 * The keys of an issuer, as it publishes them. A key that is unknown makes us ask once more; while the issuer is down the
 * last good set counts.
 */
export function keySetOf(issuer: string, now: () => number = Date.now): KeySet {
  let known: { readonly find: JWTVerifyGetKey; readonly readAt: number } | undefined;
  let triedAt = -Infinity;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    triedAt = now();
    const keys = await published(issuer);
    known = { find: createLocalJWKSet(keys), readAt: now() };
  }
  /** One question for all who wait for it. */
  const readOnce = () => (reading ??= read().finally(() => (reading = undefined)));
  const mayTry = () => now() - triedAt >= cooldown;

  async function current(): Promise<JWTVerifyGetKey> {
    const old = !known || now() - known.readAt >= longestKept;
    if (old && (reading || mayTry())) await readOnce().catch(() => undefined);
    if (known) return known.find;
    throw new IssuerUnreachable(`the keys of ${issuer} cannot be read`);
  }

  return {
    async key(header, token) {
      const find = await current();
      try {
        return await find(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || !(reading || mayTry())) throw error;
      }
      await readOnce().catch(() => undefined);
      return (known?.find ?? find)(header, token);
    },
  };
}

async function published(issuer: string): Promise<JSONWebKeySet> {
  const said = discovery.parse(await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  // Whoever answers for another issuer must not say whose keys count for this one.
  if (said.issuer !== issuer) throw new Error(`${issuer} calls itself ${said.issuer}`);
  return keySet.parse(await read(said.jwks_uri));
}

async function read(url: string): Promise<unknown> {
  const signal = AbortSignal.timeout(answerWithin);
  // A redirect could lead to keys of somebody else.
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  if (text.length > mostBytes) throw new Error(`${url} answered more than ${mostBytes} characters`);
  return JSON.parse(text) as unknown;
}
