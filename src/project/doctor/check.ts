// One finding of the doctor.

export type Check = {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  readonly message: string;
  /** The command or change that mends it. */
  readonly fix?: string;
};
