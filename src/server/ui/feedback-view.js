// Whether an answer helped, and what it should have been. It goes to the people who review it.
import { make } from "./elements.js";
import { giveFeedback } from "./wire.js";

export function feedbackView(answerId) {
  const said = make("span", { set: { role: "status" } });
  const tell = async (given, thanks) => {
    try {
      await giveFeedback(answerId, given);
      said.textContent = thanks;
      return true;
    } catch (error) {
      said.textContent = error.message;
      return false;
    }
  };
  const thumbs = [
    ["up", "Helpful"],
    ["down", "Not helpful"],
  ].map(([rating, label]) => {
    const thumb = make("button", { type: "button", set: { "aria-pressed": "false" } }, [label]);
    thumb.addEventListener("click", async () => {
      if (!(await tell({ rating }, "Kept, thank you."))) return;
      for (const other of thumbs) other.setAttribute("aria-pressed", String(other === thumb));
    });
    return thumb;
  });
  const form = correctionForm((correction) => tell({ rating: "down", correction }, "Kept for review, thank you."));
  const open = make("button", { type: "button", set: { "aria-expanded": "false" } }, ["Write a better answer"]);
  open.addEventListener("click", () => {
    form.hidden = !form.hidden;
    open.setAttribute("aria-expanded", String(!form.hidden));
    if (form.hidden) return;
    form.querySelector("textarea").focus({ preventScroll: true });
    form.querySelector("textarea").scrollIntoView({ block: "nearest" });
  });
  return make("div", { className: "feedback" }, [...thumbs, open, said, form]);
}

function correctionForm(onCorrection) {
  const text = make("textarea", { required: true, set: { "aria-label": "What the answer should have been" } });
  const form = make("form", { hidden: true }, [
    text,
    make("div", { className: "row" }, [make("button", { type: "submit" }, ["Send"])]),
  ]);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (text.value.trim() !== "" && (await onCorrection(text.value.trim()))) form.hidden = true;
  });
  return form;
}
