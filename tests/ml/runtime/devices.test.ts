import { existsSync } from 'node:fs';
import { chooseDevice } from '../../../src/ml/devices/choose-device';
import type { Probe } from '../../../src/ml/devices/probe-device';
import { DEVICES, missingFor, type Device } from '../../../src/ml/runtime/devices';
import { inProgram } from '../../support/in-program';

interface Logits {
  ranker: number[];
  languageModel: number[];
}
interface Told {
  device?: Device;
  reason?: string | null;
  code?: string;
  message?: string;
  field?: string;
  hint?: string;
}

/** A device of software: the real provider on a driver that computes on the cpu (`.ci/run` says where it is). */
const icd = process.env['ADLOOM_TEST_VULKAN_ICD'];
const software = icd !== undefined && existsSync(icd) ? { VK_DRIVER_FILES: icd } : null;
const why = icd === undefined ? 'ADLOOM_TEST_VULKAN_ICD names no Vulkan driver' : `${icd} is not there`;
/** Without any driver, whatever the machine has. */
const NO_DRIVER = { VK_DRIVER_FILES: '/nowhere/icd.json' };
const SLOW = 600_000;

const whereSoftware = software ? test : test.skip;
const note = software ? '' : ` (skipped: ${why})`;
const choose = (setting: string, environment: Record<string, string>, limitMs?: number): Promise<Told> => inProgram('choose-device', { setting, limitMs }, environment);

describe('a device computes what the cpu computes', () => {
  let expected: Logits;
  beforeAll(async () => (expected = await inProgram<Logits>('device-contract', { device: 'cpu' })), SLOW);
  const others = DEVICES.filter((device) => device !== 'cpu' && (device === 'webgpu' || missingFor(device) === undefined));

  test('the logits of the cpu differ from each other, so that likeness means something', () => {
    for (const logits of [expected.ranker, expected.languageModel]) expect(Math.max(...logits) - Math.min(...logits)).toBeGreaterThan(0.5);
  });

  test('the self-check at start would not miss a wrong kernel: its own logits lie far further apart than it allows', async () => {
    const { spread, tolerance, cpu } = await inProgram<{ spread: number; tolerance: number; cpu: { apart: number; speed: { deviceMs: number; cpuMs: number } } }>('self-check');
    expect(spread).toBeGreaterThan(20 * tolerance);
    expect(cpu).toEqual({ apart: 0, speed: { deviceMs: expect.any(Number), cpuMs: expect.any(Number) } });
  }, SLOW);

  test('the graph of few operators is one that the cpu holds', async () => {
    expect((await inProgram<{ rows: boolean }>('self-check')).rows).toBe(true);
  }, SLOW);

  whereSoftware(`the graph of few operators is refused to a device that computes one of them wrong${note}`, async () => {
    // Groups of four lanes: the runtime's attention takes eight keys a step and moves on by four.
    expect((await inProgram<{ rows: boolean }>('self-check', { device: 'webgpu' }, software!)).rows).toBe(false);
  }, SLOW);

  for (const device of others) {
    whereSoftware(`${device}: classifier and language model within 1e-3${note}`, async () => {
      const got = await inProgram<Logits>('device-contract', { device }, software!);
      for (const part of ['ranker', 'languageModel'] as const) {
        expect(got[part]).toHaveLength(expected[part].length);
        expect(Math.max(...got[part].map((logit, i) => Math.abs(logit - expected[part][i]!)))).toBeLessThan(1e-3);
      }
      // Rounded otherwise: it was not the cpu that answered.
      expect(got).not.toEqual(expected);
    }, SLOW);
  }
});

