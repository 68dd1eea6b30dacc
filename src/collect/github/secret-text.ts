// Variables are not secrets, and people put secrets in them all the same.

const NAME = /passw|secret|token|api_?key|private_?key|credential|connection_?string/i;
const VALUE = /-----BEGIN|^gh[opsur]_|^github_pat_|^AKIA|^eyJ[\w-]+\.|:\/\/[^/\s:@]+:[^/\s@]+@/;

/** Whether a variable's name or value is that of a secret: its text is then replaced by a fingerprint. Errs on the side of replacing. */
export const looksSecret = (name: string, value: string): boolean =>
  NAME.test(name) ||
  VALUE.test(value) ||
  (value.length >= 32 && /^[A-Za-z0-9+/=_-]+$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value));
