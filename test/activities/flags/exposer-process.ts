// Exposes one flag of a file step by step, as a worker process of its own: node --import tsx <this> <file> <flag>
import { exposing, FlagFile, keyOf } from './given.js';

const [file = '', flag = ''] = process.argv.slice(2);
const given = new FlagFile(file);
for (let percent = 1; percent <= 20; percent++) {
  const act = exposing(percent, {}, flag);
  await given.apply(act, keyOf(act, 0, `rollout/${flag}`));
}
