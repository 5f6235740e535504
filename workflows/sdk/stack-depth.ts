/**
 * Frames of each stack in the workflows' sandbox. The SDK notes where each promise was made, through the source map: with
 * the ten that V8 takes by default this is a quarter of the work of a workflow, and a sixth of its memory. One says where
 * an error was thrown; the others are there when its history is replayed with more.
 */
const frames = 1;

(Error as unknown as { stackTraceLimit: number }).stackTraceLimit = frames;
