import type { LocksChoice } from '../../../src/protocol/locks.js';

/** Where each decision about an environment is sent. */
export const locksPaths: { readonly [T in LocksChoice['type']]: string } = {
  stop: '/v1/locks/stop',
  lift: '/v1/locks/lift',
  'take-over': '/v1/locks/take-over',
  delegate: '/v1/delegations',
  'end-delegation': '/v1/delegations/end',
};
