// Exposes a flag, and dies as by kill -9 at one moment of its writes: node --import tsx <this> <file> <which, from 1>
import { fileEvents } from '../../../activities/files/write-events.js';
import { exposing, FlagFile } from './given.js';

const [file = '', which = ''] = process.argv.slice(2);
let left = Number(which);
fileEvents.subscribe(() => {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
});
await new FlagFile(file).apply(exposing(5));
