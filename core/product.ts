/** What the mark, the read API and `--version` say. A test holds it equal to package.json's version. */
export const PRODUCT = { name: 'nightferry', version: '0.1.0' } as const
