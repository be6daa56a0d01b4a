// The deployments of the fake Fireworks: a model on hired GPUs. One that is only to be validated is not made.
import { account, failure, listed } from "./fake-fireworks-resources.ts";
import { type FakeReply, type FakeRequest, type JsonObject, jsonOf } from "./fake-service.ts";

/** `known`: whether there is such a model. */
export function deployments(
  all: Map<string, JsonObject>,
  request: FakeRequest,
  id: string | undefined,
  known: (model: string) => boolean,
): FakeReply {
  const { method, query } = request;
  if (id === undefined) {
    return method === "POST" ? deploy(all, request, known) : listed("deployments", [...all.values()], query);
  }
  const found = all.get(id);
  if (found === undefined) return failure(404, `deployment ${id} not found`);
  if (method !== "DELETE") return { json: { ...found, state: "READY" } };
  all.delete(id);
  return { json: {} };
}

function deploy(all: Map<string, JsonObject>, request: FakeRequest, known: (model: string) => boolean): FakeReply {
  const { baseModel, ...rest } = jsonOf(request);
  if (typeof baseModel !== "string") return failure(400, "baseModel is required");
  if (!known(baseModel)) return failure(404, `model ${baseModel} not found`);
  const id = request.query.get("deploymentId") ?? `d-${all.size + 1}`;
  if (all.has(id)) return failure(409, `deployment ${id} exists`);
  const replicas = { minReplicaCount: 0, maxReplicaCount: 1 };
  const made = { name: `accounts/${account}/deployments/${id}`, state: "CREATING", baseModel, ...replicas, ...rest };
  if (request.query.get("validateOnly") !== "true") all.set(id, made);
  return { json: made };
}
