/** One request that reached a simulator and what it answered, as conformance and the secret search read them. */
export type Exchange = {
  service: 'stripe' | 'advocate';
  method: string;
  /** Path without the query. */
  path: string;
  query: string;
  requestHeaders: Record<string, string>;
  requestBody: string;
  /** Null when the simulator cut the connection instead of answering. */
  status: number | null;
  responseHeaders: Record<string, string>;
  responseBody: string;
};
