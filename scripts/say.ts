/** A sentence for the person at the terminal; commands print it without a stack and end with 1. */
export class Refusal extends Error {}

/** Runs a command's body; what a person can mend is one sentence, anything else keeps its stack. */
export async function command(body: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  }
}

/** Says every ten seconds that a long step is still going on. */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  console.log(`${what} …`);
  const ticker = setInterval(() => console.log(`  still at it, ${seconds()} s`), 10_000);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
  }
}
