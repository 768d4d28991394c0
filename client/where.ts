import { readUpState } from './folder.js'

/** Which Temporal a command speaks to, and who said so. */
export interface Where {
  readonly address: string
  readonly namespace: string
  readonly from: '--address' | 'TEMPORAL_ADDRESS' | 'the up of this folder' | 'the default'
}

/** The option, else the environment, else the `up` of this folder, else Temporal's own default. */
export function whereIsTemporal(
  options: { address?: string | undefined; namespace?: string | undefined },
  env: NodeJS.ProcessEnv,
  folder: string,
): Where {
  const up = readUpState(folder)
  const namespace = options.namespace ?? env['TEMPORAL_NAMESPACE']
  if (options.address) return { address: options.address, namespace: namespace ?? 'default', from: '--address' }
  const variable = env['TEMPORAL_ADDRESS']
  if (variable) return { address: variable, namespace: namespace ?? 'default', from: 'TEMPORAL_ADDRESS' }
  if (up !== null) {
    const { address, namespace: own } = up.temporal
    return { address, namespace: namespace ?? own, from: 'the up of this folder' }
  }
  return { address: '127.0.0.1:7233', namespace: namespace ?? 'default', from: 'the default' }
}
