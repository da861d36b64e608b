import type { Dependencies } from '../modules/dependencies';
import { createLoaders, type Loaders } from './loaders';

/** What a resolver is given beside its arguments; made anew for each operation. */
export interface GraphContext {
  readonly deps: Dependencies;
  readonly loaders: Loaders;
  /** Told to clients with masked errors, and in the log with what really happened. */
  readonly requestId: string;
  /** Aborts when the client went away. */
  readonly signal: AbortSignal;
  /** Forgets what was loaded: each result of a subscription reads afresh. */
  refresh(): void;
}

export function createContext(deps: Dependencies, options: { requestId?: string; signal?: AbortSignal } = {}): GraphContext {
  const signal = options.signal ?? new AbortController().signal;
  let loaders = createLoaders(deps, signal);
  return {
    deps,
    get loaders() {
      return loaders;
    },
    requestId: options.requestId ?? deps.ids.next(),
    signal,
    refresh() {
      loaders = createLoaders(deps, signal);
    },
  };
}
