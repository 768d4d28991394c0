/** What a name of a connection is; a URL in its place is told apart, because it must not be repeated in a message. */
export const CONNECTION_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/

export const looksLikeUrl = (value: string): boolean => /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(value) || /[@/]/.test(value)

/** The environment variable in which a worker looks for a connection: `NIGHTFERRY_CONNECTION_SHOP_MYSQL`. */
export const connectionVariable = (name: string): string =>
  `NIGHTFERRY_CONNECTION_${name.toUpperCase().replaceAll('-', '_')}`

export const URL_AS_CONNECTION =
  'is a URL, and a configuration holds only names of connections, because files are shared and passwords are not. ' +
  `Write a name, such as shop-mysql, and give its URL to the worker: ${connectionVariable('shop-mysql')}=mysql://... ` +
  `in its environment, or the path of a file that holds it in ${connectionVariable('shop-mysql')}_FILE`

/** Says what is wrong with an entry of `tables.include` or `exclude`; null where it is a name or a /pattern/. */
export function tablePatternProblem(entry: string): string | null {
  if (entry === '') return 'is empty: write the name of a table, or a /pattern/'
  if (entry === '*') return null
  if (entry.startsWith('/')) {
    const match = /^\/(.+)\/(i?)$/.exec(entry)
    if (!match) return 'begins like a pattern and does not end like one: write /pattern/, or /pattern/i for either case'
    try {
      new RegExp(match[1]!, `${match[2]!}u`)
      return null
    } catch (error) {
      return `is no regular expression: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  return entry.includes('*') ? 'has a star, which only stands alone: write a /pattern/, such as /^tmp_/' : null
}
