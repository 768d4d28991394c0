import { compareDatabases } from './compare.js'

/** `node dist/scripts/independent-check/main.js MYSQL_URL POSTGRES_URL`: exit 0 equal, 6 different. */
const [sourceUrl, targetUrl] = process.argv.slice(2)
if (!sourceUrl || !targetUrl) {
  console.error('usage: independent-check MYSQL_URL POSTGRES_URL')
  process.exit(2)
}
const verdicts = await compareDatabases(sourceUrl, targetUrl)
const differences = verdicts.flatMap((v) => v.differences)
for (const v of verdicts)
  console.log(
    `${v.differences.length === 0 ? 'equal    ' : 'DIFFERENT'}  ${v.table}: ${v.rows} rows, ${v.columns} columns`,
  )
for (const d of differences) console.log(`  ${d}`)
process.exit(differences.length === 0 ? 0 : 6)
