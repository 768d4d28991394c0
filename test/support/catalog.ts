import type { SourceCatalog, SourceColumn, SourceForeignKey, SourceIndex, SourceTable } from '../../core/catalog.js'
import { profileQuestions } from '../../core/casts/profile.js'
import { parseConfig } from '../../core/config/parse.js'
import type { Config } from '../../core/config/types.js'
import { buildPlan } from '../../core/plan/build-plan.js'
import type { Plan, ProfileAnswer } from '../../core/plan/types.js'
import type { TargetFeatures } from '../../core/ports.js'
import { parseDeclaredType } from '../../databases/mysql/declared-type.js'

/** Catalogs for tests that need no server; types are written as the source prints them. */

const TEXTS = /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set)/

export function column(
  name: string,
  declared: string,
  about: Partial<SourceColumn> & { json?: boolean } = {},
): SourceColumn {
  const { json = false, ...rest } = about
  const texty = TEXTS.test(declared)
  const type = parseDeclaredType(declared, {
    charset: texty ? 'utf8mb4' : null,
    collation: texty ? 'utf8mb4_bin' : null,
    srid: null,
    jsonAlias: json,
  })
  const plain = { nullable: true, default: null, autoIncrement: false, onUpdate: null, generated: null, comment: '' }
  return { ...plain, name, type, ...rest }
}

/** `index('PRIMARY', ['id'])`, `index('name_idx', ['name(5)', 'id desc'], {unique: true})`. */
export function index(name: string, columns: readonly string[], about: Partial<SourceIndex> = {}): SourceIndex {
  const primary = name === 'PRIMARY'
  return {
    name,
    primary,
    unique: primary,
    method: 'btree',
    comment: '',
    columns: columns.map((text) => {
      const [, column = '', prefix, desc] = /^([^( ]+)(?:\((\d+)\))?( desc)?$/.exec(text) ?? []
      return { column, expression: null, prefix: prefix ? Number(prefix) : null, descending: desc !== undefined }
    }),
    ...about,
  }
}

/** `foreignKey('fk', 'customer_id', 'customers.id')`; lists with commas for composite keys. */
export function foreignKey(
  name: string,
  from: string,
  to: string,
  about: Partial<SourceForeignKey> = {},
): SourceForeignKey {
  const [referencedTable = '', referenced = ''] = to.split('.')
  return {
    name,
    columns: from.split(','),
    referencedDatabase: 'shop',
    referencedTable,
    referencedColumns: referenced.split(','),
    onUpdate: 'NO ACTION',
    onDelete: 'NO ACTION',
    ...about,
  }
}

export function table(name: string, columns: readonly SourceColumn[], about: Partial<SourceTable> = {}): SourceTable {
  return {
    name,
    comment: '',
    engine: 'InnoDB',
    estimatedRows: 0,
    estimatedBytes: 0,
    columns,
    indexes: [],
    foreignKeys: [],
    nextIdentity: columns.some((c) => c.autoIncrement) ? '1' : null,
    extras: [],
    ...about,
  }
}

export const catalog = (tables: readonly SourceTable[], about: Partial<SourceCatalog> = {}): SourceCatalog => ({
  server: { product: 'MariaDB', version: '10.11.6' },
  database: 'shop',
  tables,
  others: [],
  ...about,
})

/** A whole configuration from the parts that matter, as it would be written. */
export function config(written: Record<string, unknown> = {}): Config {
  const parsed = parseConfig({
    migration: 'shop',
    source: { connection: 'shop-mysql' },
    target: { connection: 'shop-pg' },
    ...written,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.config
}

export const NO_FEATURES: TargetFeatures = { postgis: false, pgvector: false }

/** The plan of these tables; columns that are asked about hold nothing, unless `answers` says otherwise. */
export function planOf(
  tables: readonly SourceTable[],
  written: Record<string, unknown> = {},
  answers: readonly ProfileAnswer[] = [],
  about: Partial<SourceCatalog> = {},
): Plan {
  const source = catalog(tables, about)
  const settings = config(written)
  const empty = profileQuestions(source, settings).map((question) => ({ ...question, smallest: null, largest: null }))
  const unanswered = empty.filter(
    (question) => !answers.some((answer) => answer.table === question.table && answer.column === question.column),
  )
  return buildPlan({ catalog: source, config: settings, answers: [...answers, ...unanswered], features: NO_FEATURES })
}

/** `blocking names-collide orders`, for short comparisons. */
export const findingsOf = (plan: Plan): string[] => plan.findings.map((f) => `${f.severity} ${f.name} ${f.subject}`)
