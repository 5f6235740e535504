import { runWorker } from './worker.js';

const [environment, config, address, bundleFile] = process.argv.slice(2);
if (!environment || !config || !address)
  throw new Error('usage: worker-process ENVIRONMENT CONFIG ADDRESS [BUNDLE]');

// Without the stack that started it nobody would ever stop it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
await runWorker({ environment, config, address, ...(bundleFile && { bundleFile }) });
process.exit(0);
