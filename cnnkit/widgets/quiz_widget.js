function rich(spans) {
  return spans.map(([kind, text]) =>
    kind === "text" ? text : kind === "math"
      ? make("i", { class: "math" }, text) : make(kind, {}, text));
}

function buildQuiz(root, send, view) {
  const group = uid();
  const choice = (spans, index) => {
    const input = make("input", { type: "radio", name: group, value: index, onchange: ready });
    return make("label", {}, input, make("span", {}, ...rich(spans)), make("em", { class: "mark" }));
  };
  const chosen = () => form.querySelector("input:checked");
  const question = view.question.map((spans) =>
    spans[0][0] === "pre" ? rich(spans)[0] : make("p", {}, ...rich(spans)));
  const options = make("div", { class: "options", role: "radiogroup", "aria-labelledby": group + "q" },
    ...view.options.map(choice));
  const button = make("button", { type: "submit", disabled: "" }, "Check");
  const verdict = make("p", { class: "note", role: "status" });
  const form = make("form", { onsubmit: check },
    make("div", { id: group + "q" }, ...question), options, button, verdict);
  root.append(form);

  function ready() {
    button.disabled = false;
  }
  function check(event) {
    event.preventDefault();
    if (chosen()) send({ check: Number(chosen().value) });
  }
  function draw({ checked, right, why }) {
    if (checked === null) return;
    verdict.className = right ? "note good" : "note bad";
    verdict.replaceChildren(...rich(why));
    options.querySelectorAll("label").forEach((label, index) => {
      label.classList.toggle("checked", index === checked);
      label.querySelector(".mark").textContent =
        index !== checked ? "" : right ? "✓ right" : "✗ not right";
    });
  }
  return { draw };
}

const widget = { render: (context) => mount(context, buildQuiz) };
