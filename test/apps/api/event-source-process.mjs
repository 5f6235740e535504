// A client of server-sent events that knows nothing of ours, in a process of its own: under the condition by which the
// tests find their sources, its package would be found as sources, too.
import { EventSource } from 'eventsource';

const [url, name] = process.argv.slice(2);
const source = new EventSource(url, {
  fetch: (to, init) => fetch(to, { ...init, headers: { ...init.headers, 'switchback-as': name } }),
});
source.addEventListener('journal', ({ lastEventId }) => process.stdout.write(`${lastEventId}\n`));
// It asks again by itself when a stream ends, until it is told to stay away.
source.addEventListener('error', () => source.readyState === EventSource.CLOSED && process.exit(0));
