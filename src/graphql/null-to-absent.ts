/** A filter that was sent as null asks for nothing, as one that was not sent. Use-cases know absent alone. */
export function nullToAbsent<T extends object>(value: T | null | undefined): { [K in keyof T]: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, each]) => each != null)) as { [K in keyof T]: Exclude<T[K], null> };
}
