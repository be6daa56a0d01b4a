// The seam under the hosted trainers: what each provider's protocol can do, in words that all of them share.
import type { CallOptions } from "../../core/component.ts";
import type { Json } from "../../core/json.ts";
import type { Cost } from "../../core/scores.ts";
import type {
  Hosting,
  JobElsewhere,
  JobStatus,
  Retirement,
  TuningEvent,
  TuningMethod,
  TuningSettings,
} from "../../core/training.ts";
import type { DatasetFile, FileRules } from "./dataset-file.ts";
import type { Journal } from "./journal.ts";
import type { Service } from "./service-http.ts";

/** The last run that this one learns on top of. */
export type EarlierJob = { readonly job: string; readonly model: string; readonly base: string };

export type JobWishes = {
  readonly method: TuningMethod;
  readonly settings: TuningSettings;
  readonly epochs: number;
  /** The provider's base model, also that of an earlier job. */
  readonly base: string;
  readonly earlier: EarlierJob | null;
};

/** What is known of a base before anything is uploaded. */
export type BaseFacts = { readonly retires: Retirement | null; readonly notes: readonly string[] };

/** Files by the provider's ids. */
export type Uploaded = { readonly training: string; readonly validation: string | null };

export type JobRequest = JobWishes &
  Uploaded & {
    /** Names the job by all that it is made of: by it a job is found again. Lower case, digits and dashes. */
    readonly key: string;
  };

/** One thing told of a job; `id` is told once, whoever listens. */
export type JobNews = { readonly id: string; readonly event: TuningEvent };

export type JobView = {
  readonly id: string;
  readonly status: JobStatus;
  readonly said: string;
  readonly share: number | null;
  readonly etaMs: number | null;
  readonly news: readonly JobNews[];
  /** Set once there is a tuned model: its name at the provider. */
  readonly model: string | null;
  readonly isEarlyStopped: boolean;
  /** Why it failed. */
  readonly error: string | null;
  readonly tokens: number | null;
  readonly parameters: number | null;
  /** What the provider says that it bills; null: nothing. */
  readonly cost: Cost | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number | null;
  readonly finishedAt: number | null;
};

export type Checkpoint = { readonly step: number; readonly model: string };

export type Estimate =
  | { readonly cost: Cost; readonly mayProceed: boolean; readonly limit?: string }
  /** The provider does not say, for this reason. */
  | { readonly unavailable: string };

export type HostedWire = {
  /** The trainer's name. */
  readonly name: string;
  readonly service: Service;
  /** What makes a run at this address another run than elsewhere. */
  readonly identity: Json;
  readonly rules: FileRules;
  /** Name of the variable that holds the key. */
  readonly keyVariable: string;
  readonly hosting: Hosting;
  /** Throws `AssayError` for wishes that this provider can never meet. Asks nobody. */
  check(wishes: JobWishes): void;
  /** Looks at the base without spending. Throws `AssayError` for one that cannot be tuned. */
  inspect(wishes: JobWishes, call?: CallOptions): Promise<BaseFacts>;
  /** Tokens that a job over these files is billed for, by the fixed counter. */
  billedTokens(wishes: JobWishes, training: DatasetFile, validation: DatasetFile | null): number;
  /** Uploads once and waits until the provider has checked the file. Throws `AssayError` `bad-examples` for one it refuses. */
  upload(file: DatasetFile, journal: Journal, wishes: JobWishes, call?: CallOptions): Promise<string>;
  /** Deletes an uploaded file, and what the journal remembers of its upload. */
  remove(file: DatasetFile, id: string, journal: Journal, call?: CallOptions): Promise<void>;
  /** Absent: this provider prices nothing beforehand. */
  estimate?(wishes: JobWishes, files: Uploaded, call?: CallOptions): Promise<Estimate>;
  /** The id of the job that has this key, made by whichever process. */
  find(request: JobRequest, call?: CallOptions): Promise<string | undefined>;
  create(request: JobRequest, call?: CallOptions): Promise<string>;
  /** `seen`: ids of news that need not come again. */
  look(id: string, seen: ReadonlySet<string>, call?: CallOptions): Promise<JobView>;
  /** The losses of a trained job, for one whose news told none. Absent: nothing else tells them. */
  losses?(id: string, call?: CallOptions): Promise<readonly JobNews[]>;
  checkpoints(id: string, call?: CallOptions): Promise<readonly Checkpoint[]>;
  cancel(id: string, call?: CallOptions): Promise<void>;
  /** Lets a paused job run on. Absent: jobs are never paused there. */
  goOn?(id: string, call?: CallOptions): Promise<void>;
  list(call?: CallOptions): Promise<readonly JobElsewhere[]>;
  /** What has to be done before the model answers. */
  toDo(model: string): readonly string[];
};
