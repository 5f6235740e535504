import { processIo } from './io.js';
import { run } from './run.js';

// A reader that goes away (`switchback list | head -1`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), processIo());
