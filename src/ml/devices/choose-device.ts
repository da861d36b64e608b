/** Which device the models run on. */
import { AdloomError } from '../../base/errors';
import { DEVICES, installHint, type Device } from '../runtime/devices';
import { probeDevice } from './probe-device';

export type DeviceSetting = 'auto' | Device;
export const DEVICE_SETTINGS: readonly DeviceSetting[] = ['auto', ...DEVICES];

export interface DeviceChoice {
  readonly device: Device;
  /** Why it is this one, where there was a choice: what was passed over and what speaks for it. */
  readonly reason: string | null;
}

/** CUDA reads a gigabyte of libraries from a cold disk; a graphics driver compiles some thirty small programs. */
const AUTO_LIMIT_MS: Record<Device, number> = { cuda: 60_000, webgpu: 10_000, cpu: 0 };
/** Who asked for a device waits for it. */
const ASKED_LIMIT_MS = 300_000;

/**
 * `auto` is the first of cuda, webgpu and cpu that computes what the cpu computes, and faster. A device by name is that one, fast or not.
 * @param probe tries a device; another process unless told
 * @throws DEVICE_UNAVAILABLE where a device was asked for by name and does not work: what is missing, and how to install it
 */
export async function chooseDevice(setting: DeviceSetting, probe: typeof probeDevice = probeDevice): Promise<DeviceChoice> {
  if (setting === 'cpu') return { device: 'cpu', reason: null };
  if (setting !== 'auto') {
    const found = await probe(setting, { speed: false, limitMs: ASKED_LIMIT_MS });
    if (found.works) return { device: setting, reason: null };
    throw new AdloomError('DEVICE_UNAVAILABLE', `The device ${setting} cannot be used: ${found.why.replace(/\.$/, '')}.`, { field: 'ENGINE_DEVICE', hint: installHint(setting) });
  }
  const passed: string[] = [];
  for (const device of DEVICES) {
    if (device === 'cpu') break;
    const found = await probe(device, { speed: true, limitMs: AUTO_LIMIT_MS[device] });
    const { deviceMs = 0, cpuMs = 0 } = (found.works && found.check.speed) || {};
    if (!found.works) passed.push(`${device}: ${found.why}`);
    else if (deviceMs >= cpuMs) passed.push(`${device} works but is slower than the cpu: ${ms(deviceMs)} against ${ms(cpuMs)} in the self-check`);
    else return { device, reason: [...passed, `${device}: ${ms(deviceMs)} against ${ms(cpuMs)} of the cpu in the self-check`].join('; ') };
  }
  return { device: 'cpu', reason: passed.join('; ') };
}

function ms(value: number): string {
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} ms`;
}
