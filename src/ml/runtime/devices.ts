/** The devices that sessions run on: which the runtime can be asked for here, with which options, and what it needs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';

/** In the order in which they are preferred. */
export const DEVICES = ['cuda', 'webgpu', 'cpu'] as const;
export type Device = (typeof DEVICES)[number];

/**
 * What the device cannot run (shapes, indices) runs on the cpu beside it. The binding takes no more of CUDA than which card: its arena,
 * its choice of convolutions and TF32 stay at the runtime's defaults.
 * @param keepBuffers by WebGPU: of some sizes the runtime keeps few buffers or none and makes the rest anew in each run, 0.1 ms each
 */
export function providersOf(device: Device, keepBuffers = false): InferenceSession.ExecutionProviderConfig[] {
  if (device === 'cuda') return [{ name: 'cuda', deviceId: 0 }, 'cpu'];
  if (device === 'webgpu') return [{ name: 'webgpu', ...(keepBuffers && { storageBufferCacheMode: 'simple' }) }, 'cpu'];
  return ['cpu'];
}

/** How to make a device work, in a sentence or two. */
export function installHint(device: Device): string {
  if (device === 'cuda') {
    return 'CUDA needs Linux on x64, an NVIDIA driver, CUDA 12 with cuDNN 9, and the provider libraries: npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12. Or set ENGINE_DEVICE=auto.';
  }
  return 'WebGPU needs a graphics driver; on Linux also the Vulkan loader (apt-get install libvulkan1) and a Vulkan driver (mesa-vulkan-drivers, or the one of the vendor). Or set ENGINE_DEVICE=auto.';
}

export interface Host {
  platform: NodeJS.Platform;
  arch: string;
  /** Directory of the runtime's own libraries. */
  libraries: string;
}

export function thisHost(): Host {
  const { platform, arch } = process;
  // Not the package's own folder: the libraries lie beside the binding that is loaded.
  const root = path.dirname(require.resolve('onnxruntime-node/package.json'));
  return { platform, arch, libraries: path.join(root, 'bin', 'napi-v6', platform, arch) };
}

/** What the files and the platform already rule out; undefined where only a try can tell. */
export function missingFor(device: Device, { platform, arch, libraries }: Host = thisHost()): string | undefined {
  if (device === 'cpu') return undefined;
  const here = `${platform}-${arch}`;
  if (device === 'webgpu') return ['linux-x64', 'win32-x64', 'win32-arm64', 'darwin-x64', 'darwin-arm64'].includes(here) ? undefined : `the runtime has no WebGPU for ${here}`;
  if (here !== 'linux-x64') return `the runtime has no CUDA for ${here}`;
  // Asked for without its libraries, the runtime would print errors of its own.
  const needed = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
  const absent = needed.filter((name) => !existsSync(path.join(libraries, name)));
  return absent.length > 0 ? `${absent.join(' and ')} ${absent.length > 1 ? 'are' : 'is'} not installed` : undefined;
}
