import { isAdloomError } from '../base/errors';
import type { Logger } from '../base/logger';
import { chooseDevice, type DeviceChoice, type DeviceSetting } from '../ml/devices/choose-device';
import type { Device } from '../ml/runtime/devices';

const chosen = new Map<DeviceSetting, Promise<DeviceChoice>>();

/** What `ENGINE_DEVICE` comes to; found out once, as trying devices takes time. @throws DEVICE_UNAVAILABLE for a device by name that does not work */
export function engineDevice(setting: DeviceSetting): Promise<DeviceChoice> {
  let choice = chosen.get(setting);
  if (!choice) chosen.set(setting, (choice = chooseDevice(setting)));
  return choice;
}

/** Opens a model on the device in use. One that `auto` chose may still be too small for a model: then the cpu takes it. */
export async function openOnDevice<Model>(setting: DeviceSetting, logger: Logger, open: (device: Device) => Promise<Model>): Promise<Model> {
  const { device } = await engineDevice(setting);
  try {
    return await open(device);
  } catch (error) {
    if (setting !== 'auto' || device === 'cpu' || !isAdloomError(error) || error.code !== 'DEVICE_UNAVAILABLE') throw error;
    logger.warn('the device does not take a model; it runs on the cpu', { device, error: error.message });
    return open('cpu');
  }
}
