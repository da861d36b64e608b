/** Whether a device works here, asked of a process of its own. */
import { execFile } from 'node:child_process';
import { workerEntry } from '../../base/worker-entry';
import { missingFor, type Device } from '../runtime/devices';
import type { ProbeAnswer, ProbeOrder } from './probe-program';
import { TOLERANCE, type SelfCheck } from './self-check';

/** Either what the check found, or why the device cannot be used. */
export type Probe = { works: true; check: SelfCheck } | { works: false; why: string };

/**
 * @param options.speed compare the time with that of the cpu
 * @param options.limitMs how long the device may take: it first compiles its programs
 */
export function probeDevice(device: Device, options: { speed: boolean; limitMs: number }): Promise<Probe> {
  const missing = missingFor(device);
  if (missing !== undefined) return Promise.resolve({ works: false, why: missing });
  const order: ProbeOrder = { device, speed: options.speed };
  const args = [workerEntry(__dirname, 'probe-program'), JSON.stringify(order)];
  return new Promise((resolve) => {
    const started = performance.now();
    execFile(process.execPath, args, { timeout: options.limitMs, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 }, (error, out, err) => {
      const answer = parse(out);
      if (answer === undefined) {
        const late = performance.now() - started >= options.limitMs;
        const how = `its process ended with ${error?.signal ?? error?.code ?? 'no answer'}`;
        resolve({ works: false, why: late ? `it did not finish the self-check within ${options.limitMs / 1000} s` : `${how}${notLoaded(err)}` });
      } else if ('failure' in answer) resolve({ works: false, why: oneLine(`${answer.failure}${notLoaded(err)}`) });
      else if (answer.check.apart > TOLERANCE) resolve({ works: false, why: `its logits are ${answer.check.apart.toPrecision(3)} from those of the cpu; ${TOLERANCE} is allowed` });
      else resolve({ works: true, check: answer.check });
    });
  });
}

function parse(out: string): ProbeAnswer | undefined {
  try {
    return JSON.parse(out) as ProbeAnswer;
  } catch {
    return undefined;
  }
}

/** A library that was not found is told on standard error alone. */
function notLoaded(err: string): string {
  const line = err.split('\n').find((each) => /couldn't load|cannot open shared object/i.test(each));
  return line === undefined ? '' : ` (${line.trim()})`;
}

/** Names of source files and functions of the runtime say nothing to whoever installs a driver. */
function oneLine(text: string): string {
  const plain = text.replace(/^The device \w+ /, 'it ').replaceAll(/\/onnxruntime_src\S+ [^\n]*? was false\. /g, '').replaceAll(/\s+/g, ' ').trim();
  return plain.length > 300 ? `${plain.slice(0, 300)} ...` : plain;
}
