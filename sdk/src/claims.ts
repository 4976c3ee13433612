/** Most pay periods of a task, and so the bits of an item below the task's number. */
const PERIOD_BITS = 224n;

/**
 * What `claim` and its like take for one task.
 *
 * @param periods - bit p for what a client earned in period p; 0 for what a seat, or the treasury, has earned
 */
export function claimItem(taskId: bigint, periods: bigint): bigint {
  return (taskId << PERIOD_BITS) | periods;
}
