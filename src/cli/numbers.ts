// Whole numbers on the command line that may be 0, and the sentence for what is none.
import { InvalidArgumentError } from "commander";

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError("expected a whole number from 0.");
  }
  return value;
}