describe('a build in fewer bits that the device cannot run', () => {
  interface Narrow { used: string; why: string; device: string; logits: number[] }

  whereSoftware(`gives way to float32 on the same device, and the reason is told${note}`, async () => {
    const [cpu, device] = [await inProgram<Narrow>('narrow-device', { device: 'cpu', precision: 'fp32' }), await inProgram<Narrow>('narrow-device', { device: 'webgpu', precision: 'auto' }, software!)];
    // The driver of software has no 16-bit floats; one that has them would run the build.
    expect(device).toMatchObject({ used: 'fp32', device: 'webgpu', why: expect.stringMatching(/^webgpu does not run w8a16: .*f16/) });
    device.logits.forEach((logit, i) => expect(Math.abs(logit - cpu.logits[i]!)).toBeLessThan(1e-3));
  }, SLOW);

  whereSoftware(`stops the start where it was asked for by name${note}`, async () => {
    await expect(inProgram('narrow-device', { device: 'webgpu', precision: 'w8a16' }, software!)).rejects.toThrow(/f16/);
  }, SLOW);
});

describe('ENGINE_DEVICE', () => {
  test('auto takes the cpu where there is no device, and says what each of the others lacks', async () => {
    const { device, reason } = await choose('auto', NO_DRIVER);
    // A machine with CUDA has a device.
    if (missingFor('cuda') !== undefined) expect([device, reason]).toEqual(['cpu', expect.stringMatching(/^cuda: .+ not installed; webgpu: .+/)]);
    else expect(reason).toMatch(/cuda/);
  }, SLOW);

  whereSoftware(`auto passes over a device of software: it works, and is slower than the cpu${note}`, async () => {
    expect(await choose('auto', software!, SLOW)).toEqual({ device: 'cpu', reason: expect.stringMatching(/webgpu works but is slower than the cpu: \d+(\.\d)? ms against \d+(\.\d)? ms in the self-check$/) });
  }, SLOW);

  whereSoftware(`a device by name is taken, however slow${note}`, async () => {
    expect(await choose('webgpu', software!)).toEqual({ device: 'webgpu', reason: null });
  }, SLOW);

  test('webgpu by name without a driver fails with what is missing and how to install it', async () => {
    expect(await choose('webgpu', NO_DRIVER)).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      field: 'ENGINE_DEVICE',
      message: expect.stringMatching(/^The device webgpu cannot be used: .*(No supported adapters|load Vulkan)/),
      hint: expect.stringContaining('libvulkan1'),
    });
  }, SLOW);

  const cuda = missingFor('cuda') === undefined ? test.skip : test;
  cuda('cuda by name without its libraries fails with what is missing and how to install it', async () => {
    await expect(chooseDevice('cuda')).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      field: 'ENGINE_DEVICE',
      message: 'The device cuda cannot be used: libonnxruntime_providers_shared.so and libonnxruntime_providers_cuda.so are not installed.',
      hint: expect.stringContaining('npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12'),
    });
  });

  test('knows the platforms for which the runtime has no such device', () => {
    const on = (device: Device, platform: NodeJS.Platform, arch: string): string | undefined => missingFor(device, { platform, arch, libraries: '/nowhere' });
    expect([on('webgpu', 'linux', 'arm64'), on('cuda', 'darwin', 'arm64')]).toEqual(['the runtime has no WebGPU for linux-arm64', 'the runtime has no CUDA for darwin-arm64']);
    expect([on('webgpu', 'darwin', 'arm64'), on('cpu', 'linux', 'arm64')]).toEqual([undefined, undefined]);
  });

  const works = (deviceMs: number, cpuMs: number): Probe => ({ works: true, check: { apart: 0, speed: { deviceMs, cpuMs } } });
  test.each<[string, Partial<Record<Device, Probe>>, Device, RegExp]>([
    ['the first that is faster', { cuda: works(1, 20), webgpu: works(2, 20) }, 'cuda', /^cuda: 1\.0 ms against 20 ms/],
    ['the next where the first does not work', { cuda: { works: false, why: 'its logits are 0.3 from those of the cpu' }, webgpu: works(2, 20) }, 'webgpu', /^cuda: its logits .*; webgpu: 2\.0 ms/],
    ['the cpu where none is faster', { cuda: works(30, 20), webgpu: works(20, 20) }, 'cpu', /^cuda works but is slower .*; webgpu works but is slower/],
  ])('auto takes %s', async (_, probes, device, reason) => {
    expect(await chooseDevice('auto', (asked) => Promise.resolve(probes[asked]!))).toEqual({ device, reason: expect.stringMatching(reason) });
  });
});
