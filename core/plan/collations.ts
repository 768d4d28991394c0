import type { SourceType } from '../catalog.js'

const isBinary = (collation: string): boolean => collation === 'binary' || collation.endsWith('_bin')

/** True where values that differ in case, accents or the like are the same to the source. */
export const isLoose = (type: SourceType): boolean => type.collation !== null && !isBinary(type.collation)

/** True where only trailing blanks do not count: `utf8mb4_bin` pads, `utf8mb4_0900_bin` and MariaDB's nopad do not. */
export const isPadded = (type: SourceType): boolean =>
  type.base !== 'char' &&
  type.collation !== null &&
  type.collation.endsWith('_bin') &&
  !/_0900_|_nopad_/.test(type.collation)
