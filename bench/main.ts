import { runBench } from './run.js';

process.exit(await runBench(process.argv.slice(2), process));
