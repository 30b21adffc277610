// Sliders, lists, boxes, buttons, the prediction and play, as cnnkit/widgets/controls.py describes.

const BUILDERS = {
  slider(control, send) {
    const title = make("span"), value = make("b", { "aria-hidden": "true" });
    const input = make("input", { type: "range" });
    let plain = false; // whether the number itself is what is written beside it
    input.addEventListener("input", () => {
      if (plain) say(value, input.value);
      send({ set: control.name, value: Number(input.value) });
    });
    const draw = (now) => {
      Object.assign(input, { min: now.low, max: now.high, step: now.step });
      input.disabled = now.low === now.high;
      input.value = now.value;
      input.setAttribute("aria-valuetext", now.text);
      plain = now.text === String(now.value);
      say(value, now.text);
    };
    return { box: make("label", {}, make("span", {}, title, " ", value), input), title, draw };
  },
  select(control, send) {
    const title = make("span"), input = make("select", {});
    let shown = "";
    input.addEventListener("change", () =>
      send({ set: control.name, value: values[input.selectedIndex] }));
    let values = [];
    const draw = ({ value, options }) => {
      const text = JSON.stringify(options);
      if (text !== shown) {
        input.replaceChildren(...options.map(([, title]) => make("option", {}, title)));
        values = options.map(([key]) => key);
        shown = text;
      }
      input.selectedIndex = values.indexOf(value);
    };
    return { box: make("label", {}, title, input), title, draw };
  },
  check(control, send) {
    const title = make("span"), input = make("input", { type: "checkbox" });
    input.addEventListener("change", () => send({ set: control.name, value: input.checked }));
    const box = make("label", { class: "check" }, input, title);
    return { box, title, draw: ({ value }) => { input.checked = value; } };
  },
  matrix(control, send) {
    const cell = (value, i, j) => {
      const input = make("input", { type: "number", "aria-label": `${control.label}, row ${i}, column ${j}`,
        min: control.low, max: control.high, step: control.step });
      input.addEventListener("input", () => {
        const typed = input.valueAsNumber;
        if (Number.isFinite(typed)) send({ set: `${control.prefix} ${i} ${j}`, value: typed });
      });
      return input;
    };
    const inputs = control.values.map((row, i) => row.map((value, j) => cell(value, i, j)));
    const table = make("div", { class: "matrix", style: `--columns: ${inputs[0].length}` }, ...inputs.flat());
    const draw = ({ values }) => values.forEach((row, i) => row.forEach((value, j) => {
      const input = inputs[i][j], shown = Number(value.toPrecision(4));
      if (input !== document.activeElement || input.valueAsNumber !== value) input.value = shown;
    }));
    const title = make("legend");
    return { box: make("fieldset", { class: "matrix-box" }, title, table), title, draw };
  },
  button(control, send) {
    const box = make("button", { type: "button", onclick: () => send({ press: control.name }) });
    return { box, draw: ({ label, disabled }) => { say(box, label); box.disabled = disabled; } };
  },
};

// A control in use keeps its own value while an event is on its way: Python's answer to an earlier
// one may still arrive.
function buildControls(send) {
  const box = make("div", { class: "controls" });
  const built = new Map();
  const draw = (controls = []) => {
    const names = controls.map(({ name }) => name).join("\n");
    for (const control of controls) {
      if (!built.has(control.name)) built.set(control.name, BUILDERS[control.kind](control, send));
    }
    if (names !== box.dataset.names) {
      box.dataset.names = names;
      const held = document.activeElement; // to be taken out of the page costs it the focus
      box.replaceChildren(...controls.map(({ name }) => built.get(name).box));
      if (box.contains(held)) held.focus();
    }
    for (const control of controls) {
      const { box: node, title, draw: redraw } = built.get(control.name);
      if (title) say(title, control.label);
      if (!(send.busy() && node.contains(document.activeElement))) redraw(control);
    }
    box.hidden = !controls.length;
  };
  return { box, draw };
}

function buildPrediction(send) {
  const group = uid();
  const question = make("legend", {}), inputs = make("span", { class: "inputs" });
  const button = make("button", { type: "submit" }, "Check");
  const form = make("form", { onsubmit: check }, make("fieldset", {}, question, inputs, button));
  const skip = make("input", { type: "checkbox", onchange: () => send({ skip: skip.checked }) });
  const row = make("div", { class: "prediction" }, form,
    make("label", { class: "check" }, skip, make("span", {}, "show without predicting")));
  const verdict = make("p", { class: "note verdict", role: "status" });
  let shown = "", nodes = [], isChoice = false;

  function check(event) {
    event.preventDefault();
    const index = nodes.findIndex((node) => node.checked);
    if (isChoice && index < 0) return;
    send({ predict: isChoice ? [index] : nodes.map((node) => node.value) });
  }
  // Inside JupyterLab, Enter in a field does not submit the form by itself.
  function entered(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit();
  }
  function build({ fields, choices, question: asked }) {
    isChoice = choices.length > 0;
    const field = (name) => make("input", { type: "text", inputmode: "decimal", size: 4,
      autocomplete: "off", onkeydown: entered, "aria-label": `predicted ${name}` });
    nodes = isChoice
      ? choices.map((_, index) => make("input", { type: "radio", name: group, value: index,
        onkeydown: entered }))
      : fields.map(field);
    const names = isChoice ? choices : fields;
    inputs.replaceChildren(...nodes.map((node, index) => isChoice
      ? make("label", { class: "check" }, node, make("span", {}, names[index]))
      : make("label", {}, make("span", { "aria-hidden": "true" }, names[index] + " "), node)));
    inputs.classList.toggle("choices", isChoice);
    say(question, asked);
  }
  function clear() {
    for (const node of nodes) isChoice ? (node.checked = false) : (node.value = "");
  }
  function draw(view) {
    row.hidden = !view;
    if (!view) return say(verdict, "");
    const asked = JSON.stringify([view.question, view.fields, view.choices]);
    if (asked !== shown) build(view);
    else if (!view.done && button.disabled) clear();
    shown = asked;
    form.hidden = view.skip;
    for (const node of [...nodes, button]) node.disabled = view.done;
    skip.checked = view.skip;
    say(verdict, view.verdict);
    verdict.className = "note verdict " + (view.right ? "good" : "bad");
  }
  return { row, verdict, draw, holds: (node) => form.contains(node) };
}

// Play sends an event again and again, and waits for each answer.
function buildPlay(send) {
  let timer = null, play = null;
  const button = make("button", { type: "button", class: "play", hidden: "",
    onclick: () => (timer ? stop() : start()) }, "Play");
  function tick() {
    if (!send.busy()) send(play.event);
  }
  function start() {
    timer = setInterval(tick, play.every);
    button.textContent = "Pause";
    tick();
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }
  function draw(now) {
    play = now;
    button.hidden = !play;
    if (!play) stop();
  }
  return { button, draw, stop, runs: () => timer !== null };
}
