/** The configuration that is read when none is named. Alone here: the command line names it in its help, and reads none for that. */
export const defaultConfigFile = 'switchback.config.json';
