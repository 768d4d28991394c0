/** One table, how it is made in MariaDB, and what the tools that know nothing need to be told about it. */
export interface BenchCase {
  /** Also the table's name. */
  readonly name: string
  /** What it is called where people read; the name, unless told. */
  readonly label?: string
  /** What is wanted of it: against peers and the limit, only of memory, or of the steps of a proof against the copy. */
  readonly measures: 'speed' | 'memory' | 'proof'
  readonly rows: number
  /** MariaDB DDL. */
  readonly create: string
  /** `insert ... select` of the rows numbered `first` to `last`. */
  fill(first: number, last: number): string
  /** Target DDL with the types that our casts give, without keys. Null: no other tool runs this case. */
  readonly peers: PeerNeeds | null
  /** Bytes that one row may need beyond the bound on a process. */
  readonly rowBytes: number
}

export interface PeerNeeds {
  /** Statements before the rows: types and the table. */
  readonly createTarget: readonly string[]
  /** Statements after the rows: the keys that the source has. */
  readonly keys: readonly string[]
  /** The select list for `mariadb --batch`, so that COPY understands every value. */
  readonly select: string
  readonly orderBy: string
  /** pgloader's rules that give the same types. */
  readonly pgloaderCasts: readonly string[]
}
