// The page: choices, the question, one or two answers beside each other, and what follows up on them.
import { answerView } from "./answer-view.js";
import { byId, make } from "./elements.js";
import { wireSource } from "./source-view.js";
import { ask, listModels, useKey } from "./wire.js";

/** What each approach was asked and said, so that a follow-up is understood. */
const conversations = new Map();
let asking;

async function start() {
  try {
    fill(await listModels());
    show({ notice: "", needsKey: false });
  } catch (error) {
    show({ notice: error.status === 401 ? "" : error.message, needsKey: error.status === 401 });
  }
}

function fill(models) {
  const [recommended, ...others] = models;
  const options = () => [
    make("option", { value: recommended.id }, [`recommended (${recommended.approach})`]),
    ...others.map(({ id }) => make("option", { value: id }, [id])),
  ];
  for (const id of ["model-a", "model-b"]) byId(id).replaceChildren(...options());
  byId("model-b").value = others.find(({ id }) => id !== recommended.approach)?.id ?? recommended.id;
}

function show({ notice, needsKey }) {
  byId("notice").textContent = notice;
  byId("notice").hidden = notice === "";
  if (needsKey === undefined) return;
  byId("key-form").hidden = !needsKey;
  byId("ask").hidden = needsKey;
  byId("welcome").hidden = needsKey || byId("thread").childElementCount > 0;
  byId(needsKey ? "key" : "question").focus();
}

function chosen() {
  return [byId("model-a").value, ...(byId("beside").checked ? [byId("model-b").value] : [])];
}

async function askAll(question) {
  asking = new AbortController();
  busy(true);
  const models = chosen();
  const views = models.map((model) => answerView(model === "assay" ? "recommended" : model));
  const answers = make(
    "div",
    { className: "answers" },
    views.map(({ element }) => element),
  );
  const exchange = make("section", { className: "exchange" }, [
    make("h2", { className: "asked" }, [question]),
    answers,
  ]);
  byId("thread").append(exchange);
  byId("welcome").hidden = true;
  exchange.scrollIntoView({ block: "start" });
  await Promise.all(models.map((model, place) => askOne(model, question, views[place])));
  busy(false);
  byId("question").focus({ preventScroll: true });
}

async function askOne(model, question, view) {
  const before = conversations.get(model) ?? [];
  const messages = [...before, { role: "user", content: question }];
  try {
    const answer = await ask(model, messages, asking.signal, view.write);
    view.finish(answer);
    conversations.set(model, [...messages, { role: "assistant", content: answer.text }]);
  } catch (error) {
    view.fail(asking.signal.aborted ? "Stopped." : error.message);
    if (error.status === 401) show({ notice: "the key is no longer accepted", needsKey: true });
  }
}

function busy(isBusy) {
  byId("send").disabled = isBusy;
  byId("stop").hidden = !isBusy;
  byId("restart").hidden = byId("thread").childElementCount === 0;
}

function wire() {
  wireSource();
  byId("key-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    useKey(byId("key").value.trim());
    await start();
    if (byId("key-form").hidden) byId("forget-key").hidden = false;
    else show({ notice: "this key is not known here" });
    byId("key").value = "";
  });
  byId("forget-key").addEventListener("click", () => {
    useKey("");
    byId("forget-key").hidden = true;
    restart();
    void start();
  });
  byId("beside").addEventListener("change", () => {
    byId("model-b").disabled = !byId("beside").checked;
  });
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const question = byId("question").value.trim();
    if (question === "" || byId("send").disabled) return;
    byId("question").value = "";
    void askAll(question);
  });
  byId("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
  byId("stop").addEventListener("click", () => asking?.abort());
  byId("restart").addEventListener("click", restart);
}

function restart() {
  asking?.abort();
  conversations.clear();
  byId("thread").replaceChildren();
  byId("restart").hidden = true;
  byId("welcome").hidden = false;
  byId("question").focus();
}

wire();
void start();
