/**
 * A worker thread in a process of its own, used like one in this process. A driver that crashes takes its process with it, and that one is
 * not the server's; and the memory that a device keeps for later is its own.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { workerEntry } from '../../base/worker-entry';
import type { FromProgram, ToProgram } from './worker-program';

/** What `rpc.ts` asks of a thread. Emits `message` with what the thread said, `error` with what it died of, and `exit`. */
export interface Thread extends EventEmitter {
  postMessage(message: unknown): void;
  terminate(): Promise<unknown>;
}

export class WorkerProcess extends EventEmitter implements Thread {
  private readonly child: ChildProcess;
  private ended = false;

  constructor(entry: string, workerData: unknown) {
    super();
    // As in a message to a thread, arrays of numbers stay what they are. What a driver prints is no answer of this program's: it goes to standard error.
    this.child = fork(workerEntry(__dirname, 'worker-program'), [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
    this.child.on('message', (from: FromProgram) => {
      if ('died' in from) this.emit('error', new Error(from.died));
      else if ('ended' in from) this.end();
      else this.emit('message', from.message);
    });
    this.child.on('error', (error) => this.emit('error', error));
    this.child.on('exit', (code, signal) => this.end(`its process ended with ${signal ?? code}`));
    this.send({ entry, workerData });
  }

  postMessage(message: unknown): void {
    this.send({ message });
  }

  async terminate(): Promise<void> {
    this.ended = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  private end(why?: string): void {
    if (this.ended) return;
    this.ended = true;
    if (why !== undefined) this.emit('error', new Error(why));
    this.emit('exit');
  }

  /** What is sent to a process that has just ended is lost; its end is told all the same. */
  private send(message: ToProgram): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }
}
