import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { repositoryRoot } from '../../scripts/servers/folder.js'

/** What people import: the files of `monitoring/`. */
export const monitoringFile = (...path: string[]): string => join(repositoryRoot(), 'monitoring', ...path)

const textOf = (...path: string[]): string => readFileSync(monitoringFile(...path), 'utf8')

interface Panel {
  readonly title: string
  readonly targets: readonly { readonly expr: string }[]
}

/** Every query of the dashboard, with its panel, its variables as Grafana would fill them in. */
export function dashboardQueries(migration: string): { readonly panel: string; readonly query: string }[] {
  const { panels } = JSON.parse(textOf('grafana', 'nightferry.json')) as { panels: Panel[] }
  const variables: Readonly<Record<string, string>> = { migration, __rate_interval: '1m', __range: '10m' }
  const filled = (expr: string): string =>
    expr.replaceAll(/\$(\w+)/g, (whole, name: string) => variables[name] ?? whole)
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ panel: title, query: filled(expr) })))
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
}

export const rules = (): Rule[] =>
  (parse(textOf('prometheus', 'rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules)

/**
 * The same rules, so quick that a test sees them: half an hour and a day are 3 s, three days are a minute and a half, a quarter of an hour is one minute, ten
 * failures are none, and nothing has to last. The expressions are otherwise as they stand in the file.
 */
export const quickRules = (): string =>
  textOf('prometheus', 'rules.yml')
    .replaceAll(/> (?:1800|86400)$/gm, '> 3')
    .replaceAll(/> 259200$/gm, '> 90')
    .replaceAll(/([<>]) 900\b/g, '$1 60')
    .replaceAll(/> 10$/gm, '> 0')
    .replaceAll(/^( +for:) \w+$/gm, '$1 0s')

/** Names of metrics that an expression reads. */
export const metricsIn = (expr: string): string[] => [
  ...new Set(expr.match(/\b(?:nightferry|temporal)_[a-z_]+\b|\bup\b/g) ?? []),
]
