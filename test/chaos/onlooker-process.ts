import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderEvents } from '@openfeature/server-sdk';
import { FlagFileProvider } from '../../demo/shop/flag-provider.js';
import { flagPercent } from '../support/rollouts/storefront.js';
import type { Sight } from './onlooker.js';

const flagFile = process.argv[2] ?? '';
const lookEvery = 20;

const exposures: number[] = [];
const unreadable: string[] = [];
process.on('message', () => process.send?.({ type: 'seen', exposures, unreadable } satisfies Sight));
// Without its stage nobody would ever end it.
process.on('disconnect', () => process.exit(0));

const shop = new FlagFileProvider(flagFile);
shop.events.addHandler(ProviderEvents.Stale, (details) => void unreadable.push(String(details?.message)));
await shop.initialize();
process.send?.({ type: 'ready' });

for (;;) {
  const percent = flagPercent(flagFile);
  if (percent !== undefined && percent !== exposures.at(-1)) exposures.push(percent);
  await sleep(lookEvery);
}
