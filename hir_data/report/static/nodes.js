// Everything from data becomes text of a node, never markup.

const A_PAGE = 50;
const MARKS = { true: ["✓", "satisfied", "good"], false: ["✗", "violated", "bad"], null: ["?", "undetermined", "open"] };

function node(name, options = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const percent = (value, digits = 1) => (value === null || value === undefined ? "" : `${(100 * value).toFixed(digits)} %`);
const plural = (number, what) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;

// The beginning of a text, which ends between two words if it does not end with the text.
function cut(text, most) {
  const flat = text.trim().replace(/\s+/gu, " ");
  if (flat.length <= most) return flat;
  const end = flat.lastIndexOf(" ", most);
  // A long word, or a script without spaces, ends between two signs; half of a sign is none.
  const start = end > most / 2 ? flat.slice(0, end) : flat.slice(0, most).replace(/[\ud800-\udbff]$/, "");
  return `${start.replace(/[,;:]$/, "")}\u00a0…`;
}

// The first of some names, and how many more there are; each may go on in the next line behind its signs.
const few = (names, most = 4) => node("span", {}, ...names.slice(0, most).flatMap((name, at) => [at ? ", " : "", ...breakable(name)]), names.length > most ? ` and ${names.length - most} more` : "");
const bits = (value) => (value === null || value === undefined ? "" : value.toFixed(1));

// A table under its caption; ``of`` tells it from others with the same one.
function table(caption, heads, rows, of = "") {
  const named = (name, kind) => (kind === "bars" ? [node("span", { class: "hidden" }, name)] : kind === "heats" ? breakable(name) : [name]);
  const head = heads.map(([name, kind]) => node("th", { scope: "col", class: kind || "" }, ...named(name, kind)));
  const body = rows.map((cells) =>
    node("tr", {}, ...cells.map((cell, at) =>
      at === 0 ? node("th", { scope: "row" }, cell) : node("td", { class: heads[at][1] || "" }, cell))));
  const label = of ? `${of}: ${caption}` : caption;
  return node("div", { class: "captioned" }, node("p", { class: "quiet" }, caption),
    scrollable(label, node("table", { "aria-label": label }, node("thead", {}, node("tr", {}, ...head)), node("tbody", {}, ...body))));
}

// A table that scrolls sideways where it is too wide, and says so there.
function scrollable(label, content) {
  const made = node("div", { class: "wide", tabindex: "0", role: "region", "aria-label": label }, content);
  const watch = new ResizeObserver(() => made.classList.toggle("scrolls", made.scrollWidth > made.clientWidth + 1));
  for (const each of [made, content]) watch.observe(each);
  return made;
}

// A share as a bar, with its interval as a line over it.
function bar(value, interval = null) {
  const filled = node("div");
  filled.style.width = `${100 * (value || 0)}%`;
  const made = node("div", { class: "bar", role: "img", "aria-label": percent(value) }, filled);
  if (interval) {
    const line = node("div", { class: "interval" });
    line.style.left = `${100 * interval.low}%`;
    line.style.width = `${100 * (interval.high - interval.low)}%`;
    made.append(line);
  }
  return made;
}

// A name that may go on in the next line behind its signs.
const breakable = (name) => name.split(/(?<=[:_.\/-])/).flatMap((part, at) => (at ? [node("wbr"), part] : [part]));

// What some words mean, for those who open it.
function words(data, names, more = {}) {
  const known = [...names.map((name) => [name, data.words.terms[name]]), ...Object.entries(more)];
  return node("details", { class: "words" }, node("summary", {}, "What the words mean"),
    node("dl", {}, ...known.flatMap(([name, meaning]) => [node("dt", {}, name), node("dd", {}, meaning)])));
}

// A name with what it means below it, and a case of it.
const explained = (name, meaning, example = []) => node("span", {}, ...breakable(name),
  ...[meaning ? [meaning] : null, example.some(Boolean) ? ["Such as ", ...example] : null].filter(Boolean).map((line) => node("span", { class: "quiet small" }, ...line)));

function heat(value) {
  if (value === undefined) return node("span", { class: "quiet" }, "–");
  const cell = node("span", { class: "heat" }, percent(value, 0));
  cell.style.backgroundColor = `color-mix(in srgb, var(--paper), ${value < 0.5 ? "var(--minus)" : "var(--plus)"} ${Math.round(200 * Math.abs(value - 0.5))}%)`;
  return cell;
}

function withPlaces(text, places, label = "response") {
  const made = node("div", { class: "text", tabindex: "0", role: "region", "aria-label": label });
  let end = 0;
  for (const [from, to] of places) {
    if (from < end) continue;
    made.append(text.slice(end, from), node("mark", {}, text.slice(from, to)));
    end = to;
  }
  made.append(text.slice(end));
  return made;
}

const verdict = (value) => {
  const [sign, word, look] = MARKS[String(value)];
  return node("span", { class: look, title: word, role: "img", "aria-label": word }, sign);
};

// What the marks in a text mean, or why there are none.
const keyOfMarks = (marked) => (marked
  ? [node("mark", {}, "Marked"), " is what decides about the constraint that is chosen above."]
  : ["Nothing is marked: about the constraint that is chosen no particular place decides."]);
