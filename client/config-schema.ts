import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { configSchema } from '../core/config/schema.js'

/** Where editors find it: `# yaml-language-server: $schema=...`. */
export const SCHEMA_FILE = 'docs/nightferry.schema.json'

/** The JSON schema of the configuration file, made from the schema that judges it. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' })
  return `${JSON.stringify({ title: 'A migration of Nightferry', ...schema }, null, 2)}\n`
}

// `npm run schema`, in the repository.
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA_FILE, configJsonSchema())
