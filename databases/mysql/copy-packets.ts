import type { Connection } from 'mysql2'

/** A row packet longer than this is taken in pieces, while it arrives. */
const LARGE = 1024 * 1024
const HEADER = 4
const MAX_PACKET = 0xffffff

/** What this file uses of mysql2 beyond its typings. A test of its own fails when an upgrade changes any of it. */
export interface DriverInternals {
  /** Every chunk of the socket goes to `packetParser.execute`, looked up each time. */
  packetParser: { execute(chunk: Buffer): unknown }
  readonly stream: { pause(): void; resume(): void; destroy(): void }
  /** The number of the next packet, modulo 256; a packet out of order is only warned about. */
  sequenceId: number
  query(options: { sql: string }, callback: (error: Error | null) => void): DriverQuery
}

type Step = (this: DriverQuery, packet: unknown, connection: unknown) => unknown

export interface DriverQuery {
  /** The step that takes the next packet; becomes the own property `row` behind the last column definition. */
  next: unknown
  row: Step
  /** The step of a column definition, and the one behind the last of them. */
  readField: Step
  readonly fieldsEOF: Step
}

export interface RowReader {
  /** A whole row: its values begin at `from` and fill the packet. False: no more rows until `proceed()`. */
  row(bytes: Buffer, view: DataView, from: number): boolean
  /** A row too large to hold: reads all of its payload. */
  largeRow(payload: LargePayload): Promise<void>
  /** After each chunk of the socket. */
  chunk(): void
  /** Anything that was thrown while rows were taken. */
  failed(error: unknown): void
}

/** The payload of one large row, piece by piece, in order. */
export interface LargePayload {
  /** The next bytes, at most `atMost` of them, as they arrived. */
  piece(atMost: number): Promise<Buffer>
  /** The next `size` bytes in one buffer of that size. */
  take(size: number): Promise<Buffer>
  /** To be called behind the last value: a payload that fills its packets exactly is followed by an empty one. */
  end(): Promise<void>
}

/**
 * Stands between the socket and mysql2's parser for one query. The driver gets every packet but the rows: those go to
 * the reader without a packet object and, if large, without ever being put together (mysql2 would hold a row of 60 MB
 * twice). Rows that arrive while the reader is paused: the rest of one chunk, nothing more.
 */
export class PacketTap {
  readonly #driver: DriverInternals['packetParser']
  readonly #connection: DriverInternals
  #query: DriverQuery | null = null
  #rowStep: unknown = null
  #inRows = false
  #sequence = 0
  /** What has not been used of the last chunk. */
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  /** A packet that began in an earlier chunk; filled up to `#have`. */
  #partial: Buffer | null = null
  #have = 0
  #paused = false
  #wanted: ((chunk: Buffer) => void) | null = null

  constructor(
    connection: Connection,
    private readonly reader: RowReader,
  ) {
    this.#connection = connection as unknown as DriverInternals
    this.#driver = this.#connection.packetParser
  }

