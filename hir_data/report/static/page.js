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
const bits = (value) => (value === null || value === undefined ? "" : value.toFixed(1));

// A table under its caption; ``of`` tells it from others with the same one.
function table(caption, heads, rows, of = "") {
  const head = heads.map(([name, kind]) => node("th", { scope: "col", class: kind || "" }, name));
  const body = rows.map((cells) =>
    node("tr", {}, ...cells.map((cell, at) =>
      at === 0 ? node("th", { scope: "row" }, cell) : node("td", { class: heads[at][1] || "" }, cell))));
  const label = of ? `${of}: ${caption}` : caption;
  return node("div", { class: "captioned" }, node("p", { class: "quiet" }, caption), node("div", { class: "wide", tabindex: "0", role: "region", "aria-label": label },
    node("table", { "aria-label": label }, node("thead", {}, node("tr", {}, ...head)), node("tbody", {}, ...body))));
}

function bar(value) {
  const filled = node("div");
  filled.style.width = `${100 * (value || 0)}%`;
  return node("div", { class: "bar", role: "img", "aria-label": percent(value) }, filled);
}

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

// A list of constraints; choosing one marks its places in the response.
function constraints(items, response, first) {
  const text = node("div", {}, withPlaces(response, items[first]?.places || []));
  const list = node("ul", { class: "constraints" });
  items.forEach((item, at) => {
    const button = node("button", { type: "button", "aria-pressed": String(at === first), onclick: () => {
      for (const other of list.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", "true");
      text.replaceChildren(withPlaces(response, item.places));
      text.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    } }, ...item.shown);
    list.append(node("li", {}, button));
  });
  return [list, node("h3", {}, "Response"), text];
}

// Pages

function overview(data) {
  const parts = [];
  for (const file of data.verified) {
    const figures = file.figures;
    parts.push(node("h2", {}, file.name));
    parts.push(node("p", {}, `${plural(figures.verified, "response")}, ${plural(figures.constraints, "constraint")}`
      + `${figures.rejected ? `, ${plural(figures.rejected, "rejected record")}` : ""}`
      + `${figures.undetermined ? `, ${plural(figures.undetermined, "undetermined verdict")}` : ""}`));
    const shares = [["ila_strict", "ILA strict"], ["ila_loose", "ILA loose"], ["cla_strict", "CLA strict"], ["cla_loose", "CLA loose"]];
    parts.push(table("ILA, instruction-level accuracy (IFEval: prompt-level): all constraints of a response hold. CLA, constraint-level accuracy (IFEval: instruction-level): the share of constraints that hold. Loose: also without a first line, a last line or asterisks.",
      [["share"], ["value", "number"], ["95 % interval", "number"], [""]],
      shares.filter(([name]) => figures[name]).map(([name, label]) => [
        label, percent(figures[name].value), `${percent(figures[name].low)} to ${percent(figures[name].high)}`, bar(figures[name].value)]), file.name));
    if (figures.pass_at_k) {
      parts.push(table("pass@k: the probability that of k responses to a prompt one at least satisfies all constraints, the mean over prompts with k responses or more, estimated without bias: 1 - C(n - c, k) / C(n, k) for c of n responses that do",
        [["k", "number"], ["pass@k", "number"], ["prompts", "number"], [""]],
        Object.entries(figures.pass_at_k).map(([k, passed]) => [k, percent(passed.value), String(passed.prompts), bar(passed.value)]), file.name));
    }
  }
  parts.push(...kinds(data.verified, "h2", opensResponses));
  if (data.paired.length) {
    parts.push(node("h2", {}, "Differences"));
    parts.push(table(`Beside ${data.verified[0].name}, on the prompts that both have: the mean difference in points with its 95 % interval, called significant where chance alone would rarely give it (p below 0.05, corrected for how many differences there are)`,
      [["file"], ["prompts", "number"], ["ILA", "number"], ["CLA", "number"]],
      data.paired.map((pair) => [pair.name, String(pair.prompts), difference(pair.ila, pair.p?.ila), difference(pair.cla, pair.p?.cla)])));
  }
  return parts;
}

function difference(interval, p) {
  if (!interval) return "";
  const [mean, low, high] = interval.map((value) => (100 * value).toFixed(1));
  const look = p < 0.05 ? (interval[0] > 0 ? "good" : "bad") : "";
  return node("span", { class: look }, `${mean} (${low} to ${high})${look ? ", significant" : ""}`);
}

const opensResponses = (kind) => node("button", { type: "button", onclick: () => open("Responses", { kind, verdict: "false" }) }, kind);

// Kinds of files or of iterations, side by side; ``opening`` makes of a kind what opens its responses.
function kinds(verified, heading, opening = null, of = "") {
  if (!verified.length) return [];
  const share = (file, kind) => {
    const counts = file.figures.kinds[kind];
    return counts && counts.strict / counts.constraints;
  };
  const names = [...new Set(verified.flatMap((file) => Object.keys(file.figures.kinds)))];
  const total = (kind) => verified.reduce((sum, file) => sum + (file.figures.kinds[kind]?.constraints || 0), 0);
  const mean = (kind) => verified.reduce((sum, file) => sum + (file.figures.kinds[kind]?.strict || 0), 0) / total(kind);
  names.sort((a, b) => mean(a) - mean(b) || (a < b ? -1 : 1));
  const heads = [["kind"], ["count", "number"]];
  heads.push(...(verified.length > 1 ? verified.map((file) => [file.name, "number"]) : [["satisfied", "number"], [""], ["undetermined", "number"]]));
  return [node(heading, {}, "Kinds, worst first"), table(`The share of constraints that are satisfied, strictly.${opening ? " A kind opens the responses that violate it." : ""}`, heads, names.map((kind) => {
    const one = verified[0].figures.kinds[kind];
    const cells = verified.length > 1
      ? verified.map((file) => heat(share(file, kind)))
      : [percent(share(verified[0], kind)), bar(share(verified[0], kind)), String(one.undetermined || "–")];
    return [opening ? opening(kind) : kind, String(total(kind)), ...cells];
  }), of)];
}

// A list that can be searched, sorted and gone through, with one of its items shown below.
function browser({ name, items, total, filters, columns, searched, detail, first, sorted = null }) {
  const state = { page: 0, sort: sorted, down: false, chosen: null, ...first };
  const count = node("p", { "aria-live": "polite", class: "quiet" });
  const body = node("tbody");
  const pages = node("div", { class: "pages" });
  const below = node("section", { "aria-label": `one of the ${name}`, tabindex: "-1" });
  const sample = items.length < total ? ` (a sample of ${total.toLocaleString("en")}; figures are of all)` : "";
  let listed = items;

  const search = node("input", { type: "search", value: state.search || "", oninput: () => { state.search = search.value; listAnew(); } });
  const form = node("form", { role: "search", onsubmit: (event) => event.preventDefault() }, node("label", {}, "Text", search));
  for (const filter of filters) {
    const select = node("select", { onchange: () => { state[filter.key] = select.value; listAnew(); } },
      node("option", { value: "" }, "all"), ...filter.options.map(([value, label]) => node("option", { value }, label)));
    select.value = state[filter.key] || "";
    form.append(node("label", {}, filter.label, select));
  }

  const head = node("tr", {}, ...columns.map((column) => {
    const cell = node("th", { scope: "col", class: column.look || "" });
    cell.append(column.by ? node("button", { type: "button", onclick: () => {
      state.down = state.sort === column ? !state.down : false;
      state.sort = column;
      for (const other of head.children) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      listAnew();
    } }, column.name) : column.name);
    return cell;
  }));

  function listAnew() {
    const wanted = (state.search || "").toLowerCase();
    listed = items.filter((item) => filters.every((filter) => !state[filter.key] || filter.fits(item, state[filter.key], state))
      && (!wanted || searched(item).includes(wanted)));
    if (state.sort) {
      const by = state.sort.by, sign = state.down ? -1 : 1;
      listed = [...listed].sort((a, b) => { const x = by(a), y = by(b); return sign * (x < y ? -1 : x > y ? 1 : 0); });
    }
    state.page = 0;
    show();
  }

  function show() {
    count.textContent = `${listed.length.toLocaleString("en")} of ${items.length.toLocaleString("en")} ${name}${sample}`;
    const last = Math.max(0, Math.ceil(listed.length / A_PAGE) - 1);
    body.replaceChildren(...listed.slice(state.page * A_PAGE, (state.page + 1) * A_PAGE).map((item) => {
      const row = node("tr", { class: "row", "aria-current": item === state.chosen ? "true" : null, onclick: () => choose(item) });
      row.append(...columns.map((column, at) => {
        const value = column.shown(item);
        return node("td", { class: column.look || "" }, at === 0 ? node("button", { type: "button" }, value) : value);
      }));
      return row;
    }));
    const step = (label, by) => node("button", { type: "button", disabled: state.page + by < 0 || state.page + by > last, onclick: () => { state.page += by; show(); } }, label);
    pages.replaceChildren(step("Previous page", -1), `page ${state.page + 1} of ${last + 1}`, step("Next page", 1));
  }

  function choose(item) {
    state.chosen = item;
    const at = listed.indexOf(item);
    state.page = Math.max(0, Math.floor(at / A_PAGE));
    show();
    const go = (label, by) => node("button", { type: "button", disabled: !listed[at + by], onclick: () => choose(listed[at + by]) }, label);
    below.replaceChildren(node("div", { class: "card" }, node("div", { class: "pages" }, go("Previous", -1), go("Next", 1)), ...detail(item, state)));
    below.scrollIntoView({ block: "start" });
    below.focus({ preventScroll: true });
  }

  listAnew();
  return [form, count, node("div", { class: "wide", tabindex: "0", role: "region", "aria-label": name },
    node("table", {}, node("thead", {}, head), body)), pages, below];
}

const messages = (all) => all.flatMap(([role, text]) => [node("p", { class: "role" }, role), node("div", { class: "text", tabindex: "0", role: "region", "aria-label": role }, text)]);
const lastOfUser = (messages) => [...messages].reverse().find(([role]) => role === "user")?.[1] || "";

function responses(data, first) {
  const items = data.verified.flatMap((file) => file.records.map((record) => ({ ...record, file: file.name })));
  const kindNames = [...new Set(items.flatMap((item) => item.results.map((result) => result.kind)))].sort();
  const broken = (item) => item.results.filter((result) => result.strict === false);
  const columns = [
    { name: "prompt", by: (item) => lastOfUser(item.messages), shown: (item) => `${item.key ? `${item.key}: ` : ""}${lastOfUser(item.messages).slice(0, 90) || "(empty)"}` },
    { name: "ILA", by: (item) => Number(item.ila), shown: (item) => verdict(item.ila) },
    { name: "CLA", look: "number", by: (item) => item.cla, shown: (item) => percent(item.cla, 0) },
    { name: "words", look: "number", by: (item) => item.words, shown: (item) => String(item.words) },
    { name: "violated", by: (item) => broken(item).length, shown: (item) => node("div", { class: "clip" }, broken(item).map((result) => result.kind).join(", ")) },
  ];
  if (data.verified.length > 1) columns.splice(1, 0, { name: "file", by: (item) => item.file, shown: (item) => item.file });
  const filters = [
    { key: "verdict", label: "Verdict", options: [["true", "satisfied"], ["false", "violated"], ["null", "undetermined"]],
      fits: (item, value, state) => (state.kind
        ? item.results.some((result) => result.kind === state.kind && String(result.strict) === value)
        : value === "true" ? item.ila : item.results.some((result) => String(result.strict) === value)) },
    { key: "kind", label: "Kind", options: kindNames.map((kind) => [kind, kind]), fits: (item, value) => item.results.some((result) => result.kind === value) },
    { key: "length", label: "Words", options: [["50", "up to 50"], ["200", "51 to 200"], ["500", "201 to 500"], ["Infinity", "over 500"]],
      fits: (item, value) => item.words <= Number(value) && item.words > { 50: -1, 200: 50, 500: 200, Infinity: 500 }[value] },
  ];
  if (data.verified.length > 1) filters.push({ key: "file", label: "File", options: data.verified.map((file) => [file.name, file.name]), fits: (item, value) => item.file === value });
  return browser({
    name: "responses", items, filters, columns, first,
    total: data.verified.reduce((sum, file) => sum + file.figures.verified, 0),
    searched: (item) => (item.searched ??= `${item.key} ${item.messages.map(([, text]) => text).join(" ")} ${item.response}`.toLowerCase()),
    detail: (item, state) => {
      const results = item.results.map((result) => ({ places: result.places, shown: [
        verdict(result.strict), ` ${result.says}`,
        node("span", { class: "quiet" }, [result.kind, result.reason, result.loose !== result.strict ? `loosely ${MARKS[String(result.loose)][1]}` : "",
          result.degree === undefined ? "" : `degree ${result.degree}`].filter(Boolean).join("; "))] }));
      const asked = item.results.findIndex((result) => result.kind === state.kind);
      const wrong = item.results.findIndex((result) => result.strict === false);
      return [
        node("h2", {}, `${item.key || "Response"}${data.verified.length > 1 ? `, ${item.file}` : ""}`),
        ...messages(item.messages),
        node("h3", {}, "Constraints"), ...constraints(results, item.response, asked >= 0 ? asked : Math.max(wrong, 0)),
        ...(item.thinking === undefined ? [] : [node("details", {}, node("summary", {}, "All that the model wrote, with its thinking"), node("div", { class: "text" }, item.thinking))]),
      ];
    },
  });
}

function replayFigures(set) {
  const figures = set.figures;
  const group = (name, label) => [label, ...[figures.groups_before, figures.groups_after].map((groups) => `${groups[name].groups} (${percent(groups[name].share)})`)];
  const example = (reason) => Object.entries(figures.details || {}).find(([name]) => name === reason.replace(/^left aside: /, ""))?.[1] || "";
  const rows = (counts) => Object.entries(counts || {}).map(([name, number]) => [name, String(number), node("div", { class: "clip" }, example(name))]);
  return [
    node("h2", {}, set.name),
    node("p", {}, `${plural(figures.replays, "replay")} of ${plural(figures.rollouts, "rollout")} to ${plural(figures.prompts, "prompt")}`),
    table("Groups: the rollouts of one prompt", [["rewards"], ["before", "number"], ["after", "number"]],
      [group("all_zero", "all fail"), group("mixed", "mixed"), group("all_one", "all succeed")], set.name),
    table("What constraints of replays became", [["fate"], ["constraints", "number"]], Object.entries(figures.constraints_of_replays).map(([name, number]) => [name, String(number)]), set.name),
    table("Failures that are unfit, by guard", [["guard"], ["responses", "number"], ["a case"]], rows(figures.unfit_by_guard), set.name),
    table("Failures that can be replayed", [["what became of them"], ["responses", "number"], ["a case"]], rows(figures.candidates_by_bin), set.name),
  ];
}

function replays(data, first) {
  const items = data.replayed.flatMap((set) => set.pairs.map((pair) => ({ ...pair, set: set.name })));
  const fates = [...new Set(items.flatMap((item) => item.changes.map((change) => change.fate)))].sort();
  const kindNames = [...new Set(items.flatMap((item) => item.changes.map((change) => change.kind)))].sort();
  const changed = (item) => item.changes.filter((change) => change.fate !== "kept");
  const unknown = (value) => (value === null || value === undefined ? Infinity : value);
  const columns = [
    { name: "replay", by: (item) => item.id, shown: (item) => item.id },
    { name: "bits", look: "number", by: (item) => unknown(item.bits), shown: (item) => bits(item.bits) },
    { name: "of the source", look: "number", by: (item) => unknown(item.source_bits), shown: (item) => bits(item.source_bits) },
    { name: "changes", by: (item) => changed(item).length, shown: (item) => node("div", { class: "clip" }, changed(item).map((change) => `${change.fate} ${change.kind}`).join(", ")) },
  ];
  return browser({
    name: "replays", items, columns, first, sorted: columns[1],
    total: data.replayed.reduce((sum, set) => sum + set.number, 0),
    filters: [
      { key: "fate", label: "Has a constraint", options: fates.map((fate) => [fate, fate]), fits: (item, value) => item.changes.some((change) => change.fate === value) },
      { key: "kind", label: "Changed kind", options: kindNames.map((kind) => [kind, kind]), fits: (item, value) => changed(item).some((change) => change.kind === value) },
    ],
    searched: (item) => (item.searched ??= `${item.id} ${item.messages.flatMap((message) => message.parts.map(([, text]) => text)).join(" ")} ${item.response}`.toLowerCase()),
    detail: (item) => {
      const side = (message, left) => node("div", { class: "text", tabindex: "0", role: "region", "aria-label": left ? "source" : "replay" }, ...message.parts
        .filter(([sign]) => sign !== (left ? "+" : "-"))
        .map(([sign, text]) => (sign === "=" ? text : node(left ? "del" : "ins", {}, text))));
      const changes = item.changes.map((change) => ({ places: change.places, shown: [
        `${change.fate}: ${change.said}`,
        node("span", { class: "quiet" }, [change.kind, change.says && change.says !== change.said ? `now: ${change.says}` : "", change.bits ? `${bits(change.bits)} bits` : ""].filter(Boolean).join("; "))] }));
      const moved = item.changes.findIndex((change) => change.fate !== "kept" && change.places.length);
      return [
        node("h2", {}, item.id),
        node("div", { class: "two" }, node("h3", {}, `Source${item.source_bits === null ? "" : `, ${bits(item.source_bits)} bits`}`), node("h3", {}, `Replay${item.bits === null ? "" : `, ${bits(item.bits)} bits`}`)),
        ...item.messages.flatMap((message) => [node("p", { class: "role" }, message.role), node("div", { class: "two" }, side(message, true), side(message, false))]),
        node("h3", {}, "Constraints"), ...constraints(changes, item.response, Math.max(moved, 0)),
      ];
    },
  });
}

// The whole

let open = () => {};

async function begin() {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const data = JSON.parse(await new Response(stream).text());
  document.getElementById("about").textContent = `hir-data ${data.version}`;
  const pages = new Map();
  if (data.verified.length) pages.set("Figures", () => overview(data)).set("Responses", (first) => responses(data, first));
  if (data.replayed.length) pages.set("Replay figures", () => data.replayed.flatMap(replayFigures)).set("Replays", (first) => replays(data, first));
  if (data.trained.length) pages.set("Training", () => trainings(data));
  if (data.trained.some((training) => training.loop && training.answers.items.length)) pages.set("Answers", (first) => answers(data, first));
  const tabs = document.getElementById("tabs"), main = document.getElementById("page");
  open = (name, first = {}) => {
    for (const tab of tabs.children) {
      const chosen = tab.textContent === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    main.replaceChildren(...pages.get(name)(first));
    document.body.dataset.ready = name;
  };
  for (const name of pages.keys()) {
    tabs.append(node("button", { type: "button", role: "tab", "aria-controls": "page", onclick: () => open(name) }, name));
  }
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...tabs.children], next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  });
  open(pages.keys().next().value);
}

begin();
