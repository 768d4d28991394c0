import type { Migrations } from './migrations.js'
import type { Answers } from './routes.js'

/** What the read API and its pages answer from. */
export interface Site extends Answers {
  readonly migrations: Migrations
}
