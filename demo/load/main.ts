import { rename, writeFile } from 'node:fs/promises';
import { messageType, numberSetting, requiredSetting, stopOnRequest, tellParent } from '../child.js';
import { startTraffic } from './traffic.js';

const ledgerFile = requiredSetting('LOAD_LEDGER_FILE');
const traffic = startTraffic({
  shopUrl: requiredSetting('LOAD_SHOP_URL'),
  customers: numberSetting('LOAD_CUSTOMERS', 100_000),
  requestsPerSecond: numberSetting('LOAD_RATE', 120),
  seed: numberSetting('LOAD_SEED', 1),
});

stopOnRequest(async () => {
  const { stats, ledger } = await traffic.stop();
  // Renamed into place: whoever sees the file sees all of it.
  await writeFile(`${ledgerFile}.tmp`, JSON.stringify(ledger));
  await rename(`${ledgerFile}.tmp`, ledgerFile);
  await tellParent({ type: 'stopped', stats });
}, 20_000);

process.on('message', (message) => {
  if (messageType(message) === 'stats') void tellParent({ type: 'stats', ...traffic.stats() });
});
await tellParent({ type: 'ready' });
