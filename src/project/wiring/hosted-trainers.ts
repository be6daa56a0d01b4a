// From the configuration of a provider to its trainer: address, key, account, prices. Asks nobody.
import { AssayError } from "../../core/errors.ts";
import type { Trainer } from "../../core/training.ts";
import { fireworksWire } from "../../tuning/hosted/fireworks.ts";
import { hostedTrainer } from "../../tuning/hosted/hosted-trainer.ts";
import { openAiWire } from "../../tuning/hosted/openai.ts";
import { type Service, service } from "../../tuning/hosted/service-http.ts";
import { togetherWire } from "../../tuning/hosted/together.ts";
import type { HostedWire } from "../../tuning/hosted/wire.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import type { TrainerConfig } from "../config/tuning-config.ts";

type Name = keyof ResolvedConfig["tuning"]["trainers"];

type Home = { readonly label: string; readonly baseUrl: string; readonly keyVariable: string };

const homes: Readonly<Record<Name, Home>> = {
  together: { label: "Together", baseUrl: "https://api.together.ai/v1", keyVariable: "TOGETHER_API_KEY" },
  fireworks: { label: "Fireworks", baseUrl: "https://api.fireworks.ai", keyVariable: "FIREWORKS_API_KEY" },
  openai: { label: "OpenAI", baseUrl: "https://api.openai.com/v1", keyVariable: "OPENAI_API_KEY" },
};

const accountVariable = "FIREWORKS_ACCOUNT_ID";

export function trainerAt(name: Name, config: ResolvedConfig): Trainer {
  const settings = config.tuning.trainers[name];
  const wire = wires[name](addressOf(name, config), settings, config);
  const { answersWith, usdPerMillionTrainingTokens, pollSeconds } = settings;
  return hostedTrainer(wire, { pollMs: pollSeconds * 1000, answersWith, usdPerMillionTrainingTokens });
}

type Address = { readonly service: Service; readonly baseUrl: string; readonly keyVariable: string };

/** The trainer's own settings first, then those of the provider that answers, then the provider's home. */
function addressOf(name: Name, { tuning, providers }: ResolvedConfig): Address {
  const { baseUrl: own, apiKeyEnv, keyHeader, apiVersion } = tuning.trainers[name];
  const home = homes[name];
  const answering = providers[name];
  const baseUrl = own ?? answering?.baseUrl.replace(/\/inference\/v1\/*$/, "") ?? home.baseUrl;
  const named = apiKeyEnv ?? answering?.apiKeyEnv;
  const keyVariable = named ?? home.keyVariable;
  // Another address may be a server of one's own that needs no key.
  const isOptional = named === undefined && baseUrl !== home.baseUrl;
  const label = own === undefined || new URL(own).host === new URL(home.baseUrl).host ? home.label : new URL(own).host;
  return {
    service: service({
      label,
      baseUrl,
      key: () => keyIn(keyVariable, isOptional, label),
      keyHeader,
      ...(apiVersion === undefined ? {} : { query: { "api-version": apiVersion } }),
    }),
    baseUrl,
    keyVariable,
  };
}

function keyIn(variable: string, isOptional: boolean, label: string): string {
  const key = process.env[variable] ?? "";
  if (key !== "" || isOptional) return key;
  throw new AssayError({
    code: "missing-key",
    message: `${label} needs a key in the environment variable ${variable}`,
    remedy: `export ${variable}=… (or write it into .env)`,
  });
}

type MakeWire = (address: Address, settings: TrainerConfig, config: ResolvedConfig) => HostedWire;

const wires: Readonly<Record<Name, MakeWire>> = {
  together: (address, settings, config) => togetherWire({ ...address, endpointHourUsd: hourOf(settings, config) }),
  fireworks: (address, settings, config) =>
    fireworksWire({ ...address, account: accountOf(settings), endpointHourUsd: hourOf(settings, config) }),
  openai: (address, settings, config) =>
    openAiWire({ ...address, trainingType: settings.trainingType, endpointHourUsd: hourOf(settings, config) }),
};

const hourOf = ({ endpointHourUsd }: TrainerConfig, { prices }: ResolvedConfig): number | undefined =>
  endpointHourUsd ?? prices.endpointHourUsd;

function accountOf({ account = process.env[accountVariable] }: TrainerConfig): string {
  if (account) return account;
  throw new AssayError({
    code: "bad-config",
    message: "Fireworks needs the name of the account",
    remedy: `set tuning.trainers.fireworks.account, or export ${accountVariable}=…`,
  });
}
