import pg from 'pg'
import { Failure } from '../../core/failure.js'
import { isTlsCode } from './error-rules.js'
import { codeOf, toFailure, type ErrorContext } from './errors.js'
import { pinSession } from './session.js'
import { tlsAttempts, type TlsAttempt } from './tls.js'
import { placeOf, type Address } from './url.js'

const CONNECT_MILLISECONDS = 10_000

/** More than any run has sessions: a chunk holds one, its claim and progress take another for a moment. */
const POOL_SIZE = 64

/** Longer than a connect, so that a pool that is all taken is not mistaken for a server that is away. */
const WAIT_FOR_SESSION_MILLISECONDS = 30_000
const IDLE_MILLISECONDS = 30_000

/** What an error of this connection may say about it. */
export const aboutConnection = (address: Address, connection: string): ErrorContext => ({
  connection,
  place: placeOf(address),
  user: address.user,
  database: address.database,
})

/** Pinned sessions of one database. Connects when asked for the first; every error of connecting is a `Failure`. */
export function openPool(address: Address, connection: string, size = POOL_SIZE): pg.Pool {
  return new TargetPool(address, connection, size)
}

/**
 * A client that says at the start what libpq would and nothing that PGOPTIONS or its like put there, and that outlives
 * the loss of its connection: the error reaches whoever waits for an answer, and the next statement.
 */
class TargetClient extends pg.Client {
  readonly #options: string | undefined

  constructor(config?: pg.ClientConfig) {
    // The pool hides the password from enumeration, so a spread alone loses it and the driver asks the environment.
    super({ ...config, password: config?.password, connectionTimeoutMillis: CONNECT_MILLISECONDS })
    this.#options = config?.options
    this.on('error', () => {})
  }

  /** The driver asks this when it writes the startup packet (its own adds what the environment says). */
  getStartupConf(): Record<string, string | undefined> {
    const options = this.#options === undefined ? {} : { options: this.#options }
    return { user: this.user, database: this.database, application_name: 'nightferry', ...options }
  }
}

class TargetPool extends pg.Pool {
  readonly #attempts: readonly TlsAttempt[]
  readonly #about: ErrorContext
  /** True once an attempt has worked: `options.ssl` holds it, and every later session uses it. */
  #agreed = false
  #turn: Promise<void> = Promise.resolve()

  constructor(address: Address, connection: string, size: number) {
    super({
      host: address.host,
      port: address.port,
      user: address.user,
      database: address.database,
      // A function: with a plain (or no) password the driver would look into PGPASSWORD and ~/.pgpass.
      password: () => passwordOf(address, connection),
      ...(address.options === null ? {} : { options: address.options }),
      sslnegotiation: 'postgres',
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      max: size,
      idleTimeoutMillis: IDLE_MILLISECONDS,
      connectionTimeoutMillis: WAIT_FOR_SESSION_MILLISECONDS,
      Client: TargetClient,
      // oxlint-disable-next-line typescript/no-misused-promises -- the pool awaits it, whatever its typings say
      onConnect: pinSession,
    })
    this.#attempts = tlsAttempts(address, connection)
    this.#about = aboutConnection(address, connection)
    // An idle session that died is replaced by the next connect; without a listener it would end the process.
    this.on('error', () => {})
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: Connected): void
  override connect(callback?: Connected): Promise<pg.PoolClient> | void {
    const client = this.#connectInTurn()
    if (!callback) return client
    client.then(
      (ready) => callback(undefined, ready, (broken) => ready.release(broken)),
      (error: Error) => callback(error, undefined, () => {}),
    )
  }

  /**
   * Until the way (plain or TLS) is known, sessions are opened one after the other: the pool's clients share one option,
   * and two that tried different ways at once would each read the other's.
   */
  async #connectInTurn(): Promise<pg.PoolClient> {
    if (this.#agreed) {
      try {
        return await super.connect()
      } catch (error) {
        if (!isWorthOtherWay(error)) throw toFailure(error, this.#about)
        this.#agreed = false
      }
    }
    const mine = this.#turn.then(() => (this.#agreed ? super.connect() : this.#tryEach()))
    this.#turn = mine.then(
      () => {},
      () => {},
    )
    try {
      return await mine
    } catch (error) {
      throw toFailure(error, this.#about)
    }
  }

  /** Plain and TLS in sslmode's order; the first error is told, or the first that is not about TLS. */
  async #tryEach(): Promise<pg.PoolClient> {
    let told: unknown
    for (const attempt of this.#attempts) {
      ;(this.options as { ssl?: TlsAttempt }).ssl = attempt
      try {
        const client = await super.connect()
        this.#agreed = true
        return client
      } catch (error) {
        if (told === undefined || isTlsCode(codeOf(told))) told = error
        if (!isWorthOtherWay(error)) break
      }
    }
    throw told
  }
}

type Release = (broken?: Error | boolean) => void
type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, release: Release) => void

/** pg_hba.conf that wants the other way, or a handshake that failed; not a server that is away or a wrong password. */
const isWorthOtherWay = (error: unknown): boolean => {
  const code = codeOf(error)
  return code === '28000' || code === 'ECONNRESET' || isTlsCode(code)
}

function passwordOf(address: Address, connection: string): string {
  if (address.password !== '') return address.password
  throw new Failure('target-login', `The target ${connection} asks for a password (account ${address.user}).`, {
    remedy: 'Put the password into the connection that the worker reads.',
  })
}
