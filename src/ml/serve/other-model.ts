import { AdloomError } from '../../base/errors';

/** Where the files of a model in use were exchanged. */
export function otherModel(directory: string, now: string, used: string): AdloomError {
  return new AdloomError('MODEL_UNAVAILABLE', `${directory} holds the model ${now} now; the one in use is ${used}.`, { hint: 'Restart to use the new files, or put the old ones back.' });
}
