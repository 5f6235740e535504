import { ok, warn, type Check } from './check.js';

const day = 86_400;
/** Seconds. What is taken back, or looked into, days after its end needs its history still. */
const fewestKept = 3 * day;

/** Which Temporal it is, and how long it keeps what has ended. */
export const server: Check = {
  name: 'server',
  looksAt: "Temporal's version, and how long it keeps histories",
  async look({ client }) {
    const { namespace } = client.options;
    const { serverVersion } = await client.workflowService.getSystemInfo({});
    const { config } = await client.workflowService.describeNamespace({ namespace });
    const kept = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    const about = ok(`Temporal ${serverVersion}, namespace ${namespace}`);
    if (kept === 0 || kept >= fewestKept) return [about];
    const found = `histories of ended rollouts are kept for ${Math.round(kept / 3_600)} h only`;
    const fix = `temporal operator namespace update --namespace ${namespace} --retention 30d`;
    return [about, warn(found, fix)];
  },
};
