import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../core/config/json-schema.js'

// `npm run schema`, in the repository: writes the JSON schema that editors read, `# yaml-language-server: $schema=...`.
writeFileSync('docs/nightferry.schema.json', `${JSON.stringify(configJsonSchema(), null, 2)}\n`)
