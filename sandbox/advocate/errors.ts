/** A refusal in Advocate's own shape. Its texts are ours: nobody may read meaning out of them. */
export class AdvocateError extends Error {
  readonly statusCode: number;
  readonly apiErrorCode: string;
  readonly rsCode: string | undefined;
  constructor(statusCode: number, apiErrorCode: string, message: string, rsCode?: string) {
    super(message);
    this.name = 'AdvocateError';
    this.statusCode = statusCode;
    this.apiErrorCode = apiErrorCode;
    this.rsCode = rsCode;
  }
  toBody(): { message: string; statusCode: number; apiErrorCode: string; rsCode?: string } {
    const { message, statusCode, apiErrorCode, rsCode } = this;
    return { message, statusCode, apiErrorCode, ...(rsCode && { rsCode }) };
  }
}

export const badRequest = (message: string, code = 'BAD_REQUEST', rsCode?: string) =>
  new AdvocateError(400, code, message, rsCode);
export const notFound = (message: string, rsCode?: string) =>
  new AdvocateError(404, 'NOT_FOUND', message, rsCode);
export const unauthorized = (message: string, rsCode?: string) =>
  new AdvocateError(401, 'UNAUTHORIZED', message, rsCode);
export const forbidden = (message: string) => new AdvocateError(403, 'FORBIDDEN', message);
