// Number grids and pictures, as cnnkit/widgets/figures.py describes them.

const CELL = 30; // pixels of a cell where there is room
const LEAST = 18; // pixels of a cell where there is none; wider grids then scroll by themselves
const MANY = 9; // columns of a grid that need never scroll

// Figures grow with the letters: 16 pixels are one rem.
function rem(pixels) {
  return `${pixels / 16}rem`;
}

function background(level, grey) {
  if (grey) {
    const shade = Math.round(255 * level);
    return `rgb(${shade} ${shade} ${shade})`;
  }
  return `rgb(var(--${level < 0 ? "orange" : "blue"}) / ${0.45 * Math.abs(level)})`;
}

function drawCell(grid, i, j, hatch) {
  const text = grid.text[i][j], level = grid.fill.length ? grid.fill[i][j] : 0;
  const mark = grid.marks.length ? grid.marks[i][j] : "";
  const filled = grid.fill.length && !mark.includes("pad");
  const box = { x: j * CELL, y: i * CELL, width: CELL, height: CELL };
  const ink = !grid.grey || !filled ? "ink" : level < 0.45 ? "white" : "black";
  const cell = make("g", { class: "cell " + mark, "data-at": `${i},${j}` },
    make("rect", { ...box, class: "ground",
      style: `fill: ${filled ? background(level, grid.grey) : "none"}` }));
  if (/lost|wrong/.test(mark)) {
    cell.append(make("rect", { ...box, fill: `url(#${hatch})`, class: "hatch" }));
  }
  if (mark.includes("ring")) {
    cell.append(make("circle", { cx: (j + 0.5) * CELL, cy: (i + 0.5) * CELL, r: 0.42 * CELL,
      class: "ring-line " + ink }));
  }
  // Three characters fit inside the outline; under the sign in the corner there is less room.
  const sign = (grid.signs.length ? grid.signs[i][j] : "") + (mark.includes("wrong") ? "≠" : "")
    + (mark.includes("changed") ? "Δ" : "");
  const size = Math.min(sign ? 13 : 16, 34 / Math.max(text.length, 1));
  const middle = (i + (sign ? 0.7 : 0.5)) * CELL;
  if (text) {
    cell.append(make("text", { x: (j + 0.5) * CELL, y: middle + size * 0.36,
      class: ink, "font-size": size }, text));
  }
  if (sign) {
    cell.append(make("text", { x: (j + 0.77) * CELL, y: i * CELL + 10.5, class: ink + " sign" }, sign));
  }
  return cell;
}

// Outlines come last, so that no neighbour covers them; a light one below keeps them visible.
function outlines(grid) {
  const found = [];
  grid.marks.forEach((row, i) => row.forEach((mark, j) => {
    const kind = /\b(tap|here)\b/.test(mark) ? "outline" : /\balso\b/.test(mark) ? "outline also" : "";
    if (!kind) return;
    const box = { x: j * CELL + 1, y: i * CELL + 1, width: CELL - 2, height: CELL - 2 };
    found.push(make("rect", { ...box, class: "halo" }), make("rect", { ...box, class: kind }));
  }));
  return found;
}

// Numbers rows and columns: cells before 0, and as many at the end, are padding and have none.
function rulers(grid, rows, columns) {
  const [down, right] = grid.first;
  const numbered = (count, first) => [...Array(count).keys()].filter((at) =>
    at + first >= 0 && at + first < count + Math.min(first, 0) + first);
  const tick = (x, y, text, kind = "ruler") => make("text", { x, y, class: kind }, String(text));
  const found = [];
  if (grid.ruled) {
    if (!grid.column_names.length) {
      found.push(...numbered(columns, right).map((j) => tick((j + 0.5) * CELL, -6, j + right)));
    }
    if (!grid.row_names.length) {
      found.push(...numbered(rows, down).map((i) => tick(-0.35 * CELL, (i + 0.62) * CELL, i + down)));
    }
  }
  grid.row_names.forEach((name, i) => found.push(tick(-6, (i + 0.62) * CELL, name, "ruler name")));
  grid.column_names.forEach((name, j) => found.push(tick((j + 0.5) * CELL, -6, name)));
  return found;
}

