import type { Finding } from '../../core/finding.js'
import type { Target } from './target.js'
export async function checkTarget(_target: Target, _migration: string, _schema: string): Promise<Finding[]> {
  return []
}
