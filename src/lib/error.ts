// The base of every error class: one class an area, a closed union of codes, the cause kept.

/** An error that a caller can tell apart by its code. Only app, server and cli turn it into words, statuses and exit codes. */
export class CodedError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}
