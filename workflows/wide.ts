/** What a table's window goes by. */
export interface Wide {
  /** Steps in flight at a time. */
  readonly width: number
  /** Of each session; absent: as many as there are. */
  readonly rowsPerSecond?: number
  /** Canonical bytes of a chunk; absent: as the config says. */
  readonly chunkBytes?: number
  /** Nothing more is to be read: it drains at a chunk's edge, and answers with its cursor. */
  readonly closing?: true
}