  /** Sends a query of so many columns. Resolves at the end of its rows, rejects with the server's or the driver's error. */
  async run(sql: string, columns: number): Promise<void> {
    this.#connection.packetParser = this
    try {
      await new Promise<void>((resolve, reject) => {
        this.#query = this.#connection.query({ sql }, (error) => (error === null ? resolve() : reject(error)))
        this.#query.readField = skipDefinitions(columns)
        const finish = this.#query.row
        this.#rowStep = this.#query.row = function (packet, connection) {
          return finish.call(this, packet, connection)
        }
      })
    } finally {
      this.#connection.packetParser = this.#driver
    }
  }

  /** Called by the socket through mysql2. */
  execute(chunk: Buffer): void {
    try {
      if (this.#wanted !== null) {
        this.#connection.stream.pause()
        const wanted = this.#wanted
        this.#wanted = null
        return wanted(chunk)
      }
      this.#bytes = this.#at === this.#bytes.length ? chunk : Buffer.concat([this.#bytes.subarray(this.#at), chunk])
      this.#at = 0
      this.#take()
      this.reader.chunk()
    } catch (error) {
      this.reader.failed(error)
    }
  }

  /** Goes on after `row` returned false. */
  proceed(): void {
    this.#paused = false
    try {
      this.#take()
    } catch (error) {
      return this.reader.failed(error)
    }
    if (!this.#paused) this.#connection.stream.resume()
  }

  #take(): void {
    if (this.#paused) return
    if (this.#partial !== null && !this.#completePartial(this.#partial)) return
    const bytes = this.#bytes
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    while (!this.#paused) {
      const start = this.#at
      if (bytes.length - start < HEADER) return
      const length =
        (bytes[start] as number) | ((bytes[start + 1] as number) << 8) | ((bytes[start + 2] as number) << 16)
      const end = start + HEADER + length
      if (this.#inRows && length > LARGE) return this.#beginLarge()
      if (end > bytes.length) {
        this.#partial = Buffer.allocUnsafeSlow(HEADER + length)
        this.#have = bytes.copy(this.#partial, 0, start)
        this.#at = bytes.length
        return
      }
      this.#at = end
      this.#packet(bytes, view, start, end)
    }
  }

  /** False while bytes are missing. */
  #completePartial(packet: Buffer): boolean {
    const copied = this.#bytes.copy(packet, this.#have, this.#at)
    this.#have += copied
    this.#at += copied
    if (this.#have < packet.length) return false
    this.#partial = null
    this.#packet(packet, new DataView(packet.buffer, packet.byteOffset, packet.length), 0, packet.length)
    return !this.#paused
  }

  #packet(bytes: Buffer, view: DataView, start: number, end: number): void {
    if (!this.#inRows) return this.#toDriver(bytes, start, end)
    this.#count(bytes[start + 3] as number)
    const first = bytes[start + HEADER] as number
    // An error, or the end of the rows: a row that begins with 0xfe has a value of 16 MB or more and is never here.
    if (first === 0xff || first === 0xfe) {
      this.#inRows = false
      this.#connection.sequenceId = bytes[start + 3] as number
      return this.#toDriver(bytes, start, end)
    }
    if (!this.reader.row(bytes, view, start + HEADER)) this.#pause()
  }

  #pause(): void {
    this.#paused = true
    this.#connection.stream.pause()
  }

  #toDriver(bytes: Buffer, start: number, end: number): void {
    this.#driver.execute(bytes.subarray(start, end))
    if (this.#query !== null && this.#query.next === this.#rowStep) {
      this.#inRows = true
      this.#sequence = this.#connection.sequenceId
    }
  }

  #count(sequence: number): void {
    if (sequence !== this.#sequence) throw new Error('the source sent its packets out of order')
    this.#sequence = (sequence + 1) % 256
  }

  /** The large row is read by promises, everything else waits for it. */
  #beginLarge(): void {
    this.#pause()
    this.reader.largeRow(this.#largePayload()).then(
      () => this.proceed(),
      (error: unknown) => this.reader.failed(error),
    )
  }

  #largePayload(): LargePayload {
    let left = 0
    let last = false
    const more = async (): Promise<void> => {
      while (this.#at === this.#bytes.length) {
        this.#bytes = await new Promise<Buffer>((resolve) => {
          this.#wanted = resolve
          this.#connection.stream.resume()
        })
        this.#at = 0
      }
    }
    const slice = async (atMost: number): Promise<Buffer> => {
      await more()
      const piece = this.#bytes.subarray(this.#at, this.#at + atMost)
      this.#at += piece.length
      return piece
    }
    const nextPacket = async (): Promise<void> => {
      if (last) throw new Error('a row ended before its last value')
      const header = []
      while (header.length < HEADER) header.push(...(await slice(HEADER - header.length)))
      const [low, middle, high, sequence] = header as [number, number, number, number]
      left = low | (middle << 8) | (high << 16)
      last = left < MAX_PACKET
      this.#count(sequence)
    }
    const piece = async (atMost: number): Promise<Buffer> => {
      while (left === 0) await nextPacket()
      const bytes = await slice(Math.min(atMost, left))
      left -= bytes.length
      return bytes
    }
    const take = async (size: number): Promise<Buffer> => {
      const whole = Buffer.allocUnsafeSlow(size)
      for (let have = 0; have < size;) have += (await piece(size - have)).copy(whole, have)
      return whole
    }
    const end = async (): Promise<void> => {
      while (!last && left === 0) await nextPacket()
      if (left > 0) throw new Error('a row goes on behind its last value')
    }
    return { piece, take, end }
  }
}

/**
 * Column definitions are not read: nobody needs them, the driver would compile a parser of rows from them, and it fails
 * on the charsets that it does not know (swe7, keybcs2, geostd8, eucjpms) once columns come as they are stored.
 */
function skipDefinitions(columns: number): Step {
  let seen = 0
  return function skip(): unknown {
    seen++
    return seen === columns ? this.fieldsEOF : skip
  }
}
