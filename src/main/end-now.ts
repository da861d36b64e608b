/**
 * Ends the process at once by the signal itself, as if nobody listened: a shell sees 143 or 130. Not `process.exit`, which ends model
 * threads in the middle of a run; their binding then aborts the process with a message of its own.
 */
export function endNow(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
