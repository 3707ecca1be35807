// Whom to talk with: the default, or one of the API's templates.

import { call } from "./api.js";
import { make } from "./dom.js";

let asked = null;

/** Ask once; a failure is not remembered. */
function known() {
  asked ??= call("GET", "/api/v1/templates", { why: "Whom can I talk with?" });
  asked.catch(() => (asked = null));
  return asked;
}

/** Fill the picker; ``pick`` is called with a template's id, or null for the default. */
export async function showTemplates(fieldset, line, pick) {
  const { templates } = await known();
  const choices = [
    { id: null, icon_emoji: "💬", role_name: "Just talk", welcome_message: "" },
    ...templates,
  ];
  const chips = choices.map((template, index) => {
    const radio = make("input", { type: "radio", name: "template", checked: index === 0 });
    radio.addEventListener("change", () => {
      line.textContent = template.welcome_message ?? "";
      pick(template.id);
    });
    const face = make("span", { textContent: template.icon_emoji ?? "", "aria-hidden": "true" });
    return make(
      "label",
      { className: "chip", "data-test": "template" },
      radio,
      face,
      make("span", { textContent: template.role_name }),
    );
  });
  fieldset.querySelector(".chips").replaceChildren(...chips);
  line.textContent = "";
  fieldset.hidden = templates.length === 0;
}
