import { AdloomError } from '../../base/errors';

export const CONFIG_FILE = 'adapter_config.json';
export const WEIGHTS_FILE = 'adapter_model.safetensors';

/** `wrong` completes "adapter_config.json: <field> ...". */
export function adapterInvalid(field: string, wrong: string, hint: string, cause?: unknown): AdloomError {
  return new AdloomError('ADAPTER_INVALID', `${CONFIG_FILE}: ${field} ${wrong}`, { field, hint, cause });
}

export function weightsInvalid(field: string, wrong: string, hint: string): AdloomError {
  return new AdloomError('ADAPTER_INVALID', `${WEIGHTS_FILE}: ${wrong}`, { field, hint });
}

/** The adapter is sound but made for another model. */
export function adapterMismatch(field: string, message: string): AdloomError {
  return new AdloomError('ADAPTER_MISMATCH', message, { field, hint: 'Give the base that the adapter was trained on, or train an adapter for this one.' });
}
