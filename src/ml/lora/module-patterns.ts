/**
 * Which modules a PEFT configuration means: lists of names match a whole name or its end behind a dot, strings are regular
 * expressions over the whole name (peft/tuners/tuners_utils.py, check_target_module_exists; utils/other.py, get_pattern_key).
 */
import { adapterInvalid } from './adapter-errors';

/** Longer ones are no module names; and a group that repeats inside a repeat can take for ever. */
const LONGEST = 200;
const NESTED = /\)\s*[*+{?]/;

/** `wanted` is a list of names or one regular expression; undefined matches nothing. */
export function matchesModule(wanted: string | readonly string[] | undefined, module: string, field: string): boolean {
  if (wanted === undefined) return false;
  if (typeof wanted === 'string') return pattern(`^(?:${wanted})$`, wanted, field).test(module);
  return wanted.some((name) => module === name || module.endsWith(`.${name}`));
}

/** The value of the first pattern that matches the end of the module's name, else `otherwise`. */
export function valueFor(patterns: Readonly<Record<string, number>>, module: string, otherwise: number, field: string): number {
  for (const [key, value] of Object.entries(patterns)) if (pattern(`^(?:.*\\.)?(?:${key})$`, key, field).test(module)) return value;
  return otherwise;
}

function pattern(source: string, written: string, field: string): RegExp {
  if (written.length > LONGEST || NESTED.test(written)) {
    throw adapterInvalid(field, `holds the pattern ${JSON.stringify(written.slice(0, 80))}, which is too long or repeats a group.`, 'Write module names, or a pattern without repeated groups.');
  }
  try {
    return new RegExp(source);
  } catch (cause) {
    throw adapterInvalid(field, `holds the pattern ${JSON.stringify(written)}, which is no regular expression.`, 'Write module names, such as c_attn.', cause);
  }
}
