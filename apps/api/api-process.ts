import { startApi } from './api.js';

const [environment, config, address, port] = process.argv.slice(2);
if (!environment || !config || !address || !port) {
  throw new Error('usage: api-process ENVIRONMENT CONFIG ADDRESS PORT');
}

// Without the stack that started it nobody would ever stop it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
const log = (line: string) => void process.stderr.write(`${line}\n`);
const api = await startApi({ environment, config, address, port: Number(port), log });
process.once('SIGTERM', () => void api.close().then(() => process.exit(0)));
process.send?.({ type: 'ready', url: api.url });
