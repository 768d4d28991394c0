/** Something that was asked for and is not there. */
export class NotThere extends Error {
  override readonly name = 'NotThere'
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message)
  }
}

export const noSuchPath = (): NotThere => new NotThere('There is no such document', 'See core/api.ts for the paths.')
