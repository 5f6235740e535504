import { messageType, numberSetting, requiredSetting, stopOnRequest, tellParent } from '../child.js';
import { isCandidateMode } from './fault.js';
import { startShop } from './server.js';

const candidate = process.env['SHOP_CANDIDATE'] ?? 'good';
if (!isCandidateMode(candidate)) {
  throw new Error(`SHOP_CANDIDATE is '${candidate}': write good, throws or slow`);
}

const shop = await startShop({
  databaseUrl: requiredSetting('SHOP_DATABASE_URL'),
  flagsFile: requiredSetting('SHOP_FLAGS_FILE'),
  candidate,
  port: numberSetting('SHOP_PORT', 0),
  metricsPort: numberSetting('SHOP_METRICS_PORT', 0),
});
stopOnRequest(() => shop.stop(), 15_000);

// Each order is answered by its echo once it is in force.
process.on('message', (message: { mode?: unknown; state?: unknown }) => {
  void obey(message).catch((error: unknown) => console.error(error));
});
await tellParent({ type: 'ready', url: shop.url, metricsUrl: shop.metricsUrl });

async function obey(message: { mode?: unknown; state?: unknown }): Promise<void> {
  const type = messageType(message);
  if (type === 'candidate' && isCandidateMode(message.mode)) {
    shop.setCandidate(message.mode);
    await tellParent({ type, mode: message.mode });
  }
  if (type === 'metrics' && (message.state === 'on' || message.state === 'off')) {
    await shop.setMetrics(message.state);
    await tellParent({ type, state: message.state });
  }
}
