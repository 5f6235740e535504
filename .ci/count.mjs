// Adds up what runs of vitest reported in JSON. Fails on a test that failed or was skipped, on a run without any test,
// and on a report that is missing.
import { readFileSync } from 'node:fs';

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const sum = (name) => reports.reduce((total, report) => total + report[name], 0);
const skipped = sum('numPendingTests') + sum('numTodoTests');
console.log(`${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${skipped} skipped`);
const ran = reports.length > 0 && reports.every((report) => report.numPassedTests > 0);
process.exit(ran && sum('numFailedTests') + skipped === 0 ? 0 : 1);
