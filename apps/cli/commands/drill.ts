import type { Register } from '../context.js';
import { registerDrillAdopt } from './drill-adopt.js';
import { registerDrillHistory } from './drill-history.js';
import { registerDrillReport } from './drill-report.js';
import { registerDrillRun } from './drill-run.js';
import { registerDrillSchedule } from './drill-schedule.js';

/** `switchback drill`: rehearsed rollbacks. */
export const registerDrill: Register = (program, context) => {
  const drill = program.command('drill').description('rehearsed rollbacks, and what they prove');
  registerDrillRun(drill, context);
  registerDrillReport(drill, context);
  registerDrillHistory(drill, context);
  registerDrillSchedule(drill, context);
  registerDrillAdopt(drill, context);
};
