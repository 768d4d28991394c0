import { realText } from './float.js'
import type { Output } from './output.js'

/** 32-bit floats, little endian, as real[]. */
export function encodeVector(out: Output, bytes: Buffer, from: number, to: number): void {
  const numbers = []
  for (let i = from; i < to; i += 4) numbers.push(realText(bytes.readFloatLE(i)))
  out.ascii(`{${numbers.join(',')}}`)
}
