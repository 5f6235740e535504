import { exitCodes } from './exit-codes.js';
import { processIo } from './io.js';
import { run } from './run.js';

// A reader that goes away (`switchback list | head -1`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const code = await run(process.argv.slice(2), processIo());
// Whoever interrupts waits for no answer that is still on its way.
if (code === exitCodes.detached) process.exit(code);
process.exitCode = code;
