import { openSlack } from './slack.js';

const [environment, config, address, port] = process.argv.slice(2);
if (!environment || !config || !address || !port) {
  throw new Error('usage: slack-process ENVIRONMENT CONFIG ADDRESS PORT');
}

// Without the stack that started it nobody would ever stop it.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
const log = (line: string) => void process.stderr.write(`${line}\n`);
const receive = { host: '127.0.0.1', port: Number(port) };
const door = await openSlack({ environment, config, address, receive, log });
process.once('SIGTERM', () => void door.close().then(() => process.exit(0)));
process.send?.({ type: 'ready', url: door.where });
