declare module 'spdx-expression-parse' {
  /** Throws where it is no licence expression. */
  export default function parse(expression: string): unknown;
}
