import { existsSync } from 'node:fs';
import { missingFor } from '../../src/ml/runtime/devices';
import { PATIENCE_MS, Workplace } from './program';

let place: Workplace;
beforeAll(() => (place = new Workplace()));
afterAll(() => place.discard());

const NO_DRIVER = { VK_DRIVER_FILES: '/nowhere/icd.json' };
const input = [{ profile: 'trail running | Mud is part of the plan', text: 'Leave the road to others' }, { text: 'Good mornings are poured' }].map((line) => JSON.stringify(line)).join('\n');

test('the start tells the device in use, and why auto passed over the others', async () => {
  const server = await place.serve({ ...NO_DRIVER, ADLOOM_DEMO: 'false' });
  const { device, models } = server.told.at(-1) as { device: { setting: string; device: string; reason: string }; models: { device: string }[] };
  expect(device.setting).toBe('auto');
  expect(device.reason).toMatch(/cuda/);
  if (missingFor('cuda') !== undefined) expect(device).toMatchObject({ device: 'cpu', reason: expect.stringMatching(/webgpu/) });
  expect(models.map((model) => model.device)).toEqual([device.device, device.device]);
  await server.stop();
}, PATIENCE_MS);

test('a device by name that does not work ends the start with 2, what is missing and how to install it', async () => {
  const { code, out, err } = await place.run(['score', '--quiet'], { input, environment: { ...NO_DRIVER, ENGINE_DEVICE: 'webgpu' } });
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^adloom: ENGINE_DEVICE: The device webgpu cannot be used: .* \[DEVICE_UNAVAILABLE\]\n {2}WebGPU needs .*libvulkan1/);
}, PATIENCE_MS);

const icd = process.env['ADLOOM_TEST_VULKAN_ICD'];
const whereSoftware = icd !== undefined && existsSync(icd) ? test : test.skip;

whereSoftware('score answers on webgpu what it answers on the cpu (skipped where ADLOOM_TEST_VULKAN_ICD names no driver)', async () => {
  const logits = async (environment: Record<string, string>): Promise<number[]> => {
    const { code, out, err } = await place.run(['score', '--quiet'], { input, environment });
    expect([code, err.replaceAll(/.*XDG_RUNTIME_DIR.*\n/g, '')]).toEqual([0, '']);
    return out.trimEnd().split('\n').map((line) => (JSON.parse(line) as { logit: number }).logit);
  };
  const cpu = await logits({ ENGINE_DEVICE: 'cpu' });
  const webgpu = await logits({ ENGINE_DEVICE: 'webgpu', VK_DRIVER_FILES: icd! });
  for (const [i, logit] of cpu.entries()) expect(Math.abs(webgpu[i]! - logit)).toBeLessThan(1e-3);
}, 2 * PATIENCE_MS);
