/** Of a query for workflows: those that have not ended. Paused ones too, which have a status of their own in servers that know it. */
export const isOpen = 'CloseTime IS NULL';
