import type { Register } from '../context.js';
import { registerDrillHistory } from './drill-history.js';
import { registerDrillReport } from './drill-report.js';

/** `switchback drill`: rehearsed rollbacks. */
export const registerDrill: Register = (program, context) => {
  const drill = program.command('drill').description('rehearsed rollbacks, and what they prove');
  registerDrillReport(drill, context);
  registerDrillHistory(drill, context);
};
