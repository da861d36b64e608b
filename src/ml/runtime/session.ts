/**
 * One ONNX Runtime session. `run` of the binding blocks its thread, so that a session may only live in a worker thread.
 */
import { isMainThread } from 'node:worker_threads';
import * as ort from 'onnxruntime-node';
import { AdloomError, bug, messageOf } from '../../base/errors';
import type { DType } from '../onnx/dtype';
import { installHint, providersOf, type Device } from './devices';

/** A tensor as plain data, ready to cross a thread boundary. */
export interface TensorValue {
  dtype: DType;
  dims: readonly number[];
  data: Float32Array | Uint16Array | Int32Array | BigInt64Array | Uint8Array;
}

export type Feeds = Record<string, TensorValue>;

export interface SessionOptions {
  /** Threads within one operator; all cores when absent. */
  threads?: number;
  /** Where it runs; the cpu when absent. */
  device?: Device;
  /** Buffers of every size that was used are kept on the device, for as long as a session of this process is open there. The first session decides. */
  keepBuffers?: boolean;
}

export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  run(feeds: Feeds, outputs?: readonly string[]): Promise<Record<string, TensorValue>>;
  release(): Promise<void>;
}

/** @throws MODEL_INVALID for a graph that no device takes; DEVICE_UNAVAILABLE where a device other than the cpu does not take it */
export async function createSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  if (isMainThread) throw bug('A model session was opened on the main thread.');
  const { device = 'cpu' } = options;
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: providersOf(device, options.keepBuffers),
    intraOpNumThreads: options.threads ?? 0,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Threads that wait by spinning take the processor from the server beside them, and from each other when cores are few.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  let session: ort.InferenceSession;
  try {
    session = await (typeof model === 'string' ? ort.InferenceSession.create(model, settings) : ort.InferenceSession.create(model, settings));
  } catch (cause) {
    if (device !== 'cpu') throw new AdloomError('DEVICE_UNAVAILABLE', `The device ${device} did not take the graph: ${messageOf(cause)}`, { field: 'ENGINE_DEVICE', hint: installHint(device), cause });
    throw new AdloomError('MODEL_INVALID', `The runtime refused the graph: ${messageOf(cause)}`, { cause });
  }
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds, outputs) {
      const given: Record<string, ort.Tensor> = {};
      for (const [name, { dtype, dims, data }] of Object.entries(feeds)) given[name] = new ort.Tensor(dtype as 'float32', data as Float32Array, dims);
      let results: ort.InferenceSession.OnnxValueMapType;
      try {
        results = await (outputs ? session.run(given, [...outputs]) : session.run(given));
      } catch (cause) {
        // A device may be lost at any time; whether it was that or the input, the cpu will tell.
        if (device !== 'cpu') throw new AdloomError('DEVICE_UNAVAILABLE', `The device ${device} failed while it ran: ${messageOf(cause)}`, { field: 'ENGINE_DEVICE', cause });
        throw new AdloomError('MODEL_INVALID', `The graph failed while it ran: ${messageOf(cause)}`, { cause });
      }
      return Object.fromEntries(
        Object.entries(results).map(([name, t]) => {
          const tensor = t as ort.Tensor;
          return [name, { dtype: tensor.type as DType, dims: tensor.dims, data: tensor.data as Float32Array }];
        }),
      );
    },
    release: () => session.release(),
  };
}
