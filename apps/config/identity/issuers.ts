import { z } from 'zod';
import { httpAddress, members, nonEmpty } from '../settings.js';
import { refuseTwice } from './twice.js';

/** Those that sign with a private key: whoever can check a token must not be able to make one. */
const algorithm = z.enum(
  ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  { error: 'it is no algorithm that signs with a private key; use one such as RS256, ES256 or EdDSA' },
);

/** An application of the issuer without a secret, for the device flow (RFC 8628). */
const login = members({
  clientId: nonEmpty,
  scopes: z.array(nonEmpty).default(['openid']),
  /** What the token is asked for (RFC 8707), where the issuer wants to be told. */
  resource: z.url({ error: 'it is no URL; leave it out where the issuer needs none' }).exactOptional(),
});

/** Whoever stands between could give out keys of his own: only to this machine plain HTTP is as good. */
const issuer = httpAddress.refine(
  (text) => text.startsWith('https:') || isLoopback(text),
  'its keys come over plain HTTP, where anybody could replace them; write it with https',
);

function isLoopback(text: string): boolean {
  return URL.canParse(text) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(text).hostname);
}

/** Identity providers whose tokens count. */
export const issuers = z
  .array(
    members({
      issuer,
      /** What a token has to be made for: a token for another application is no key to this one. */
      audience: nonEmpty,
      algorithms: z.array(algorithm).default(['RS256', 'ES256', 'EdDSA']),
      /** Whether a verified e-mail address may say who somebody is. */
      email: z.boolean().default(false),
      /** With what `switchback login` signs people in here; nobody can when it is absent. */
      login: login.exactOptional(),
    }),
  )
  .superRefine((all, context) => refuseTwice(all, ({ issuer }) => issuer, ['issuer'], context));
