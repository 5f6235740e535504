/** Majors of Node that `npm run test:deep` tries, besides the one that runs it. */
export const triedMajors = [22, 24];
