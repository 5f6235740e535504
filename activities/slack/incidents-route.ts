import type { Route } from '../notify/routes.js';

/** What the Slack door takes from the kept notices: no worker delivers by a channel of this name. */
export const incidentsInSlack = 'slack incidents';

/** What is told there: who is called, and how it ended. */
export const incidentsRoute: Route = { urgencies: ['incident', 'news'], to: [incidentsInSlack] };
