import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signIn, type Prompt, type SignInPlace } from '../../../apps/client/http/device-flow.js';
import { agree, clientId, decline, resource, startIssuer, type Issuer } from './issuer.js';

let issuer: Issuer;
const place = (more: Partial<SignInPlace> = {}): SignInPlace => ({
  issuer: issuer.url,
  clientId,
  scopes: ['openid'],
  resource,
  ...more,
});
const never = new AbortController().signal;

describe('somebody who signs in', () => {
  beforeEach(async () => (issuer = await startIssuer()));
  afterEach(() => issuer.close());

  it('sees an address and a code, and gets an access token for the API', async () => {
    const prompts: Prompt[] = [];
    const credential = await signIn(
      place(),
      (prompt) => {
        prompts.push(prompt);
        void agree(issuer, prompt, 'a-1');
      },
      never,
    );
    expect(prompts[0]?.url).toBe(`${issuer.url}/device`);
    expect(prompts[0]?.whole).toContain(prompts[0]?.code);
    expect(credential).toMatchObject({ issuer: issuer.url, expires: expect.stringMatching(/Z$/) as string });
    const keys = (await (await fetch(`${issuer.url}/jwks`)).json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(credential.token, createLocalJWKSet(keys), {
      audience: 'switchback',
    });
    expect(payload).toMatchObject({ iss: issuer.url, sub: 'a-1' });
  });

  it('and declines is refused', async () => {
    const declined = signIn(place(), (prompt) => void decline(issuer, prompt), never);
    await expect(declined).rejects.toThrow(/the sign-in at \S+: was declined; try again/);
  });

  it('and gives up is told so', async () => {
    const stop = new AbortController();
    await expect(signIn(place(), () => stop.abort(), stop.signal)).rejects.toThrow();
  });

  it('with an application that the issuer does not know is refused', async () => {
    const unknown = signIn(place({ clientId: 'nobody' }), () => undefined, never);
    await expect(unknown).rejects.toMatchObject({ name: 'Refusal' });
  });

  it('over plain HTTP to another machine is refused before anything is sent', async () => {
    const far = signIn(place({ issuer: 'http://id.example' }), () => undefined, never);
    await expect(far).rejects.toThrow(/is reached without TLS/);
  });
});

it('an issuer that cannot be reached is unreachable', async () => {
  issuer = await startIssuer();
  issuer.close();
  await expect(signIn(place(), () => undefined, never)).rejects.toMatchObject({ name: 'Unreachable' });
});