function drawGrid(grid) {
  const rows = grid.text.length, columns = Math.max(0, ...grid.text.map((row) => row.length));
  const hatch = uid(), top = grid.ruled ? 0.7 * CELL : 2;
  const longest = Math.max(0, ...grid.row_names.map((name) => name.length));
  const left = longest ? 7 * longest + 10 : top;
  const wide = columns * CELL + left + 2, high = rows * CELL + top + 2;
  const lines = make("pattern", { id: hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)" }, make("path", { d: "M0 0V6", class: "hatching" }));
  const svg = make("svg", { role: "img", "aria-label": grid.label,
    viewBox: `${-left} ${-top} ${wide} ${high}`,
    style: `width: ${rem(wide * grid.scale)}; min-width: ${rem(columns > MANY ? wide * LEAST / CELL : 0)}` },
  make("defs", {}, lines), ...rulers(grid, rows, columns));
  grid.text.forEach((row, i) => row.forEach((text, j) => {
    if (text !== null) svg.append(drawCell(grid, i, j, hatch));
  }));
  svg.append(...outlines(grid));
  return svg;
}

// Marks have moved, all else is as it was: only the cells that they left and reached are drawn anew.
function moveMarks(svg, before, grid) {
  const hatch = svg.querySelector("pattern").id;
  const mark = ({ marks }, i, j) => marks.length ? marks[i][j] : "";
  svg.querySelectorAll(".outline, .halo").forEach((node) => node.remove());
  for (const cell of svg.querySelectorAll(".cell")) {
    const [i, j] = cell.dataset.at.split(",").map(Number);
    if (mark(before, i, j) !== mark(grid, i, j)) cell.replaceWith(drawCell(grid, i, j, hatch));
  }
  svg.append(...outlines(grid));
}

// A kernel sends bytes (as a DataView), a page without one holds them as a text.
function rawOf(bytes) {
  if (typeof bytes === "string") return Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function sameBytes(one, other) {
  if (one === other || typeof one !== "object" || typeof other !== "object") return one === other;
  if (one.byteLength !== other.byteLength) return false;
  const [first, second] = [rawOf(one), rawOf(other)];
  return first.every((value, at) => value === second[at]);
}

function paint(canvas, { bytes, channels }) {
  const raw = rawOf(bytes);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  for (let at = 0, pixel = 0; pixel < image.data.length; at += channels, pixel += 4) {
    for (let c = 0; c < 3; c++) image.data[pixel + c] = raw[channels === 1 ? at : at + c];
    image.data[pixel + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

function drawBoxes({ width, height, scale, boxes }) {
  const over = make("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none",
    "aria-hidden": "true" });
  for (const { at: [i, j], size: [high, wide], kind, text } of boxes) {
    const box = { x: j, y: i, width: wide, height: high };
    over.append(make("rect", { ...box, class: "halo" }), make("rect", { ...box, class: "outline " + kind }));
    if (text) {
      over.append(make("text", { x: j + wide / 2, y: i + high / 2, class: "label",
        "font-size": 12 / scale }, text));
    }
  }
  return over;
}

function drawPicture(picture) {
  const { width, height, scale } = picture;
  const canvas = make("canvas", { width, height, role: "img", "aria-label": picture.label });
  paint(canvas, picture);
  return make("div", { class: "picture", style: `width: ${rem(width * scale)}` }, canvas,
    drawBoxes(picture));
}

// The cell or pixel under the mouse.
function placeIn(figure, node, event) {
  if (figure.kind === "grid") {
    const cell = event.target.closest(".cell");
    return cell && cell.dataset.at.split(",").map(Number);
  }
  const { left, top, width, height } = node.getBoundingClientRect();
  // The mouse is told in whole pixels: at the edge it may lie a little outside.
  const inside = (share, count) => Math.min(Math.max(Math.floor(share * count), 0), count - 1);
  return [inside((event.clientY - top) / height, figure.height),
    inside((event.clientX - left) / width, figure.width)];
}

function listening(figure, node, send) {
  if (!figure.click) return node;
  node.classList.add("clickable");
  node.addEventListener("click", (event) => {
    const at = placeIn(figure, node, event);
    if (at) send({ go: figure.name, at });
  });
  return node;
}

const FIGURES = {
  grid: (figure, send) => listening(figure, drawGrid(figure), send),
  picture: (figure, send) => listening(figure, drawPicture(figure), send),
};

// What most often moves on a figure, and how it is moved without drawing all anew.
const MOVING = {
  grid: ["marks", (node, before, grid) => moveMarks(node.querySelector("svg"), before, grid)],
  picture: ["boxes", (node, _, picture) => node.querySelector("svg").replaceWith(drawBoxes(picture))],
};

// A figure with its caption; signs and hidden places have none.
function drawFigure(figure, send, own = {}) {
  if (figure.kind === "sign") return make("span", { class: "operator", "aria-hidden": "true" }, figure.text);
  if (figure.kind === "hidden") return make("p", { class: "hidden" }, figure.text);
  const draw = own[figure.kind] || FIGURES[figure.kind];
  const wide = figure.kind === "table"
    || (figure.kind === "grid" && figure.text.some((row) => row.length > MANY));
  return make("figure", { "data-name": figure.name, class: figure.kind + (wide ? " wide" : ""),
    ...(wide ? { tabindex: 0 } : {}) },
    make("figcaption", {}, figure.caption), draw(figure, send));
}
