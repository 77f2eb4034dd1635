export { heartbeatWorker } from './workers/heartbeat.ts';
export { heartbeats, loseWorker } from './workers/silence.ts';
export { abandonExecutions, orphanedAttempts, retryExecutions, returnUnbegun } from './workers/orphans.ts';
export { mayClaim } from './workers/may-claim.ts';
export { findWorker, listWorkers, type WorkerFilter } from './workers/read.ts';
export {
  poolOffers,
  registerWorker,
  renewWorker,
  setCordoned,
  unregisterWorker,
} from './workers/register.ts';
