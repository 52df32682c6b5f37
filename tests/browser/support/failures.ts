import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** Says at the very end, where a log is cut last, why each test failed. */
export default class Failures implements Reporter {
  readonly #lines: string[] = [];

  onTestEnd(test: TestCase, { error, status }: TestResult): void {
    if (status === test.expectedStatus || status === "skipped") return;
    const why = (error?.message ?? status).replaceAll(/\u001B\[[\d;]*m/g, "");
    this.#lines.push(`${test.location.file.split("/").at(-1) ?? ""}: ${test.title}\n${why.split("\n").slice(0, 12).join("\n")}`);
  }

  onEnd(_result: FullResult): void {
    for (const line of this.#lines) console.log(`\nFAILED ${line}`);
  }
}
