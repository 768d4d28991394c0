export { inspection } from './inspection.js'
export { migration } from './migration.js'
export { run } from './run.js'
export { table } from './table.js'
