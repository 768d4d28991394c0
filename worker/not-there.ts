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

export const noSuchPath = (): NotThere =>
  new NotThere('There is nothing at this address', 'GET /v1/migrations lists the migrations; a browser begins at /.')
