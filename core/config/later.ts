/**
 * Keys that the configuration will have and that nothing reads yet. They are refused by name: a key that is taken and
 * not obeyed (`gates`, `cutover`) would be a lie about what a run did. Work that builds a key takes it out of here.
 */
export const LATER_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': ['schema', 'read_from', 'rejects', 'gates', 'cutover'],
  tables: ['where', 'rename', 'materialize'],
  'casts[]': ['on_nul_byte'],
}

/** The place of a path in `LATER_KEYS`: `['casts', 2]` is `casts[]`. */
export const placeOf = (path: readonly (string | number)[]): string =>
  path
    .map((step) => (typeof step === 'number' ? '[]' : step))
    .join('.')
    .replaceAll('.[]', '[]')
