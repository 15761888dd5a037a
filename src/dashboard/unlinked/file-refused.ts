/** A file of which nothing can be used: what is wrong with it, and what to do. */
export class FileRefused extends Error {
  readonly action: string;
  constructor(what: string, action: string) {
    super(what);
    this.name = 'FileRefused';
    this.action = action;
  }
}
