import type { Configuration } from '../../apps/config/config.js';

/** Who there is, and in which groups. */
export const demoPeople = { ana: ['team-checkout'], ben: ['sre'], carl: ['support'] };

/** The configuration of the local stack: one environment, `local`, with people in it. */
export function localConfiguration(options: {
  flagFile: string;
  postgres: { url: string };
  shop: { url: string; metricsUrl: string };
  customers: number;
  /** Of a database of their own, not the shop's. */
  records: { url: string };
}): Configuration {
  const url = new URL(options.postgres.url);
  url.searchParams.set('options', '-c search_path=shop,public');
  return {
    environments: {
      local: {
        kind: 'local',
        databases: { shop: { url: url.href } },
        flags: {
          flags: {
            file: options.flagFile,
            observe: {
              url: options.shop.url,
              header: 'x-arm',
              candidate: 'candidate',
              paths: { template: '/customers/{n}', from: 1, to: options.customers },
            },
          },
        },
        metrics: {
          shop: {
            url: options.shop.metricsUrl,
            requests: 'shop_requests_total',
            failed: { outcome: 'error' },
            duration: 'shop_request_duration_seconds',
            arm: { label: 'arm', baseline: 'baseline', candidate: 'candidate' },
          },
        },
        adapters: {},
        people: demoPeople,
        records: options.records,
      },
    },
  };
}
