import { startApi } from '../../apps/api/api.js';
import { environment } from '../plans.js';

const [address, config] = process.argv.slice(2);
if (!address || !config) throw new Error('usage: api-process ADDRESS CONFIG');

/** More than anybody asks here: what is measured is the way, not the limit. */
const rate = { burst: 1_000_000, perSecond: 1_000_000 };

const log = (line: string) => void process.stderr.write(`${line}\n`);
const api = await startApi({ environment, config, port: 0, address, rate, log });
const stop = () => void api.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
// Without the benchmark that started it nobody would ever stop it.
process.once('disconnect', stop);
process.send?.({ type: 'ready', url: api.url });
