// Exposes one flag of a file step by step, as a worker process of its own: node --import tsx <this> <file> <flag>
import { exposing, FlagFile, keyOf } from './given.js';

const [file = '', flag = ''] = process.argv.slice(2);
const given = new FlagFile(file);
for (let percent = 1; percent <= 20; percent++) {
  const act = exposing(percent, {}, flag);
  // The next write would cover up that somebody took this one away.
  const { percent: kept } = await given.read(act);
  if (kept !== percent - 1)
    throw new Error(`${flag} was at ${percent - 1} %, and is at ${JSON.stringify(kept)} %`);
  await given.apply(act, keyOf(act, 0, `rollout/${flag}`));
}
