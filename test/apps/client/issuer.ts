import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Prompt } from '../../../apps/client/http/device-flow.js';

export const clientId = 'switchback-cli';
export const resource = 'https://switchback.example';

/** An issuer in this process, on which people agree or decline without a browser of theirs. */
export interface Issuer {
  readonly url: string;
  readonly provider: Provider;
  /** What is asked for, and agreed to. */
  readonly scope: string;
  close(): void;
}

/** @param renewable whether sign-ins can be renewed, and taken back (RFC 7009) */
export async function startIssuer({ renewable = false } = {}): Promise<Issuer> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    ...(renewable && { scopes: ['openid', 'offline_access'] }),
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: [
          'urn:ietf:params:oauth:grant-type:device_code',
          ...(renewable ? ['refresh_token'] : []),
        ],
        response_types: [],
        redirect_uris: [],
      },
    ],
    features: {
      deviceFlow: { enabled: true },
      revocation: { enabled: renewable },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: 'openid',
          audience: 'switchback',
          accessTokenFormat: 'jwt' as const,
          accessTokenTTL: 600,
        }),
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ttl: {
      DeviceCode: 600,
      AccessToken: 600,
      IdToken: 600,
      Grant: 600,
      Session: 600,
      Interaction: 600,
    },
  });
  server.on('request', provider.callback());
  return {
    url,
    provider,
    scope: renewable ? 'openid offline_access' : 'openid',
    close: () => server.close(),
  };
}

/** Somebody opens the address, and agrees: what the pages of an issuer do in the end. */
export async function agree({ provider, scope }: Issuer, { code }: Prompt, accountId: string): Promise<void> {
  const found = await provider.DeviceCode.findByUserCode(code.replaceAll('-', ''));
  if (!found) throw new Error(`nobody asked with code ${code}`);
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scope);
  grant.addResourceScope(resource, 'openid');
  Object.assign(found, {
    accountId,
    grantId: await grant.save(),
    scope,
    authTime: Math.floor(Date.now() / 1_000),
    resource,
  });
  await found.save();
}

export async function decline({ provider }: Issuer, { code }: Prompt): Promise<void> {
  const found = await provider.DeviceCode.findByUserCode(code.replaceAll('-', ''));
  Object.assign(found ?? {}, { error: 'access_denied', errorDescription: 'she said no' });
  await found?.save();
}
