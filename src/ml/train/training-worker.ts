/** The worker thread of a training run. Started by `start-training.ts`; posts reports, then the result or the error. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../base/clock';
import { isAdloomError, messageOf } from '../../base/errors';
import { adapterTask } from './adapter-task';
import { languageAdapterTask } from './language-adapter-task';
import { languageModelTask } from './language-model-task';
import { runLoop } from './loop';
import { rankingTask } from './ranking-task';
import type { Task } from './task';
import type { FromWorker, TrainingJob } from './start-training';

const port = parentPort!;
const abort = new AbortController();
port.on('message', () => abort.abort());

function taskOf(task: TrainingJob['task']): Task {
  switch (task.kind) {
    case 'language-model': return languageModelTask(task.job);
    case 'language-adapter': return languageAdapterTask(task.job);
    case 'ranking': return rankingTask(task.job);
    case 'adapter': return adapterTask(task.job);
  }
}

async function main({ task, weights, settings }: TrainingJob): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message);
  try {
    const result = await runLoop(taskOf(task), weights, settings, { clock: systemClock, report: (report) => send({ type: 'report', report }), signal: abort.signal });
    send({ type: 'result', result });
  } catch (error) {
    const coded = isAdloomError(error) ? { code: error.code, hint: error.hint, field: error.field } : { code: 'INTERNAL' as const };
    send({ type: 'error', message: messageOf(error), ...coded });
  } finally {
    port.close();
  }
}

void main(workerData as TrainingJob);
